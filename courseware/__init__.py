"""The helpers that the notebooks of *No Limits?* import.

Importing this package reads no data and loads no drawing library: each chapter imports
the modules it uses, for example ``from courseware import charts, data``.
"""

__version__ = "0.2.0.dev0"


class CourseError(Exception):
    """Something of the course is not as it should be; the message says what to do."""
