"""The map explorer: measured routes, what is told of them, names that do not touch."""

from dataclasses import fields, replace
from html import unescape
from itertools import pairwise

import numpy as np
import pytest

from courseware import data, maps
from courseware.label_placement import boxes_along, free_box
from no_limits.explorers.silk_roads import OUR_ROUTES, WINDOWS, SilkRoadsExplorer, SilkRoadsState
from no_limits.explorers.silk_roads.routes import all_routes
from tests.test_explorers import assert_room, texts


@pytest.fixture(scope="module")
def explorer():
    return SilkRoadsExplorer()


@pytest.fixture(scope="module")
def routes():
    return all_routes()


# Measuring


def test_kilometres_are_geodesic_and_add_up(routes):
    assert set(OUR_ROUTES) == set(routes) == set(data.load("routes")["route_id"])
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
    assert road.detour < 5
    old = routes["ancient_road"]
    assert len(old.stops) == 18
    assert sum(b - a for state, a, b in old.runs if state == "CHN") > old.km[-1] / 2


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


def test_the_card_has_what_is_noted_of_stops_and_the_borders_under_the_legs(explorer, routes):
    assert routes["cku_road"].borders == [("CHN", "KGZ"), ("KGZ", "UZB"), ("UZB", "TJK")]
    assert routes["rail_middle_corridor"].borders == []
    cards = {key: unescape(explorer.aside(SilkRoadsState(key))) for key in routes}
    for key, route in routes.items():
        assert all(note in cards[key] for note in route.notes)
    border = explorer.say("card", "border", one="China", other="Kyrgyzstan", km=839)
    assert border in cards["cku_road"]
    none = explorer.written("card", "none")
    assert explorer.say("card", "borders", borders=none) in cards["rail_middle_corridor"]
    assert explorer.aside(SilkRoadsState("none")) == ""


def test_the_table_lists_legs(explorer):
    table = explorer.table(SilkRoadsState()).set_axis(["one", "to", "km", "far", "states"], axis=1)
    assert table["km"].tolist() == [297, 47, 122, 86, 83]
    assert table["far"].iloc[-1] == 634
    assert table["states"].iloc[3] == "Uzbekistan, Tajikistan"


@pytest.mark.parametrize(
    ("layers", "segments", "idle", "kinds"),
    [
        ({"gas": True, "oil": True}, 34, 0, ["gas", "oil"]),
        ({"gas": True, "idle": True}, 28, 11, ["gas"]),
        ({"gas": True, "oil": True, "idle": True}, 47, 13, ["gas", "oil"]),
    ],
)
def test_without_a_route_pipelines_are_counted(explorer, layers, segments, idle, kinds):
    state = SilkRoadsState("none", "Eurasia", **layers)
    table = explorer.table(state)
    assert len(table) == segments
    assert (table["status"] != "operating").sum() == idle
    counts = {"count": segments, "idle": idle, "kinds": kinds}
    found = explorer.say("finds", "idle" if idle else "run", **counts)
    assert explorer.picture(state).finding == found


# Pictures


def test_every_layer_changes_the_picture(explorer):
    start = SilkRoadsState(window="Central Asia", gas=True)
    drawn = explorer.picture(start)
    for field in fields(start):
        value = getattr(start, field.name)
        if isinstance(value, bool):
            other = explorer.picture(replace(start, **{field.name: not value}))
            assert other.png != drawn.png, field.name


def test_a_route_s_length_stops_and_states_are_told(explorer, routes):
    drawn = explorer.picture(SilkRoadsState())
    road = {"route": routes["cku_road"].name, "km": 634, "legs": 5, "detour": 4}
    assert drawn.finding == explorer.say("finds", "route", **road)
    assert explorer.say("touched", states="Tajikistan") in drawn.unit
    other = explorer.picture(SilkRoadsState("china_tajikistan_road"))
    assert explorer.say("touched", states="Afghanistan") in other.unit
    assert "Afghanistan" in other.alt
    rail = SilkRoadsState("rail_alashankou", "Kashgar to Tashkent")
    assert explorer.say("outside", out=11, stops=11) in explorer.picture(rail).unit
    all_in = explorer.picture(replace(rail, window="Eurasia")).unit
    assert explorer.say("outside", out=0, stops=11) not in all_in


@pytest.mark.parametrize("window", WINDOWS)
def test_names_have_room_on_every_route(explorer, window):
    for route in (*OUR_ROUTES, "none"):
        assert_room(explorer, SilkRoadsState(route, window, gas=True, idle=True, cities=True))


def test_the_ends_of_a_route_are_named_on_the_map(explorer, routes):
    for key in OUR_ROUTES:
        window = "Eurasia" if key.startswith(("rail", "ancient")) else "Kashgar to Tashkent"
        named = {text.get_text() for text in texts(explorer, SilkRoadsState(key, window))}
        assert {routes[key].stops[0], routes[key].stops[-1]} <= named


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
