"""What is said of an error: the first mistake in ``mistakes.yaml`` that it fits.

The file has groups of mistakes, by the class of the error. All that a mistake has must fit:

- ``message``, ``code`` and ``piece``: patterns in what Python says, in the line or cell, and in the
  piece of the cell that failed; ``WORD`` in them is the name that Python does not know;
- ``when``: an expression that is true, with the `Failure` by the name of ``failure``;
- ``finder``: a function in `courseware.mistakes.finders`.

What the patterns name, what the finder returns, the properties of a `Failure` and the file's
``phrases`` stand in braces in its sentences; of several sentences the first is said of which all
is known.
"""

import re
from contextlib import suppress
from typing import Any, NamedTuple

from courseware import CourseError
from courseware.mistakes import finders
from courseware.mistakes.failure import Failure, listed, phrase, sentences


class Explanation(NamedTuple):
    """What is said of an error: what happened, what to do, and in which line of the cell."""

    what: str
    remedy: str
    line: int | None = None


class Fields(dict):
    """What may stand in braces in the sentences on a failure."""

    def __init__(self, failure: Failure, known: dict[str, Any]) -> None:
        """Keep what is known of it already."""
        super().__init__({key: value for key, value in known.items() if value is not None})
        self.failure = failure

    def __missing__(self, key: str) -> Any:
        """Return a property of the failure, or a phrase."""
        if hasattr(Failure, key):
            value = getattr(self.failure, key)
        else:
            value = sentences()["phrases"].get(key)
        if value is None:
            raise KeyError(key)
        return listed(value) if isinstance(value, list) else value


def explain(error: BaseException, names: dict[str, Any]) -> Explanation:
    """Return a sentence on an error and what to do next.

    Args:
        error: with the traceback that it came with.
        names: the notebook's own names.

    """
    failure = Failure(error, names)
    if isinstance(error, CourseError):  # our own say what to do
        return Explanation(*_two_sentences(str(error)), failure.line)
    mistake, fields = recognise(failure)
    return Explanation(_say(mistake["what"], fields), _say(mistake["remedy"], fields), failure.line)


def recognise(failure: Failure) -> tuple[dict[str, Any], Fields]:
    """Return the first mistake that an error fits, with what stands in its braces."""
    classes = {each.__name__ for each in type(failure.error).__mro__}
    for group in sentences()["groups"]:
        if classes.intersection(group["errors"]) and re.search(
            group.get("message", ""), failure.message
        ):
            for mistake in group["mistakes"]:
                known = _fit(mistake, failure)
                if known is not None:
                    return mistake, Fields(failure, known)
    raise LookupError("the last group of mistakes.yaml fits every error")


def _fit(mistake: dict[str, Any], failure: Failure) -> dict[str, Any] | None:
    """Return what stands in a mistake's braces; None if the error is not this mistake."""
    known: dict[str, Any] = {}
    for part in filter(mistake.get, ("message", "code", "piece")):
        pattern = mistake[part].replace("WORD", re.escape(failure.word))
        found = re.search(pattern, getattr(failure, part), re.MULTILINE)
        if not found:
            return None
        known |= found.groupdict("")
    if "when" in mistake and not eval(mistake["when"], {"failure": failure}):
        return None
    if "finder" in mistake:
        found = getattr(finders, mistake["finder"])(failure)
        if found is None:
            return None
        known |= found
    return known


def _say(sentences: str | list[str], fields: Fields) -> str:
    """Return the first of the sentences of which all that stands in braces is known."""
    for sentence in [sentences] if isinstance(sentences, str) else sentences:
        with suppress(KeyError):
            return sentence.format_map(fields)
    raise LookupError(f"not all is known for {sentences!r}")


def _two_sentences(text: str) -> tuple[str, str]:
    what, stop, remedy = text.partition(". ")
    if remedy.startswith("Did you mean"):
        question, sign, remedy = remedy.partition("? ")
        what, stop = f"{what}. {question}{sign.strip()}", ""
    return what + stop.strip(), remedy or phrase("run_again")
