"""The border ruler: lengths against the table, dividers on known lines, pictures by state alone."""

import itertools

import numpy as np
import pytest

from courseware import data, maps
from courseware.explorers import border_ruler
from courseware.explorers.base import Panel
from courseware.explorers.border_ruler import (
    BENDS,
    FINEST,
    KM_PER_MILE,
    NO_RULER,
    PLACES,
    RULERS,
    STEPPE,
    TREATY_KM,
    BorderRuler,
    BorderState,
)
from courseware.explorers.border_ruler.dividers import EARTH_KM, divider_walk
from courseware.explorers.border_ruler.walk import drawn_lines
from tests.test_explorers import texts

PNG = b"\x89PNG"
NE_FINEST = "Natural Earth 1:10 million"


@pytest.fixture(scope="module")
def explorer():
    return BorderRuler()


# The lines and their lengths -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "km", "miles"),
    [
        ("Natural Earth 1:110 million", 4730.4, 2939),
        ("Natural Earth 1:50 million", 5458.0, 3391),
        (NE_FINEST, 6657.6, 4137),
        ("OpenStreetMap 10 km", 5863.9, 3644),
        ("OpenStreetMap 1 km", 7197.1, 4472),
        ("OpenStreetMap 100 m", 7645.9, 4751),
        ("OpenStreetMap 10 m", 7739.9, 4809),
        ("OpenStreetMap 10 m, ring", 7947.4, 4938),
    ],
)
def test_lengths_are_those_that_the_source_notes_give(explorer, line, km, miles):
    drawn, walked = explorer.content(BorderState(line))
    assert walked is None
    assert drawn.km == km
    assert f"{km:,.0f} km or {miles:,} miles" in explorer.picture(BorderState(line)).finding


def test_published_lengths_are_never_measured_on_the_drawn_lines():
    """Four lines are simplified for drawing: measuring those gives shorter figures."""
    stated = data.load("border_kaz_rus")
    shorter = 0
    for row in stated.itertuples(index=False):
        again = maps.geodesic_km(row.geometry)
        assert again <= row.length_km * 1.0005
        shorter += again < row.length_km * 0.999
    assert shorter >= 3
    table = data.load("border_lengths")
    assert sorted(line.km for line in drawn_lines().values()) == sorted(table["length_km"])


def test_all_eleven_lines_can_be_chosen_and_run_from_coarse_to_fine(explorer):
    names = [name for name, _ in explorer.controls()["line"].options]
    assert len(names) == len(set(names)) == 11
    assert names[0] == BorderState().line
    for family in ("Natural Earth", "OpenStreetMap"):
        own = [n for n in names if n.startswith(family) and "ring" not in n]
        points = [explorer.content(BorderState(n))[0].points for n in own]
        assert points == sorted(points)


def test_the_two_families_are_not_one_scale():
    lines = drawn_lines()
    assert lines[NE_FINEST].km > lines["OpenStreetMap 10 km"].km
    assert lines["Natural Earth 1:50 million"].km < lines["OpenStreetMap 10 km"].km
    assert lines["OpenStreetMap 1 km"].spacing > lines[NE_FINEST].spacing  # yet it is longer


# Dividers ------------------------------------------------------------------------------------


def test_dividers_measure_a_straight_line_whatever_the_step():
    equator = np.column_stack([np.linspace(0, 9, 40), np.zeros(40)])
    true = 2 * np.pi * EARTH_KM * 9 / 360
    for step in (3, 10, 77, 400):
        length, feet = divider_walk(equator, step)
        assert length == pytest.approx(true, rel=1e-5)
        assert len(feet) == int(true // step) + 2
        assert np.allclose(feet[:, 1], 0)


def test_dividers_cut_a_corner():
    """Two legs of one degree at a right angle: one step as long as the straight way skips it."""
    corner = [(0, 0), (1, 0), (1, 1)]
    straight = maps.geodesic_km([(0, 0), (1, 1)])
    length, feet = divider_walk(corner, straight * 0.999)
    assert length == pytest.approx(straight, rel=0.01)
    assert len(feet) == 3
    fine, _ = divider_walk(corner, 1)
    assert fine == pytest.approx(2 * maps.geodesic_km([(0, 0), (1, 0)]), rel=0.01)


def test_a_step_longer_than_the_line_is_a_part_of_a_step():
    length, feet = divider_walk([(60, 50), (61, 50)], 5000)
    assert length == pytest.approx(maps.geodesic_km([(60, 50), (61, 50)]), rel=0.005)
    assert len(feet) == 2


@pytest.mark.parametrize("line", [NE_FINEST, FINEST])
def test_feet_stand_one_step_apart(explorer, line):
    _, feet = explorer.walk(line, 50)
    apart = [maps.geodesic_km(pair) for pair in itertools.pairwise(feet[:-1])]
    assert apart == pytest.approx([50] * len(apart), rel=0.004)
    assert np.allclose(feet[[0, -1]], drawn_lines()[line].positions[[0, -1]])


def test_walks_grow_as_the_step_shrinks_and_stay_below_the_line(explorer):
    for line, drawn in drawn_lines().items():
        lengths = [explorer.walk(line, step)[0] for step in RULERS]
        assert lengths == sorted(lengths), line
        assert lengths[-1] < drawn.km


@pytest.mark.parametrize(
    ("step", "km"), [(200, 3823), (100, 4233), (50, 4537), (20, 5358), (10, 5953), (5, 6393)]
)
def test_walks_on_the_drawn_line_equal_those_on_the_full_line(explorer, step, km):
    """The right-hand figures were walked once on the unsimplified line of the source.

    A walk forgives a line that strays by a hundred metres; where a foot catches another bend, it
    moves by a step or a few, as it does for a walk from the other end.
    """
    walked = explorer.walk(FINEST, step)[0]
    assert walked == pytest.approx(km, rel=0.03)
    back = divider_walk(drawn_lines()[FINEST].positions[::-1], step)[0]
    assert walked == pytest.approx(back, rel=0.035)


def test_with_the_same_step_the_two_families_agree(explorer):
    for step in (200, 100, 50, 20, 10):
        one, other = (explorer.walk(line, step)[0] for line in (NE_FINEST, FINEST))
        assert one == pytest.approx(other, rel=0.015)
    assert explorer.walk(NE_FINEST, 2)[0] < 0.96 * explorer.walk(FINEST, 2)[0]


# Pictures, words, tables ---------------------------------------------------------------------


def test_captions_say_what_is_so():
    lines = drawn_lines()
    nearest = min(lines, key=lambda name: abs(lines[name].km - TREATY_KM))
    assert nearest == "OpenStreetMap 100 m"
    assert abs(lines[nearest].km / TREATY_KM - 1) < 0.01
    assert 90 < lines["Natural Earth 1:110 million"].spacing < 110
    west, south, east, north = PLACES[STEPPE]
    gain = [
        _inside(lines[name].positions, west, south, east - 2, north)
        for name in ("OpenStreetMap 10 km", FINEST)
    ]
    assert gain[1] < 1.05 * gain[0]


@pytest.mark.parametrize("ruler", [NO_RULER, 20])
def test_the_largest_number_in_the_picture_is_the_length_at_this_ruler(explorer, ruler):
    state = BorderState(NE_FINEST, ruler)
    km = explorer.walk(NE_FINEST, ruler)[0] if ruler else drawn_lines()[NE_FINEST].km
    for drawn in (explorer, explorer.for_phone(state)):
        largest, *others = sorted(texts(drawn, state), key=lambda text: -text.get_fontsize())
        assert largest.get_text() == f"{km:,.0f} km"
        assert all(text.get_fontsize() < largest.get_fontsize() / 2 for text in others)
        written = [text.get_text() for text in others]
        assert f"{km / KM_PER_MILE:,.0f} miles" in written
        for of in (TREATY_KM, border_ruler.ARTICLE_KM):
            assert any(text.startswith(f"{1 - km / of:.1%} below") for text in written)


def test_a_line_without_a_point_in_the_window_says_so(explorer):
    there = explorer.picture(BorderState(FINEST, place=BENDS)).unit
    absent = explorer.picture(BorderState("Natural Earth 1:110 million", place=BENDS))
    assert "no point there" not in there
    assert "no point there" in absent.unit


def test_miles_and_shares_follow_from_kilometres(explorer):
    table = explorer.table(BorderState(NE_FINEST, 5))
    assert np.allclose(table["miles"] * KM_PER_MILE, table["km"], atol=0.2)
    assert np.allclose(
        table["per cent of the treaty's length"], table["km"] / TREATY_KM * 100, atol=0.06
    )


def test_treaty_and_article_figures_are_those_of_the_register():
    claims = data.load("claims").set_index("claim_id")
    assert claims.loc["C57", "figure_value"] == border_ruler.ARTICLE_MILES
    found = data.load("evidence").set_index("evidence_id").loc["E137", "finding"]
    assert f"{TREATY_KM:,} km" in found


def test_the_panel_follows_its_controls(explorer):
    panel = Panel(explorer, BorderState())
    panel.inputs["line"].value = FINEST
    panel.inputs["ruler"].value = 20
    panel.inputs["place"].value = STEPPE
    assert panel.state == BorderState(FINEST, 20, STEPPE)
    panel.go_to(BorderState(NE_FINEST))
    assert panel.inputs["ruler"].value == NO_RULER
    assert all(control.description for control in panel.inputs.values())
    panel.want_numbers.value = True
    assert "dividers along" not in panel.numbers.value
    assert "OpenStreetMap 100 m, ring" in panel.numbers.value


# What chapter 07 says in words ---------------------------------------------------------------


def test_growth_of_the_rest_is_between_a_third_and_nearly_half_of_the_falling_share():
    rows = (
        data.load("ethnic_russians")
        .query("iso3 == 'KAZ'")
        .set_index("year")
        .astype({"ethnic_russians": float, "total_population": float, "share_pct": float})
    )
    number, share = rows["ethnic_russians"], rows["share_pct"]
    first = rows["total_population"][1989] - number[1989]
    last = number[2021] / share[2021] * 100 - number[2021]
    fall = share[1989] - share[2021]
    rest_last = (share[1989] - number[1989] / (number[1989] + last) * 100) / fall
    rest_first = (number[2021] / (number[2021] + first) * 100 - share[2021]) / fall
    assert 0.40 < rest_last < 0.5
    assert 0.3 < rest_first < 0.36
    yearly = -number.loc[:2021].diff() / number.loc[:2021].index.to_series().diff()
    assert yearly.idxmax() == 1999


def test_the_poll_was_public_before_the_article_and_its_margin_is_below_three_points():
    polls = data.load("opinion_polls").query("poll == 'Demoscope, May 2023'")
    share, n = polls["percent"].astype(float), polls["sample_size"].astype(float)
    assert (1.96 * np.sqrt(share * (100 - share) / n)).max() < 3
    printed = data.load("evidence").set_index("evidence_id").loc["E152", "date"]
    assert printed == "2023-05-17"  # eleven days before


def test_what_the_chapter_says_of_the_other_polls():
    polls = data.load("opinion_polls").query("iso3 == 'KAZ'")
    side = polls[polls["answer"] == "Russia"].set_index("poll")["percent"].astype(float)
    for later in ("Demoscope, Nov 2022", "Demoscope, May 2023"):
        assert side["Demoscope, Mar 2022"] / side[later] == pytest.approx(3, rel=0.05)
    approve = polls[polls["answer"] == "approve"].set_index("year")["percent"].astype(float)
    assert 0.5 < approve[2022] / approve[2021] < 0.55
    assert any(
        "method of the March 2022" in trap for trap in data.resource("opinion_polls")["traps"]
    )


def test_no_two_pages_state_one_length():
    found = data.load("evidence").query("claim_id == 'C57'")["finding"]
    assert found.str.extract(r"([\d,]{5}) km")[0].is_unique


def test_none_of_the_reports_on_the_post_quotes_the_politician():
    rows = data.load("evidence").set_index("evidence_id")
    assert "himself published no denial" in rows.loc["E135", "finding"]
    assert set(rows.loc[["E134", "E135", "E136"], "claim_id"]) == {"C55"}


def _inside(positions, west, south, east, north) -> float:
    """Return the length of the part of a line that lies in a window."""
    from shapely import LineString, box

    return maps.geodesic_km(LineString(positions).intersection(box(west, south, east, north)))
