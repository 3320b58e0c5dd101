"""The argument map: which claim rests on which, drawn with the theses on top."""

from courseware.explorers.argument_map.argument_map import LOOKS, ArgumentMap, progress
from courseware.explorers.argument_map.graph import BY_SOURCE, EVERYTHING, STARTER, MapState

__all__ = ["BY_SOURCE", "EVERYTHING", "LOOKS", "STARTER", "ArgumentMap", "MapState", "progress"]
