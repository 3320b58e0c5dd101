"""The explorers of this article: the argument map, which is the frame's own."""

from importlib import import_module

from courseware.explorers.base import Explorer

#: By name; a module is imported when asked for.
REGISTRY = {"argument_map": "courseware.explorers.argument_map:ArgumentMap"}


def find(name: str) -> type[Explorer]:
    """Return the class of the explorer called ``name``."""
    module, class_name = REGISTRY[name].split(":")
    return getattr(import_module(module), class_name)
