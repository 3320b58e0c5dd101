"""Maps measure rightly, show what they should, and their names do not touch."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text
from pyproj import Geod, Transformer
from shapely import LineString, MultiLineString, Point, box

from courseware import article, charts, data, maps, palette, words
from courseware.label_placement import size_of, spots_around, spots_within
from courseware.maps import base_map, on_page

CRIMEA = maps.hatched()["label"]
XIAN, MOSCOW = (108.93, 34.26), (37.62, 55.75)


def region(extent="Central Asia", projection="equal-area Albers", size=(9, 5)):
    """Return a figure and its axes with a base map that fills it."""
    fig = Figure(figsize=size, dpi=charts.DPI)
    charts.Canvas(fig)
    ax = base_map.add_map(fig, (0, 0, 1, 1), base_map.extent_of(extent), projection)
    maps.draw_base(ax)
    return fig, ax


@pytest.fixture(scope="module")
def atlas():
    """Draw each base map once: extent, projection → figure, axes."""
    drawn = {}

    def get(extent, projection):
        if (extent, projection) not in drawn:
            drawn[extent, projection] = region(extent, projection)
            capitals = data.load("places").query("kind == 'capital'")
            maps.add_points(drawn[extent, projection][1], capitals, label="name", size=14)
        return drawn[extent, projection]

    return get


every_map = pytest.mark.parametrize(
    ("extent", "projection"),
    [(extent, name) for extent in ("Central Asia", "Eurasia") for name in maps.PROJECTIONS]
    + [("world", "equal-area world"), ("world", "plate carrée"), ((60, 36, 80, 46), "Mercator")],
)


def visible(ax):
    return [text for text in ax.texts if text.get_visible()]


def names_on(ax):
    return {text.get_text() for text in visible(ax)}


def extent(text):
    """Return where words stand, without the line that may lead from them."""
    text.get_window_extent()  # an annotation finds its place when it is asked for
    return Text.get_window_extent(text)


def assert_names_are_readable(ax):
    boxes = {text.get_text(): extent(text) for text in visible(ax)}
    assert len(boxes) == len(visible(ax))
    for name, here in boxes.items():
        assert ax.bbox.contains(*here.min) and ax.bbox.contains(*here.max), name
    assert [
        pair for pair in combinations(boxes, 2) if boxes[pair[0]].overlaps(boxes[pair[1]])
    ] == []
    for marker in ax.names.markers:
        assert [name for name in boxes if boxes[name].overlaps(marker)] == []


# Measuring --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "km", "within"),
    [
        ([(0, 0), (1, 0)], 111.32, 0.005),  # a degree on the equator
        ([(0, 0), (0, 1)], 110.57, 0.005),  # along a meridian it is longer near the pole
        ([(0, 89), (0, 90)], 111.69, 0.005),
        ([(0, 0), (0, 90)], 10_001.966, 0.001),  # a quarter
        ([(179, 0), (-179, 0)], 2 * 111.32, 0.01),  # over the antimeridian the short way counts
        # Heathrow to Kennedy airport: about 3,000 nautical miles
        ([(-0.4614, 51.4775), (-73.7789, 40.6397)], 5555, 1),
    ],
)
def test_known_distances(line, km, within):
    assert maps.geodesic_km(line) == pytest.approx(km, abs=within)


def test_length_of_lines_in_every_form():
    line = [(60, 40), (61, 41), (62, 40)]
    km = maps.geodesic_km(line)
    assert maps.geodesic_km(np.array(line)) == pytest.approx(km)
    assert maps.geodesic_km(LineString(line)) == pytest.approx(km)
    assert maps.geodesic_km(MultiLineString([line, line])) == pytest.approx(2 * km)


def test_the_border_is_as_long_as_its_table_says():
    frame = data.load("border_kaz_rus")
    lines = frame[~frame["simplified_for_drawing"]]
    assert len(lines) > 0
    for row in lines.itertuples():
        assert maps.geodesic_km(row.geometry) == pytest.approx(row.length_km, rel=2e-4), row.Index
    finest = frame[frame["resolution"] == "1:10 million"].iloc[0]
    assert maps.geodesic_km(finest.geometry) == pytest.approx(6657.6, abs=1)


#: What is no line on the globe, and no map.
WRONG = {
    "swapped": lambda: maps.geodesic_km([XIAN[::-1], MOSCOW[::-1]]),
    "off the globe": lambda: maps.geodesic_km([(0, 0), (181, 0)]),
    "not a number": lambda: maps.geodesic_km([(0, 0), (0, float("nan"))]),
    "nothing": lambda: maps.geodesic_km([]),
    "a point": lambda: maps.geodesic_km([(0, 0)]),
    "one column": lambda: maps.geodesic_km(pd.Series([108.9, 76.9])),
    "one named column": lambda: maps.geodesic_km(pd.DataFrame({"longitude": [108.9, 76.9]})),
    "a swapped ruler": lambda: maps.ruler(MOSCOW[::-1], XIAN[::-1], maps.PROJECTIONS["Mercator"]),
    "a swapped extent": lambda: region((30, 80, 50, 130)),
    "swapped points": lambda: maps.add_points(
        region()[1], pd.DataFrame({"lon": [XIAN[1]], "lat": [XIAN[0]]})
    ),
}


def test_what_cannot_be_measured_or_drawn_is_told(snapshot):
    told = {}
    for name, wrong in WRONG.items():
        with pytest.raises(maps.MapError) as problem:
            wrong()
        told[name] = str(problem.value)
    assert told == snapshot


def test_great_circle():
    line = maps.great_circle(MOSCOW, XIAN, step_km=100)
    assert line.coords[0] == MOSCOW
    assert line.coords[-1] == XIAN
    assert maps.geodesic_km(line) == pytest.approx(maps.geodesic_km([MOSCOW, XIAN]))
    steps = [maps.geodesic_km(pair) for pair in zip(line.coords[:-1], line.coords[1:], strict=True)]
    assert max(steps) <= 100
    assert max(y for _, y in line.coords) > MOSCOW[1]  # it bends to the north
    assert list(maps.great_circle((0, 0), (0.1, 0)).coords) == [(0, 0), (0.1, 0)]


def test_a_ruler_is_straight_on_its_map_and_longer_on_the_ground():
    for recipe in (maps.PROJECTIONS["Mercator"], maps.PROJECTIONS["plate carrée"]):
        line = maps.ruler(MOSCOW, XIAN, recipe, pieces=4)
        x, y = Transformer.from_crs("OGC:CRS84", recipe, always_xy=True).transform(*line.xy)
        assert np.diff(x) == pytest.approx(np.diff(x)[0])
        assert np.diff(y) == pytest.approx(np.diff(y)[0])
        assert line.coords[0] == pytest.approx(MOSCOW)
        assert line.coords[-1] == pytest.approx(XIAN)
        assert maps.geodesic_km(line) > maps.geodesic_km([MOSCOW, XIAN]) * 1.01


# The base map -----------------------------------------------------------------------------


@every_map
def test_names_on_the_base_map(atlas, extent, projection):
    _, ax = atlas(extent, projection)
    assert_names_are_readable(ax)


@pytest.mark.parametrize("extent", ["Central Asia", "Eurasia"])
def test_the_seven_states_are_named(atlas, extent):
    _, ax = atlas(extent, "equal-area Albers")
    assert {article.name(code) for code in article.subjects()} <= names_on(ax)


def test_names_lie_in_their_states(atlas):
    _, ax = atlas("Central Asia", "equal-area Albers")
    states = data.load("countries_region").to_crs(ax.crs).set_index("name")
    for text in visible(ax):
        if text.get_text() in states.index:
            x, y = ax.transData.inverted().transform(ax.transAxes.transform(text.get_position()))
            assert states.geometry[text.get_text()].contains(Point(x, y)), text.get_text()


@every_map
def test_the_map_fills_its_axes(atlas, extent, projection):
    _, ax = atlas(extent, projection)
    west, south, east, north = maps.extents().get(extent, extent)
    corners = [(west, south), (west, north), (east, south), (east, north)]
    x, y = ax.project.transform(*zip(*corners, strict=True))
    left, right = ax.get_xlim()
    bottom, top = ax.get_ylim()
    assert left - 1 <= min(x) <= max(x) <= right + 1
    assert bottom - 1 <= min(y) <= max(y) <= top + 1
    assert (right - left) / (top - bottom) == pytest.approx(ax.bbox.width / ax.bbox.height)


def test_a_map_that_shows_crimea_hatches_and_names_it_and_ukraine(atlas):
    for projection in ("equal-area Albers", "Mercator"):
        _, ax = atlas("Eurasia", projection)
        assert {CRIMEA, "Ukraine"} <= names_on(ax)
    assert [layer for layer in ax.collections if layer.get_hatch()]
    assert "annexed" in CRIMEA


def test_a_line_leads_from_the_name_of_crimea_to_crimea(atlas):
    _, ax = atlas("Eurasia", "Mercator")
    (text,) = (text for text in visible(ax) if text.get_text() == CRIMEA)
    lon, lat = ax.project.transform(
        *ax.transData.inverted().transform(ax.transAxes.transform(text.xy)), direction="INVERSE"
    )
    assert 32 < lon < 37 and 44 < lat < 46.5
    assert text.arrow_patch is not None


def test_a_map_without_crimea_does_not_speak_of_it():
    assert maps.note((60, 36, 80, 46)) == maps.NOTE
    _, ax = region((60, 36, 80, 46))
    assert CRIMEA not in names_on(ax)
    eurasia = maps.note(maps.extents()["Eurasia"])
    assert maps.hatched()["note"] in eurasia and "Taiwan" in eurasia


def test_the_words_on_disputed_ground_are_those_of_the_table():
    """Every place that the note speaks of stands in the table, drawn as the note says."""
    drawn = data.load("map_statements").set_index("place")["drawn"]
    assert set(maps.disputed()) <= set(drawn.index)
    said = {
        "Abkhazia": "as Georgia",
        "Taiwan": "beside China",
        "Kashmir: Gilgit": "along the line of control",
        "Aksai Chin": "as China",
        "Arunachal Pradesh: Itanagar": "as India",
    }
    assert all(how in drawn[place] for place, how in said.items())
    assert said.keys() == maps.disputed().keys()
    assert "drawn as Ukraine" in drawn["Donetsk"]
    assert "drawn as Russia" in drawn["Crimea"]


def area_km2(shape):
    return abs(Geod(ellps="WGS84").geometry_area_perimeter(shape)[0]) / 1e6


@pytest.mark.parametrize("layer", ["countries_region", "countries_world"])
def test_crimea_is_cut_out_of_russia(layer):
    states = data.load(layer)
    shape = maps.hatched_shape(states)
    assert shape.contains(Point(34.1, 44.95))  # Simferopol
    assert not shape.contains(Point(33.4, 46.6))  # the mainland behind the isthmus
    assert not shape.contains(Point(37.3, 45.2))  # the Taman peninsula
    assert 20_000 < area_km2(shape) < 32_000  # about 27,000 square kilometres


def test_equal_area_maps_keep_areas():
    """Compare the areas on the map of Kazakhstan and Tajikistan with those on the globe."""
    states = data.load("countries_region").set_index("iso3").geometry.segmentize(0.5)
    on_globe = area_km2(states["KAZ"]) / area_km2(states["TJK"])
    for name, recipe in maps.PROJECTIONS.items():
        flat = states.to_crs(recipe.format(lon=70)).area
        ratio = flat["KAZ"] / flat["TJK"] / on_globe
        assert (abs(ratio - 1) < 0.005) == name.startswith("equal-area"), name


@pytest.mark.parametrize(
    ("argument", "names"), [("extent", maps.extents()), ("projection", maps.PROJECTIONS)]
)
def test_unknown_choice_lists_what_there_is(argument, names):
    with pytest.raises(maps.MapError) as caught:
        region(**{argument: "flat"})
    assert all(name in str(caught.value) for name in names)


# Layers -----------------------------------------------------------------------------------


@pytest.fixture
def base():
    return region(size=(9, 6.4))


def test_points_are_labelled_without_touching(base):
    _, ax = base
    towns = data.load("places").sort_values("population", ascending=False)
    towns = towns.drop_duplicates("name")
    left_out = maps.add_points(ax, towns, "name", size=10)
    assert_names_are_readable(ax)
    assert "Tashkent" in names_on(ax)  # the greatest come first
    assert left_out and names_on(ax).isdisjoint(left_out)


def test_points_outside_the_map_are_not_drawn(base):
    _, ax = base
    points = pd.DataFrame({"lon": [70, 0], "lat": [45, -40], "name": ["inside", "outside"]})
    assert maps.add_points(ax, points, "name") == []
    assert len(ax.names.markers) == 1
    assert "outside" not in {text.get_text() for text in ax.texts}


def test_layers_keep_the_window_and_take_colours_from_a_column(base):
    _, ax = base
    window = ax.get_xlim(), ax.get_ylim()
    before = len(ax.collections)
    pipes = data.load("pipelines")
    maps.add_layer(ax, pipes.assign(hue="#D55E00"), color="hue", linewidth=2)
    maps.add_layer(ax, maps.great_circle(MOSCOW, XIAN), color="#000000")
    maps.add_layer(ax, LineString([(-60, 0), (-50, 0)]), color="#000000")  # not in the window
    assert len(ax.collections) == before + 2
    assert (ax.get_xlim(), ax.get_ylim()) == window


def drawn(draw):
    """Return the picture of what ``draw`` puts on empty axes with a window."""
    fig = Figure(figsize=(4, 3), dpi=60)
    charts.Canvas(fig)
    ax = fig.add_axes((0, 0, 1, 1), axes_class=maps.MapAxes)
    ax.begin(maps.PROJECTIONS["equal-area Albers"].format(lon=70), maps.extents()["Central Asia"])
    draw(ax)
    fig.canvas.draw()
    return np.asarray(fig.canvas.buffer_rgba())


@pytest.mark.parametrize("name", ["countries_region", "lakes_region", "pipelines"])
@pytest.mark.parametrize("hues", [palette.PLUM, "hue"])
def test_layers_look_as_geopandas_draws_them(name, hues):
    """Fills, holes, outlines and a colour per row: every pixel is the same."""
    table = data.load(name)
    table["hue"] = np.where(np.arange(len(table)) % 2, palette.PLUM, palette.TEAL)
    key = "color" if name == "pipelines" else "facecolor"

    def by_geopandas(ax):
        cut = table.clip(ax.window)
        cut = cut.set_geometry(cut.segmentize(1).to_crs(ax.crs))
        each = cut["hue"] if hues == "hue" else hues
        cut.plot(ax=ax, aspect=None, linewidth=1.5, **{key: each})

    ours = drawn(lambda ax: maps.add_layer(ax, table, linewidth=1.5, **{key: hues}))
    assert len(np.unique(ours.reshape(-1, 4), axis=0)) > 2
    assert (ours == drawn(by_geopandas)).all()


def test_land_of_the_same_window_is_projected_once(base):
    before = base_map._base.cache_info()
    _, again = region(size=(9, 6.4))
    after = base_map._base.cache_info()
    assert (after.hits - before.hits, after.misses - before.misses) == (1, 0)
    assert (drawn(maps.draw_base) == drawn(maps.draw_base)).all()
    assert visible(again)


def test_a_name_is_measured_as_it_is_drawn(base):
    _, ax = base
    for size, weight in ((9, "normal"), (9, "bold"), (12, "bold")):
        text = ax.names.write("Uzbekistan", size, palette.INK, weight)
        assert size_of(text) == pytest.approx(text.get_window_extent().size)


@pytest.mark.parametrize("half", [3, 30])
def test_every_spot_around_a_marker_is_off_its_square(half):
    for x, y, *_ in spots_around(0, 0, half):
        assert max(abs(x), abs(y)) > half


def test_a_name_has_spots_only_where_its_room_can_be(base):
    _, ax = base
    text = ax.names.write("Uzbekistan", 9, palette.INK)
    height = ax.transData.inverted().transform_bbox(text.get_window_extent()).height
    x, y = ax.project.transform(65, 42)
    assert spots_within(Point(x, y).buffer(20 * height), text, 0.7)
    assert spots_within(Point(x, y).buffer(0.6 * height), text, 0.7) == []


# What geopandas drew, on the course's map -------------------------------------------------------

WORDS = {
    "title": "{lines:.0f} lines, {idle:.0f} not in use",
    "holds": "by == 'status'",
    "unit": "Gas lines by status",
    "source": "pipelines",
    "alt": "A map of gas lines: {lines:.0f} in all, dashed where they are not in use.",
}


@pytest.fixture
def put(monkeypatch):
    """Give maps the words above, and return what is put on the page."""
    sent = []
    monkeypatch.setattr(charts.page, "display", sent.append)
    said = dict(WORDS)
    monkeypatch.setattr(words, "chart", lambda key: said)
    return sent


def show(plotted, key, table, rows=None, told=None, **look):
    """Show a map whose words say how it is to look."""
    words.chart("")["map"] = look
    maps.show(plotted, key, table, rows, **{"lines": 28, "idle": 11} | (told or {}))


def key_of(chart):
    """Return what the key above a map says."""
    (key,) = chart.figure.legends
    return [text.get_text() for text in key.get_texts()]


@pytest.fixture(scope="module")
def gas():
    return data.load("gas_lines")


def test_a_map_of_lines_has_a_key_crimea_and_all_seven_names(put, gas):
    maps.show(gas.plot(column="status"), "77-lines", gas, idle=11, lines=28)
    (chart,) = put
    assert chart.words.title == "28 lines, 11 not in use"
    assert maps.hatched()["note"] in chart.words.note and maps.NOTE in chart.words.note
    assert maps.NOTE in chart.data
    for source in ("Global Energy Monitor [pipelines]", "Natural Earth [countries_region]"):
        assert source in chart.words.source
    assert "geometry" not in chart.table.data
    (ax,) = chart.figure.axes
    assert_names_are_readable(ax)
    assert {CRIMEA, *map(article.name, article.subjects())} <= names_on(ax)
    said = [*dict.fromkeys(word for word, _ in on_page.STATUSES.values())]
    assert key_of(chart) == said[:4]
    (text,) = (text for text in visible(ax) if text.get_text() == CRIMEA)
    x, _ = ax.transData.transform(ax.project.transform(34.3, 45.2))
    assert extent(text).x0 < x, "never over Russia"


@pytest.mark.parametrize("column", ["status", "bcm a year", None])
def test_the_column_that_gave_the_colour_is_found(gas, column):
    assert on_page._column(gas.plot(column=column), gas) == column


def test_a_map_by_another_column_steps_back_and_says_so(put, gas):
    maps.show(gas.plot(column="bcm a year"), "77-lines", gas, idle=11, lines=28)
    (chart,) = put
    assert chart.words.title.startswith(charts.YOUR_VERSION)
    assert len(key_of(chart)) == 3


def joined_world():
    world = data.load("countries_world").merge(data.load("belt_road_waves"), on="iso3", how="left")
    return world.fillna({"joined": "no date, or not listed"})


def towns_near():
    """Return towns by the border, and those within 100 km of it."""
    towns = data.load("towns_by_border")
    towns["near"] = towns["km to Russia"] <= 100
    return towns, towns.index[towns["near"]]


def test_a_map_of_areas_fills_states_and_hatches_crimea_above_them(put):
    world = joined_world()
    words.chart("")["holds"] = "by == 'joined'"
    show(world.plot(column="joined"), "77-areas", world, world[["name"]].head(3), by="joined")
    (chart,) = put
    assert not chart.unfit and len(chart.table.frame) == 3
    (ax,) = chart.figure.axes
    assert key_of(chart) == ["2013 to 2017", "2018 to 2023", "no date, or not listed"]
    fills = [layer for layer in ax.collections if len(layer.get_facecolor())]
    hatched = [layer for layer in fills if layer.get_hatch()]
    filled = {to_hex(layer.get_facecolor()[0]).upper() for layer in fills}
    assert {palette.PLAIN, palette.PALE, palette.LAND} <= filled
    others = [layer.zorder for layer in fills if layer not in hatched]
    assert hatched and hatched[0].zorder > max(others)


def test_a_map_of_points_has_two_looks_and_names_some(put):
    towns, near = towns_near()
    words.chart("")["holds"] = "by == 'near'"
    ax = towns.plot.scatter("lon", "lat")
    show(ax, "77-points", towns, by="near", named="near")
    (chart,) = put
    assert not chart.unfit and len(chart.table.frame) == len(towns)
    (ax,) = chart.figure.axes
    assert_names_are_readable(ax)
    said = names_on(ax)
    assert said & {*near} and not said & {*towns.index[~towns["near"]]}
    assert points_on(ax) == len(towns)


def points_on(ax):
    """Return how many points a map has."""
    spots = [layer for layer in ax.collections if isinstance(layer, PathCollection)]
    return sum(len(layer.get_offsets()) for layer in spots if layer.get_sizes().size)


# Several forms ------------------------------------------------------------------------------------

STOPS = ["Kashgar", "Osh", "Andijan", "Kokand", "Angren", "Tashkent"]
PIPES = {
    "Central Asia–China, Line A": "Lines A, B, C",
    "Central Asia–China, Line D": "Line D",
    "Power of Siberia, Phase I": "Power of Siberia",
    "Power of Siberia 2": "Power of Siberia 2",
}


def show_pipes():
    lines = data.load("gas_lines")
    maps.show(lines.plot(column="status"), "77-a", lines, lines=28, idle=11)


def show_pipes_near():
    lines = data.load("gas_lines")
    show(lines.plot(column="status"), "77-b", lines, box=[47, 32, 132, 57], named=PIPES)


def show_road():
    towns = data.load("towns_on_the_way")
    ways = maps.ways({"direct": towns.loc[[STOPS[0], STOPS[-1]]], "six": towns.loc[STOPS]})
    says = {"direct": "the direct line", "six": "by six towns"}
    look = {"by": "way", "named": says, "places": ["Tashkent", "Bishkek"]}
    show(ways.plot(column="km"), "77-c", ways, **look)


def show_borders():
    lines = data.load("border_kaz_rus").query("method != 'ring'").set_index("resolution")
    titles = {name: f"The border at {name}" for name in ("1:110 million", "10 km", "10 m")}
    box = [51.2, 50.35, 55.3, 51.85]
    show(lines.plot(), "77-d", lines, panels=titles, box=box, locator=True)


def show_towns():
    towns, _ = towns_near()
    band = {"line": "border", "km": "reach", "says": "within {reach} km"}
    told = {"border": border(), "reach": 100}
    look = {"by": "near", "named": "near", "band": band}
    show(towns.plot.scatter("lon", "lat"), "77-e", towns, told=told, **look)


def show_waves():
    world = joined_world()
    titles = {"2013 to 2017": "First", "2018 to 2023": "Then"}
    show(world.plot(column="joined"), "77-f", world, by="joined", panels=titles)


def show_flat():
    maps.show_ruler(data.load("towns_on_the_way").loc[["Xi'an", "Moscow"]], "77-g")


FORMS = [show_pipes, show_pipes_near, show_road, show_borders, show_towns, show_waves, show_flat]


def border():
    lines = data.load("border_kaz_rus").set_index(["resolution", "method"]).geometry
    return lines["10 m", "common vertices"]


@pytest.fixture
def form(request, put):
    """Show a map in one of its forms; return what is on the page."""
    said = words.chart("")
    said |= {"title": "A map", "alt": "A map of what is near and of what is far.", "holds": "1 > 0"}
    request.param()
    return put[-1]


@pytest.mark.parametrize("form", FORMS, indirect=True)
def test_no_name_is_cut_off_or_lies_on_another_on_any_map(form):
    figure = form.figure
    for ax in figure.axes:
        assert_names_are_readable(ax)
    titles = [text.get_window_extent() for text in figure.texts if text.get_text()]
    assert not any(one.overlaps(other) for one, other in combinations(titles, 2))
    assert all(figure.bbox.x0 <= box.x0 <= box.x1 <= figure.bbox.x1 for box in titles)


@pytest.mark.parametrize("form", FORMS, indirect=True)
def test_letters_are_large_enough_on_a_page(form):
    size = 820 / form.figure.get_figwidth() / 72  # pixels a point
    written = [text for text in form.figure.findobj(Text) if text.get_text()]
    assert min(text.get_fontsize() for text in written) * size >= 12
    assert form.figure.get_figheight() * size * 72 <= 350


@pytest.mark.parametrize("form", FORMS, indirect=True)
def test_the_note_on_boundaries_is_a_fold_below_and_not_in_the_source(form):
    assert maps.NOTE in form.words.note and maps.NOTE not in form.words.source
    above, fold = form.data.split(f'<summary style="cursor:pointer">{charts.page.BOUNDARIES}')
    assert maps.NOTE in fold and maps.NOTE not in above
    assert form.words.below.endswith(form.words.note)


@pytest.mark.parametrize(
    "form", [show_pipes, show_flat, show_towns, show_pipes_near], indirect=True
)
def test_crimea_is_named_off_ukraine_and_russia(form):
    states = data.load("countries_region").set_index("iso3").geometry[["UKR", "RUS"]]
    for ax in form.figure.axes:
        for text in (each for each in visible(ax) if each.get_text() == CRIMEA):
            place = extent(text).transformed(ax.transData.inverted())
            assert not states.to_crs(ax.crs).buffer(0).intersects(box(*place.extents)).any()
    assert any(text.get_text() == CRIMEA for text in visible(form.figure.axes[0]))


@pytest.mark.parametrize("form", [show_pipes_near], indirect=True)
def test_a_box_shows_what_is_in_it_and_lines_without_a_name_are_thin(form):
    (ax,) = form.figure.axes
    assert {*PIPES.values(), CRIMEA} <= names_on(ax)
    for lon, lat in ((47, 32), (47, 57), (132, 32), (132, 57)):
        assert ax.bbox.contains(*ax.transData.transform(ax.project.transform(lon, lat)))
    strokes = [layer for layer in ax.collections if layer.zorder == on_page.LINE["zorder"]]
    thin = on_page.PALE["linewidth"], on_page.LINE["linewidth"]
    widths = [width for layer in strokes for width in layer.get_linewidth()]
    assert widths == sorted(widths) and {*widths} == {*thin}


@pytest.mark.parametrize("form", [show_borders], indirect=True)
def test_each_panel_has_its_own_line_and_the_small_map_the_last_place(form):
    *panels, small = form.figure.axes
    assert [text.get_text() for text in form.figure.texts] == [
        f"The border at {name}" for name in ("1:110 million", "10 km", "10 m")
    ]
    points = []
    for ax in panels:
        (line,) = (layer for layer in ax.collections if layer.zorder == on_page.LINE["zorder"])
        points.append(sum(map(len, line.get_segments())))
        assert not ax.axison  # no degrees
    assert points == sorted(points) and points[0] < points[1] < points[2]
    assert small.window[0] < panels[0].window[0] and small.window[2] > panels[0].window[2]


@pytest.mark.parametrize("form", [show_waves], indirect=True)
def test_each_panel_fills_its_own_states_and_leaves_those_of_no_panel_their_look(form):
    assert key_of(form) == ["no date, or not listed"]
    counts = []
    for ax in form.figure.axes:
        own = [
            one for one in ax.collections if to_hex(one.get_facecolor()[0]).upper() == palette.PLAIN
        ]
        counts.append(sum(len(layer.get_paths()) for layer in own))
    joined = data.load("countries_world").merge(data.load("belt_road_waves"), on="iso3")["joined"]
    assert counts == [(joined == "2013 to 2017").sum(), (joined == "2018 to 2023").sum()]


def test_the_ground_near_a_line_holds_the_towns_that_lie_near_it_and_no_others():
    towns = data.load("towns_by_border")
    points = on_page._with_shapes(towns)
    area = on_page.ground(on_page.Band(border(), 100, ""), points).union_all()
    near = points.within(area)
    assert near[towns["km to Russia"] < 98].all() and not near[towns["km to Russia"] > 102].any()
    assert not area.contains(Point(49, 53.2))  # Samara, in Russia, is near the border too


def test_a_line_not_in_use_is_grey_and_a_planned_one_dashed():
    looks = {status: look for status, (_, look) in on_page.STATUSES.items()}
    grey = {status for status, look in looks.items() if look["color"] in palette.GREYS}
    assert grey == {"proposed", "cancelled", "mothballed"}
    assert looks["operating"]["linestyle"] == "solid" != looks["proposed"]["linestyle"]
    assert looks["proposed"]["linestyle"] != looks["cancelled"]["linestyle"]


def test_ways_are_as_long_as_their_legs():
    towns = data.load("towns_on_the_way").loc[STOPS]
    ways = maps.ways({"six": towns, "direct": towns.iloc[[0, -1]]})
    assert ways["km"].tolist() == pytest.approx(
        [maps.geodesic_km(towns), maps.geodesic_km(towns.iloc[[0, -1]])], rel=1e-4
    )


def test_a_ruler_on_two_maps(put, monkeypatch):
    said = {**WORDS, "title": "{start} to {end}: {miss:.0f} km", "holds": "miss > 500"}
    monkeypatch.setattr(
        words, "chart", lambda key: said | {"alt": "Two maps: the ruler strays {miss:.0f} km."}
    )
    towns = data.load("towns_on_the_way").loc[["Xi'an", "Moscow"]]
    maps.show_ruler(towns, "77-ruler")
    (chart,) = put
    miss = int(chart.words.title.removeprefix("Xi'an to Moscow: ").removesuffix(" km"))
    assert 600 < miss < 800
    assert len(chart.figure.axes) == 2
    for ax in chart.figure.axes:
        assert CRIMEA in names_on(ax)


def test_a_table_of_positions_is_measured_in_the_order_of_its_columns():
    towns = data.load("towns_on_the_way").loc[["Almaty", "Tashkent"]]
    km = maps.geodesic_km(towns)
    assert km == pytest.approx(maps.geodesic_km(towns.to_numpy()))
    assert maps.geodesic_km(towns[["latitude", "longitude"]]) != pytest.approx(km, rel=0.05)


def test_points_of_many_kinds_all_have_a_marker_and_a_key(put):
    towns = data.load("towns_by_border")
    kinds = ["a", "b", "c", "d", "e", None]
    towns["sort"] = [kinds[n % len(kinds)] for n in range(len(towns))]
    words.chart("")["holds"] = "by == 'sort'"
    show(towns.plot.scatter("lon", "lat"), "77-kinds", towns, by="sort")
    (ax,) = put[0].figure.axes
    assert points_on(ax) == len(towns)
    assert key_of(put[0]) == ["a", "b", "c", "d", "e", maps.UNKNOWN]


def test_an_empty_table_is_no_map(put, gas):
    with pytest.raises(charts.ChartError, match="table"):
        maps.show(gas.plot(column="status"), "77-lines", gas.iloc[:0], idle=1, lines=2)


def test_a_map_steps_back_even_if_its_unit_is_one_word(put, gas):
    words.chart("")["unit"] = "Lines"
    maps.show(gas.plot(column="bcm a year"), "77-lines", gas, idle=11, lines=28)
    assert put[0].unfit and put[0].words.alt and put[0].words.alt != WORDS["alt"]
