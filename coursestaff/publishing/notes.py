"""What whoever holds a session needs to know: ``solutions/NN_name/notes.yaml``.

How many minutes a part takes, what the predictions come to, how to hold a discussion, what to
leave out when time is short. Students never get it. The run sheet, the guide and the speaker's
notes of the slides are made from it (``run_sheets``, ``guide``, ``slides``).
"""

from dataclasses import dataclass, field
from pathlib import Path

from coursestaff.yaml_schema import Document
from coursestaff.yaml_schema import read as read_written

FILE = "notes.yaml"
SCHEMA = Path(__file__).with_name("notes.schema.json")


@dataclass(frozen=True)
class Step:
    """A section of *Look*: how long it takes, and how much of it is done in the room."""

    minutes: int
    how: str = ""


@dataclass(frozen=True)
class Part:
    """One part of the session: how long it takes, what happens, what to watch for.

    ``sections`` has those of *Look* by the cells that open them; then ``what`` adds what is for
    home.
    """

    minutes: int
    what: str = ""
    note: str = ""
    sections: dict[str, Step] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What came of a prediction, and who says so."""

    answer: str
    source: str


@dataclass(frozen=True)
class Cut:
    """The session in short: which parts, and of *Look* which sections, by the cell that opens them.

    Both have their minutes; ``predictions`` are those that are asked. In chapter 00 nothing has
    minutes of its own; then ``minutes`` are those of all, and ``words`` say what is done, with ids
    of cells in braces where their headings are to stand.
    """

    parts: dict[str, int | None]
    sections: dict[str, int | None]
    predictions: list[str]
    at_home: str
    run_only: list[str] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)
    talk: str = ""  #: which of several discussions is held
    words: str = ""
    minutes: int = 0

    @property
    def total(self) -> int:
        """The minutes of the short session."""
        return self.minutes or sum(self.parts.values())


@dataclass(frozen=True)
class Notes:
    """All that a file holds; ``written`` tells in which line something stands."""

    idea: str
    parts: dict[str, Part]
    answers: dict[str, Answer]
    cut: Cut
    wrong_turns: list[str]
    hard: list[str]
    hold: str
    without_computers: str
    written: Document
    tried: list[str] = field(default_factory=list)  #: claims, if not the chapter's core
    discussions: dict[str, str] = field(default_factory=dict)
    code_on_slides: list[str] = field(default_factory=list)

    @property
    def minutes(self) -> int:
        """The minutes of the whole session."""
        return sum(part.minutes for part in self.parts.values())


def read(path: Path) -> Notes:
    """Read a chapter's notes.

    Raises:
        YamlSchemaError: the file does not fit ``notes.schema.json``; the message names a line.

    """
    found = read_written(path, SCHEMA)
    structured = {
        "parts": {name: _part(about) for name, about in found.content["parts"].items()},
        "answers": {key: Answer(**about) for key, about in found.content["answers"].items()},
        "cut": Cut(**found.content["cut"]),
    }
    return Notes(**found.content | structured, written=found)


def _part(about: dict) -> Part:
    sections = {name: Step(**step) for name, step in about.get("sections", {}).items()}
    return Part(**about | {"sections": sections})
