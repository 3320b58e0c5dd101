"""What may be said of a class, from what was counted: every number on the page comes from here."""

from collections import Counter
from collections.abc import Callable, Sequence
from statistics import StatisticsError, correlation, mean
from typing import NamedTuple

from coursestaff.exercises.spec import Question
from coursestaff.returning.class_report.counting import (
    NO_HINT,
    OTHER_ERROR,
    OUTCOMES,
    PARTLY,
    RIGHT,
    UNANSWERED,
    WAITS,
    WRONG,
    Answer,
    Counted,
)
from coursestaff.returning.class_report.withholding import FEWEST, Told, exactly, told

LEAST_CORRELATED = 20  #: students that a correlation needs
LEAST_THIRDS = 30  #: students, so that a third is ten
#: From here on the strong and the weak answer a question differently.
CLEAR, SOME = 0.3, 0.1
WITHHELD = "not told"

#: What is told of counts that add up to what everybody knows.
Say = Callable[[Sequence[int]], list[Told] | None]


class Line(NamedTuple):
    """What is said of one question.

    ``outcomes`` is None if nothing can be, and lacks what cannot have come of it; ``told`` are the
    hints that five or more were given, in the order of ``checks.yaml``, and last `NO_HINT`, for
    wrong answers that none fits. ``tells_apart`` says how the question tells strong students from
    weak ones.
    """

    question: Question
    outcomes: dict[str, Told] | None = None
    told: tuple[tuple[str, Told], ...] = ()
    mean: float | None = None
    tells_apart: str = WITHHELD

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
        if self.right is None or not _is_marked(self.outcomes):
            return None
        if self.right.low >= share * students:
            return False
        is_all_or_none = PARTLY not in self.outcomes and self.right.high is not None
        return True if is_all_or_none and self.right.high < share * students else None


class Report(NamedTuple):
    """What is said of a class. ``waits``: something is still to be marked."""

    students: int
    lines: list[Line]
    errors: list[tuple[str, Told]]
    mean: float | None
    waits: bool

    @property
    def told(self) -> list[tuple[Line, str, Told]]:
        """Return each hint, and `NO_HINT`, with its question and how many it was told."""
        return [(line, hint, n) for line in self.lines for hint, n in line.told]

    @property
    def mistakes(self) -> list[tuple[Line, str, Told]]:
        """Return each known mistake, with its question and how many made it."""
        return [each for each in self.told if each[1] != NO_HINT]


def tell(counted: Counted, *, private: bool = False) -> Report | None:
    """Return what may be said, or None if fewer than five handed in.

    Args:
        counted: how the class did.
        private: say everything, for the class's own instructor.

    """
    say, work = exactly if private else told, counted.work
    if len(work) < FEWEST and not private:
        return None
    questions = counted.setup.exercise.questions
    there = {
        answer.outcome
        for each in work
        for answer in each.values()
        if answer.outcome not in _usual(questions[answer.question])
    }
    lines = [_line(question, work, there, say) for question in questions.values()]
    means = [line.mean for line in lines]
    whole = None if WAITS in there or None in means else sum(means)
    return Report(len(work), lines, _errors(counted, say), whole, WAITS in there)


def _usual(question: Question) -> set[str]:
    """Return what may come of an answer, as everybody knows, when all is marked.

    Points in part are given for a written answer, and for one that may lack what has a price.
    """
    in_part = question.written or question.costs
    return {RIGHT, WRONG, UNANSWERED} | ({PARTLY} if in_part else set())


def _line(question: Question, work: list[dict[str, Answer]], there: set[str], say: Say) -> Line:
    """Return what is said of one question.

    Args:
        question: the question.
        work: of the class, each student's answers.
        there: what else came of an answer to some question of the exercise. It is told of every
            question then: where it stood at one only, it would be told that it was no zero.
        say: what is told of counts.

    """
    answers = [each[question.id] for each in work]
    counts = Counter(answer.outcome for answer in answers)
    possible = [each for each in OUTCOMES if each in _usual(question) | there]
    found = say([counts[outcome] for outcome in possible])
    if found is None:
        return Line(question)
    outcomes = dict(zip(possible, found, strict=True))
    # A mean tells how many were right, wherever a question gives all of its points or none.
    tells = (outcomes[each] for each in (RIGHT, PARTLY) if each in outcomes)
    is_told = all(each.exact for each in tells) and _is_marked(outcomes)
    hints = Counter(answer.hint for answer in answers if answer.outcome == WRONG)
    return Line(
        question,
        outcomes,
        _given(question, hints, outcomes[WRONG], say),
        mean(answer.points for answer in answers) if is_told and answers else None,
        _tells_apart(question, work, outcomes[RIGHT]),
    )


def _is_marked(outcomes: dict[str, Told]) -> bool:
    """Return whether nothing waits for a person's mark, as far as it is told."""
    return outcomes.get(WAITS, Told(0, 0)) == Told(0, 0)


def _given(
    question: Question, hints: Counter, wrong: Told, say: Say
) -> tuple[tuple[str, Told], ...]:
    """Return the hints that five or more were given, and how many that were.

    Where it is not told how many were wrong, only that they were five or more.
    """
    if question.written:  # a person's words have no hint
        return ()
    of_now = (known.hint for known in question.misconceptions)
    order = dict.fromkeys([*of_now, *sorted(hints)])  # then those of older releases
    order = [*(hint for hint in order if hint != NO_HINT), NO_HINT]
    if wrong.exact and (found := say([hints[hint] for hint in order])) is not None:
        least = 1 if say is exactly else FEWEST
        return tuple((hint, n) for hint, n in zip(order, found, strict=True) if n.low >= least)
    return tuple((hint, Told(FEWEST, None)) for hint in order if hints[hint] >= FEWEST)


def _tells_apart(question: Question, work: list[dict[str, Answer]], right: Told) -> str:
    """Say in words whether those who did well elsewhere did better here.

    It is said only where five or more were right, and five or more were not; ``thirds`` is how much
    more of its points the upper third got than the lower. Whoever has as many points as the last of
    a third belongs to it.
    """
    complete = [each for each in work if all(a.outcome != WAITS for a in each.values())]
    own = [each[question.id].points for each in complete]
    rest = [
        sum(answer.points for answer in each.values()) - points
        for each, points in zip(complete, own, strict=True)
    ]
    if len(own) < LEAST_CORRELATED or not right.exact or right.low < FEWEST:
        return WITHHELD
    try:
        r = correlation(own, rest)
    except StatisticsError:  # all have the same points
        return WITHHELD
    words = "well" if r >= CLEAR else "somewhat" if r >= SOME else "hardly"
    if r <= -SOME:
        words = "the other way round"
    third = len(rest) // 3
    low, high = sorted(rest)[third - 1], sorted(rest)[-third]
    if len(rest) < LEAST_THIRDS or low >= high:
        return f"{words} (r = {r:.1f})"
    upper = mean(points for points, others in zip(own, rest, strict=True) if others >= high)
    lower = mean(points for points, others in zip(own, rest, strict=True) if others <= low)
    thirds = (upper - lower) / question.points
    return f"{words} (r = {r:.1f}; thirds {round(thirds * 10) * 10:+d})"


def _errors(counted: Counted, say: Say) -> list[tuple[str, Told]]:
    """Return what stopped cells in the notebooks of five or more, the commonest first."""
    found = []
    for kind, count in counted.errors.items():
        both = say([count, len(counted.work) - count])
        if both and (both[0].low >= FEWEST or say is exactly):
            found.append((kind, both[0]))
    return sorted(found, key=lambda each: (each[0] == OTHER_ERROR, -each[1].low, each[0]))
