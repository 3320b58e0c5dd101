"""A class's journals: read from exported files, tallied and drawn, without names.

``journal.read_class`` is `read_class`. Below it: reading the files (`files`, of a folder or a zip:
`hand_ins`) and raised hands (`hands`), the tallies (`tallies`), what shows them (`summary`,
`polls`, `predictions`, `class_verdicts`), and what these share (`dot_plots`).
"""

from courseware.our_class.files import read_class
from courseware.our_class.journals import ClassJournals

__all__ = ["ClassJournals", "read_class"]
