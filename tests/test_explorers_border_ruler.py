"""The border ruler: lengths against the table, dividers on known lines, the length in figures."""

import itertools

import numpy as np
import pytest

from courseware import data, maps
from no_limits.explorers import border_ruler
from no_limits.explorers.border_ruler import (
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
from no_limits.explorers.border_ruler.dividers import EARTH_KM, divider_walk
from no_limits.explorers.border_ruler.walk import drawn_lines
from tests.test_explorers import texts

NE_COARSEST = "Natural Earth 1:110 million"
NE_FINEST = "Natural Earth 1:10 million"


@pytest.fixture(scope="module")
def explorer():
    return BorderRuler()


# The lines and their lengths -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "km", "miles"),
    [
        (NE_COARSEST, 4730.4, "2,939"),
        ("OpenStreetMap 1 km", 7197.1, "4,472"),
        ("OpenStreetMap 10 m, ring", 7947.4, "4,938"),
    ],
)
def test_lengths_are_those_that_the_source_notes_give(explorer, line, km, miles):
    drawn, walked = explorer.content(BorderState(line))
    assert walked is None
    assert drawn.km == km
    found = explorer.picture(BorderState(line)).finding
    assert f"{km:,.0f} km" in found and miles in found


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


def test_eleven_lines_run_from_coarse_to_fine_and_the_two_families_are_not_one_scale(explorer):
    names, lines = [name for name, _ in explorer.controls()["line"].options], drawn_lines()
    assert names == list(lines) and len(names) == 11
    assert names[0] == BorderState().line
    for family in ("Natural Earth", "OpenStreetMap"):
        points = [lines[n].points for n in names if n.startswith(family) and "ring" not in n]
        assert points == sorted(points)
    assert lines[NE_FINEST].km > lines["OpenStreetMap 10 km"].km
    assert lines["Natural Earth 1:50 million"].km < lines["OpenStreetMap 10 km"].km
    assert lines["OpenStreetMap 1 km"].spacing > lines[NE_FINEST].spacing  # yet it is longer


def test_what_captions_say_of_the_lines_is_so():
    lines = drawn_lines()
    nearest = min(lines, key=lambda name: abs(lines[name].km - TREATY_KM))
    assert nearest == "OpenStreetMap 100 m"
    assert abs(lines[nearest].km / TREATY_KM - 1) < 0.01
    assert 90 < lines[NE_COARSEST].spacing < 110
    west, south, east, north = PLACES[STEPPE]
    coarse, fine = (
        _inside(lines[name].positions, west, south, east - 2, north)
        for name in ("OpenStreetMap 10 km", FINEST)
    )
    assert fine < 1.05 * coarse


def _inside(positions, west, south, east, north) -> float:
    """Return the length of the part of a line that lies in a window."""
    from shapely import LineString, box

    return maps.geodesic_km(LineString(positions).intersection(box(west, south, east, north)))


# Dividers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [3, 10, 77, 400])
def test_dividers_measure_a_straight_line_whatever_the_step(step):
    equator = np.column_stack([np.linspace(0, 9, 40), np.zeros(40)])
    true = 2 * np.pi * EARTH_KM * 9 / 360
    length, feet = divider_walk(equator, step)
    assert length == pytest.approx(true, rel=1e-5)
    assert len(feet) == int(true // step) + 2
    assert np.allclose(feet[:, 1], 0)


CORNER = [(0, 0), (1, 0), (1, 1)]  # two legs of one degree at a right angle
ACROSS = maps.geodesic_km([(0, 0), (1, 1)])
EAST = [(60, 50), (61, 50)]


@pytest.mark.parametrize(
    ("line", "step", "km", "feet"),
    [
        (CORNER, ACROSS * 0.999, ACROSS, 3),  # one step as long as the straight way cuts it
        (CORNER, 1, 2 * maps.geodesic_km(CORNER[:2]), 224),
        (EAST, 5000, maps.geodesic_km(EAST), 2),  # a part of a step
    ],
)
def test_dividers_cut_a_corner_and_end_with_a_part_of_a_step(line, step, km, feet):
    length, stood = divider_walk(line, step)
    assert length == pytest.approx(km, rel=0.005)
    assert len(stood) == feet


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
    assert explorer.walk(NE_FINEST, 2)[0] < 0.96 * explorer.walk(FINEST, 2)[0]


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
    if step >= 10:  # the two families agree
        assert walked == pytest.approx(explorer.walk(NE_FINEST, step)[0], rel=0.015)


# Pictures and tables -------------------------------------------------------------------------


@pytest.mark.parametrize("ruler", [NO_RULER, 20])
def test_the_largest_number_in_the_picture_is_the_length_at_this_ruler(explorer, ruler):
    state = BorderState(NE_FINEST, ruler)
    km = explorer.walk(NE_FINEST, ruler)[0] if ruler else drawn_lines()[NE_FINEST].km
    for drawn in (explorer, explorer.for_phone(state)):
        largest, *others = sorted(texts(drawn, state), key=lambda text: -text.get_fontsize())
        assert largest.get_text() == f"{km:,.0f} km"
        assert all(text.get_fontsize() < largest.get_fontsize() / 2 for text in others)
        written = [text.get_text() for text in others]
        assert explorer.say("length", "miles", miles=km / KM_PER_MILE) in written
        for of in (TREATY_KM, border_ruler.ARTICLE_KM):
            below = explorer.say("apart", "below", share=1 - km / of)
            assert any(text.startswith(below) for text in written)


@pytest.mark.parametrize(("line", "key"), [(FINEST, "unit"), (NE_COARSEST, "unit_outside")])
def test_a_line_without_a_point_in_the_window_says_so(explorer, line, key):
    drawn = drawn_lines()[line]
    figures = {"points": drawn.points, "spacing": drawn.spacing}
    place = explorer.written("controls", "place", "options", BENDS)
    unit = explorer.say(key, detail=explorer.say("details", "line", **figures), place=place)
    assert explorer.picture(BorderState(line, place=BENDS)).unit == unit


def test_miles_and_shares_follow_from_kilometres_and_walks_from_dividers(explorer):
    assert len(explorer.table(BorderState(NE_FINEST))) == 11
    table, heads = explorer.table(BorderState(NE_FINEST, 5)), explorer.written("columns")
    assert len(table) == 11 + len(RULERS)
    km = table[heads["km"]]
    assert np.allclose(table[heads["miles"]] * KM_PER_MILE, km, atol=0.2)
    assert np.allclose(table[heads["share"]], km / TREATY_KM * 100, atol=0.06)


def test_treaty_and_article_figures_are_those_of_the_register():
    claims = data.load("claims").set_index("claim_id")
    assert claims.loc["C57", "figure_value"] == border_ruler.ARTICLE_MILES
    found = data.load("evidence").set_index("evidence_id")["finding"]
    assert f"{TREATY_KM:,} km" in found["E137"]


# What chapter 07 says in words ---------------------------------------------------------------


def test_growth_of_the_rest_is_between_a_third_and_nearly_half_of_the_falling_share():
    rows = data.load("ethnic_russians").query("iso3 == 'KAZ'").set_index("year")
    rows = rows[["ethnic_russians", "total_population", "share_pct"]].astype(float)
    number, share = rows["ethnic_russians"], rows["share_pct"]
    first = rows["total_population"][1989] - number[1989]
    last = number[2021] / share[2021] * 100 - number[2021]
    fall = share[1989] - share[2021]
    rest_last = (share[1989] - number[1989] / (number[1989] + last) * 100) / fall
    rest_first = (number[2021] / (number[2021] + first) * 100 - share[2021]) / fall
    assert 0.40 < rest_last < 0.5
    assert 0.3 < rest_first < 0.36


def test_the_poll_was_public_before_the_article_and_pages_state_different_lengths():
    polls = data.load("opinion_polls").query("poll == 'Demoscope, May 2023'")
    share, n = polls["percent"].astype(float), polls["sample_size"].astype(float)
    assert (1.96 * np.sqrt(share * (100 - share) / n)).max() < 3
    evidence = data.load("evidence").set_index("evidence_id")
    assert evidence.loc["E152", "date"] == "2023-05-17"  # eleven days before
    found = evidence.query("claim_id == 'C57'")["finding"]
    assert found.str.extract(r"([\d,]{5}) km")[0].is_unique
