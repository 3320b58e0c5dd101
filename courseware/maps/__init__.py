"""Draw maps of the region in the course's style, and measure on the globe.

A chapter draws with geopandas as anywhere, ``ax = lines.plot(column="status")``, and
``show(ax, "05-pipes", lines)`` puts that on the course's map, with the words that belong to it:
lines, areas or points, whole or as far as a box reaches, on one map or on several. ``show_ruler``
lays one straight line on two maps. Explorers draw on `MapAxes` of their own (``bare_map``), with
``draw_base`` (land, water, borders, names of states), ``add_layer`` and ``add_points``. Positions
are always longitude first, then latitude, in WGS84 degrees.
"""

from courseware.maps.base_map import (
    LAND,
    NOTE,
    OWN_LAND,
    PROJECTIONS,
    SHORE,
    WATER,
    MapAxes,
    add_layer,
    add_points,
    bare_map,
    disputed,
    draw_base,
    extents,
    hatched,
    hatched_shape,
    note,
)
from courseware.maps.globe import (
    MapError,
    check_positions,
    geodesic_km,
    great_circle,
    ruler,
    ways,
)
from courseware.maps.on_page import UNKNOWN, show, show_ruler

__all__ = [
    "LAND",
    "NOTE",
    "OWN_LAND",
    "PROJECTIONS",
    "SHORE",
    "UNKNOWN",
    "WATER",
    "MapAxes",
    "MapError",
    "add_layer",
    "add_points",
    "bare_map",
    "check_positions",
    "disputed",
    "draw_base",
    "extents",
    "geodesic_km",
    "great_circle",
    "hatched",
    "hatched_shape",
    "note",
    "ruler",
    "show",
    "show_ruler",
    "ways",
]
