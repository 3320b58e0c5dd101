"""Measure on the globe. Positions are longitude first, then latitude, in WGS84 degrees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from courseware import CourseError

if TYPE_CHECKING:  # it takes a while to import: only where something is measured
    import geopandas as gpd
    from shapely import Geometry, LineString


class MapError(CourseError):
    """A map or a distance was asked for in a way that cannot be right; the message says why."""


def check_positions(positions: Iterable[Sequence[float]]) -> np.ndarray:
    """Return positions as an array of (longitude, latitude), in degrees.

    Raises:
        MapError: a number is missing or outside the globe. A swapped pair is noticed where the
            latitude would exceed 90 degrees, and not elsewhere: look at the map.

    """
    array = np.asarray(list(positions), dtype=float).reshape(-1, 2)
    for lon, lat in array:
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            raise MapError(
                f"({lon:g}, {lat:g}) is not a place on the globe. Longitude comes first (-180 to "
                "180), then latitude (-90 to 90), so check whether you swapped the two."
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
        raise MapError("A table of positions needs two columns, first longitude and then latitude.")
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


def ways(routes: Mapping[str, pd.DataFrame]) -> gpd.GeoDataFrame:
    """Return a line for each of some tables of positions, named, with its length in ``km``.

    Args:
        routes: by name, the positions of the way, a row each: longitude, then latitude. A line
            takes the shortest way from each to the next.

    """
    import geopandas as gpd
    from shapely import LineString

    known = {name: check_positions(_positions(line)) for name, line in routes.items()}
    legs = {
        name: [great_circle(*pair).coords for pair in pairwise(at)] for name, at in known.items()
    }
    shapes = [LineString([point for leg in each for point in leg]) for each in legs.values()]
    km = {"km": [geodesic_km(shape) for shape in shapes]}
    return gpd.GeoDataFrame(km, geometry=shapes, index=pd.Index(known, name="way"), crs="OGC:CRS84")
