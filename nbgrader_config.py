"""Where nbgrader finds the course's folders.

nbgrader calls what an instructor writes the *source* and what a student gets the *release*.
Here they are ``solutions/`` and ``exercises/``.
"""

from traitlets.config import get_config

c = get_config()

c.CourseDirectory.course_id = "no_limits"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
