"""The map explorer: roads, railways and pipelines as layers, one route with its profile."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import ClassVar

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from courseware import article, charts, data, maps, palette, ui
from courseware.explorers.axes import SMALL
from courseware.explorers.base import DPI, PHONE_WIDTH, Explorer, Strip, Words
from courseware.explorers.pixels import bounds, dots, lines, text
from courseware.label_placement import boxes_along, free_box
from courseware.quantities import num
from no_limits.explorers.silk_roads.profile import Column, Profile
from no_limits.explorers.silk_roads.routes import Route, all_routes

NO_ROUTE = "none"
NEAR, REGION, EURASIA = "Kashgar to Tashkent", "Central Asia", "Eurasia"
WINDOWS = {NEAR: (66, 36, 78, 43), REGION: maps.extents()[REGION], EURASIA: maps.extents()[EURASIA]}
ALBERS, PLATE, MERCATOR = "equal-area Albers", "plate carrée", "Mercator"
OUR_ROUTES = (
    "cku_road",
    "china_tajikistan_road",
    "cku_railway",
    "rail_alashankou",
    "rail_khorgos",
    "rail_middle_corridor",
    "ancient_road",
)
#: Look of the pipeline layers: colour, and dashes of lines that run.
PIPES = {"gas": (palette.GAS, "solid"), "oil": (palette.OIL, "-.")}
IDLE = (0, (2, 2))
KEY_ROW = 18  # pixels from a row of the key to the next


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


class SilkRoadsExplorer(Explorer):
    """Draws a map with layers, and beside it the profile of one route."""

    name = "silk_roads"
    chapter = "05"
    size = (8.6, 4.3)
    map_box = (0.005, 0.06, 0.665, 0.935)  # left, bottom, width, height
    column = Column()
    key_step, keys_a_row, keys_up = 125, 5, 6  # pixels from key to key, and of the first row
    phone: ClassVar = {
        "size": (PHONE_WIDTH / DPI, 6.6),
        "map_box": (0.006, 0.625, 0.988, 0.37),
        "column": Column(left=0.02, bar=0.4, head=0.52, top=0.465, bottom=0.02),
        **{"key_step": 165, "keys_a_row": 2, "keys_up": 390},
    }
    views: ClassVar = {
        "road": SilkRoadsState(),
        "corner": SilkRoadsState("china_tajikistan_road", cities=True),
        "railway": SilkRoadsState("cku_railway"),
        "old-road": SilkRoadsState("ancient_road", EURASIA, roads=False),
        "mercator": SilkRoadsState("rail_alashankou", EURASIA, MERCATOR, roads=False),
        "pipes": SilkRoadsState(NO_ROUTE, EURASIA, roads=False, gas=True, oil=True, idle=True),
    }
    strip = Strip("route", OUR_ROUTES, SilkRoadsState(window=EURASIA), names=True)

    def __init__(self) -> None:
        """Read the tables and measure the routes once."""
        self._routes = all_routes()
        routes = {NO_ROUTE: self.written("no_route")}
        self.offered = {
            "route": routes | {key: self._routes[key].name for key in OUR_ROUTES},
            "window": {window: window for window in WINDOWS},
            "projection": {name: name for name in (ALBERS, PLATE, MERCATOR)},
        }
        self._pipes = data.load("pipelines")
        borders = data.load("boundaries_region")
        self._borders = {
            frozenset((row.iso3_left, row.iso3_right)): row.length_km
            for row in borders.itertuples(index=False)
        }
        places = data.load("places")
        seven = places["iso3"].isin(article.subjects())
        towns = places[seven & ((places["kind"] == "capital") | places["name"].eq("Xi'an"))]
        self._cities = {row.name: (row.lon, row.lat) for row in towns.itertuples(index=False)}
        self._towns = {
            name: tuple(position)
            for route in self._routes.values()
            for name, position in zip(route.stops, route.positions, strict=True)
        }

    def build(self, fig: Figure) -> None:
        """Create the artists. They live in pixels of the figure; maps are added by ``frame``."""
        self._canvas, self._scenes = fig, {}
        self._lines = {"roads": lines(fig, color=palette.MIDDLE, linewidth=1.1)}
        for what, (hue, dashes) in PIPES.items():
            self._lines[what] = lines(fig, color=hue, linewidth=1.8, linestyle=dashes)
            self._lines[what, "idle"] = lines(fig, color=hue, linewidth=1.4, linestyle=IDLE)
        self._lines["way"] = lines(fig, colors=["white", palette.BLACK], linewidths=[5, 2.4])
        self._lines["direct"] = lines(fig, color=palette.TEXT, linewidth=1.4, linestyle=(0, (6, 3)))
        self._dots = {"stops": dots(fig, 5, "white"), "cities": dots(fig, 4, palette.TEXT)}
        for artist in (*self._lines.values(), *self._dots.values()):
            artist.set_clip_box(bounds(fig, self.map_box))
        rim = {"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.6}
        names = {*self._towns, *self._cities}
        self._names = {name: text(fig, text=name, bbox=rim, va="bottom") for name in names}
        measure, font = fig.canvas.get_renderer(), FontProperties(size=SMALL)
        self._extent = {
            name: np.array(measure.get_text_width_height_descent(name, font, False)[:2])
            for name in names
        }
        most = max(len(route.stops) for route in self._routes.values())
        self._profile = Profile(fig, most, self.written("profile"), self.column)
        hues = {what: charts.ink(hue) for what, (hue, _) in PIPES.items()}
        self._keys = {
            what: text(fig, color=hues.get(what, palette.INK), va="bottom")
            for what in self.written("keys")
        }

    def content(self, state: SilkRoadsState) -> tuple[Route | None, pd.DataFrame]:
        """Return the chosen route, or ``None``, and the pipelines that the layers show."""
        pipes = self._pipes[self._pipes["commodity"].map({"gas": state.gas, "oil": state.oil})]
        if not state.idle:
            pipes = pipes[pipes["status"] == "operating"]
        return self._routes.get(state.route), pipes

    @cached_property
    def source(self) -> str:
        """Return the source line, with the words on how disputed ground is drawn."""
        return f"{super().source} {maps.note(maps.extents()['Eurasia'])}"

    def frame(self, state: SilkRoadsState, content: tuple) -> Hashable:
        """Return window and projection."""
        return state.window, state.projection

    def lay_out(self, frame: tuple, state: SilkRoadsState, content: tuple) -> None:
        """Show the base map of window and projection; made once, then kept."""
        key = frame
        if key not in self._scenes:
            window = WINDOWS[state.window]
            axes = maps.bare_map(self._canvas, self.map_box, window, state.projection)
            axes.names.least = SMALL
            self._scenes[key] = scene = Scene(axes)
            ways = self._routes.values() if state.window != EURASIA else ()
            for route in ways:  # names of states keep off them, where there is room
                axes.names.markers += boxes_along(scene.axes.pixels(route.line()), axes.bbox)
                axes.names.markers += boxes_along(scene.axes.pixels(route.direct()), axes.bbox)
            maps.draw_base(axes)
        for other, scene in self._scenes.items():
            scene.axes.set_visible(other == key)

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
        drawn += profile.draw(route) if route else profile.say(self._counts(pipes))
        return drawn + self._draw_keys(state)

    def _set(self, what: Hashable, segments: list) -> Artist:
        self._lines[what].set_segments(segments)
        return self._lines[what]

    def _draw_layers(self, state: SilkRoadsState, scene: Scene) -> list:
        if not scene.known:
            scene.known = {"roads": [scene.axes.pixels(r.line()) for r in self._routes.values()]}
            for (what, status), rows in self._pipes.groupby(
                ["commodity", self._pipes["status"].eq("operating")]
            ):
                parts = rows.geometry.explode().map(lambda line: scene.axes.pixels(line.coords))
                scene.known[what if status else (what, "idle")] = list(parts)
        wanted = ["roads"] if state.roads else []
        for what in PIPES:
            if getattr(state, what):
                wanted += [(what, "idle"), what] if state.idle else [what]
        return [self._set(what, scene.known[what]) for what in wanted]

    def _route_pixels(self, key: str, route: Route, scene: Scene) -> dict:
        if ("route", key) not in scene.known:
            scene.known["route", key] = {
                "way": scene.axes.pixels(route.line()),
                "direct": scene.axes.pixels(route.direct()),
                "stops": scene.axes.pixels(route.positions),
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
        pixels = dict(zip(there, scene.axes.pixels(list(there.values())), strict=True))
        edge = scene.axes.bbox
        pixels = {name: at for name, at in pixels.items() if edge.contains(*at)}
        written = [text for text in scene.axes.texts if text.get_visible()]
        taken = [text.get_window_extent().extents for text in written]
        taken += [np.r_[at - 4, at + 4] for at in pixels.values()]
        places = {}
        for name, at in pixels.items():
            tries = (4, 10) if name in order[:2] else (4,)  # an end is named, if further away
            found = (free_box(at, self._extent[name] + 5, taken, edge.extents, h) for h in tries)
            box = next((box for box in found if box is not None), None)
            if box is not None:
                taken.append(box)
                places[name] = tuple(box[:2] + 2.5)
        cities = [at for name, at in pixels.items() if name not in stops]
        return places, np.reshape(cities, (-1, 2))

    def _draw_keys(self, state: SilkRoadsState) -> list:
        wanted = [what for what in PIPES if getattr(state, what)]
        layers = {
            "idle": state.idle and wanted,
            "roads": state.roads,
            "direct": state.straight and state.route != NO_ROUTE,
        }
        wanted += [what for what, shown in layers.items() if shown]
        for at, what in enumerate(wanted):
            row, column = divmod(at, self.keys_a_row)
            place = (8 + column * self.key_step, self.keys_up - row * KEY_ROW)
            self._keys[what].set(position=place, text=self.written("keys", what))
        return [self._keys[what] for what in wanted]

    def question(self, state: SilkRoadsState, content: tuple) -> str:
        """Ask for the route's length and states, or which pipelines carry something."""
        route, _ = content
        return self.say("asks", "route", route=route.name) if route else self.say("asks", "pipes")

    def describe(self, state: SilkRoadsState, content: tuple) -> Words:
        """Return the finding, the view, and the stops with their distances."""
        route, pipes = content
        said = {"window": state.window, "projection": state.projection}
        if route is None:
            counts = self._counts(pipes)
            finding = self._pipes_finding(pipes) if len(pipes) else self.say("finds", "nothing")
            alt = self.say("alt", "pipes", finding=finding, counts=counts, **said)
            return Words(finding, self.say("units", "pipes", **said), alt, counts)
        scene = self._scenes[state.window, state.projection]
        stops_at = self._route_pixels(state.route, route, scene)["stops"]
        out = sum(not scene.axes.bbox.contains(*dot) for dot in stops_at)
        only = ", ".join(map(article.name, route.touched_only))
        said |= {
            "states": ", ".join(map(article.name, route.crossed)),
            "touched": " " + self.say("touched", states=only) if only else "",
            "outside": self.say("outside", out=out, stops=len(stops_at)) if out else "",
        }
        finding = self.say(
            "finds",
            "route",
            route=route.name,
            **{"km": route.km[-1], "legs": len(route.stops) - 1, "detour": route.detour},
        )
        stops = ", ".join(
            f"{name} {num(km):,.0f}" for name, km in zip(route.stops, route.km, strict=True)
        )
        alt = self.say("alt", "route", finding=finding, stops=stops, **said)
        return Words(
            finding, self.say("units", "route", **said), alt, self.say("reading", stops=stops)
        )

    def _pipes_finding(self, pipes: pd.DataFrame) -> str:
        """Return how many of the lines on the map carry something."""
        idle = int((pipes["status"] != "operating").sum())
        kinds = sorted(set(pipes["commodity"]))
        return self.say(
            "finds", "idle" if idle else "run", idle=idle, count=len(pipes), kinds=kinds
        )

    def _counts(self, pipes: pd.DataFrame) -> str:
        """Return how many segments of each kind are on the map, by status, one line each."""
        said = self.written("counts")
        lines = [said["none"]]
        for what, rows in pipes.groupby("commodity"):
            lines.append(self.say("counts", "segments", what=what.capitalize(), count=len(rows)))
            counts = rows["status"].replace("construction", said["construction"]).value_counts()
            lines += [said["status"].format(count=n, status=status) for status, n in counts.items()]
        return "\n".join(lines)

    def rows(self, state: SilkRoadsState, content: tuple) -> pd.DataFrame:
        """Return the route's legs with their kilometres; without a route, the pipelines drawn."""
        route, pipes = content
        if route is not None:
            names = [", ".join(map(article.name, states)) for *_, states in route.legs()]
            legs = [
                (one, other, round(km), round(far), states)
                for (one, other, km, far, _), states in zip(route.legs(), names, strict=True)
            ]
            return pd.DataFrame(legs, columns=[*self.written("columns").values()])
        columns = ["commodity", "name", "segment", "status", "start_year", "capacity"]
        shown = pipes[[*columns, "capacity_unit"]].sort_values(["commodity", "status", "name"])
        years, whole = shown["start_year"].astype("Int64"), self.written("whole")
        return shown.assign(segment=shown["segment"].fillna(whole), start_year=years)

    def card(self, state: SilkRoadsState, content: tuple) -> str:
        """Return where the route comes from and what is said of its stops."""
        route, _ = content
        if route is None:
            return ""
        notes = "".join(
            f"<li>{escape(self.say('card', 'note', stop=stop, note=note))}</li>"
            for stop, note in zip(route.stops, route.notes, strict=True)
            if note
        )
        borders = "; ".join(
            self.say(
                "card",
                "border",
                **{"one": article.name(one), "other": article.name(other)},
                km=self._borders[frozenset((one, other))],
            )
            for one, other in route.borders
        )
        under = self.say("card", "borders", borders=borders or self.written("card", "none"))
        body = f"<p>{escape(route.source)}</p><ul>{notes}</ul><p>{escape(under)}</p>"
        return ui.details(self.written("card", "fold"), body)
