"""The argument map: which claim rests on which, drawn with the two theses on top."""

from courseware.explorers.argument_map.argument import BY_SOURCE, EVERYTHING, STARTER, MapState
from courseware.explorers.argument_map.explorer import LOOKS, ArgumentMap, progress

__all__ = ["BY_SOURCE", "EVERYTHING", "LOOKS", "STARTER", "ArgumentMap", "MapState", "progress"]
