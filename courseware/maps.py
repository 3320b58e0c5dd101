"""Draw maps of the region in the course's style, and measure on the globe.

A chapter calls ``region`` for the base map (land, water, borders, names of states), adds its
own layers with ``add_layer`` and ``add_points``, and puts the result on the page with
``charts.show``. Positions are always longitude first, then latitude, in WGS84 degrees.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from courseware import CourseError, charts, data, palette
from courseware.placing import Placing, spots_around, spots_within

if TYPE_CHECKING:  # these take a quarter of a second to import: only when a map is drawn
    import geopandas as gpd
    import pandas as pd
    from shapely import Geometry, LineString

NOTE = (
    "Boundaries: the de facto lines of Natural Earth, simplified. "
    "Drawing them implies no judgement on any claim to territory."
)
CRIMEA = "Crimea (Ukraine; annexed\nby Russia in 2014)"

#: How ground that two claim is drawn: places of ``map_statements``, and words for them. A map
#: says those whose places it shows (``note``); the lines follow control, but not everywhere.
UKRAINE = (
    "Crimea, held by Russia since 2014, is hatched as Ukraine's (UN General Assembly, resolution "
    "68/262); other parts of Ukraine that Russia occupies are drawn as Ukraine."
)
ALSO_DISPUTED = {
    "Abkhazia": "Abkhazia as Georgia",
    "Taiwan": "Taiwan apart from China",
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

SEVEN = ("CHN", "RUS", "KAZ", "KGZ", "TJK", "TKM", "UZB")
LAND, OWN_LAND, WATER, SHORE = palette.LAND, palette.OWN_LAND, palette.WATER, palette.SHORE


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
    title: str,
    subtitle: str,
    source: str | Sequence[str] = (),
    extent: str | Sequence[float] = "Central Asia",
    projection: str = "equal-area Albers",
    *,
    cities: bool = False,
    names: bool = True,
    size: tuple[float, float] = (9, 6.4),
) -> tuple[Figure, MapAxes]:
    """Return a figure and its axes with the base map: land, water, borders, names of states.

    Args:
        title: the finding, in one sentence.
        subtitle: what is drawn: units, years and publisher.
        source: tables (or sentences) that your own layers come from; the base map's is added.
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
    recipe = _choice(projection, PROJECTIONS, "projection")
    given = [source] if isinstance(source, str) else list(source)
    fig, ax = charts.figure(
        title,
        subtitle,
        [*given, "countries_region"],
        size,
        right=0.12,
        left=0.12,
        subplot_kw={"axes_class": MapAxes},
    )
    ax.begin(recipe.format(lon=(window[0] + window[2]) / 2), window)
    _add_note(fig, note(ax.window))
    ax.begin(ax.crs, window)  # once more: the note took of the map's height
    draw_base(ax, names=names, cities=cities)
    return fig, ax


def side_by_side(
    title: str,
    subtitle: str,
    source: str | Sequence[str] = (),
    extent: str = "Eurasia",
    projections: Sequence[str] = ("Mercator", "equal-area Albers"),
    *,
    size: tuple[float, float] = (9, 4.8),
) -> tuple[Figure, list[MapAxes]]:
    """Return a figure with the base map in several projections, each named in its corner.

    The arguments are those of ``region``; ``projections`` are names from ``PROJECTIONS``.
    """
    window = _choice(extent, EXTENTS, "extent")
    given = [source] if isinstance(source, str) else list(source)
    fig, axes = charts.figure(
        title,
        subtitle,
        [*given, "countries_region"],
        size,
        right=0.12,
        left=0.12,
        ncols=len(projections),
        squeeze=False,
        subplot_kw={"axes_class": MapAxes},
    )
    _add_note(fig, note(window))
    _close_up(axes[0])
    for ax, name in zip(axes[0], projections, strict=True):
        recipe = _choice(name, PROJECTIONS, "projection")
        ax.begin(recipe.format(lon=(window[0] + window[2]) / 2), window)
        words = ax.text(
            0.02,
            0.97,
            name,
            transform=ax.transAxes,
            va="top",
            fontsize=10,
            fontweight="bold",
            bbox={"facecolor": "white", "alpha": 0.85, "pad": 2},
            zorder=6,
        )
        ax.names.markers.append(words.get_window_extent().padded(4))
        draw_base(ax)
    return fig, list(axes[0])


def draw_base(ax: MapAxes, *, names: bool = True, cities: bool = False) -> None:
    """Draw land, water and borders on axes that have begun; write names of states, if asked.

    For figures of your own, such as two maps side by side or an explorer: put ``note`` on them.
    """
    from shapely import box

    states, world = data.load("countries_region"), data.load("countries_world")
    own = states["iso3"].isin(SEVEN)
    line = {"edgecolor": palette.BORDER, "linewidth": 0.6}
    add_layer(ax, box(*ax.window), facecolor=WATER, zorder=0)
    add_layer(ax, world[~world["iso3"].isin(states["iso3"])], facecolor=LAND, zorder=1, **line)
    add_layer(ax, states[~own], facecolor=LAND, zorder=1.1, **line)
    add_layer(ax, states[own], facecolor=OWN_LAND, zorder=1.2, **line)
    if not ax.is_world:
        water = {"edgecolor": SHORE, "linewidth": 0.6, "zorder": 1.3}
        add_layer(ax, data.load("rivers_region"), **water)
        add_layer(ax, data.load("lakes_region"), facecolor=WATER, **water)
    peninsula = crimea(states)
    hatch_crimea(ax, peninsula, ax.crs)
    if names:
        _name_states(ax, states)
        _name_crimea(ax, peninsula)
    if cities:
        capitals = data.load("places").query("kind == 'capital'")
        capitals = capitals.sort_values("iso3", key=lambda codes: ~codes.isin(SEVEN), kind="stable")
        add_points(ax, capitals, label="name", color=palette.TEXT, size=14)


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
    import geopandas as gpd

    shape = gpd.GeoSeries([shape], crs="OGC:CRS84").to_crs(crs)
    style = {"facecolor": LAND, "edgecolor": palette.BORDER, "linewidth": 0.6, "hatch": "//////"}
    shape.plot(ax=ax, aspect=None, zorder=1.4, **style)


def add_layer(ax: MapAxes, layer: gpd.GeoDataFrame | gpd.GeoSeries | Geometry, **style) -> None:
    """Draw lines or areas given in degrees; ``style`` goes to geopandas' ``plot``.

    ``facecolor``, ``edgecolor`` and ``color`` may name a column that holds a colour per row.
    """
    import geopandas as gpd

    if not isinstance(layer, gpd.GeoDataFrame):
        layer = gpd.GeoDataFrame(geometry=gpd.GeoSeries(layer, crs="OGC:CRS84"))
    # Cut before projecting (the antimeridian), and bend long straight edges with the globe.
    layer = layer.to_crs("OGC:CRS84").clip(ax.window)
    if layer.empty:
        return
    for key in style.keys() & {"color", "facecolor", "edgecolor"}:
        if style[key] in layer.columns:
            style[key] = layer[style[key]]
    layer.set_geometry(layer.segmentize(1).to_crs(ax.crs)).plot(ax=ax, aspect=None, **style)


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
        half = np.sqrt(sizes[row]) / 2 / charts.FONT_POINTS * ax.figure.dpi
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
        line: a shapely line (or several, as one geometry), or a list of (longitude, latitude).

    Raises:
        MapError: fewer than two positions, or one that is outside the globe.

    """
    from pyproj import Geod
    from shapely import Geometry, get_parts

    total = 0.0
    for part in get_parts(line) if isinstance(line, Geometry) else [line]:
        positions = check_positions(getattr(part, "coords", part))
        if len(positions) < 2:
            raise MapError("A length needs a line of at least two positions.")
        total += Geod(ellps="WGS84").line_length(*positions.T)
    return total / 1000


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


def _add_note(fig: Figure, words: str) -> None:
    """Write the standing note under the source; the map takes the height that is left."""
    height = fig.get_size_inches()[1]
    source = next(text for text in fig.texts if text.get_gid() == "source")
    lines = [*source.get_text().splitlines(), *charts.wrap(fig, words, 8.5)]
    source.set_text("\n".join(lines))
    bottom = (0.2 + len(lines) * 8.5 * 1.3 / charts.FONT_POINTS) / height
    for ax in fig.axes:
        west, _, wide, _ = ax.get_position().bounds
        ax.set_position((west, bottom, wide, ax.get_position().y1 - bottom))


def _close_up(axes: Sequence[Axes], gap: float = 0.012) -> None:
    """Widen axes that stand side by side until ``gap``, a part of the figure, is between them."""
    first, last = axes[0].get_position(), axes[-1].get_position()
    wide = (last.x1 - first.x0 - gap * (len(axes) - 1)) / len(axes)
    for place, ax in enumerate(axes):
        ax.set_position((first.x0 + place * (wide + gap), first.y0, wide, first.height))


def _name_states(ax: MapAxes, states: gpd.GeoDataFrame) -> None:
    """Name the seven states, then the others that have room for their name."""
    from shapely import box

    frame = box(*np.array([ax.get_xlim(), ax.get_ylim()]).T.ravel())
    seen = states.clip(ax.window)
    seen = seen.set_geometry(seen.to_crs(ax.crs).buffer(0).intersection(frame))
    seen = seen[seen.area > 0].assign(seven=seen["iso3"].isin(SEVEN), area=seen.area)
    wide = ax.window[2] - ax.window[0] > 80
    for state in seen.sort_values(["seven", "area"], ascending=False).itertuples():
        if state.seven:
            words, hue = charts.name(state.iso3), charts.ink(charts.color(state.iso3))
            text = ax.names.write(words, 9 if wide else 10.5, hue, "bold")
        else:
            text = ax.names.write(state.name, 8 if wide else 9, palette.MIDDLE)
        # Ukraine is named wherever it shows: its land in Crimea is drawn under another's rule.
        least = 0.15 if (state.seven or state.iso3 == "UKR") and not ax.is_world else 0.7
        ax.names.add(text, spots_within(state.geometry, text, least), rank=0)
    ax.names.arrange()


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
    # Over the Black Sea first: to the east the words would lie on Russia.
    spots = sorted(spots_around(x, y, 1.5 * half), key=lambda spot: spot[2] != "right")
    ax.names.add(text, spots, rank=0)
    ax.names.arrange()
