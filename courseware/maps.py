"""Draw maps of the region in the course's style, and measure on the globe.

A chapter draws with geopandas as anywhere, ``ax = lines.plot(column="status")``, and
``show(ax, "05-pipes", lines)`` puts that on the course's map, with the words that belong to it:
lines, areas or points. ``show_ruler`` lays one straight line on two maps. For a map of another
kind ``region`` gives the base (land, water, borders, names of states), ``add_layer`` and
``add_points`` draw on it; explorers do so on `MapAxes` of their own. Positions are always longitude
first, then latitude, in WGS84 degrees.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.collections import Collection, LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.path import Path
from matplotlib.transforms import Bbox

from courseware import CourseError, article, charts, data, palette, words
from courseware.label_placement import Placing, boxes_along, spots_around, spots_within
from courseware.quantities import num

if TYPE_CHECKING:  # these take a quarter of a second to import: only when a map is drawn
    import geopandas as gpd
    from shapely import Geometry, LineString

NOTE = (
    "Boundaries: the de facto lines of Natural Earth, simplified. "
    "Drawing them implies no judgement on any claim to territory."
)
CRIMEA = "Crimea (Ukraine;\nannexed by Russia\nin 2014)"

#: How ground that two claim is drawn: places of ``map_statements``, and words for them. A map
#: says those whose places it shows (``note``); the lines follow control, but not everywhere.
UKRAINE = (
    "Crimea, held by Russia since 2014, is hatched as Ukraine's (UN General Assembly, resolution "
    "68/262); other parts of Ukraine that Russia occupies are drawn as Ukraine."
)
ALSO_DISPUTED = {
    "Abkhazia": "Abkhazia as Georgia",
    "Taiwan": "Taiwan apart from China (the United Nations write 'Taiwan, Province of China')",
    "Kashmir: Gilgit": "Kashmir along the line of control",
    "Aksai Chin": "Aksai Chin as China",
    "Arunachal Pradesh: Itanagar": "Arunachal Pradesh as India",
}

#: Readable names of the projections; on equal-area maps the sizes of states compare.
PROJECTIONS = {
    "equal-area Albers": "+proj=aea +lat_1=30 +lat_2=55 +lat_0=43 +lon_0={lon} +datum=WGS84",
    "equal-area Lambert": "+proj=laea +lat_0=45 +lon_0={lon} +datum=WGS84",
    "equal-area world": "+proj=eqearth +datum=WGS84",
    "plate carrée": "+proj=eqc +datum=WGS84",
    "Mercator": "+proj=merc +datum=WGS84",
}

#: Readable names of map windows: west, south, east and north in degrees.
EXTENTS = {
    "Central Asia": (47, 35, 88, 56),
    "Eurasia": (28, 22, 132, 62),
    "world": (-180, -57, 180, 84),
}

LAND, OWN_LAND, WATER, SHORE = palette.LAND, palette.OWN_LAND, palette.WATER, palette.SHORE


#: Rows, label and style of what looks alike on a map.
Look = tuple[Any, str, dict]
#: Of points: a marker and its size for each look.
MARKERS = (("D", 22), ("o", 12), ("s", 14), ("^", 16))
WORLD = 180  # degrees: what is wider needs a map of the world
UNKNOWN = "not reported"
GAP = 0.012  # part of a figure between maps side by side


class MapError(CourseError):
    """A map or a distance was asked for in a way that cannot be right; the message says why."""


class MapAxes(Axes):
    """Axes that know their projection, the window they show and the names written on them."""

    def begin(self, crs: str, window: Sequence[float]) -> None:
        """Fix the projection and the window, widened until the map fills the axes."""
        from pyproj import Transformer

        self.crs = crs
        self.project = Transformer.from_crs("OGC:CRS84", crs, always_xy=True)
        self.names = Placing(self)
        west, south, east, north = self.project.transform_bounds(*window, densify_pts=51)
        scale = max((east - west) / self.bbox.width, (north - south) / self.bbox.height)
        x, y = (west + east) / 2, (south + north) / 2
        dx, dy = scale * self.bbox.width / 2, scale * self.bbox.height / 2
        self.set(xlim=(x - dx, x + dx), ylim=(y - dy, y + dy), autoscale_on=False)
        self.set_aspect("equal")
        self.set_axis_off()
        self.is_world = window[2] - window[0] > 300
        self.window = window
        if not self.is_world:
            west, south, east, north = self.project.transform_bounds(
                x - dx, y - dy, x + dx, y + dy, densify_pts=51, direction="INVERSE"
            )
            if not np.isfinite([west, south, east, north]).all():  # beyond the edge of the globe
                west, south, east, north = -180, -84, 180, 84
            east = 180 if east < west else east  # beyond the antimeridian
            self.window = (west - 2, max(south - 2, -84), east + 2, min(north + 2, 84))


def region(
    extent: str | Sequence[float] = "Central Asia",
    projection: str = "equal-area Albers",
    *,
    cities: bool = False,
    names: bool = True,
    size: tuple[float, float] = (9, 5),
) -> tuple[Figure, MapAxes]:
    """Return a figure and its axes with the base map: land, water, borders, names of states.

    Args:
        extent: a name from ``EXTENTS``, or (west, south, east, north) in degrees.
        projection: a name from ``PROJECTIONS``.
        cities: whether to mark the capitals.
        names: whether to write the names of the states, where there is room.
        size: inches, width and height.

    Raises:
        MapError: no such extent or projection; the message lists those there are.

    """
    window = _choice(extent, EXTENTS, "extent") if isinstance(extent, str) else tuple(extent)
    check_positions([window[:2], window[2:]])
    fig, (ax,) = _maps(window, [projection], size)
    draw_base(ax, names=names, cities=cities)
    return fig, ax


def show(
    axes: Axes,
    key: str,
    table: pd.DataFrame,
    *,
    by: str | None = None,
    named: Iterable = (),
    rows: pd.DataFrame | None = None,
    **numbers: Any,
) -> None:
    """Put on the course's map what a cell has plotted, with the words that belong to its key.

    Args:
        axes: what geopandas returned: ``ax = lines.plot(column="status")``. Points may come from
            a table with columns ``lon`` and ``lat``: ``ax = towns.plot.scatter("lon", "lat")``.
        key: of the map's words, such as ``"05-pipes"``; they stand where those of charts do.
        table: what was plotted: lines, areas or points.
        by: the column that gives the looks; if left out, it is found by what was drawn.
        named: of points, the rows whose name (the table's index) is written on the map.
        rows: what the fold shows, if that is not the whole table.
        numbers: what the words name besides the table's columns. They may ask for ``by``, too.

    """
    places = _with_shapes(charts.with_numbers(table))
    column = by or _column(axes, places)
    plt.close(axes.get_figure())  # or it would be shown a second time
    plain = pd.DataFrame(places.drop(columns=places.geometry.name))
    west, south, east, north = places.total_bounds
    window = (west - 2, south - 2, east + 2, north + 2)
    fig, (ax,) = _map_for(window)
    looks = _looks(plain[column]) if column in plain else [(slice(None), "", {})]
    draw = {"Point": _draw_points, "Polygon": _draw_areas, "MultiPolygon": _draw_areas}
    draw.get(places.geom_type.iloc[0], _draw_lines)(ax, places, looks, set(named))
    _put(fig, ax, key, plain, {"by": column or "", **numbers}, plain if rows is None else rows)


def _with_shapes(table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return a table with shapes: its own, or a point for each row's ``lon`` and ``lat``."""
    import geopandas as gpd

    if isinstance(table, gpd.GeoDataFrame):
        return table
    lon, lat = check_positions(table[["lon", "lat"]].to_numpy()).T
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(lon, lat), crs="OGC:CRS84")


def _draw_lines(ax: MapAxes, table: gpd.GeoDataFrame, looks: list[Look], _: set) -> None:
    """Draw lines; names keep off them where there is room."""
    _key(ax, looks, linewidth=1.7)
    lines: list[Bbox] = []
    for each in table.geometry.explode().segmentize(1):
        lines += boxes_along(_pixels(ax, each), ax.bbox, clear=2)
    ax.names.markers += lines
    draw_base(ax)
    _name_over(ax, lines)
    for rows, _, style in looks:
        plain = {"color": palette.PLAIN, "linewidth": 1.7, "zorder": 3}
        add_layer(ax, table[rows], **plain | style)


def _draw_areas(ax: MapAxes, table: gpd.GeoDataFrame, looks: list[Look], _: set) -> None:
    """Fill states or other areas; Crimea stays hatched above them."""
    _key(ax, looks, linewidth=6)
    draw_base(ax, names=False)
    line = {"edgecolor": palette.WHITE, "linewidth": 0.3, "zorder": 1.25}
    for rows, _, style in looks:
        fill = style.get("color", palette.PLAIN)
        add_layer(ax, table[rows], facecolor=fill, **line)


def _draw_points(ax: MapAxes, table: gpd.GeoDataFrame, looks: list[Look], named: set) -> None:
    """Draw points, a marker for each look, and write the names of some of them."""
    marked = zip(looks, cycle(MARKERS), strict=False)
    looks = [(rows, label, {"marker": m[0], **style}) for (rows, label, style), m in marked]
    if len(looks) > 2:  # of two the unit says which is which
        _key(ax, looks, linewidth=0)
    draw_base(ax)
    spots = table.assign(lon=table.geometry.x, lat=table.geometry.y, label=table.index.astype(str))
    for rows, _, style in looks:
        chosen = spots[rows]
        known = chosen.index.isin(named)
        look = {"color": palette.PLAIN, "size": dict(MARKERS)[style["marker"]], **style}
        add_points(ax, chosen[known], label="label", **look)
        add_points(ax, chosen[~known], **look)


def show_ruler(line: Iterable[Sequence[float]], key: str) -> None:
    """Lay a ruler between two places on two maps, beside the shortest way over the globe.

    Args:
        line: two positions, or a table of two: longitude, then latitude.
        key: of the map's words. They may name the two places as ``start`` and ``end``, and the
            kilometres between the middle of the ruler on Mercator's map and the shortest way as
            ``miss``.

    """
    a, b = check_positions(_positions(line))
    shortest = great_circle(a, b)
    looks = ("Mercator", "equal-area Albers")
    lines = [ruler(a, b, PROJECTIONS[look].format(lon=80)) for look in looks]
    middles = [each.coords[len(each.coords) // 2] for each in lines]
    away = [min(geodesic_km([m, point]) for point in shortest.coords) for m in middles]
    km = {"kilometres": [geodesic_km(each) for each in (*lines, shortest)]}
    km["kilometres off, half-way"] = [*away, 0.0]
    table = pd.DataFrame(km, index=pd.Index([*looks, "the globe"], name="straight on"))
    towns = [str(name) for name in getattr(line, "index", ("the start", "the end"))]
    fig, axes = _maps((12, 22, 135, 60), looks, (8.2, 3.6))
    for ax, look, each in zip(axes, looks, lines, strict=True):
        style = {"va": "top", "fontsize": 10, "fontweight": "bold", "zorder": 6}
        style["bbox"] = {"facecolor": "white", "alpha": 0.85, "pad": 2}
        title = ax.text(0.02, 0.97, look, transform=ax.transAxes, **style)
        ax.names.markers.append(title.get_window_extent().padded(4))
        along = [boxes_along(_pixels(ax, way), ax.bbox, clear=2) for way in (shortest, each)]
        ax.names.markers += [*along[0], *along[1]]
        draw_base(ax)
        add_layer(ax, shortest, color=palette.PLAIN, linewidth=2.4, zorder=4)
        add_layer(ax, each, color=palette.BLACK, linestyle="--", zorder=4)
    named = {"miss": away[0], "start": towns[0], "end": towns[1]}
    _put(fig, axes[0], key, table, named, table.round(0))


def _put(
    fig: Figure, ax: MapAxes, key: str, table: pd.DataFrame, numbers: dict, rows: pd.DataFrame
) -> None:
    """Put a finished map on the page, with its words and whose borders it draws."""
    written = words.chart(key)
    said = charts.in_words(written, table, numbers, [ax])
    if said.unfit:
        said = said._replace(alt=f"A map of what this cell draws. {said.title}.")
    given = [written["source"]] if isinstance(written["source"], str) else written["source"]
    charts.put_on_page(fig, said, rows, [*given, "countries_region"], note=note(ax.window))


def _map_for(window: Sequence[float]) -> tuple[Figure, list[MapAxes]]:
    """Return a map that shows this window, of the region or of the world."""
    if window[2] - window[0] > WORLD:
        return _maps(EXTENTS["world"], ["equal-area world"], (8.2, 3.9))
    return _maps(window, ["equal-area Albers"], (8.2, 4.2))


def _maps(
    window: Sequence[float], projections: Sequence[str], size: tuple[float, float]
) -> tuple[Figure, list[MapAxes]]:
    """Return a figure that maps fill, one in each projection side by side, not drawn yet."""
    fig = Figure(figsize=size, dpi=charts.DPI)
    charts.Canvas(fig)
    axes = []
    wide = (1 + GAP) / len(projections)
    for place, name in enumerate(projections):
        recipe = _choice(name, PROJECTIONS, "projection")
        ax = fig.add_axes((place * wide, 0, wide - GAP, 1), axes_class=MapAxes, label=name)
        ax.begin(recipe.format(lon=(window[0] + window[2]) / 2), window)
        sea = {"facecolor": WATER, "zorder": -1, "transform": ax.transAxes}
        ax.add_patch(Rectangle((0, 0), 1, 1, **sea))
        axes.append(ax)
    return fig, axes


def _pixels(ax: MapAxes, line: LineString) -> np.ndarray:
    """Return a line in degrees as pixels of the figure."""
    return ax.transData.transform(np.column_stack(ax.project.transform(*line.xy)))


def _name_over(ax: MapAxes, lines: list[Bbox]) -> None:
    """Name the seven states over the lines, in small type, where nothing else was free."""
    seven = {article.name(code) for code in article.seven()}
    for _, text, _ in ax.names.names:
        if not text.get_visible() and text.get_text() in seven:
            text.set_fontsize(8)
    ax.names.markers = [box for box in ax.names.markers if box not in lines]
    ax.names.arrange()


def _column(axes: Axes, table: gpd.GeoDataFrame) -> str | None:
    """Return the column whose values coloured what geopandas drew; ``None`` if none did.

    Geopandas keeps no name of it. Numbers are an array of one layer; words are a layer each, in
    the order of the alphabet.
    """
    drawn = [layer.get_array() for layer in axes.collections]
    sizes = [len(layer.get_paths()) for layer in axes.collections]
    parts = table.explode(index_parts=False)
    for name in parts.columns.drop(parts.geometry.name):
        values = parts[name].dropna()
        if pd.api.types.is_numeric_dtype(values):
            found = len(drawn) == 1 and np.array_equal(values, drawn[0])
        else:
            found = drawn[0] is None and sizes == [*values.value_counts().sort_index()]
        if found:
            return name
    return None


#: How lines of a status are drawn: what does not run has gaps.
STATUSES = {
    "operating": ("in use", {"color": palette.GAS, "linestyle": "solid"}),
    "construction": ("being built", {"color": palette.GAS, "linestyle": (0, (4, 2.5))}),
    "proposed": ("proposed", {"color": palette.GAS, "linestyle": (0, (1, 1.5))}),
    "cancelled": ("given up", {"color": palette.MIDDLE, "linestyle": (0, (1, 3))}),
    "mothballed": ("shut", {"color": palette.MIDDLE, "linestyle": (0, (1, 3))}),
}


def _looks(column: pd.Series) -> list[Look]:
    """Return rows, label and style for each value of a column, or each third of its numbers."""
    if pd.api.types.is_bool_dtype(column):
        hues = {True: palette.PLAIN, False: palette.FAINT}
        return [(column == value, str(value), {"color": hue}) for value, hue in hues.items()]
    if pd.api.types.is_numeric_dtype(column):
        thirds = pd.qcut(column.rank(method="first"), 3, labels=False)
        hues = (palette.MINT, palette.TEAL, palette.PETROL)
        groups = [(thirds == number, hue) for number, hue in enumerate(hues)]
        spans = [(rows, column[rows].min(), column[rows].max(), hue) for rows, hue in groups]
        return [(rows, f"{num(a):g} to {num(b):g}", {"color": hue}) for rows, a, b, hue in spans]
    if set(column.dropna()) <= set(STATUSES):
        return [(column == s, *look) for s, look in STATUSES.items() if (column == s).any()]
    column = column.astype(object).where(column.notna(), UNKNOWN)
    values = sorted(column.unique(), key=str)
    hues = charts.hues_of(values)
    return [(column == value, str(value), {"color": hues[value]}) for value in values]


def _key(ax: MapAxes, looks: list[Look], linewidth: float) -> None:
    """Write what each look means in the lower left corner, before names choose their places."""
    if not any(label for _, label, _ in looks):
        return
    width = {"linewidth": linewidth}
    lines = [ax.plot([], [], label=label, **width, **style)[0] for _, label, style in looks]
    legend = ax.legend(handles=lines, loc="lower left", fontsize=9, framealpha=0.9)
    legend.set_zorder(6)
    ax.names.markers.append(legend.get_window_extent().padded(4))


def draw_base(ax: MapAxes, *, names: bool = True, cities: bool = False) -> None:
    """Draw land, water and borders on axes that have begun; write names of states, if asked.

    For figures of your own, such as two maps side by side or an explorer: put ``note`` on them.
    """
    for shapes, style in _base(ax.crs, tuple(ax.window), water=not ax.is_world):
        _draw(ax, shapes, style)
    peninsula = _peninsula()
    hatch_crimea(ax, peninsula, ax.crs)
    if names:
        _name_states(ax)
        _name_crimea(ax, peninsula)
    if cities:
        capitals = data.load("places").query("kind == 'capital'")
        capitals = capitals.sort_values(
            "iso3", key=lambda codes: ~codes.isin(article.seven()), kind="stable"
        )
        add_points(ax, capitals, label="name", color=palette.TEXT, size=14)


@cache
def _peninsula() -> Geometry:
    return crimea(data.load("countries_region"))


@lru_cache(maxsize=16)  # a map that is drawn again shows the same land
def _base(crs: str, window: tuple, *, water: bool) -> list[tuple[np.ndarray, dict]]:
    """Return the layers of a base map, projected, from the lowest, each with its style."""
    from shapely import box

    states, world = data.load("countries_region"), data.load("countries_world")
    own = states["iso3"].isin(article.seven())
    line = {"edgecolor": palette.BORDER, "linewidth": 0.6}
    shore = {"edgecolor": SHORE, "linewidth": 0.6, "zorder": 1.3}
    layers = [
        (_degrees(box(*window)), {"facecolor": WATER, "zorder": 0}),
        (world[~world["iso3"].isin(states["iso3"])], {"facecolor": LAND, "zorder": 1, **line}),
        (states[~own], {"facecolor": LAND, "zorder": 1.1, **line}),
        (states[own], {"facecolor": OWN_LAND if water else LAND, "zorder": 1.2, **line}),
    ]
    if water:
        layers.append((data.load("rivers_region"), shore))
        layers.append((data.load("lakes_region"), {"facecolor": WATER, **shore}))
    return [(_projected(layer.clip(window), crs), style) for layer, style in layers]


def note(window: Sequence[float]) -> str:
    """Return the words to stand under a map: whose lines, and how disputed ground is drawn.

    Args:
        window: west, south, east and north in degrees; only what lies within is spoken of.

    Source: table ``map_statements``, which a test compares with both layers of countries.

    """
    west, south, east, north = window
    places = data.load("map_statements")
    shown = places[places["lon"].between(west, east) & places["lat"].between(south, north)]
    also = [words for place, words in ALSO_DISPUTED.items() if place in set(shown["place"])]
    sentences = [NOTE]
    if "Crimea" in set(shown["place"]):
        sentences.append(UKRAINE)
    if also:
        sentences.append(f"Other disputed ground is drawn so: {'; '.join(also)}.")
    return " ".join(sentences)


def crimea(states: gpd.GeoDataFrame) -> Geometry:
    """Return Crimea, in degrees: the part of Russia on this layer that holds its point.

    Args:
        states: ``countries_region`` or ``countries_world``, with columns iso3 and geometry.

    """
    from shapely import Point, get_parts

    places = data.load("map_statements").set_index("place")
    point = Point(places.loc["Crimea", ["lon", "lat"]].astype(float))
    (parts,) = states.loc[states["iso3"] == "RUS", "geometry"].to_crs("OGC:CRS84").map(get_parts)
    return next(part for part in parts if part.contains(point))


def hatch_crimea(ax: Axes, shape: Geometry, crs: object) -> None:
    """Draw Crimea as land that is neither state's own, hatched, above what is filled so far.

    Args:
        ax: axes of any map.
        shape: what ``crimea`` returned for the layer that is drawn on them, in degrees.
        crs: the projection of the axes.

    """
    style = {"facecolor": LAND, "edgecolor": palette.BORDER, "linewidth": 0.6, "hatch": "//////"}
    _draw(ax, _degrees(shape).to_crs(crs).normalize().to_numpy(), {"zorder": 1.4, **style})


def add_layer(ax: MapAxes, layer: gpd.GeoDataFrame | gpd.GeoSeries | Geometry, **style) -> None:
    """Draw lines or areas given in degrees.

    Args:
        ax: what ``region`` returned.
        layer: a table, a column or a single shape.
        style: of matplotlib's collections. ``facecolor``, ``edgecolor`` and ``color`` (of lines,
            or of what an area is filled with) may name a column that holds a colour per row.

    """
    # Cut before projecting (the antimeridian), and bend long straight edges with the globe.
    layer = _degrees(layer).to_crs("OGC:CRS84").clip(ax.window)
    for key in style.keys() & {"color", "facecolor", "edgecolor"}:
        if style[key] in getattr(layer, "columns", ()):
            style[key] = layer[style[key]].to_numpy()
    _draw(ax, _projected(layer, ax.crs), style)


def _degrees(
    layer: gpd.GeoDataFrame | gpd.GeoSeries | Geometry,
) -> gpd.GeoDataFrame | gpd.GeoSeries:
    """Return a single shape, in degrees, as a column; what is one or a table as it is."""
    import geopandas as gpd

    known = isinstance(layer, gpd.GeoDataFrame | gpd.GeoSeries)
    return layer if known else gpd.GeoSeries(layer, crs="OGC:CRS84")


def _projected(layer: gpd.GeoDataFrame | gpd.GeoSeries, crs: object) -> np.ndarray:
    """Return the shapes of a layer on the map, bent with the globe, holes the other way round."""
    return layer.geometry.segmentize(1).to_crs(crs).normalize().to_numpy()


def _draw(ax: Axes, shapes: np.ndarray, style: dict) -> None:
    """Draw shapes of the map, areas as one collection and lines as another.

    Geopandas would do the same, but makes a class of artists for every layer it draws, which
    matplotlib then reads through: half of what a base map took.
    """
    from shapely import get_coordinates, get_dimensions, get_parts

    areas = get_dimensions(shapes) == 2
    if areas.any():
        filled = dict(style)
        if "color" in filled:
            filled["facecolor"] = filled.pop("color")
        _add(ax, PathCollection([_path(shape) for shape in shapes[areas]], **_of(filled, areas)))
    lines = get_dimensions(shapes) == 1
    if lines.any():
        parts, rows = get_parts(shapes[lines], return_index=True)
        strokes = _of(_of(style, lines), rows)
        _add(ax, LineCollection([get_coordinates(part) for part in parts], **strokes))


def _of(style: dict, rows: np.ndarray) -> dict:
    """Return a style for these rows: a colour per row becomes one per row that is drawn."""
    return {
        k: value[rows] if isinstance(value, np.ndarray) else value for k, value in style.items()
    }


def _add(ax: Axes, drawn: Collection) -> None:
    """Put a collection on axes whose window it leaves as it is."""
    ax.add_collection(drawn, autolim=False)


def _path(area: Geometry) -> Path:
    """Return the outlines of an area, its parts' and its holes', as one path."""
    from shapely import get_coordinates, get_dimensions, get_parts, get_rings

    parts = get_parts(area)
    xy, ring = get_coordinates(get_rings(parts[get_dimensions(parts) == 2]), return_index=True)
    begins = np.r_[True, ring[1:] != ring[:-1]]
    codes = np.where(begins, Path.MOVETO, Path.LINETO).astype(Path.code_type)
    codes[np.r_[begins[1:], True]] = Path.CLOSEPOLY
    return Path(xy, codes)


def add_points(
    ax: MapAxes,
    points: pd.DataFrame,
    label: str | None = None,
    *,
    color: str = palette.INK,
    size: float | Sequence[float] = 22,
    **style,
) -> list[str]:
    """Draw a marker per row of ``points`` (columns ``lon`` and ``lat``), labelled if asked.

    Labels avoid each other, the markers and the names of states. One that finds no free place
    is left out: earlier rows go first, so sort by importance.

    Args:
        ax: what ``region`` returned.
        points: one row per point.
        label: the column that holds the labels.
        color: of the markers.
        size: area of the markers in square points, one for all or one per row.
        style: passed on to ``Axes.scatter``.

    Returns:
        The labels that found no place, to be named in the text or given more room.

    """
    lon, lat = check_positions(points[["lon", "lat"]].to_numpy()).T
    x, y = ax.project.transform(lon, lat)
    pixels = ax.transData.transform(np.column_stack([x, y]))
    inside = [bool(np.isfinite(pixel).all() and ax.bbox.contains(*pixel)) for pixel in pixels]
    sizes = np.broadcast_to(np.asarray(size, dtype=float), len(points))
    style = {"edgecolors": "white", "linewidths": 0.6, "zorder": 4} | style
    ax.scatter(x[inside], y[inside], sizes[inside], color=color, **style)
    new = []
    for row in np.flatnonzero(inside):
        half = np.sqrt(sizes[row]) / 2 / 72 * ax.figure.dpi
        ax.names.markers.append(Bbox([pixels[row] - half, pixels[row] + half]))
        if label is not None:
            text = ax.names.write(str(points[label].iloc[row]), 9, palette.INK)
            ax.names.add(text, spots_around(*pixels[row], half), rank=1)
            new.append(text)
    ax.names.arrange()
    return [text.get_text() for text in new if not text.get_visible()]


def check_positions(positions: Iterable[Sequence[float]]) -> np.ndarray:
    """Return positions as an array of (longitude, latitude), in degrees.

    Raises:
        MapError: a number is missing or outside the globe. A swapped pair is noticed where the
            latitude would exceed 90 degrees (Xi'an), not elsewhere (Almaty): look at the map.

    """
    array = np.asarray(list(positions), dtype=float).reshape(-1, 2)
    for lon, lat in array:
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            raise MapError(
                f"({lon:g}, {lat:g}) is not on the globe: longitude comes first (-180 to 180), "
                "then latitude (-90 to 90). Are the two swapped?"
            )
    return array


def geodesic_km(line: Geometry | Iterable[Sequence[float]]) -> float:
    """Return the length in kilometres of a line along the WGS84 ellipsoid.

    Args:
        line: a shapely line (or several, as one geometry), a list of (longitude, latitude), or a
            table with these two columns, a row a position.

    Raises:
        MapError: fewer than two positions, or one that is outside the globe.

    """
    from pyproj import Geod
    from shapely import Geometry, get_parts

    total = 0.0
    for part in get_parts(line) if isinstance(line, Geometry) else [_positions(line)]:
        positions = check_positions(getattr(part, "coords", part))
        if len(positions) < 2:
            raise MapError("A length needs a line of at least two positions.")
        total += Geod(ellps="WGS84").line_length(*positions.T)
    return total / 1000


def _positions(line: Any) -> Any:
    """Return the rows of a table as positions; anything else as it is."""
    if isinstance(line, pd.Series) or (isinstance(line, pd.DataFrame) and line.shape[1] != 2):
        raise MapError("A table of positions has two columns: longitude, then latitude.")
    return line.to_numpy() if isinstance(line, pd.DataFrame) else line


def great_circle(a: Sequence[float], b: Sequence[float], step_km: float = 50) -> LineString:
    """Return the shortest way from ``a`` to ``b``, both (longitude, latitude), as a line.

    It has a position at least every ``step_km`` kilometres, so that it bends on the map.
    """
    from pyproj import Geod
    from shapely import LineString

    pieces = max(1, int(np.ceil(geodesic_km([a, b]) / step_km)))
    between = Geod(ellps="WGS84").npts(*a, *b, pieces - 1) if pieces > 1 else []
    return LineString([tuple(a), *between, tuple(b)])


def ruler(a: Sequence[float], b: Sequence[float], crs: str, pieces: int = 100) -> LineString:
    """Return what a ruler draws from ``a`` to ``b`` on a map in ``crs``, as a line in degrees.

    Args:
        a: (longitude, latitude) of one end.
        b: of the other end.
        crs: the map's projection, such as ``PROJECTIONS["Mercator"]``.
        pieces: into how many equal parts of the map's line the result is cut.

    """
    from pyproj import Transformer
    from shapely import LineString

    to_map = Transformer.from_crs("OGC:CRS84", crs, always_xy=True)
    (x0, x1), (y0, y1) = to_map.transform(*check_positions([a, b]).T)
    x, y = np.linspace(x0, x1, pieces + 1), np.linspace(y0, y1, pieces + 1)
    return LineString(np.column_stack(to_map.transform(x, y, direction="INVERSE")))


def _choice(name: str, known: dict, what: str):
    if name not in known:
        raise MapError(f"There is no {what} called {name!r}. There are: {', '.join(known)}.")
    return known[name]


def _name_states(ax: MapAxes) -> None:
    """Name the seven states, then the others that have room for their name."""
    wide = ax.window[2] - ax.window[0] > 80
    for state in _seen(ax.crs, tuple(ax.window), (*ax.get_xlim(), *ax.get_ylim())).itertuples():
        if state.seven:
            words, hue = article.name(state.iso3), charts.ink(charts.color(state.iso3))
            text = ax.names.write(words, 9 if wide else 10.5, hue, "bold")
        else:
            text = ax.names.write(state.name, 8 if wide else 9, palette.MIDDLE)
        # Ukraine is named wherever it shows: its land in Crimea is drawn under another's rule.
        least = 0.15 if (state.seven or state.iso3 == "UKR") and not ax.is_world else 0.7
        ax.names.add(text, spots_within(state.geometry, text, least), rank=0)
    ax.names.arrange()


@lru_cache(maxsize=16)
def _seen(crs: str, window: tuple, limits: tuple) -> gpd.GeoDataFrame:
    """Return the states that a map shows, as far as it does: the seven, then by their area."""
    from shapely import box

    west, east, south, north = limits
    seen = data.load("countries_region").clip(window)
    shown = seen.to_crs(crs).buffer(0).intersection(box(west, south, east, north))
    seen = seen.set_geometry(shown)
    seen = seen[seen.area > 0].assign(seven=seen["iso3"].isin(article.seven()), area=seen.area)
    return seen.sort_values(["seven", "area"], ascending=False)


def _name_crimea(ax: MapAxes, shape: Geometry) -> None:
    """Say on the map whose Crimea is, where the map shows it in a size that can be read."""
    west, south, east, north = ax.project.transform_bounds(*shape.bounds)
    corners = ax.transData.transform([(west, south), (east, north)])
    x, y = corners.mean(axis=0)
    if ax.is_world or not ax.bbox.contains(x, y):
        return
    half = np.ptp(corners, axis=0).max() / 2
    ax.names.markers.append(Bbox([(x - half, y - half), (x + half, y + half)]))
    text = ax.names.write(CRIMEA, 7.5, palette.INK)
    # Over the Black Sea first; never to the east, where the words would lie on Russia.
    spots = [spot for spot in spots_around(x, y, 1.5 * half) if spot[2] != "left"]
    spots.sort(key=lambda spot: spot[2] != "right")
    ax.names.add(text, spots, rank=-1)  # before any state's name: it must be said
    ax.names.arrange()
