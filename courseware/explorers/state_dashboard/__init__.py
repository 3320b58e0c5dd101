"""The state dashboard: every tie of one state, each with its own unit, source and gaps."""

from courseware.explorers.state_dashboard.explorer import DashboardState, StateDashboard
from courseware.explorers.state_dashboard.ties import COUNTED_BY, CUSTOMS, FIVE, OWN, WITS

__all__ = ["COUNTED_BY", "CUSTOMS", "FIVE", "OWN", "WITS", "DashboardState", "StateDashboard"]
