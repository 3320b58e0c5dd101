"""The student's journal: predictions, confidence, verdicts and answers in discussions.

Everything is saved at once, in small files in the folder ``journal/`` of the course (or the
folder named in ``$NO_LIMITS_JOURNAL``), and nowhere else. It is private until its owner
exports it, and "pass" is always an answer.

In a chapter::

    journal.predict("02-growth", "By how much did it grow?", unit="per cent")
    journal.outcome("02-growth", 29.3, unit="per cent")
    journal.confidence("T1", "China gains at Russia's cost", moment="after 02")
    journal.answer("02-lifeline", "Is the word fair?", ["Yes: …", "No: …"], minutes=(2, 5, 8))

For the student: `read`, `entries`, `trend`, `export`, `import_from`, `delete_all`.
For the instructor: `read_class`.
"""

from courseware.journal.classroom import ClassJournals, read_class
from courseware.journal.entry import (
    Answer,
    BadAnswerError,
    BadIdError,
    Entry,
    JournalError,
    Outcome,
)
from courseware.journal.records import (
    delete_all,
    entries,
    import_from,
    read,
    read_verdict,
    save_verdict,
    trend,
)
from courseware.journal.sharing import Exported, export
from courseware.journal.widgets import answer, confidence, outcome, predict

__all__ = [
    "Answer",
    "BadAnswerError",
    "BadIdError",
    "ClassJournals",
    "Entry",
    "Exported",
    "JournalError",
    "Outcome",
    "answer",
    "confidence",
    "delete_all",
    "entries",
    "export",
    "import_from",
    "outcome",
    "predict",
    "read",
    "read_class",
    "read_verdict",
    "save_verdict",
    "trend",
]
