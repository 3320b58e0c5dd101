"""The timeline explorer: dated events on lanes, by actor, span and what was known when."""

from no_limits.explorers.timeline.events import who
from no_limits.explorers.timeline.timeline import HALF_A_YEAR, TimelineExplorer, TimelineState

__all__ = ["HALF_A_YEAR", "TimelineExplorer", "TimelineState", "who"]
