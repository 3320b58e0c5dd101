"""The map explorer: roads, railways and pipelines as layers, one route with its profile."""

from no_limits.explorers.silk_roads.silk_roads import (
    MERCATOR,
    OUR_ROUTES,
    PLATE,
    WINDOWS,
    SilkRoadsExplorer,
    SilkRoadsState,
)

__all__ = ["MERCATOR", "OUR_ROUTES", "PLATE", "WINDOWS", "SilkRoadsExplorer", "SilkRoadsState"]
