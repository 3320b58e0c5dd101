"""The words that a chapter shows outside its text cells: one YAML file a chapter of the article.

A chapter asks for them by key, ``journal.predict("02-buyer")``, so that a question stands once,
for notebook, printed course, slides and guide alike, and code gives nothing away. In a file:

- ``concepts``, each with the id of the cell that brings it: what a reader must newly hold;
- ``predictions`` and ``discussions``, by the key of their journal entry;
- ``polls`` (in the first chapter's): the theses, which every chapter polls again;
- ``explorers``, by name: title, introduction, and the presets by key;
- ``pictures``, by explorer: its source, its controls, and what its pictures say;
- ``charts``, by key: title, condition, unit, source, description (`courseware.words.templating`).
- ``verdicts``, by claim: what the chapter's tables say to it (`courseware.claims.tables_say`).
- ``rubric`` (in the last): how the brief is marked, a row a list: what, points, full marks when.
- ``turns``, by key: what a *Your turn* cell expects, and what it says (see `courseware.turns`).
- ``retired``: predictions and discussions that no chapter asks any more. They keep their ids and
  words, so that a journal, or a chapter saved earlier, still finds what was asked. A question that
  comes to mean something else gets a new id; the old one moves here.

``code.yaml``, the words of *code* of all chapters (`courseware.words.code`), is apart.

``coursestaff/words.schema.json`` says what a file may hold; ``tests/test_words.py`` names the line
of whatever cannot be understood.
"""

from contextlib import suppress
from difflib import get_close_matches
from functools import cache
from pathlib import Path

import yaml

from courseware import CourseError, article
from courseware.words.code import show_code_words

#: The reader that is written in C takes a tenth of the time. It is missing in a browser.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
EXPLORERS = Path(__file__).parents[1] / "explorers"  #: the frame's own

__all__ = ["UnknownWordsError", "UnreadableWordsError", "folder", "show_code_words"]
__all__ += ["chapter", "discussion", "explorer", "poll", "polls", "prediction", "rubric", "turn"]
__all__ += ["unit", "verdict"]


class UnknownWordsError(CourseError):
    """No words are written for what was asked; the message names the nearest that are."""


class UnreadableWordsError(CourseError):
    """A file of words is damaged; the message names file and line."""


def folder() -> Path:
    """Return the folder of the article's words."""
    return article.folder() / "words"


@cache
def chapter(number: str) -> dict:
    """Return all that ``words/NN.yaml`` holds, by part. Do not change it.

    Raises:
        UnknownWordsError: there is no such file.
        UnreadableWordsError: it is not YAML in UTF-8; the message names file and line.

    """
    path = folder() / f"{number}.yaml"
    if not path.is_file():
        raise UnknownWordsError(
            f"There are no words for a chapter {number!r}, because the file {path.name} is missing."
        )
    return read(path)


def read(path: Path) -> dict:
    """Return what a file of words holds.

    Raises:
        UnreadableWordsError: it is not YAML in UTF-8; the message names file and line.

    """
    content = path.read_bytes()
    try:
        return yaml.load(content.decode("utf-8"), LOADER) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        mark = getattr(problem, "problem_mark", None)
        line = mark.line + 1 if mark else _line(problem, content)
        raise UnreadableWordsError(
            f"{path.parent.name}/{path.name}, line {line}: this "
            "cannot be read as YAML. Check the colons, quotation marks and indents in this line "
            "and in the line above, or undo the last change."
        ) from problem


def _line(problem: yaml.reader.ReaderError | UnicodeDecodeError, content: bytes) -> int:
    """Return the line of a character that YAML forbids, or of a byte that is no UTF-8."""
    if isinstance(problem, UnicodeDecodeError):
        return content[: problem.start].count(b"\n") + 1
    return content.decode("utf-8")[: problem.position].count("\n") + 1


def prediction(key: str) -> dict:
    """Return what a prediction asks: question, and kind, unit, options, low, high as far as set.

    Retired predictions are found too, and so are retired discussions below.
    """
    return _of("predictions", key[:2], key)


def unit(key: str) -> str:
    """Return the unit that a prediction is asked in; empty if it has none, or is not ours."""
    with suppress(UnknownWordsError):
        return prediction(key).get("unit", "")
    return ""


def question(key: str) -> str:
    """Return what a prediction asks; empty if it is not ours."""
    with suppress(UnknownWordsError):
        return prediction(key)["question"]
    return ""


def discussion(key: str) -> dict:
    """Return what a discussion asks: prompt, positions and minutes (think, pair, share)."""
    return _of("discussions", key[:2], key)


def polls() -> dict[str, str]:
    """Return the statements of the theses, which the first chapter's words hold, in order."""
    return chapter(article.number(0))["polls"]


def poll(key: str) -> str:
    """Return the statement of a thesis, by what polls call it."""
    return _of("polls", article.number(0), key)


def rubric() -> list[list]:
    """Return how the brief is marked: rows of what, points, and when it has them all."""
    return chapter(article.number(-1))["rubric"]


def explorer(number: str, name: str) -> dict:
    """Return an explorer's words: title, introduction, presets, and those of its pictures.

    The frame has words of its own for the explorer that is its own.
    """
    frame = EXPLORERS / name / "words.yaml"
    own = read(frame) if frame.is_file() else {}
    pictures = chapter(number).get("pictures", {}).get(name, {})
    return own | _of("explorers", number, name) | pictures


def chart(key: str) -> dict:
    """Return the words of a chart: title, unit, source, and holds, alt, later as far as set."""
    return _of("charts", key[:2], key)


def verdict(number: str, claim_id: str) -> dict | None:
    """Return what a chapter's tables say to a claim, as it is written; None if they do not.

    Its parts are tables and says, and numbers and holds as far as set.
    """
    return chapter(number).get("verdicts", {}).get(claim_id)


def turn(key: str) -> dict:
    """Return what a *Your turn* cell expects: kind, right, hints and wrong answers."""
    return _of("turns", key[:2], key)


def _of(part: str, number: str, key: str) -> dict | str:
    written = chapter(number)
    known = written.get(part, {})
    if key in known:
        return known[key]
    retired = written.get("retired", {}).get(part, {})
    if key in retired:
        return retired[key]
    near = get_close_matches(key, known, n=2, cutoff=0.4)
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    raise UnknownWordsError(f"words/{number}.yaml has no {key!r} under {part}.{hint}")
