"""The events of the table ``timeline`` as the explorer draws them, and time in words.

Also the ticks of a span of days, and rows in which labels do not cover each other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import ceil

import pandas as pd
from matplotlib import dates as mdates

from courseware import article, data

#: Lanes from top to bottom; the table ``timeline_lanes`` says which category runs on which.
LANES = (
    *("summit", "institution", "treaty", "UN vote", "infrastructure"),
    *("trade", "speech", "war", "other"),
)
EVERYBODY = "everybody"


@dataclass(frozen=True)
class Event:
    """One row of the table ``timeline``: its span of possible days, and how it is drawn."""

    key: str
    label: str
    lane: str
    precision: str
    first: float
    last: float
    party: str
    codes: frozenset[str]
    when: str  #: the date, as exact as it is known
    row: pd.Series = field(repr=False, compare=False)

    @property
    def middle(self) -> float:
        """Where the mark stands: the day, or the middle of the month or year."""
        return (self.first + self.last) / 2

    @property
    def later(self) -> bool:
        """Whether it came after the article."""
        return self.row["date"].date() > article.day()


class Rows:
    """The rows above and below one lane, in pixels, and what is written there already."""

    HALF, STEP, NEAR = 7, 15, 17  # half a line of text, a row, and the first row's distance

    def __init__(self, left: float, right: float, height: float) -> None:
        """Take a lane's left and right end and its height; in a low one words stand above only."""
        self.left, self.right = left, right
        count = 1 + max(0, int((height / 2 - self.NEAR - self.HALF) // self.STEP))
        sides = (1, -1) if height >= 2 * (self.NEAR + self.HALF) else (1,)
        self._taken: dict[tuple[int, int], list[tuple[float, float]]] = {
            (row, side): [] for row in range(count) for side in sides
        }

    def place(self, x: float, width: float) -> tuple[float, float] | None:
        """Return the left end and the distance from the lane of a label for a mark at ``x``.

        A line leads from the mark to a label in a row further out, so it needs room too. Returns
        None if no place is free.
        """
        for start in (x - 5, x - width + 5, x - width / 2):
            span = (start - 4, start + width + 4)
            if start < self.left or span[1] > self.right:
                continue
            for (row, side), there in self._taken.items():
                nearer = [self._taken[at, side] for at in range(row)]
                if _free(there, span) and all(_free(taken, (x - 3, x + 3)) for taken in nearer):
                    there.append(span)
                    for taken in nearer:
                        taken.append((x - 3, x + 3))
                    return start, side * (self.NEAR + row * self.STEP)
        return None


def _free(taken: list[tuple[float, float]], span: tuple[float, float]) -> bool:
    return not any(a < span[1] and b > span[0] for a, b in taken)


def headline(chosen: Event, events: Sequence[Event], say: Callable[..., str]) -> str:
    """Say how long before and after its neighbours in view the chosen event happened."""
    keys = [event.key for event in events]
    if chosen.key not in keys:
        return say("finds", "elsewhere", number=len(keys), event=chosen.label)
    at = keys.index(chosen.key)
    beside = {"after": events[at - 1 : at], "before": events[at + 1 : at + 2]}
    parts = [
        say("finds", way, time=apart(chosen, other, say), event=other.label)
        for way, others in beside.items()
        for other in others
    ]
    parts = parts or [say("finds", "alone")]
    return say("finds", "event", event=chosen.label, parts=parts)


def apart(one: Event, other: Event, say: Callable[..., str]) -> str:
    """Return the time between two events in words, no more exact than their dates."""
    days = abs(round(other.middle - one.middle))
    exact = one.precision == other.precision == "day"
    if days > 730:
        return say("apart", "years" if exact else "about years", years=days / 365.25)
    if not exact and "year" in (one.precision, other.precision):
        years = ceil(max(other.last - one.first, one.last - other.first) / 366)
        return say("apart", "within one" if years == 1 else "within", years=years)
    return say("apart", "days" if exact else "about days", days=days)


def ticks(first: float, last: float, most: int = 7) -> list[tuple[float, str]]:
    """Return about ``most`` ticks, each with its label: days, months or years."""
    start, end = (pd.Timestamp(mdates.num2date(day)).tz_localize(None) for day in (first, last))
    days = last - first
    edge = end - pd.Timedelta(days=days * 0.21 / most)  # a label further right would be cut
    if days < 120:
        found, form = pd.date_range(start, end, freq="10D"), "{0.day} {0:%b %Y}"
    elif days < 1200:
        found, form = pd.date_range(start.replace(day=1), end, freq="MS"), "{0:%b %Y}"
    else:
        found, form = pd.date_range(start.replace(day=1, month=1), end, freq="YS"), "{0:%Y}"
    found = found[:: -(-len(found) // most)]
    return [(mdates.date2num(day), form.format(day)) for day in found if start <= day <= edge]


@cache
def lanes() -> dict[str, str]:
    """Return the lane of each category of the table ``timeline``."""
    return data.load("timeline_lanes").set_index("category")["lane"].to_dict()


@cache
def _codes() -> dict[str, str]:
    """Return the code of the state with which an actor counts."""
    return data.load("timeline_actors").set_index("actor")["iso3"].to_dict()


@cache
def who() -> dict[str, tuple[str, ...]]:
    """Return who must be among the actors of an event, by its key or, of a state, its name."""
    return {
        EVERYBODY: (),
        "five": ("CA5",),
        "China, five": ("CHN", "CA5"),
        "Russia, five": ("RUS", "CA5"),
        "China": ("CHN",),
        "Russia": ("RUS",),
        "China, Russia": ("CHN", "RUS"),
        **{article.name(code): (code,) for code in (*article.members("five"), "USA")},
        "UN": ("UN General Assembly",),
    }


def read_events(labels: Mapping[str, str], say: Callable[..., str]) -> dict[str, Event]:
    """Return the events by id, in order of time; ``labels`` has the words of their marks."""
    rows = data.load("timeline").sort_values(["date", "event_id"], kind="stable")
    return {row["event_id"]: _event(row, labels, say) for _, row in rows.iterrows()}


def _event(row: pd.Series, labels: Mapping[str, str], say: Callable[..., str]) -> Event:
    codes = {_codes().get(name, name) for name in row["actors"].split("; ")}
    if "CA5" in codes:
        codes.update(article.members("five"))
    first = mdates.date2num(row["date"])
    lasts = {
        "month": row["date"] + pd.offsets.MonthEnd(0),
        "year": row["date"].replace(month=12, day=31),
    }
    last = mdates.date2num(lasts.get(row["date_precision"], row["date"]))
    party = {(True, False): "C", (False, True): "R", (True, True): "B"}.get(
        ("CHN" in codes, "RUS" in codes), ""
    )
    day, precision = article.in_words(row["date"]), row["date_precision"]
    forms = {"month": f"{row['date']:%B %Y}", "year": f"{row['date']:%Y}", "day": day}
    return Event(
        key=row["event_id"],
        label=labels[row["event_id"]],
        lane=lanes()[row["category"]],
        precision=precision,
        first=first,
        last=last,
        party=party,
        codes=frozenset(codes),
        when=forms.get(precision) or say("when", precision, day=day),
        row=row,
    )
