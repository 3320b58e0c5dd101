"""The map explorer: roads, railways and pipelines as layers, one route with its profile."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from html import escape

import ipywidgets as widgets
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.transforms import Bbox, TransformedBbox

from courseware import charts, data, maps, ui
from courseware.explorers.base import Explorer, Preset, Words
from courseware.explorers.silk_roads.profile import SIZE, Profile, dots, lines, text
from courseware.explorers.silk_roads.routes import (
    Route,
    all_routes,
    pipes_finding,
    pipes_in_words,
    route_in_words,
    state_name,
)
from courseware.placing import boxes_along, free_box

NO_ROUTE = "none"
NEAR, REGION, EURASIA = "Kashgar to Tashkent", "Central Asia", "Eurasia"
WINDOWS = {NEAR: (66, 36, 78, 43), REGION: maps.EXTENTS[REGION], EURASIA: maps.EXTENTS[EURASIA]}
ALBERS, PLATE, MERCATOR = "equal-area Albers", "plate carrée", "Mercator"
OUR_ROUTES = (
    "cku_road", "china_tajikistan_road", "cku_railway", "rail_alashankou", "rail_khorgos",
    "rail_middle_corridor", "ancient_road",
)  # fmt: skip
#: Look of the pipeline layers: colour, dashes of lines that run, key.
PIPES = {"gas": ("#7B3F98", "solid", "━━ gas runs"), "oil": ("#8C6D1F", "-.", "━ • ━ oil runs")}
IDLE = (0, (2, 2))
NOTHING = "No route and no pipelines: choose a route or switch on a layer"
MAP_BOX = (0.005, 0.06, 0.665, 0.935)  # of the map: left, bottom, width, height


@dataclass(frozen=True)
class SilkRoadsState:
    """What the map shows: a route, a window, a projection, and the layers that are on."""

    route: str = "cku_road"
    window: str = NEAR
    projection: str = ALBERS
    roads: bool = True
    gas: bool = False
    oil: bool = False
    idle: bool = False
    cities: bool = False
    straight: bool = True


@dataclass
class Scene:
    """One base map, in one window and projection, and what was already moved to its pixels."""

    axes: maps.MapAxes
    known: dict = field(default_factory=dict)

    def pixels(self, positions: np.ndarray) -> np.ndarray:
        """Return positions in degrees as pixels of the figure."""
        x, y = self.axes.project.transform(*np.asarray(positions).T)
        return self.axes.transData.transform(np.column_stack([x, y]))


class SilkRoadsExplorer(Explorer):
    """Draws a map with layers, and beside it the profile of one route."""

    title = "Map explorer: what a line on a map shows, and what it hides"
    intro = (
        "Choose a route, a window and a projection, and switch layers on or off. The strip at the "
        "right measures the route. Tab reaches a control, arrow keys and the space bar change it."
    )
    source = (
        "Source: stops, our own selection from evidence E084 to E098, coordinates GeoNames and "
        "Natural Earth; pipelines, Global Energy Monitor, status of 2024; land, Natural Earth. "
        "Width of a line means nothing here. " + maps.NOTE
    )
    size = (9.0, 4.8)
    presets = (
        Preset(
            "A road in six dots",
            "The road of the passage. Its straight legs are barely longer than the direct line; "
            "the road itself is far longer. And one leg crosses Tajikistan, where it never goes.",
            SilkRoadsState(),
        ),
        Preset(
            "A corner cut",
            "Four towns of the road to Dushanbe. The straight leg from Khorog to Kulob runs "
            "through Afghanistan, where the road does not.",
            SilkRoadsState("china_tajikistan_road", cities=True),
        ),
        Preset(
            "A railway not yet there",
            "The railway that the six agreed to hasten. In May 2023 nothing of it lay on the "
            "ground, but on a map it looks like any other.",
            SilkRoadsState("cku_railway"),
        ),
        Preset(
            "Eighteen stops of an old road",
            "One way among many from Xi'an to Merv. Most of it lies in today's China.",
            SilkRoadsState("ancient_road", EURASIA, roads=False),
        ),
        Preset(
            "Mercator bends the shortest way",
            "Freight trains from Xi'an to Moscow. On Mercator's map the shortest way bows north; "
            "change the projection and it straightens, though nothing on the ground has moved.",
            SilkRoadsState("rail_alashankou", EURASIA, MERCATOR, roads=False),
        ),
        Preset(
            "Pipes that run, pipes that do not",
            "Every line of the table. Dashed ones were planned, being built, cancelled or "
            "closed: without the dashes the map would promise much more than it carries.",
            SilkRoadsState(NO_ROUTE, EURASIA, roads=False, gas=True, oil=True, idle=True),
        ),
    )

    def __init__(self) -> None:
        """Read the tables and measure the routes once."""
        super().__init__()
        self._routes = all_routes()
        self._pipes = data.load("pipelines")
        borders = data.load("boundaries_region")
        self._borders = {
            frozenset((row.iso3_left, row.iso3_right)): row.length_km
            for row in borders.itertuples(index=False)
        }
        places = data.load("places")
        seven = places["iso3"].isin(maps.SEVEN)
        towns = places[seven & ((places["kind"] == "capital") | places["name"].eq("Xi'an"))]
        self._cities = {row.name: (row.lon, row.lat) for row in towns.itertuples(index=False)}
        self._towns = {
            name: tuple(position)
            for route in self._routes.values()
            for name, position in zip(route.stops, route.positions, strict=True)
        }

    def controls(self) -> Mapping[str, widgets.Widget]:
        """Return the nine controls in reading order."""
        wide = {"description_width": "initial"}
        routes = [("no route", NO_ROUTE)] + [(self._routes[key].name, key) for key in OUR_ROUTES]
        layers = {
            "roads": "other routes", "gas": "gas pipelines", "oil": "oil pipelines",
            "idle": "pipelines that do not run, too", "cities": "capitals and Xi'an",
            "straight": "direct line",
        }  # fmt: skip
        boxes = {
            key: widgets.Checkbox(
                description=words, indent=False, layout=widgets.Layout(width="auto")
            )
            for key, words in layers.items()
        }
        return {
            "route": widgets.Dropdown(
                options=routes, description="Route:", style=wide,
                layout=widgets.Layout(width="29em", flex="0 0 auto"),
            ),
            "window": widgets.Dropdown(options=list(WINDOWS), description="Window:", style=wide),
            "projection": widgets.Dropdown(
                options=[ALBERS, PLATE, MERCATOR], description="Projection:", style=wide
            ),
            **boxes,
        }  # fmt: skip

    def build(self, fig: Figure) -> None:
        """Create the artists. They live in pixels of the figure; maps are added by ``frame``."""
        self._canvas, self._scenes = fig, {}
        self._lines = {"roads": lines(fig, color="#6E6E6E", linewidth=1.1)}
        for what, (hue, dashes, _) in PIPES.items():
            self._lines[what] = lines(fig, color=hue, linewidth=1.8, linestyle=dashes)
            self._lines[what, "idle"] = lines(fig, color=hue, linewidth=1.4, linestyle=IDLE)
        self._lines["way"] = lines(fig, colors=["white", "#000000"], linewidths=[5, 2.4])
        self._lines["direct"] = lines(fig, color="#333333", linewidth=1.4, linestyle=(0, (6, 3)))
        self._dots = {"stops": dots(fig, 5, "white"), "cities": dots(fig, 4, "#333333")}
        clip = TransformedBbox(Bbox.from_bounds(*MAP_BOX), fig.transFigure)
        for artist in (*self._lines.values(), *self._dots.values()):
            artist.set_clip_box(clip)
        rim = {"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.6}
        names = {*self._towns, *self._cities}
        self._names = {name: text(fig, text=name, bbox=rim, va="bottom") for name in names}
        measure, font = fig.canvas.get_renderer(), FontProperties(size=SIZE)
        self._extent = {
            name: np.array(measure.get_text_width_height_descent(name, font, False)[:2])
            for name in names
        }
        self._profile = Profile(fig, max(len(route.stops) for route in self._routes.values()))
        hues = {what: charts.ink(hue) for what, (hue, *_) in PIPES.items()}
        self._keys = {
            what: text(fig, color=hues.get(what, "#1a1a1a"), va="bottom")
            for what in (*PIPES, "idle", "roads", "direct")
        }

    def content(self, state: SilkRoadsState) -> tuple[Route | None, pd.DataFrame]:
        """Return the chosen route, or ``None``, and the pipelines that the layers show."""
        pipes = self._pipes[self._pipes["commodity"].map({"gas": state.gas, "oil": state.oil})]
        if not state.idle:
            pipes = pipes[pipes["status"] == "operating"]
        return self._routes.get(state.route), pipes

    def frame(self, state: SilkRoadsState, content: tuple) -> Hashable:
        """Show the base map of window and projection; made once, then kept."""
        key = (state.window, state.projection)
        if key not in self._scenes:
            axes = self._canvas.add_axes(MAP_BOX, axes_class=maps.MapAxes, label=" ".join(key))
            west, south, east, north = WINDOWS[state.window]
            recipe = maps.PROJECTIONS[state.projection].format(lon=(west + east) / 2)
            axes.begin(recipe, (west, south, east, north))
            self._scenes[key] = scene = Scene(axes)
            ways = self._routes.values() if state.window != EURASIA else ()
            for route in ways:  # names of states keep off them, where there is room
                axes.names.markers += boxes_along(scene.pixels(route.line()), axes.bbox)
                axes.names.markers += boxes_along(scene.pixels(route.direct()), axes.bbox)
            maps.draw_base(axes)
        for other, scene in self._scenes.items():
            scene.axes.set_visible(other == key)
        return key

    def update(self, state: SilkRoadsState, content: tuple) -> list:
        """Move lines, names and the profile to ``state``."""
        route, pipes = content
        scene = self._scenes[state.window, state.projection]
        drawn = self._draw_layers(state, scene)
        if route is not None:
            known = self._route_pixels(state.route, route, scene)
            if state.straight:
                drawn.append(self._set("direct", [known["direct"]]))
            drawn.append(self._set("way", [known["way"]] * 2))
            self._dots["stops"].set_data(known["stops"].T)
            drawn.append(self._dots["stops"])
        drawn += self._draw_names(state, scene)
        profile = self._profile
        drawn += profile.draw(route) if route else profile.say(pipes_in_words(pipes))
        return drawn + self._draw_keys(state)

    def _set(self, what: Hashable, segments: list) -> Artist:
        self._lines[what].set_segments(segments)
        return self._lines[what]

    def _draw_layers(self, state: SilkRoadsState, scene: Scene) -> list:
        if not scene.known:
            scene.known = {"roads": [scene.pixels(r.line()) for r in self._routes.values()]}
            for (what, status), rows in self._pipes.groupby(
                ["commodity", self._pipes["status"].eq("operating")]
            ):
                parts = rows.geometry.explode().map(lambda line: scene.pixels(line.coords))
                scene.known[what if status else (what, "idle")] = list(parts)
        wanted = ["roads"] if state.roads else []
        for what in PIPES:
            if getattr(state, what):
                wanted += [(what, "idle"), what] if state.idle else [what]
        return [self._set(what, scene.known[what]) for what in wanted]

    def _route_pixels(self, key: str, route: Route, scene: Scene) -> dict:
        if ("route", key) not in scene.known:
            scene.known["route", key] = {
                "way": scene.pixels(route.line()),
                "direct": scene.pixels(route.direct()),
                "stops": scene.pixels(route.positions),
            }
        return scene.known["route", key]

    def _draw_names(self, state: SilkRoadsState, scene: Scene) -> list:
        key = ("names", state.route, state.cities)
        if key not in scene.known:
            scene.known[key] = self._place_names(state, scene)
        places, cities = scene.known[key]
        for name, (x, y) in places.items():
            self._names[name].set_position((x, y))
        self._dots["cities"].set_data(cities.T)
        return [self._dots["cities"], *(self._names[name] for name in places)]

    def _place_names(self, state: SilkRoadsState, scene: Scene) -> tuple[dict, np.ndarray]:
        """Return where names of stops and cities stand (lower left), and the cities' dots.

        The ends of the route choose first; a name that would touch another is left out.
        """
        route = self._routes.get(state.route)
        stops = list(route.stops) if route else []
        order = [*stops[:1], *stops[-1:], *stops[1:-1]]
        there = {name: self._towns[name] for name in order}
        if state.cities:
            there = there | {k: v for k, v in self._cities.items() if k not in there}
        if not there:
            return {}, np.empty((0, 2))
        pixels = dict(zip(there, scene.pixels(list(there.values())), strict=True))
        edge = scene.axes.bbox
        pixels = {name: at for name, at in pixels.items() if edge.contains(*at)}
        written = [text for text in scene.axes.texts if text.get_visible()]
        taken = [text.get_window_extent().extents for text in written]
        taken += [np.r_[at - 4, at + 4] for at in pixels.values()]
        places = {}
        for name, at in pixels.items():
            box = free_box(at, self._extent[name] + 4, taken, edge.extents)
            if box is not None:
                taken.append(box)
                places[name] = tuple(box[:2] + 2)
        cities = [at for name, at in pixels.items() if name not in stops]
        return places, np.reshape(cities, (-1, 2))

    def _draw_keys(self, state: SilkRoadsState) -> list:
        wanted = {what: PIPES[what][2] for what in PIPES if getattr(state, what)}
        if state.idle and wanted:
            wanted["idle"] = "╍╍ does not run"
        if state.roads:
            wanted["roads"] = "── other routes"
        if state.straight and state.route != NO_ROUTE:
            wanted["direct"] = "– – direct line, end to end"
        for at, (what, words) in enumerate(wanted.items()):
            self._keys[what].set(position=(8 + at * 125, 6), text=words)
        return [self._keys[what] for what in wanted]

    def words(self, state: SilkRoadsState, content: tuple) -> Words:
        """Return the finding, the view, and the stops with their distances (after ``frame``)."""
        route, pipes = content
        window = f"{state.window}, {state.projection}"
        if route is None:
            counts = pipes_in_words(pipes)
            finding = pipes_finding(pipes) if len(pipes) else NOTHING
            return Words(
                finding,
                f"{window}; nothing here is drawn to its traffic",
                f"Map: {window}. {finding}. {counts}",
            )
        finding, under, stops = route_in_words(route)
        scene = self._scenes[state.window, state.projection]
        stops_at = self._route_pixels(state.route, route, scene)["stops"]
        out = sum(not scene.axes.bbox.contains(*dot) for dot in stops_at)
        away = f"; stops outside the map: {out} of {len(stops_at)}" if out else ""
        return Words(
            finding, f"{window}{away}; {under}",
            f"Map: {window}. {finding}. Stops and kilometres: {stops}. U{under[1:]}.",
        )  # fmt: skip

    def table(self, state: SilkRoadsState) -> pd.DataFrame:
        """Return the route's legs with their kilometres; without a route, the pipelines drawn."""
        route, pipes = self.content(state)
        if route is not None:
            return route.legs()
        columns = ["commodity", "name", "segment", "status", "start_year", "capacity"]
        shown = pipes[[*columns, "capacity_unit"]].sort_values(["commodity", "status", "name"])
        years = shown["start_year"].astype("Int64")
        return shown.assign(segment=shown["segment"].fillna("whole"), start_year=years)

    def aside(self, state: SilkRoadsState) -> str:
        """Return where the route comes from and what is said of its stops."""
        route, _ = self.content(state)
        if route is None:
            return ""
        notes = "".join(
            f"<li>{escape(stop)}: {escape(note)}</li>"
            for stop, note in zip(route.stops, route.notes, strict=True)
            if note
        )
        borders = "; ".join(
            f"{state_name(a)}–{state_name(b)} ({self._borders[frozenset((a, b))]:,.0f} km long)"
            for a, b in route.borders
        )
        under = borders or "none"
        return ui.card(
            f"How we know this route: {route.source}",
            f"<ul>{notes}</ul><p>Borders under the legs: {under}.</p>",
        )
