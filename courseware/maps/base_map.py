"""The base of every map: land, water, borders and names, and layers and points upon it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import yaml
from matplotlib.axes import Axes
from matplotlib.collections import Collection, LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.path import Path
from matplotlib.transforms import Bbox

from courseware import article, charts, data, palette
from courseware.label_placement import Placing, spots_around, spots_below, spots_within
from courseware.maps.globe import MapError, check_positions

if TYPE_CHECKING:  # these take a quarter of a second to import: only when a map is drawn
    import geopandas as gpd
    from shapely import Geometry

NOTE = (
    "Boundaries: the de facto lines of Natural Earth, simplified. "
    "Drawing them implies no judgement on any claim to territory."
)
#: Readable names of the projections; on equal-area maps the sizes of states compare.
PROJECTIONS = {
    "equal-area Albers": "+proj=aea +lat_1=30 +lat_2=55 +lat_0=43 +lon_0={lon} +datum=WGS84",
    "equal-area Lambert": "+proj=laea +lat_0=45 +lon_0={lon} +datum=WGS84",
    "equal-area world": "+proj=eqearth +datum=WGS84",
    "plate carrée": "+proj=eqc +datum=WGS84",
    "Mercator": "+proj=merc +datum=WGS84",
}

WHOLE = "world"  #: the window that every article has

LAND, OWN_LAND, WATER, SHORE = palette.LAND, palette.OWN_LAND, palette.WATER, palette.SHORE


CLOSE = 7  # degrees: what is narrower is drawn at a scale that the borders do not have
LETTERS = 9.0  # points: 12.5 px where a map has its full width


@cache
def ground() -> dict:
    """Return what the article's ``maps.yaml`` says, nothing if it has none. Do not change it."""
    path = article.folder() / "maps.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}


def extents() -> dict[str, tuple[float, ...]]:
    """Return west, south, east and north, in degrees, of each window that has a name."""
    named = {name: tuple(window) for name, window in ground()["extents"].items()}
    return named | {WHOLE: (-180, -57, 180, 84)}


def hatched() -> dict[str, str]:
    """Return what is hatched as neither state's: place, label and note, and both states' codes."""
    return ground()["hatched"]


def disputed() -> dict[str, str]:
    """Return how other disputed ground is drawn, in words, by its place in ``map_statements``."""
    return ground()["disputed"]


class MapAxes(Axes):
    """Axes that know their projection, the window they show and the names written on them."""

    def begin(self, crs: str, window: Sequence[float]) -> None:
        """Fix the projection and the window, widened until the map fills the axes.

        Args:
            crs: the projection.
            window: west, south, east and north in degrees.

        """
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
        self.is_world = _is_world(window)
        self.is_close = window[2] - window[0] < CLOSE
        self.window = window
        if not self.is_world:
            west, south, east, north = self.project.transform_bounds(
                x - dx, y - dy, x + dx, y + dy, densify_pts=51, direction="INVERSE"
            )
            if not np.isfinite([west, south, east, north]).all():  # beyond the edge of the globe
                west, south, east, north = -180, -84, 180, 84
            east = 180 if east < west else east  # beyond the antimeridian
            self.window = (west - 2, max(south - 2, -84), east + 2, min(north + 2, 84))

    def pixels(self, positions: Iterable[Sequence[float]]) -> np.ndarray:
        """Return positions in degrees, (longitude, latitude) each, as pixels of the figure."""
        x, y = self.project.transform(*np.asarray(positions).T)
        return self.transData.transform(np.column_stack([x, y]))


def extent_of(asked: str | Sequence[float]) -> tuple[float, ...]:
    """Return west, south, east and north of a name from `extents`, or as they were given."""
    window = _choice(asked, extents(), "extent") if isinstance(asked, str) else tuple(asked)
    check_positions([window[:2], window[2:]])
    return window


def aspect(window: Sequence[float], projection: str | None = None) -> float:
    """Return how wide a window is on a map, divided by how high."""
    from pyproj import Transformer

    to_map = Transformer.from_crs("OGC:CRS84", _crs(window, projection), always_xy=True)
    west, south, east, north = to_map.transform_bounds(*window, densify_pts=51)
    return (east - west) / (north - south)


def add_map(
    fig: Figure,
    place: Sequence[float],
    window: Sequence[float],
    projection: str | None = None,
) -> MapAxes:
    """Return new axes on which a map has begun, with the sea as their ground.

    Args:
        fig: the figure.
        place: left, bottom, width and height, as parts of the figure.
        window: west, south, east and north in degrees.
        projection: a name from ``PROJECTIONS``; if left out, an equal-area one.

    """
    ax = bare_map(fig, place, window, projection)
    ground = {"facecolor": WATER, "edgecolor": "none", "zorder": -1}
    frame = {"fill": False, "edgecolor": palette.FAINT, "linewidth": 1.2, "zorder": 7}
    for look in (ground, frame):
        ax.add_patch(Rectangle((0, 0), 1, 1, transform=ax.transAxes, **look))
    return ax


def bare_map(
    fig: Figure,
    place: Sequence[float],
    window: Sequence[float],
    projection: str | None = None,
) -> MapAxes:
    """Return new axes on which a map has begun, without ground and frame; see `add_map`."""
    ax = fig.add_axes(place, axes_class=MapAxes, label=f"map {len(fig.axes)}")
    ax.begin(_crs(window, projection), window)
    return ax


def _crs(window: Sequence[float], projection: str | None) -> str:
    """Return a projection by its name, or the equal-area one for a window, centred on it."""
    whole = "equal-area world" if _is_world(window) else "equal-area Albers"
    recipe = _choice(projection or whole, PROJECTIONS, "projection")
    return recipe.format(lon=(window[0] + window[2]) / 2)


def _is_world(window: Sequence[float]) -> bool:
    return window[2] - window[0] > 300


def draw_base(ax: MapAxes, *, names: bool = True) -> None:
    """Draw land, water and borders on axes that have begun; write names of states, if asked.

    For figures of your own, such as two maps side by side or an explorer: put ``note`` on them.
    """
    for shapes, style in _base(ax.crs, tuple(ax.window), world=ax.is_world, close=ax.is_close):
        _draw(ax, shapes, style)
    hatch(ax, _hatched(), ax.crs)
    if names:
        name_states(ax)
        name_hatched(ax)


@cache
def _hatched() -> Geometry:
    return hatched_shape(data.load("countries_region"))


@lru_cache(maxsize=16)  # a map that is drawn again shows the same land
def _base(crs: str, window: tuple, *, world: bool, close: bool) -> list[tuple[np.ndarray, dict]]:
    """Return the layers of a base map, projected, from the lowest, each with its style."""
    from shapely import box

    states, others = data.load("countries_region"), data.load("countries_world")
    own = states["iso3"].isin(article.subjects())
    line = {"edgecolor": "none" if close else palette.BORDER, "linewidth": 0.6}
    shore = {"edgecolor": SHORE, "linewidth": 0.6, "zorder": 1.3}
    layers = [
        (_degrees(box(*window)), {"facecolor": WATER, "zorder": 0}),
        (others[~others["iso3"].isin(states["iso3"])], {"facecolor": LAND, "zorder": 1, **line}),
        (states[~own], {"facecolor": LAND, "zorder": 1.1, **line}),
        (states[own], {"facecolor": LAND if world else OWN_LAND, "zorder": 1.2, **line}),
    ]
    if not world:
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
    also = [words for place, words in disputed().items() if place in set(shown["place"])]
    sentences = [NOTE]
    if hatched()["place"] in set(shown["place"]):
        sentences.append(hatched()["note"])
    if also:
        sentences.append(f"Other disputed areas are drawn as follows: {'; '.join(also)}.")
    return " ".join(sentences)


def hatched_shape(states: gpd.GeoDataFrame) -> Geometry:
    """Return what is hatched, in degrees: the part of a state on this layer that holds its place.

    Args:
        states: ``countries_region`` or ``countries_world``, with columns iso3 and geometry.

    """
    from shapely import Point, get_parts

    places = data.load("map_statements").set_index("place")
    point = Point(places.loc[hatched()["place"], ["lon", "lat"]].astype(float))
    around = states.loc[states["iso3"] == hatched()["drawn_as"], "geometry"]
    (parts,) = around.to_crs("OGC:CRS84").map(get_parts)
    return next(part for part in parts if part.contains(point))


def hatch(ax: Axes, shape: Geometry, crs: object) -> None:
    """Draw a shape as land that is neither state's own, hatched, above what is filled so far.

    Args:
        ax: axes of any map.
        shape: what `hatched_shape` returned for the layer that is drawn on them, in degrees.
        crs: the projection of the axes.

    """
    style = {"facecolor": LAND, "edgecolor": palette.BORDER, "linewidth": 0.6, "hatch": "//////"}
    _draw(ax, _degrees(shape).to_crs(crs).normalize().to_numpy(), {"zorder": 1.4, **style})


def add_layer(ax: MapAxes, layer: gpd.GeoDataFrame | gpd.GeoSeries | Geometry, **style) -> None:
    """Draw lines or areas given in degrees.

    Args:
        ax: axes on which a map has begun.
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
    rank: int = 1,
    **style,
) -> list[str]:
    """Draw a marker per row of ``points`` (columns ``lon`` and ``lat``), labelled if asked.

    Labels avoid each other, the markers and the names of states. One that finds no free place
    is left out: earlier rows go first, so sort by importance.

    Args:
        ax: axes on which a map has begun.
        points: one row per point.
        label: the column that holds the labels.
        color: of the markers.
        size: area of the markers in square points, one for all or one per row.
        rank: of the labels; with 0 they find their places before the states' names do.
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
            text = ax.names.write(str(points[label].iloc[row]), LETTERS, palette.INK)
            ax.names.add(text, spots_around(*pixels[row], half), rank=rank, must=True)
            new.append(text)
    ax.names.arrange()
    return [text.get_text() for text in new if not text.get_visible()]


def _choice(name: str, known: dict, what: str):
    if name not in known:
        raise MapError(
            f"There is no {what} called {name!r}. Choose one of these: {', '.join(known)}."
        )
    return known[name]


def name_states(ax: MapAxes, *, all_of_them: bool = True) -> None:
    """Name those that the article is about, then, if asked, others that have room for theirs."""
    wide = ax.window[2] - ax.window[0] > 80
    for state in _seen(ax.crs, tuple(ax.window), (*ax.get_xlim(), *ax.get_ylim())).itertuples():
        if state.subject:
            words, hue = article.name(state.iso3), charts.ink(charts.color(state.iso3))
            text = ax.names.write(words, LETTERS + 1.5 * (not wide), hue, "bold")
        elif all_of_them:
            text = ax.names.write(state.name, LETTERS, palette.MIDDLE)
        else:
            continue
        # Whose land is hatched is named wherever it shows: the layers draw that as another's.
        must = state.subject or state.iso3 == hatched()["claimed_by"]
        must = must and all_of_them and not ax.is_world
        spots = spots_within(state.geometry, text, 0.15 if must else 0.7)
        ax.names.add(text, spots, rank=0, must=must)
    ax.names.arrange()


@lru_cache(maxsize=16)
def _seen(crs: str, window: tuple, limits: tuple) -> gpd.GeoDataFrame:
    """Return the states that a map shows: those that the article is about first, then by area."""
    from shapely import box

    west, east, south, north = limits
    seen = data.load("countries_region").clip(window)
    shown = seen.to_crs(crs).buffer(0).intersection(box(west, south, east, north))
    seen = seen.set_geometry(shown)
    seen = seen[seen.area > 0].assign(subject=seen["iso3"].isin(article.subjects()), area=seen.area)
    return seen.sort_values(["subject", "area"], ascending=False)


def name_hatched(ax: MapAxes, *, must: bool = False) -> None:
    """Say on the map whose the hatched ground is, where it shows; if it must, also over a line."""
    west, south, east, north = ax.project.transform_bounds(*_hatched().bounds)
    corners = ax.transData.transform([(west, south), (east, north)])
    x, y = corners.mean(axis=0)
    if ax.is_world or not ax.bbox.contains(x, y):
        return
    half = np.ptp(corners, axis=0).max() / 2
    ax.names.markers.append(Bbox([(x - half, y - half), (x + half, y + half)]))
    text = ax.names.write(hatched()["label"], LETTERS, palette.INK, of=(x, y))
    states = _seen(ax.crs, tuple(ax.window), (*ax.get_xlim(), *ax.get_ylim()))
    # Over the sea or a third state: it is neither of the two that the words are about.
    two = [hatched()["drawn_as"], hatched()["claimed_by"]]
    both = states.loc[states["iso3"].isin(two), "geometry"].union_all()
    ax.names.add(text, spots_below(x, y, half, text, both), rank=-1, must=must)  # it must be said
    ax.names.arrange()
