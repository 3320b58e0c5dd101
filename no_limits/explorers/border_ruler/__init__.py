"""The border ruler: one border on seven maps, its length as a large number, and dividers."""

from no_limits.explorers.border_ruler.border_ruler import (
    ARTICLE_KM,
    ARTICLE_MILES,
    BENDS,
    FINEST,
    KM_PER_MILE,
    NO_RULER,
    PLACES,
    RULERS,
    STEPPE,
    TREATY_KM,
    BorderRuler,
    BorderState,
)
from no_limits.explorers.border_ruler.dividers import divider_walk
from no_limits.explorers.border_ruler.walk import drawn_lines

__all__ = [
    "ARTICLE_KM",
    "ARTICLE_MILES",
    "BENDS",
    "FINEST",
    "KM_PER_MILE",
    "NO_RULER",
    "PLACES",
    "RULERS",
    "STEPPE",
    "TREATY_KM",
    "BorderRuler",
    "BorderState",
    "divider_walk",
    "drawn_lines",
]
