"""The state dashboard: every tie of one state, each with its own unit, source and gaps."""

from courseware.explorers.state_dashboard.state_dashboard import DashboardState, StateDashboard
from courseware.explorers.state_dashboard.ties import COUNTED_BY, CUSTOMS, OWN, WITS

__all__ = ["COUNTED_BY", "CUSTOMS", "OWN", "WITS", "DashboardState", "StateDashboard"]
