"""Put on the page what a cell has plotted with geopandas: one map or several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    LETTERS,
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
from courseware.words import templating

if TYPE_CHECKING:  # these take a quarter of a second to import: only when a map is drawn
    import geopandas as gpd
    from shapely import Geometry, LineString

WORLD = 180  # degrees: what is wider needs a map of the world
AROUND = 2  # degrees between what is drawn and the edge
UNKNOWN = "not reported"

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
PALE = {"linewidth": 0.8, "alpha": 0.6}  # of lines beside those that the title names
LINE = {"color": palette.PLAIN, "linewidth": 1.7, "zorder": 3}

#: Rows, label and style of what looks alike on a map.
Look = tuple[Any, str, dict]


WIDE, HIGH = 8.2, 3.4  # inches: of a picture; it may be lower
COLUMNS = 2  # of several maps
TITLE, GAP = 0.26, 0.1  # inches: above each of several maps, and between them


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
    """What maps show."""

    table: gpd.GeoDataFrame
    panels: Sequence[Panel]
    window: Sequence[float]
    around: Sequence[float] | None = None  #: what the small map shows that says where this is
    named: Mapping[Any, str] = field(default_factory=dict)  #: names to write, by row
    points: pd.DataFrame | None = None  #: places to mark and to name besides
    band: Band | None = None
    pale: bool = False  #: lines without a name are thin

    @property
    def kind(self) -> str:
        """What the table holds: points, areas or lines."""
        first = self.table.geom_type.iloc[0]
        return "points" if first == "Point" else "areas" if "Polygon" in first else "lines"

    def draw(self) -> Figure:
        """Return the picture."""
        fig = Figure(figsize=(WIDE, HIGH), dpi=charts.DPI)
        charts.Canvas(fig)
        top = self._key(fig)
        places, height = self._places(top)
        fig.set_size_inches(WIDE, height)
        maps = []
        for panel, place in zip(self.panels, places, strict=False):
            spot = np.divide(place, (WIDE, height) * 2)
            maps.append(add_map(fig, spot, self.window, panel.projection))
            over = spot[1] + spot[3] + 0.06 / height
            bold = {"fontsize": 10.5, "fontweight": "bold", "parse_math": False}
            fig.text(spot[0], over, panel.title, **bold)
        for ax, panel in zip(maps, self.panels, strict=True):
            self._draw(ax, panel)
        if self.around is not None:
            spot = np.divide(places[-1], (WIDE, height) * 2)
            self._locate(add_map(fig, spot, self.around), maps[0])
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

    def _places(self, top: float) -> tuple[list[tuple], float]:
        """Return left, foot, width and height of each map in inches, and the height of it all."""
        count = len(self.panels) + (self.around is not None)
        columns = min(COLUMNS, count)
        rows = -(-count // columns)
        wide = (WIDE - GAP * (columns - 1)) / columns
        title = TITLE * any(panel.title for panel in self.panels)
        high = wide / aspect(self.window, self.panels[0].projection)
        high = min(high, (HIGH - top - GAP * (rows - 1)) / rows - title)
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
        self._name(ax, panel)
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
        named = self.table.index.isin(self.named) | (not self.pale)
        for chosen, width in ((~named, PALE), (named, {})):
            for rows, label, style in reversed(panel.looks):
                add_layer(
                    ax, self.table[rows & chosen], label=label, **LINE | style | thinner | width
                )

    def _dot(self, ax: MapAxes, panel: Panel) -> None:
        """Draw points, a marker for each look, and write the names of some of them."""
        spots = self.table.assign(lon=self.table.geometry.x, lat=self.table.geometry.y)
        for rows, _, style in panel.looks:
            chosen = spots[rows].assign(label=spots.index[rows].map(self.named))
            look = {"color": palette.PLAIN, "size": dict(MARKERS)[style["marker"]], **style}
            known = chosen["label"].notna()
            add_points(ax, chosen[known], label="label", **look)
            add_points(ax, chosen[~known], **look)

    def _name(self, ax: MapAxes, panel: Panel) -> None:
        """Write the names of lines beside them."""
        if self.kind != "lines":
            return
        for rows, _, style in panel.looks:
            for row, line in self.table.geometry[rows].items():
                if row in self.named:
                    hue = charts.ink(style.get("color", palette.PLAIN))
                    text = ax.names.write(self.named[row], LETTERS, hue, "bold")
                    ways = [ax.pixels(part.coords) for part in _parts(line)]
                    spots = [spot for way in ways for spot in spots_along(way, ax.bbox, 6)]
                    ax.names.add(text, spots, rank=1, must=True)

    def _locate(self, ax: MapAxes, main: MapAxes) -> None:
        """Show on a map of all of the table where the others are."""
        edge = _outline(main)
        ax.names.lines += _boxes(ax, edge)
        draw_base(ax, names=False)
        name_states(ax, all_of_them=False)
        label = hatched()["label"]
        if not any(text.get_text() == label and text.get_visible() for text in main.texts):
            name_hatched(ax, must=True)
        if self.kind == "lines":
            self._stroke(ax, self.panels[0], linewidth=1.1)
        add_layer(ax, edge, color=palette.INK, linewidth=1.3, zorder=4)


def show(
    axes: Axes, key: str, table: pd.DataFrame, rows: pd.DataFrame | None = None, **numbers: Any
) -> None:
    """Put on the course's map what a cell has plotted, with the words that belong to its key.

    How it is to look stands under ``map:`` in the words: ``by``, the column or index whose values
    have looks of their own, if what was drawn does not say it; ``box``, what to show if not all (a
    name from `extents`, or west, south, east and north); ``locator``, whether one more map shows
    all of the table, and where the box is; ``named``, the rows whose names are written (true for
    all, a column that says it, a list, or what to write by row); ``places`` to mark besides, by
    their names in the table ``places``; ``panels``, several maps with their titles, by value of
    ``by``; and ``band``, the ground within ``km`` of a ``line``, both among the numbers, and what
    it ``says``.

    Args:
        axes: what geopandas returned: ``ax = lines.plot(column="status")``. Points may come from
            a table with columns ``lon`` and ``lat``: ``ax = towns.plot.scatter("lon", "lat")``.
        key: of the map's words, such as ``"05-pipes"``; they stand where those of charts do.
        table: what was plotted: lines, areas or points.
        rows: what the fold shows, if that is not the whole table.
        numbers: what the words name besides the table's columns. They may ask for ``by``, too.

    """
    shapes = _with_shapes(charts.with_numbers(table))
    asked = words.chart(key).get("map", {})
    column = asked.get("by") or _column(axes, shapes)
    plt.close(axes.get_figure())  # or it would be shown a second time
    plain = pd.DataFrame(shapes.drop(columns=shapes.geometry.name))
    numbers = {"by": column or "", **numbers}
    values = templating.names(plain, numbers)
    titles = {
        value: templating.fill(title, values) for value, title in asked.get("panels", {}).items()
    }
    everything = _padded(shapes.total_bounds)
    named = asked.get("named", ())
    picture = Picture(
        shapes,
        _panels(plain, column, titles, dotted=shapes.geom_type.iloc[0] == "Point"),
        extent_of(asked["box"]) if "box" in asked else everything,
        everything if asked.get("locator") else None,
        _named(plain, named),
        _places(asked["places"]) if "places" in asked else None,
        _band(asked["band"], values) if "band" in asked else None,
        pale=isinstance(named, Mapping),
    )
    _put(picture, key, plain, numbers, plain if rows is None else rows)


def _named(plain: pd.DataFrame, asked: bool | str | Iterable) -> Mapping[Any, str]:
    """Return what to write, by row."""
    if isinstance(asked, Mapping):
        return asked
    rows = asked if isinstance(asked, list) else plain.index[plain[asked]] if asked in plain else ()
    return {row: str(row) for row in (plain.index if asked is True else rows)}


def _band(asked: Mapping[str, str], values: Mapping[Any, Any]) -> Band:
    return Band(values[asked["line"]], values[asked["km"]], templating.fill(asked["says"], values))


def _places(names: Sequence[str]) -> pd.DataFrame:
    """Return places as points that carry their names."""
    return _labelled(data.load("places").set_index("name").loc[[*names], ["lon", "lat"]])


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
    fig = picture.draw()
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
