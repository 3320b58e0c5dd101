"""The state dashboard: one measure of one state large, the same of all five or all nine small."""

from courseware.explorers.state_dashboard.measures import CUSTOMS, LISTS, OWN
from courseware.explorers.state_dashboard.state_dashboard import DashboardState, StateDashboard

__all__ = ["CUSTOMS", "LISTS", "OWN", "DashboardState", "StateDashboard"]
