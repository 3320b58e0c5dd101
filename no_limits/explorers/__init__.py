"""The explorers of this article. Each works by keyboard and has printed presets.

An explorer is one module, or a folder of its name where it needs more: the explorer itself in the
module of that name, beside it what it looks up, places and says; titles and presets are words of
its chapter (`courseware.words`). The argument map is the frame's own.
"""

from importlib import import_module

from courseware.explorers import argument_map as argument_map
from courseware.explorers.base import Explorer

#: By name, in the order of the chapters; a module is imported when asked for.
REGISTRY = {
    "argument_map": "courseware.explorers.argument_map:ArgumentMap",
    "trade": "no_limits.explorers.trade:TradeExplorer",
    "timeline": "no_limits.explorers.timeline:TimelineExplorer",
    "silk_roads": "no_limits.explorers.silk_roads:SilkRoadsExplorer",
    "debt": "no_limits.explorers.debt:DebtExplorer",
    "border_ruler": "no_limits.explorers.border_ruler:BorderRuler",
    "state_panels": "no_limits.explorers.state_panels:StatePanels",
    "evidence_weigher": "no_limits.explorers.evidence_weigher:EvidenceWeigher",
}


def find(name: str) -> type[Explorer]:
    """Return the class of the explorer called ``name``."""
    module, class_name = REGISTRY[name].split(":")
    return getattr(import_module(module), class_name)
