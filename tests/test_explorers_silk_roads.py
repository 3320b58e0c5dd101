"""The map explorer: measured routes, words that do not touch, pictures by state alone."""

from dataclasses import fields, replace
from html import unescape
from itertools import pairwise

import numpy as np
import pytest

from courseware import data, maps
from courseware.explorers.base import Panel
from courseware.explorers.silk_roads.routes import all_routes
from courseware.explorers.silk_roads.silk_roads import (
    EURASIA,
    NEAR,
    NO_ROUTE,
    OUR_ROUTES,
    REGION,
    WINDOWS,
    SilkRoadsExplorer,
    SilkRoadsState,
)
from courseware.label_placement import boxes_along, free_box
from tests.test_explorers import assert_room, texts

EMPTY = SilkRoadsState(NO_ROUTE, roads=False)


@pytest.fixture(scope="module")
def explorer():
    return SilkRoadsExplorer()


@pytest.fixture(scope="module")
def routes():
    return all_routes()


# Measuring


def test_every_route_of_the_table_can_be_chosen(routes):
    assert set(OUR_ROUTES) == set(routes) == set(data.load("routes")["route_id"])


def test_kilometres_are_geodesic_and_add_up(routes):
    points = data.load("waypoints").set_index("name")[["lon", "lat"]]
    for route in routes.values():
        assert route.km[-1] == pytest.approx(
            maps.geodesic_km(points.loc[[*route.stops]].to_numpy())
        )
        assert route.runs[0][1] == 0
        assert route.runs[-1][2] == pytest.approx(route.km[-1])
        assert all(a[2] == b[1] for a, b in pairwise(route.runs))
        assert route.detour > 0
    road = routes["cku_road"]
    assert (round(road.km[-1]), round(road.direct_km)) == (634, 609)  # stated road: 950 km (E084)


@pytest.mark.parametrize(
    ("route", "crossed", "without_stop"),
    [
        ("cku_road", ["CHN", "KGZ", "UZB", "TJK"], ["TJK"]),
        ("cku_railway", ["CHN", "KGZ", "UZB"], []),
        ("china_tajikistan_road", ["CHN", "TJK", "AFG"], ["AFG"]),
        ("rail_khorgos", ["CHN", "KAZ", "KGZ", "RUS"], ["KGZ"]),
        ("rail_alashankou", ["CHN", "KAZ", "RUS"], []),
        ("rail_middle_corridor", ["KAZ"], []),
    ],
)
def test_states_under_the_legs(routes, route, crossed, without_stop):
    assert routes[route].crossed == crossed
    assert routes[route].touched_only == without_stop


def test_stretches_agree_with_cutting_the_line_at_the_borders(routes):
    from shapely import LineString

    states = data.load("countries_region").set_index("iso3").geometry
    for route in routes.values():
        line = LineString(route.line())
        for code in route.crossed:
            cut = maps.geodesic_km(states[code].intersection(line))
            ours = sum(b - a for state, a, b in route.runs if state == code)
            assert ours == pytest.approx(cut, abs=12), (route.name, code)


def test_borders_under_the_legs(explorer, routes):
    assert routes["cku_road"].borders == [("CHN", "KGZ"), ("KGZ", "UZB"), ("UZB", "TJK")]
    assert routes["rail_middle_corridor"].borders == []
    for key, route in routes.items():
        aside = unescape(explorer.aside(SilkRoadsState(key)))
        assert all(note in aside for note in route.notes)
    assert "China–Kyrgyzstan (839 km long)" in explorer.aside(SilkRoadsState())
    assert "Borders under the legs: none" in explorer.aside(SilkRoadsState("rail_middle_corridor"))


def test_the_table_lists_legs(explorer):
    table = explorer.table(SilkRoadsState())
    assert table["km"].tolist() == [297, 47, 122, 86, 83]
    assert table["km from the start"].iloc[-1] == 634
    assert table["states under the straight leg"].iloc[3] == "Uzbekistan, Tajikistan"


def test_without_a_route_the_table_lists_pipelines(explorer):
    table = explorer.table(SilkRoadsState(NO_ROUTE, gas=True, idle=True))
    assert len(table) == 28
    assert (table["status"] != "operating").sum() == 11
    running = explorer.table(SilkRoadsState(NO_ROUTE, gas=True, oil=True))
    assert len(running) == 34
    assert set(running["status"]) == {"operating"}


# Pictures


def test_every_layer_changes_the_picture(explorer):
    start = SilkRoadsState(window=REGION, gas=True)
    drawn = explorer.picture(start)
    for field in fields(start):
        value = getattr(start, field.name)
        if isinstance(value, bool):
            other = explorer.picture(replace(start, **{field.name: not value}))
            assert other.png != drawn.png, field.name


def test_what_the_captions_say(routes):
    old = routes["ancient_road"]
    assert len(old.stops) == 18
    chinese = sum(b - a for state, a, b in old.runs if state == "CHN")
    assert chinese > old.km[-1] / 2
    assert routes["cku_road"].detour < 5


def test_titles(explorer):
    title = explorer.picture(SilkRoadsState()).finding
    assert title == (
        "“China–Kyrgyzstan–Uzbekistan road” is 634 km long in 5 straight legs, 4% more than the "
        "direct line"
    )
    state = SilkRoadsState(NO_ROUTE, EURASIA, gas=True, oil=True)
    assert explorer.picture(state).finding == (
        "All 34 segments of gas and oil pipelines on this map are in operation"
    )
    title = explorer.picture(replace(state, idle=True)).finding
    assert title == "13 of 47 segments of gas and oil pipelines on this map carry nothing"


def test_nothing_chosen_is_a_sentence(explorer):
    drawn = explorer.picture(EMPTY)
    nothing = explorer.written("finds", "nothing")
    assert drawn.finding == nothing
    assert nothing in drawn.alt
    assert explorer.table(EMPTY).empty
    assert explorer.aside(EMPTY) == ""


def test_stops_off_the_map_are_told(explorer):
    state = SilkRoadsState("rail_alashankou", NEAR)
    assert "stops outside the map: 11 of 11" in explorer.picture(state).unit
    assert "outside" not in explorer.picture(replace(state, window=EURASIA)).unit


def test_a_leg_with_no_stop_in_a_state_says_so(explorer):
    words = explorer.picture(SilkRoadsState("china_tajikistan_road"))
    assert "(no stop in Afghanistan)" in words.unit
    assert "Afghanistan" in words.alt


@pytest.mark.parametrize("window", WINDOWS)
def test_names_have_room_on_every_route(explorer, window):
    for route in (*OUR_ROUTES, NO_ROUTE):
        assert_room(explorer, SilkRoadsState(route, window, gas=True, idle=True, cities=True))


def test_the_ends_of_a_route_are_named_on_the_map(explorer, routes):
    for key in OUR_ROUTES:
        window = EURASIA if key.startswith(("rail", "ancient")) else NEAR
        state = SilkRoadsState(key, window)
        named = {text.get_text() for text in texts(explorer, state)}
        stops = routes[key].stops
        assert {stops[0], stops[-1]} <= named


# The panel


def test_controls_and_state_go_both_ways(explorer):
    panel = Panel(explorer, SilkRoadsState())
    assert list(panel.inputs) == [field.name for field in fields(SilkRoadsState)]
    assert all(control.description for control in panel.inputs.values())
    panel.inputs["route"].value = "ancient_road"
    panel.inputs["window"].value = EURASIA
    panel.inputs["straight"].value = False
    assert panel.state == SilkRoadsState("ancient_road", EURASIA, straight=False)
    assert "4,673 km" in panel.figure.value
    assert "the old Chang" in panel.aside.value
    panel.want_numbers.value = True
    assert "<table" in panel.numbers.value
    for number, preset in enumerate(explorer.presets):
        panel.view.value = number
        assert panel.state == preset.state
        assert {key: control.value for key, control in panel.inputs.items()} == vars(preset.state)
    panel.go_to(EMPTY)
    assert "Nothing is reported" in panel.numbers.value


# Placing without drawing


def test_a_free_box_keeps_off_what_is_taken_and_off_the_edge():
    edge = (0, 0, 100, 100)
    right = free_box((50, 50), (20, 10), [], edge)
    assert right == pytest.approx((59, 45, 79, 55))
    left = free_box((50, 50), (20, 10), [right], edge)
    assert left == pytest.approx((21, 45, 41, 55))
    assert free_box((50, 50), (20, 10), [edge], edge) is None
    assert free_box((95, 50), (20, 10), [], edge)[2] <= 100


def test_boxes_cover_a_line():
    from matplotlib.transforms import Bbox

    edge = Bbox([(0, 0), (100, 100)])
    boxes = boxes_along(np.array([(-50, 50), (50, 50), (50, 80)]), edge, clear=6)
    assert all(edge.contains(*(box.min + 6)) for box in boxes)
    for x in range(5, 51, 5):
        assert any(box.contains(x, 50) for box in boxes)
