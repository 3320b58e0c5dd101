"""Send points and feedback pages to a platform that takes them from a program: ``course canvas``.

It was tried on a stand-in that answers as Canvas documents it, not on a real Canvas. `canvas` is
all that knows its interface (with the package ``canvasapi``, the extra ``canvas``).
"""

from courseware import CourseError


class SendError(CourseError):
    """Nothing can be sent, or no more; the message says why, and what to do."""
