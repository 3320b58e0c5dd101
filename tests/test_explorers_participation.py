"""The participation explorer: counts against the table, curves, words, pictures by state alone."""

from dataclasses import replace

import numpy as np
import pytest

from courseware import data
from courseware.explorers.base import Panel
from courseware.explorers.participation import (
    EVERYBODY,
    GROUPS,
    INCOMES,
    NOBODY,
    REGIONS,
    SHARE,
    ParticipationExplorer,
    ParticipationState,
    fit,
)
from courseware.fitting import Curve

PNG = b"\x89PNG"


@pytest.fixture(scope="module")
def explorer():
    return ParticipationExplorer()


def test_counts_are_those_of_the_source_without_china(explorer):
    """The source counts 8 joiners in 2013 with China itself; its other years are as here."""
    joined = explorer.table(ParticipationState()).set_index("year")[
        "all states: joined in the year"
    ]
    assert list(joined) == [7, 1, 18, 5, 24, 63, 15, 1, 5, 4, 3]


def test_what_the_chapter_and_the_explorer_both_show_is_the_same():
    groups, joined = data.load("belt_road_by_group"), data.load("belt_road_joined")["states"]
    assert list(joined[groups.index]) == list(groups[EVERYBODY])
    parts = data.load("belt_road_by_year")
    africa, europe = "Africa south of the Sahara", "Europe and Central Asia"
    assert list(parts[africa]) == list(groups["Sub-Saharan Africa"][parts.index])
    assert list(parts[europe]) == list(groups["Europe & Central Asia"][parts.index])


def test_groups_part_the_states_completely(explorer):
    whole = explorer.content(ParticipationState())[EVERYBODY].points
    for groups in (REGIONS, INCOMES):
        parts = [explorer.content(ParticipationState(name))[name].points for name in groups]
        assert list(sum(parts)) == list(whole)


def test_the_groups_offered_are_those_of_the_table():
    states = data.load("belt_road_participants")
    assert set(states["region"]) | set(states["income_group"]) == set(GROUPS) - {EVERYBODY}


def test_undated_states_and_the_one_that_left_are_told(explorer):
    subtitle = explorer.picture(ParticipationState()).unit
    assert "4 without a date are left out" in subtitle
    assert "Italy, which left in 2023, is still counted" in subtitle
    asia = explorer.picture(ParticipationState("South Asia")).unit
    assert "left out" not in asia
    assert "Italy" not in asia


def test_shares_end_at_a_hundred(explorer):
    for name in GROUPS:
        points = explorer.content(ParticipationState(name, scale=SHARE))[name].points
        assert points.iloc[-1] == 100


def test_the_fit_finds_a_curve_that_it_was_given():
    years = tuple(range(2013, 2024))
    curve = tuple(Curve(120, 0.9, 2017.5).at(np.array(years, dtype=float)))
    found = fit(years, curve)
    assert found[:3] == pytest.approx((120, 0.9, 2017.5), rel=1e-4)


def test_what_the_fit_foretold_in_each_year(explorer):
    """A ceiling of 35 in 2016, anything in 2017, none in 2018, and 144 in the end."""
    ceilings = {}
    for last in (2016, 2017, 2018, 2019, 2023):
        state = ParticipationState(fit=True, window=(2013, last))
        ceilings[last] = explorer.content(state)[EVERYBODY].fit
    assert ceilings[2016].ceiling == pytest.approx(35, abs=1)
    assert ceilings[2017].error > ceilings[2017].ceiling
    assert ceilings[2018] is None
    assert ceilings[2019].ceiling == pytest.approx(175, abs=1)
    assert ceilings[2023].ceiling == pytest.approx(144, abs=1)


def test_no_ceiling_is_a_sentence_in_title_label_and_picture(explorer):
    drawn = explorer.picture(ParticipationState(fit=True, window=(2013, 2018)))
    assert "no ceiling can be found for all states" in drawn.finding
    assert drawn.png.startswith(PNG)
    assert "curve" not in " ".join(
        explorer.table(ParticipationState(fit=True, window=(2013, 2018)))
    )


@pytest.mark.parametrize(
    ("years", "counts"),
    [((2013, 2014), (1, 2)), ((2013, 2014, 2015, 2016), (3, 3, 3, 3)), ((), ())],
)
def test_too_little_to_fit_is_none(years, counts):
    assert fit(years, counts) is None


def test_points_outside_the_window_are_hollow_and_not_used(explorer):
    state = ParticipationState(fit=True, window=(2014, 2020))
    hollow, points, _label = explorer.draw(state)[-3:]
    assert list(points.get_xdata()) == list(range(2014, 2021))
    assert list(hollow.get_xdata()) == [2013, 2021, 2022, 2023]
    used = explorer.table(state).set_index("year")["given to the fit"]
    assert set(used[used == "yes"].index) == set(range(2014, 2021))


def test_impossible_states_are_mended(explorer):
    state = explorer.normalise(ParticipationState(window=(2022, 2023), against=EVERYBODY))
    assert state.window == (2020, 2023)
    assert state.against == NOBODY
    assert explorer.normalise(ParticipationState(window=(2013, 2014))).window == (2013, 2016)


def test_the_panel_follows_its_controls(explorer):
    panel = Panel(explorer, ParticipationState())
    panel.inputs["fit"].value = True
    panel.inputs["window"].value = (2013, 2017)
    panel.inputs["group"].value = "South Asia"
    assert panel.state == ParticipationState("South Asia", fit=True, window=(2013, 2017))
    panel.inputs["window"].value = (2013, 2014)
    assert panel.inputs["window"].value == (2013, 2016)
    panel.go_to(replace(ParticipationState(), against="High income", scale=SHARE))
    assert panel.inputs["against"].value == "High income"
    assert panel.inputs["scale"].value == SHARE
    panel.want_numbers.value = True
    assert "<table" in panel.numbers.value
    assert all(control.description for control in panel.inputs.values())
