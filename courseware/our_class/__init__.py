"""A class's journals: read from exported files, tallied and drawn, without names.

``journal.read_class`` is `read_class`. Below it: reading the files (`files`), the tallies
(`tallies`), what draws them (`polls`, `predictions`, `verdicts`), and what these share (`drawing`).
"""

from courseware.our_class.files import read_class
from courseware.our_class.journals import ClassJournals

__all__ = ["ClassJournals", "read_class"]
