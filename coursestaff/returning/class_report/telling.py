"""What may be said of a class, from what was counted: every number on the page comes from here."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from coursestaff.exercises.spec import Question
from coursestaff.returning.class_report.counting import (
    LEAST_CORRELATED,
    LEAST_THIRDS,
    NO_HINT,
    OTHER_ERROR,
    OUTCOMES,
    PARTLY,
    RIGHT,
    UNANSWERED,
    WAITS,
    WRONG,
    Asked,
    Counted,
)
from coursestaff.returning.class_report.withholding import FEWEST, Told, exactly, told

#: From here on the strong and the weak answer a question differently.
CLEAR, SOME = 0.3, 0.1


#: What is told of counts that add up to what everybody knows.
Say = Callable[[Sequence[int]], list[Told] | None]


class Line(NamedTuple):
    """What is said of one question.

    ``outcomes`` is None if nothing can be, and lacks what cannot have come of it; ``hints`` are
    those that five or more were given, in the order of ``checks.yaml``, and ``unknown`` the wrong
    answers that no hint fits, if they are five or more. ``tells_apart`` says how the question tells
    strong students from weak ones.
    """

    question: Question
    outcomes: dict[str, Told] | None
    hints: list[tuple[str, Told]]
    unknown: Told | None
    mean: float | None
    tells_apart: str

    @property
    def number(self) -> str:
        """Return the question's number."""
        return self.question.id.removeprefix("q")

    @property
    def right(self) -> Told | None:
        """Return how many were right, as far as it is told."""
        return self.outcomes and self.outcomes[RIGHT]

    def below(self, share: float, students: int) -> bool | None:
        """Return whether the class got less than this share of the points; None: not told."""
        if self.mean is not None:
            return self.mean < share * self.question.points
        if self.right is None or not self.marked:
            return None
        if self.right.low >= share * students:
            return False
        is_all_or_none = PARTLY not in self.outcomes and self.right.high is not None
        return True if is_all_or_none and self.right.high < share * students else None

    @property
    def marked(self) -> bool:
        """Return whether nothing waits for a person's mark, as far as it is told."""
        return self.outcomes is not None and _is_marked(self.outcomes)


class Report(NamedTuple):
    """What is said of a class. ``waits``: something is still to be marked."""

    name: str
    students: int
    lines: list[Line]
    errors: list[tuple[str, Told]]
    mean: float | None
    waits: bool

    @property
    def mistakes(self) -> list[tuple[Line, str, Told]]:
        """Return each known mistake, with its question and how many made it."""
        return [(line, hint, n) for line in self.lines for hint, n in line.hints]

    @property
    def told(self) -> list[tuple[Line, str, Told]]:
        """Return the same, and what of a question was wrong in a way that no hint fits."""
        found = []
        for line in self.lines:
            found += [(line, hint, n) for hint, n in line.hints]
            found += [(line, NO_HINT, line.unknown)] if line.unknown else []
        return found


def tell(counted: Counted, *, private: bool = False) -> Report | None:
    """Return what may be said, or None if fewer than five handed in.

    Args:
        counted: how the class did.
        private: say everything, for the class's own instructor.

    """
    say = exactly if private else told
    if counted.students < FEWEST and not private:
        return None
    there = {
        outcome
        for each in counted.asked
        for outcome in OUTCOMES
        if each.outcomes[outcome] and outcome not in _usual(each.question)
    }
    lines = [_line(each, there, say) for each in counted.asked]
    means = [line.mean for line in lines]
    whole = None if WAITS in there or None in means else sum(means)
    errors = _errors(counted, say)
    return Report(counted.name, counted.students, lines, errors, whole, WAITS in there)


def _usual(question: Question) -> set[str]:
    """Return what may come of an answer, as everybody knows, when all is marked.

    Points in part are given for a written answer, and for one that may lack what has a price.
    """
    in_part = question.written or question.costs
    return {RIGHT, WRONG, UNANSWERED} | ({PARTLY} if in_part else set())


def _line(asked: Asked, there: set[str], say: Say) -> Line:
    """Return what is said of one question.

    Args:
        asked: what came of it.
        say: what is told of counts.
        there: what else came of an answer to some question of the exercise. It is told of every
            question then: where it stood at one only, it would be told that it was no zero.

    """
    possible = [each for each in OUTCOMES if each in _usual(asked.question) | there]
    found = say([asked.outcomes[outcome] for outcome in possible])
    if found is None:
        return Line(asked.question, None, [], None, None, "not told")
    outcomes = dict(zip(possible, found, strict=True))
    hints = {} if asked.question.written else _hints(asked)  # a person's words have no hint
    given = _given(hints, outcomes[WRONG], say)
    # A mean tells how many were right, wherever a question gives all of its points or none.
    tells = (outcomes[each] for each in (RIGHT, PARTLY) if each in outcomes)
    is_told = all(each.exact for each in tells) and _is_marked(outcomes)
    return Line(
        asked.question,
        outcomes,
        [(hint, n) for hint, n in given.items() if hint != NO_HINT],
        given.get(NO_HINT),
        asked.mean if is_told else None,
        _tells_apart(asked, outcomes[RIGHT]),
    )


def _is_marked(outcomes: dict[str, Told]) -> bool:
    return outcomes.get(WAITS, Told(0, 0)) == Told(0, 0)


def _hints(asked: Asked) -> dict[str, int]:
    """Return how many were given each hint, in the order of ``checks.yaml``."""
    order = [*dict.fromkeys(known.hint for known in asked.question.misconceptions)]
    older = [hint for hint in sorted(asked.hints) if hint not in order and hint != NO_HINT]
    return {hint: asked.hints.get(hint, 0) for hint in (*order, *older, NO_HINT)}


def _given(hints: dict[str, int], wrong: Told, say: Say) -> dict[str, Told]:
    """Return the hints that five or more were given, and how many that were.

    Where it is not told how many were wrong, only that they were five or more.
    """
    if wrong.exact:
        found = say([*hints.values()])
        if found is not None:
            least = 1 if say is exactly else FEWEST
            return {h: n for h, n in zip(hints, found, strict=True) if n.low >= least}
    return {hint: Told(FEWEST, None) for hint, n in hints.items() if n >= FEWEST}


def _tells_apart(asked: Asked, right: Told) -> str:
    """Say in words whether those who did well elsewhere did better here.

    It is said only where five or more were right, and five or more were not.
    """
    if asked.correlation is None or not right.exact or right.low < FEWEST:
        return "not told"
    r = asked.correlation
    words = "well" if r >= CLEAR else "somewhat" if r >= SOME else "hardly"
    if r <= -SOME:
        words = "the other way round"
    if asked.thirds is None:
        return f"{words} (r = {r:.1f})"
    return f"{words} (r = {r:.1f}; thirds {round(asked.thirds * 10) * 10:+d})"


def _errors(counted: Counted, say: Say) -> list[tuple[str, Told]]:
    """Return what stopped cells in the notebooks of five or more, the commonest first."""
    found = []
    for kind, count in counted.errors.items():
        both = say([count, counted.students - count])
        if both and (both[0].many or say is exactly):
            found.append((kind, both[0]))
    return sorted(found, key=lambda each: (each[0] == OTHER_ERROR, -each[1].low, each[0]))


#: How the page explains `Line.tells_apart`.
EXPLAINED = (
    "A question tells strong students from weak ones if those who did well on all others did "
    "better on it. r is the correlation of its points with the points of all others together (for "
    f"{LEAST_CORRELATED} students or more). If r is {CLEAR} or more, the question tells them apart "
    "well, and near 0 hardly. Below 0 strong students did worse, so look whether the question was "
    "misunderstood. The number after “thirds” says how many percentage points more of its points "
    "the upper third got than the lower third, rounded to ten (for "
    f"{LEAST_THIRDS} students or more). Both numbers are rough for one class, and they are not "
    "given if fewer than five students were right, or fewer than five were not."
)
