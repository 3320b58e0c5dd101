"""A class's journals: read from exported files, tallied and drawn, without names.

``journal.read_class`` is `read_class`. Below it: reading the files (`files`, of a folder or a zip:
`handed_in`) and what was counted on paper (`paper`), the tallies (`tallies`), what shows them
(`summary`, `polls`, `predictions`, `verdicts`), and what these share (`drawing`).
"""

from courseware.our_class.files import read_class
from courseware.our_class.journals import ClassJournals

__all__ = ["ClassJournals", "read_class"]
