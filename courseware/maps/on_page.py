"""Put on the page what a cell has plotted with geopandas: one map or several, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.transforms import Bbox

from courseware import charts, data, palette, words
from courseware.charts import styling
from courseware.label_placement import boxes_along, spots_along
from courseware.maps.base_map import (
    PROJECTIONS,
    WHOLE,
    MapAxes,
    add_layer,
    add_map,
    add_points,
    aspect,
    draw_base,
    extent_of,
    extents,
    hatched,
    name_hatched,
    name_states,
    note,
)
from courseware.maps.globe import check_positions, geodesic_km, great_circle, ruler
from courseware.quantities import num

if TYPE_CHECKING:  # these take a quarter of a second to import: only when a map is drawn
    import geopandas as gpd
    from shapely import Geometry, LineString

WORLD = 180  # degrees: what is wider needs a map of the world
AROUND = 2  # degrees between what is drawn and the edge
UNKNOWN = "not reported"
SEEN = 0.25  # part of a line: where the map shows less of it, the small map names it

#: How lines of a status are drawn: what does not run has gaps; what is no more than a plan is grey.
STATUSES = {
    "operating": ("in use", {"color": palette.GAS, "linestyle": "solid"}),
    "construction": ("being built", {"color": palette.GAS, "linestyle": (0, (4, 2))}),
    "proposed": ("proposed", {"color": palette.FAINT, "linestyle": (0, (4, 2))}),
    "cancelled": ("given up", {"color": palette.FAINT, "linestyle": (0, (1, 2))}),
    "mothballed": ("shut", {"color": palette.FAINT, "linestyle": (0, (1, 2))}),
}
#: Of points: a marker and its size for each look.
MARKERS = (("D", 22), ("o", 12), ("s", 14), ("^", 16))
BAND = {"facecolor": palette.MINT}
LINE = {"color": palette.PLAIN, "linewidth": 1.7, "zorder": 3}

#: Rows, label and style of what looks alike on a map.
Look = tuple[Any, str, dict]


class Form(NamedTuple):
    """The size of a picture and of what is in it, in inches; letters in points."""

    width: float
    height: float
    columns: int
    letters: float


WIDE = Form(8.2, 3.4, 2, 9)
TITLE, GAP = 0.26, 0.1  # inches: above each of several maps, and between them
LOCATOR = 2.5  # inches: the width of the small map in the corner


class Panel(NamedTuple):
    """One map of a picture: its title, the looks of what it shows, and its projection."""

    looks: Sequence[Look]
    title: str = ""
    projection: str | None = None  #: if left out, an equal-area one


class Band(NamedTuple):
    """The ground within some kilometres of a line, and what the key calls it."""

    line: LineString
    km: float
    label: str


@dataclass(frozen=True)
class Picture:
    """What maps show, at whatever size they are drawn."""

    table: gpd.GeoDataFrame
    panels: Sequence[Panel]
    window: Sequence[float]
    around: Sequence[float] | None = None  #: what the small map shows that says where this is
    named: Mapping[Any, str] = field(default_factory=dict)  #: names to write, by row
    points: pd.DataFrame | None = None  #: places to mark and to name besides
    band: Band | None = None

    @property
    def kind(self) -> str:
        """What the table holds: points, areas or lines."""
        first = self.table.geom_type.iloc[0]
        return "points" if first == "Point" else "areas" if "Polygon" in first else "lines"

    def draw(self, form: Form) -> Figure:
        """Return the picture in this form."""
        fig = Figure(figsize=(form.width, form.height), dpi=charts.DPI)
        charts.Canvas(fig)
        top = self._key(fig)
        places, height = self._places(form, top)
        fig.set_size_inches(form.width, height)
        corner = self._corner()
        look = {"letters": form.letters, "free": np.multiply(corner, fig.dpi)}
        maps = []
        for panel, place in zip(self.panels, places, strict=False):
            spot = np.divide(place, (form.width, height) * 2)
            maps.append(add_map(fig, spot, self.window, panel.projection, **look))
            over = spot[1] + spot[3] + 0.06 / height
            bold = {"fontsize": 10.5, "fontweight": "bold", "parse_math": False}
            fig.text(spot[0], over, panel.title, **bold)
        small = None
        if self.around is not None:
            left, foot, wide, high = places[-1]
            if any(corner):
                left, foot, wide, high = left + wide - corner[0], foot, *corner
            spot = np.divide((left, foot, wide, high), (form.width, height) * 2)
            small = add_map(fig, spot, self.around, letters=form.letters)
            maps[0].names.markers += [small.bbox.padded(4)] * any(corner)
        for ax, panel in zip(maps, self.panels, strict=True):
            self._draw(ax, panel)
        if small:
            self._locate(small, maps[0])
        return fig

    def _key(self, fig: Figure) -> float:
        """Write what each look means above the maps; return the inches that it takes."""
        looks = [look for panel in self.panels for look in panel.looks]
        handles = {label: self._sample(style) for _, label, style in looks if label}
        if self.kind == "points" and len(handles) <= 2:  # of two the unit says which is which
            handles = {}
        if self.band:
            handles[self.band.label] = Patch(**BAND)
        if not handles:
            return 0.0
        styling.legend_above(fig, handles)
        return fig.legends[0].get_window_extent().height / fig.dpi + 0.04

    def _sample(self, style: dict) -> Artist:
        """Return a look as the key shows it."""
        if self.kind == "areas":
            return Patch(facecolor=style.get("color", palette.PLAIN))
        plain = LINE if self.kind == "lines" else {"color": palette.PLAIN, "linestyle": "none"}
        return Line2D([], [], **plain | style)

    def _corner(self) -> tuple[float, float]:
        """Return the size of a small map in the corner, in inches: of one map alone."""
        if self.around is None or len(self.panels) > 1:
            return 0.0, 0.0
        return LOCATOR, LOCATOR / aspect(self.around)

    def _places(self, form: Form, top: float) -> tuple[list[tuple], float]:
        """Return left, foot, width and height of each map in inches, and the height of it all."""
        corner = self._corner()[1]
        count = len(self.panels) + (self.around is not None and not corner)
        columns = min(form.columns, count)
        rows = -(-count // columns)
        wide = (form.width - GAP * (columns - 1)) / columns
        title = TITLE * any(panel.title for panel in self.panels)
        high = wide / aspect(self.window, self.panels[0].projection)
        high += corner * (form.columns == 1)  # where there is no room at its side
        high = min(high, (form.height - top - GAP * (rows - 1)) / rows - title)
        height = top + rows * (high + title) + GAP * (rows - 1)
        spots = [divmod(number, columns) for number in range(count)]
        foot = [height - top - (row + 1) * (high + title) - row * GAP for row, _ in spots]
        left = [column * (wide + GAP) for _, column in spots]
        return [(x, y, wide, high) for x, y in zip(left, foot, strict=True)], height

    def _draw(self, ax: MapAxes, panel: Panel) -> None:
        """Draw one of the maps: what the table holds and its names, on the land."""
        if self.kind == "areas":
            draw_base(ax, names=False)
            self._fill(ax, panel)
            return
        if self.kind == "lines":
            shapes = [line for rows, _, _ in panel.looks for line in self.table.geometry[rows]]
        else:
            shapes = [self.band.line] if self.band else []
        ax.names.lines += [box for line in shapes for box in _boxes(ax, line)]
        if self.points is not None:
            add_points(ax, self.points, label="label", color=palette.TEXT, size=16, rank=0)
        self._name(ax, panel, lambda line: _is_seen(ax, line))
        draw_base(ax)
        if self.band:
            shore = {"edgecolor": "none", "zorder": 1.25}
            add_layer(ax, ground(self.band, self.table), **BAND, **shore)
            add_layer(ax, self.band.line, color=palette.TEXT, linewidth=1.2, zorder=2)
        if self.kind == "lines":
            self._stroke(ax, panel)
        else:
            self._dot(ax, panel)

    def _fill(self, ax: MapAxes, panel: Panel) -> None:
        """Fill states or other areas; what is hatched stays so above them."""
        line = {"edgecolor": palette.WHITE, "linewidth": 0.3, "zorder": 1.25}
        for rows, label, style in panel.looks:
            fill = {"facecolor": style.get("color", palette.PLAIN), "label": label}
            add_layer(ax, self.table[rows], **fill, **line)

    def _stroke(self, ax: MapAxes, panel: Panel, **thinner: float) -> None:
        """Draw lines, those of the first look on top."""
        for rows, label, style in reversed(panel.looks):
            add_layer(ax, self.table[rows], label=label, **LINE | style | thinner)

    def _dot(self, ax: MapAxes, panel: Panel) -> None:
        """Draw points, a marker for each look, and write the names of some of them."""
        spots = self.table.assign(lon=self.table.geometry.x, lat=self.table.geometry.y)
        for rows, _, style in panel.looks:
            chosen = spots[rows].assign(label=spots.index[rows].map(self.named))
            look = {"color": palette.PLAIN, "size": dict(MARKERS)[style["marker"]], **style}
            known = chosen["label"].notna()
            add_points(ax, chosen[known], label="label", **look)
            add_points(ax, chosen[~known], **look)

    def _name(
        self, ax: MapAxes, panel: Panel, wanted: Callable[[LineString], bool], rank: int = 1
    ) -> None:
        """Write the names of those lines that are wanted on this map beside them."""
        if self.kind != "lines":
            return
        for rows, _, style in panel.looks:
            for row, line in self.table.geometry[rows].items():
                if row in self.named and wanted(line):
                    hue = charts.ink(style.get("color", palette.PLAIN))
                    text = ax.names.write(self.named[row], ax.letters, hue, "bold")
                    ways = [ax.pixels(part.coords) for part in _parts(line)]
                    spots = [spot for way in ways for spot in spots_along(way, ax.bbox, 6)]
                    ax.names.add(text, spots, rank=rank, must=True)

    def _locate(self, ax: MapAxes, main: MapAxes) -> None:
        """Show on a small map where the main one is, and name there what that does not show."""
        (panel, *_), edge = self.panels, _outline(main)
        if self.kind == "lines":
            ax.names.lines += [box for line in self.table.geometry for box in _boxes(ax, line)]
            self._name(ax, panel, lambda line: not _is_seen(main, line), rank=0)
        ax.names.lines += _boxes(ax, edge)
        draw_base(ax, names=False)
        name_states(ax, all_of_them=False)
        label = hatched()["label"]
        if not any(text.get_text() == label and text.get_visible() for text in main.texts):
            name_hatched(ax, must=True)
        if self.kind == "lines":
            self._stroke(ax, panel, linewidth=1.1)
        add_layer(ax, edge, color=palette.INK, linewidth=1.3, zorder=4)


def show(
    axes: Axes,
    key: str,
    table: pd.DataFrame,
    *,
    by: str | None = None,
    named: Mapping[Any, str] | Iterable = (),
    rows: pd.DataFrame | None = None,
    box: str | Sequence[float] | None = None,
    within: str | Sequence[float] | None = None,
    panels: Mapping[Any, str] | None = None,
    points: pd.DataFrame | None = None,
    band: tuple[Geometry, float, str] | None = None,
    **numbers: Any,
) -> None:
    """Put on the course's map what a cell has plotted, with the words that belong to its key.

    Args:
        axes: what geopandas returned: ``ax = lines.plot(column="status")``. Points may come from
            a table with columns ``lon`` and ``lat``: ``ax = towns.plot.scatter("lon", "lat")``.
        key: of the map's words, such as ``"05-pipes"``; they stand where those of charts do.
        table: what was plotted: lines, areas or points.
        by: the column, or the name of the index, that gives the looks; if left out, it is found
            by what was drawn.
        named: the rows whose name is written on the map: points, or lines, at their side. By row
            what to write, or the rows alone, whose names (the table's index) are then written.
        rows: what the fold shows, if that is not the whole table.
        box: what to show, if not all: a name from `extents`, or (west, south, east, north). A
            small map shows all of the table, with the box, and the names that lie outside.
        within: what that small map shows, if not just the table; without a box a small map is
            drawn if this is given.
        panels: several maps side by side, with their titles: by value of ``by``, or by row where
            there is no such column. Each map has its own rows in petrol; a row of no panel is
            drawn on each as it would be on one map.
        points: places to mark and to name on a map of lines: longitude first, then latitude.
        band: a line, kilometres and words: the ground within so many kilometres of the line, in
            the states of the table's points, is filled, and the key says the words.
        numbers: what the words name besides the table's columns. They may ask for ``by``, too.

    """
    places = _with_shapes(charts.with_numbers(table))
    column = by or _column(axes, places)
    plt.close(axes.get_figure())  # or it would be shown a second time
    plain = pd.DataFrame(places.drop(columns=places.geometry.name))
    everything = _padded(places.total_bounds)
    around = extent_of(within) if within else everything if box else None
    picture = Picture(
        places,
        _panels(plain, column, panels or {}, dotted=places.geom_type.iloc[0] == "Point"),
        extent_of(box) if box else everything,
        around,
        {k: str(k) for k in named} if not isinstance(named, Mapping) else named,
        None if points is None else _labelled(points),
        None if band is None else Band(*band),
    )
    rows = plain if rows is None else rows
    _put(picture, key, plain, {"by": column or "", **numbers}, rows)


def _panels(
    plain: pd.DataFrame, column: str | None, titles: Mapping[Any, str], *, dotted: bool
) -> list[Panel]:
    """Return the maps of a picture: one for each title, or a single one."""
    values = plain[column] if column in plain else plain.index.to_series()
    if column in plain or column == plain.index.name:
        rest = ~values.isin(list(titles))
        looks = [(rows & rest, *look) for rows, *look in _looks(values) if (rows & rest).any()]
    else:
        looks = [] if titles else [(np.ones(len(plain), bool), "", {})]
    if dotted:
        marked = zip(looks, cycle(MARKERS), strict=False)
        looks = [(rows, label, {"marker": m[0], **style}) for (rows, label, style), m in marked]
    own = [Panel([((values == value), "", {}), *looks], title) for value, title in titles.items()]
    return own or [Panel(looks)]


def _with_shapes(table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return a table with shapes: its own, or a point for each row's ``lon`` and ``lat``."""
    import geopandas as gpd

    if isinstance(table, gpd.GeoDataFrame):
        return table
    lon, lat = check_positions(table[["lon", "lat"]].to_numpy()).T
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(lon, lat), crs="OGC:CRS84")


def _labelled(positions: pd.DataFrame) -> pd.DataFrame:
    """Return positions as points that carry their names."""
    lon, lat = check_positions(positions.to_numpy()).T
    return pd.DataFrame({"lon": lon, "lat": lat, "label": positions.index.astype(str)})


def show_ruler(line: Iterable[Sequence[float]], key: str) -> None:
    """Lay a ruler between two places on two maps, beside the shortest way over the globe.

    Half-way a thin line leads from the ruler to the shortest way and says how far it is.

    Args:
        line: two positions, or a table of two: longitude, then latitude.
        key: of the map's words. They may name the two places as ``start`` and ``end``, and the
            kilometres between the middle of the ruler on Mercator's map and the shortest way as
            ``miss``.

    """
    import geopandas as gpd

    towns = line if isinstance(line, pd.DataFrame) else pd.DataFrame(list(line))
    if towns is not line:
        towns.index = ["the start", "the end"]
    a, b = check_positions(towns.to_numpy())
    shortest = great_circle(a, b)
    maps = ("Mercator", "equal-area Albers")
    rulers = [ruler(a, b, PROJECTIONS[name].format(lon=80)) for name in maps]
    gaps = [_gap(each, shortest) for each in rulers]
    away = [geodesic_km(gap) for gap in gaps]
    shapes = gpd.GeoSeries([shortest, *rulers, *gaps], crs="OGC:CRS84")
    dashed = {"color": palette.BLACK, "linestyle": "--"}
    thin = {"color": palette.TEXT, "linewidth": 1.0}
    solid = {"linewidth": 2.4}
    row = np.eye(len(shapes), dtype=bool)
    panels = [
        Panel([(row[1 + n], "", dashed), (row[3 + n], "", thin), (row[0], "", solid)], name, name)
        for n, name in enumerate(maps)
    ]
    says = {3 + n: f"{num(round(km)):,} km" for n, km in enumerate(away)}
    west, south, east, north = shapes.total_bounds
    window = (west - 13, south - 8, east + 13, north + 8)  # names have room beside both towns
    drawn = gpd.GeoDataFrame(geometry=shapes)
    km = {"kilometres": [geodesic_km(each) for each in (*rulers, shortest)]}
    km["kilometres off, half-way"] = [*away, 0.0]
    table = pd.DataFrame(km, index=pd.Index([*maps, "the globe"], name="straight on"))
    named = {"miss": away[0], "start": str(towns.index[0]), "end": str(towns.index[1])}
    picture = Picture(drawn, panels, window, named=says, points=_labelled(towns))
    _put(picture, key, table, named, table.round(0))


def _gap(ruled: LineString, shortest: LineString) -> LineString:
    """Return the way from the middle of a ruled line to the nearest point of the shortest."""
    middle = ruled.coords[len(ruled.coords) // 2]
    return great_circle(middle, min(shortest.coords, key=lambda at: geodesic_km([middle, at])))


def _put(
    picture: Picture, key: str, table: pd.DataFrame, numbers: dict, rows: pd.DataFrame
) -> None:
    """Put maps on the page, with their words and whose borders they draw."""
    written = words.chart(key)
    fig = picture.draw(WIDE)
    said = charts.in_words(written, table, numbers, fig.axes[:1])
    if said.unfit:
        said = said._replace(alt=f"This cell draws a map. {said.title}.")
    given = [written["source"]] if isinstance(written["source"], str) else written["source"]
    charts.put_on_page(
        fig,
        said,
        rows,
        [*given, "countries_region"],
        note=note(_whole([ax.window for ax in fig.axes])),
    )


def _padded(bounds: Sequence[float]) -> Sequence[float]:
    """Return a window around bounds; of all the world if that is much of it."""
    west, south, east, north = bounds
    if east - west > WORLD:
        return extents()[WHOLE]
    return (west - AROUND, south - AROUND, east + AROUND, north + AROUND)


def _whole(windows: Sequence[Sequence[float]]) -> list[float]:
    """Return the window that holds all of these."""
    west, south, east, north = zip(*windows, strict=True)
    return [min(west), min(south), max(east), max(north)]


def ground(band: Band, points: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return the ground within some kilometres of a line, in the states that hold the points."""
    import geopandas as gpd

    states = data.load("countries_region").geometry
    holding = states[states.apply(lambda state: points.within(state).any())].union_all()
    west, south, east, north = band.line.bounds
    flat = f"+proj=aeqd +lat_0={(south + north) / 2} +lon_0={(west + east) / 2}"
    line = gpd.GeoSeries(band.line, crs="OGC:CRS84").to_crs(flat).simplify(band.km * 10)
    near = line.buffer(band.km * 1000).segmentize(20_000).to_crs("OGC:CRS84")
    return near.intersection(holding)


def _outline(ax: MapAxes) -> LineString:
    """Return the edge of a map as a line in degrees."""
    from shapely import LineString

    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    corners = np.array([(left, low), (right, low), (right, high), (left, high), (left, low)])
    x, y = (np.interp(np.linspace(0, 4, 81), range(5), corners[:, n]) for n in (0, 1))
    return LineString(np.column_stack(ax.project.transform(x, y, direction="INVERSE")))


def _parts(line: Geometry) -> list[LineString]:
    """Return the parts of a line, its legs bent with the globe."""
    from shapely import get_parts, segmentize

    return list(get_parts(segmentize(line, 1)))


def _boxes(ax: MapAxes, line: Geometry) -> list[Bbox]:
    """Return boxes that cover a line on a map."""
    return [
        box
        for part in _parts(line)
        for box in boxes_along(ax.pixels(part.coords), ax.bbox, clear=3)
    ]


def _is_seen(ax: MapAxes, line: Geometry) -> bool:
    """Return whether a map shows enough of a line to name it there."""
    pixels = np.concatenate([ax.pixels(part.coords) for part in _parts(line)])
    hidden = [box for box in ax.names.markers if box.width > ax.bbox.width / 8]
    seen = [ax.bbox.contains(*at) and not any(box.contains(*at) for box in hidden) for at in pixels]
    return np.mean(seen) > SEEN


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
