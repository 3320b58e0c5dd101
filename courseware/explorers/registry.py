"""The explorers by name, in the order of the chapters; a module is imported when asked for."""

from importlib import import_module

from courseware.explorers.base import Explorer

REGISTRY = {
    "argument_map": "courseware.explorers.argument_map:ArgumentMap",
    "trade": "courseware.explorers.trade:TradeExplorer",
    "timeline": "courseware.explorers.timeline:TimelineExplorer",
    "silk_roads": "courseware.explorers.silk_roads:SilkRoadsExplorer",
    "debt": "courseware.explorers.debt:DebtExplorer",
    "border_ruler": "courseware.explorers.border_ruler:BorderRuler",
    "state_panels": "courseware.explorers.state_panels:StatePanels",
    "evidence_weigher": "courseware.explorers.evidence_weigher:EvidenceWeigher",
}


def find(name: str) -> type[Explorer]:
    """Return the class of the explorer called ``name``."""
    module, class_name = REGISTRY[name].split(":")
    return getattr(import_module(module), class_name)
