"""A question for a chart: what has to be drawn, and what it has to say of itself."""

import re

from courseware.answers.answer_types import Described
from courseware.answers.kinds.kind import Kind
from courseware.answers.tolerance import close
from courseware.answers.wording import UNSAID, Question, tidy, what_it_is
from courseware.quantities import year

SCALES = ("xscale", "yscale")
#: What a question may need beside the numbers, and what to say where it is missing.
NEEDS = {
    "title": 'a title that says what is seen: write `title="…"`',
    "xlabel": 'words on the horizontal axis: write `xlabel="…"`',
    "ylabel": (
        'the unit on the axis of the numbers: write `ylabel="…"` (if the bars are horizontal, '
        '`xlabel="…"`)'
    ),
}
#: How a unit's size may be written on an axis.
SIZES = {"million": ("million", "mln", "mn", "mt"), "billion": ("billion", "bn", "bln")}
#: What draws the marks of a question.
DRAWN_BY = {"lines": "`.plot()`", "bars": "`.plot.bar()`", "dots": "`.plot.scatter(…)`"}


def _look(question: Question, answer: Described) -> str | None:
    name, marks = question["answer"], question["marks"]
    if answer["type"] != "chart":
        return (
            f"`{name}` should be the chart's axes, as in `{name} = table.plot()`; "
            f"it is {what_it_is(answer)}."
        )
    series = answer[marks]
    if not series:
        others = [f"has {other}, and {marks} are asked" for other in DRAWN_BY if answer[other]]
        shows = next(iter(others), f"shows no {marks} that can be seen")
        return f"`{name}` {shows}: {DRAWN_BY[marks]} draws them."
    count = question.get("series")
    if count and len(series) != count:
        start = f"`{name}` shows {len(series)} series of {marks}; the question asks for {count}."
        again = (
            " Draw only the columns that are asked; if you drew twice into one chart, begin a new "
            "one."
        )
        return start + (again if len(series) > count else "")
    for scale in SCALES:
        if question.get(scale, answer[scale]) != answer[scale]:
            return f"`{name}`: one axis should be {question[scale]}, and is {answer[scale]}."
    return next(iter(_lacks(question, answer, answer)), None)


def _lacks(question: Question, expected: Described, got: Described) -> list[str]:
    """Return a sentence for each thing that the question needs and the chart does not say."""
    name, needs = question["answer"], question.get("needs", [])
    lacking = [
        f"`{name}` lacks {NEEDS[each]}, with words of your own in place of the dots."
        for each in needs
        if not got[each].strip(UNSAID)
    ]
    unit = question.get("unit", "")
    written = SIZES.get(unit.partition(" ")[0])
    if not lacking and written and not any(word in tidy(got["ylabel"]) for word in written):
        return [f"The unit is {unit}: say so in `ylabel`, or the numbers look small."]
    return lacking


def _asked(question: Question) -> str:
    return "a chart with what it needs"


def _same(question: Question, expected: Described, got: Described) -> bool:
    """Compare what is drawn: as many series, each with the same points, in any order.

    Where a list of numbers is expected, they may be drawn at any place.
    """
    if got["type"] != "chart":
        return False
    marks = question["marks"]
    if expected["type"] == "list":
        return _same_numbers(question, expected, got)
    right, left = list(expected[marks]), list(got[marks])
    if len(right) != len(left) or not left:
        return False
    for series in right:
        match = next((other for other in left if _same_series(question, series, other)), None)
        if match is None:
            return False
        left.remove(match)
    return all(question.get(scale, got[scale]) == got[scale] for scale in SCALES)


def _same_numbers(question: Question, expected: Described, got: Described) -> bool:
    right = [item["value"] for item in expected["items"]]
    drawn = [value for series in got[question["marks"]] for _, value in series]
    right, drawn = (sorted(v for v in values if v != "nan") for values in (right, drawn))
    return len(right) == len(drawn) and all(
        close(question, one, other) for one, other in zip(right, drawn, strict=True)
    )


def _same_series(question: Question, expected: list, got: list) -> bool:
    """Compare two series; a point without a value shows nothing, whether it is there or not."""
    expected, left = ([point for point in each if point[1] != "nan"] for each in (expected, got))
    if len(expected) != len(left):
        return False
    for place, value in expected:
        found = [p for p in left if _same_place(place, p[0]) and close(question, value, p[1])]
        if not found:
            return False
        left.remove(found[0])
    return True


def _same_place(expected: object, got: object) -> bool:
    """Return whether two x values are the same: numbers nearly, words but for capitals, dates.

    A year is a year, whether it is drawn as a number, as a word or as a day in it.
    """
    if isinstance(expected, float | int) and isinstance(got, float | int):
        return abs(expected - got) <= 1e-6 * max(1.0, abs(expected))
    if _is_date(expected) and _is_date(got):
        return expected == got
    year = _year(expected)
    return tidy(str(expected)) == tidy(str(got)) or (year is not None and year == _year(got))


def _year(place: object) -> str | None:
    """Return the year that a place on an axis is or lies in; None if it is none."""
    if isinstance(place, float | int):
        return year(place) if 1000 <= place < 3000 and place == round(place) else None
    found = re.fullmatch(r"([12]\d{3})(\.0|-\d\d-\d\dT[\d:]{8})?", place.strip())
    return found[1] if found else None


def _is_date(place: object) -> bool:
    return isinstance(place, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]{8}", place) is not None


def _hint(question: Question, expected: Described, got: Described) -> str:
    return (
        "The chart does not show the expected numbers. Which table is drawn? Look at the unit, "
        "years and filter."
    )


KIND = Kind(_look, _asked, _same, _hint, lacks=_lacks)
