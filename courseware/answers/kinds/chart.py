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
    "title": 'a title that says what the chart shows. Write `title="…"`',
    "xlabel": 'a label on the horizontal axis. Write `xlabel="…"`',
    "ylabel": (
        'the unit on the axis of the numbers. Write `ylabel="…"` (or `xlabel="…"` if the bars are '
        "horizontal)"
    ),
}
#: How a unit's size may be written on an axis.
SIZES = {"million": ("million", "mln", "mn", "mt"), "billion": ("billion", "bn", "bln")}
#: What is measured, by the words on an axis that say so.
UNITS = {
    "per cent": r"%|per ?cent",
    "tonnes": r"\btonnes?\b|\bmt\b",
    "gas": r"\bbcm\b|cubic",
    "dollars": r"\$|dollar|\busd\b",
    "distance": r"\bkm\b|kilomet",
}
SWAPPED = (
    "In the legend, one line has another line's name. Let pandas take the names from the "
    "table's columns."
)
UPSIDE_DOWN = (
    "In `{}`, the axis of the numbers is upside down, so larger values look smaller. Turn the "
    "axis round, so that the numbers grow upwards."
)
ALIKE = (
    "In `{}`, a reader cannot tell some lines apart, because they look the same. Give each line "
    "its own colour and name."
)
OTHER_UNIT = (
    "In `{}`, the label of the axis names a unit that is not the unit of the numbers. Correct the "
    "label, or convert the numbers."
)
#: What draws the marks of a question.
DRAWN_BY = {"lines": "`.plot()`", "bars": "`.plot.bar()`", "dots": "`.plot.scatter(…)`"}


def _look(question: Question, answer: Described) -> str | None:
    name, marks = question["answer"], question["marks"]
    if answer["type"] != "chart":
        return (
            f"`{name}` should be the chart that `plot` gives back, as in `{name} = table.plot()`, "
            f"but it is {what_it_is(answer)}."
        )
    series = answer[marks]
    if not series:
        others = [
            f"has {other}, but the question asks for {marks}" for other in DRAWN_BY if answer[other]
        ]
        shows = next(iter(others), f"shows no visible {marks}")
        return f"`{name}` {shows}. Draw {marks} with {DRAWN_BY[marks]}."
    count = question.get("series")
    if count and len(series) != count:
        start = (
            f"`{name}` shows {len(series)} series of {marks}, but the question asks for {count}."
        )
        again = (
            " Draw only the columns that the question asks for. If you drew twice into one chart, "
            "begin a new chart."
        )
        return start + (again if len(series) > count else "")
    for scale in SCALES:
        if question.get(scale, answer[scale]) != answer[scale]:
            return f"One axis of `{name}` should be {question[scale]}, but it is {answer[scale]}."
    return next(iter(_lacks(question, answer, answer)), None)


def _lacks(question: Question, expected: Described, got: Described) -> list[str]:
    """Return a sentence for each thing that the question needs and the chart does not say."""
    name, needs = question["answer"], question.get("needs", [])
    lacking = [
        f"`{name}` lacks {NEEDS[each]}, with words of your own in place of the dots."
        for each in needs
        if not got[each].strip(UNSAID)
    ]
    lacking += [UPSIDE_DOWN.format(name)] if got["upside down"] else []
    lacking += [ALIKE.format(name)] if question["marks"] == "lines" and got["alike"] else []
    wanted, units = _units(expected), _units(got)
    other = expected["type"] == "chart" and units and not units & wanted
    if other and not _in_per_cent(expected, got):
        lacking.append(OTHER_UNIT.format(name))
    unit = question.get("unit", "")
    written = SIZES.get(unit.partition(" ")[0])
    if not lacking and written and not any(word in tidy(got["ylabel"]) for word in written):
        return [
            f"The unit is {unit}. Say so in `ylabel`, because otherwise the numbers look too small."
        ]
    return lacking


def _units(answer: Described) -> set[str]:
    """Return the units that a chart's axis of numbers names."""
    label = tidy(answer.get("ylabel", ""))
    return {unit for unit, words in UNITS.items() if re.search(words, label)}


def _in_per_cent(expected: Described, got: Described) -> bool:
    """Return whether a chart says that it shows per cent of what another shows as fractions."""
    if expected["type"] != "chart" or "per cent" in _units(expected):
        return False
    highest = max(_numbers(expected), default=0)
    return "per cent" in _units(got) and highest <= 1 < max(_numbers(got), default=0)


def _numbers(chart: Described) -> list[float]:
    series = [*chart["lines"], *chart["bars"], *chart["dots"]]
    return [abs(y) for points in series for _, y in points if isinstance(y, float)]


def _asked(question: Question) -> str:
    return "a chart with what it needs"


def _same(question: Question, expected: Described, got: Described) -> bool:
    """Compare what is drawn: as many series, each with the same points, in any order.

    Where a list of numbers is expected, they may be drawn at any place.
    """
    if got["type"] == "chart" and expected["type"] == "list":
        return _same_numbers(question, expected, got)
    return _drawn(question, expected, got) and not _swapped(question, expected, got)


def _drawn(question: Question, expected: Described, got: Described) -> bool:
    """Return whether the same is drawn, whatever it is called."""
    if got["type"] != "chart" or expected["type"] != "chart":
        return False
    places = _matches(question, expected, got)
    scales = all(question.get(scale, got[scale]) == got[scale] for scale in SCALES)
    return scales and bool(places) and None not in places


def _matches(question: Question, expected: Described, got: Described) -> list[int | None]:
    """Return for each expected series the place of the one that is it; empty if others are more."""
    right, left = expected[question["marks"]], got[question["marks"]]
    if len(right) != len(left):
        return []
    if _in_per_cent(expected, got):
        right = [[[x, y * 100 if isinstance(y, float) else y] for x, y in each] for each in right]
        question = {**question, "within": question.get("within", 0) * 100}
    places: list[int | None] = []
    for series in right:
        rest = (n for n in range(len(left)) if n not in places)
        places.append(next((n for n in rest if _same_series(question, series, left[n])), None))
    return places


def _swapped(question: Question, expected: Described, got: Described) -> bool:
    """Return whether a legend gives a line the name of another."""
    if question["marks"] != "lines":
        return False
    names = [tidy(name) for name in expected["names"]]
    for own, place in zip(names, _matches(question, expected, got), strict=True):
        given = tidy(got["names"][place])
        if own not in given and any(other and other in given for other in names):
            return True
    return False


def _slip(question: Question, expected: Described, got: Described) -> str:
    return SWAPPED if _drawn(question, expected, got) else ""


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
        "The chart does not show the expected numbers. Check which table you drew, and check its "
        "unit, its years and your filter."
    )


KIND = Kind(_look, _asked, _same, _hint, _slip, _lacks)
