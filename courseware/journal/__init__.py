"""The student's journal: predictions, confidence, verdicts and answers in discussions.

Everything is saved at once, in small files in the folder ``journal/`` of the course (or the
folder named in ``$NO_LIMITS_JOURNAL``), and nowhere else. It is private until its owner
exports it; "pass" is always an answer.

In a chapter::

    journal.predict("02-growth", "By how much did it grow?", unit="per cent")
    journal.outcome("02-growth", 29.3, unit="per cent")
    journal.confidence("C09", "It will last", moment="after 02")
    journal.answer("02-lifeline", "Is the word fair?", ["Yes: …", "No: …"], minutes=(2, 5, 8))
    journal.keep_chart("shows who counts what")

For the student: `read`, `entries`, `trend`, `kept_charts`, `drop_chart`, `show_rubric`,
`start_brief`, `show_material`, `show_brief`, `closing`, `export`, `import_from`, `delete_all`.
For the instructor: ``journal.read_class("folder").draw_polls()``; see `ClassJournals`.
"""

from importlib import import_module
from typing import Any

from courseware.journal.format import (
    Answer,
    BadAnswerError,
    BadIdError,
    Entry,
    JournalError,
    Outcome,
)
from courseware.journal.kept_pictures import drop_chart, keep_chart, kept_charts
from courseware.journal.records import (
    delete_all,
    entries,
    import_from,
    read,
    read_verdict,
    save_verdict,
    trend,
)
from courseware.journal.widgets import answer, confidence, outcome, predict

#: What people call by the journal's name, but stands on top of it.
ABOVE = {
    "ClassJournals": "courseware.our_class",
    "Exported": "courseware.brief",
    "closing": "courseware.brief",
    "export": "courseware.brief",
    "read_class": "courseware.our_class",
    "show_brief": "courseware.brief",
    "show_material": "courseware.brief",
    "show_rubric": "courseware.brief",
    "start_brief": "courseware.brief",
}

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
    "closing",
    "confidence",
    "delete_all",
    "drop_chart",
    "entries",
    "export",
    "import_from",
    "keep_chart",
    "kept_charts",
    "outcome",
    "predict",
    "read",
    "read_class",
    "read_verdict",
    "save_verdict",
    "show_brief",
    "show_material",
    "show_rubric",
    "start_brief",
    "trend",
]


def __getattr__(name: str) -> Any:
    if name in ABOVE:
        return getattr(import_module(ABOVE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *ABOVE})
