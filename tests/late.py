"""A penalty for lateness, for the test that nbgrader's plugin is asked."""

from nbgrader.plugins import BasePlugin


class HalfOff(BasePlugin):
    """Takes half the points off whatever is late."""

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score / 2
