"""Routes of the map explorer: stops, straight legs, and the states that lie under them."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from courseware import data, maps

STEP_KM = 5  # how finely a leg is cut to see which state lies under it


@dataclass(frozen=True)
class Route:
    """A route of the table ``routes``: its stops, and what lies under the straight legs."""

    name: str
    kind: str
    source: str
    stops: tuple[str, ...]
    states: tuple[str, ...]  # of the stops
    notes: tuple[str, ...]
    positions: np.ndarray
    km: np.ndarray  # of each stop from the start, along straight legs
    direct_km: float
    runs: tuple[tuple[str, float, float], ...]  # state, from km, to km

    @property
    def crossed(self) -> list[str]:
        """Return the states under the legs, in order."""
        return list(dict.fromkeys(state for state, _, _ in self.runs))

    @property
    def borders(self) -> list[tuple[str, str]]:
        """Return the pairs of states whose border lies under a leg, each once, in order."""
        pairs = ((a[0], b[0]) for a, b in pairwise(self.runs))
        return list({frozenset(pair): pair for pair in reversed([*pairs])}.values())[::-1]

    @property
    def touched_only(self) -> list[str]:
        """Return the states under a leg in which the route has no stop."""
        return [state for state in self.crossed if state not in self.states]

    @property
    def detour(self) -> float:
        """Return how much longer the legs are than the direct line, in per cent."""
        return (self.km[-1] / self.direct_km - 1) * 100

    def line(self) -> np.ndarray:
        """Return the route as positions close enough to bend with the globe."""
        legs = [
            np.array(maps.great_circle(a, b, 50).coords)
            for a, b in zip(self.positions[:-1], self.positions[1:], strict=True)
        ]
        return np.concatenate(legs)

    def direct(self) -> np.ndarray:
        """Return the shortest way between the ends as positions."""
        return np.array(maps.great_circle(self.positions[0], self.positions[-1]).coords)

    def legs(self) -> list[tuple[str, str, float, float, list[str]]]:
        """Return each leg: from, to, km, km from the start, and the states under it."""
        rows = []
        for at, (a, b) in enumerate(zip(self.km[:-1], self.km[1:], strict=True)):
            under = [
                state
                for state, low, high in self.runs
                if min(high, b) - max(low, a) > min(STEP_KM, (b - a) / 4)
            ]
            rows.append((*self.stops[at : at + 2], b - a, b, [*dict.fromkeys(under)]))
        return rows


def all_routes() -> dict[str, Route]:
    """Return every route of the table, by its id, measured on the WGS84 ellipsoid."""
    points = data.load("waypoints").set_index("name")
    states = data.load("countries_region").set_index("iso3").geometry
    stops = data.load("routes").sort_values(["route_id", "seq"])
    return {key: measure(group, points, states) for key, group in stops.groupby("route_id")}


def measure(stops: pd.DataFrame, points: pd.DataFrame, states: pd.Series) -> Route:
    """Return one route, from its rows of ``routes``, the table of places and the states' areas."""
    places = points.loc[stops["waypoint"]]
    positions = places[["lon", "lat"]].to_numpy()
    legs = [maps.geodesic_km(pair) for pair in pairwise(positions)]
    return Route(
        name=stops["route_name"].iloc[0],
        kind=stops["kind"].iloc[0],
        source=stops["source"].iloc[0],
        stops=tuple(places.index),
        states=tuple(places["iso3"]),
        notes=tuple(stops["note"].fillna("")),
        positions=positions,
        km=np.r_[0, np.cumsum(legs)],
        direct_km=maps.geodesic_km([positions[0], positions[-1]]),
        runs=tuple(_runs(positions, legs, states)),
    )


def _runs(positions: np.ndarray, legs: list[float], states: pd.Series) -> list:
    """Return the stretches of one state each: (state, from km, to km)."""
    from shapely import STRtree, points

    at, where = [], []
    start = 0.0
    for a, b, km in zip(positions[:-1], positions[1:], legs, strict=True):
        cut = np.array(maps.great_circle(a, b, min(STEP_KM, km / 4)).coords)
        where.append(cut[:-1])
        at.append(start + np.arange(len(cut) - 1) * km / (len(cut) - 1))
        start += km
    at, where = np.concatenate(at), np.concatenate(where)
    inside, state = STRtree(states.to_numpy()).query(points(where), predicate="within")
    codes = pd.Series(states.index[state], index=inside).reindex(range(len(at))).ffill().bfill()
    changes = [0, *(np.flatnonzero(codes.to_numpy()[1:] != codes.to_numpy()[:-1]) + 1), len(at)]
    ends = np.r_[at, start]
    return [(codes[low], float(ends[low]), float(ends[high])) for low, high in pairwise(changes)]
