"""The nine measures of the state dashboard, from the course's views, year by year."""

from dataclasses import dataclass
from functools import cache, lru_cache

import pandas as pd

from courseware import article, data

EVER = FIRST, LAST = 1992, 2026
#: Who counts the trade, as the view `links_by_year` has it.
CUSTOMS, OWN, LISTS = "customs", "own statistics", "lists"
TRADE, VOTES, ARMS, REMITTANCES, SERVICE = "trade", "votes", "arms", "remittances", "debt service"
#: In the order of the panels; all but the votes are links of that view.
MEASURES = (TRADE, VOTES, ARMS, REMITTANCES, "migrants", SERVICE, "finance", "students", "visits")
STACKED = (ARMS, SERVICE, "finance", "visits")
POWERS = RUSSIA, CHINA = tuple(article.name(code) for code in ("RUS", "CHN"))
THIRD, ALL = "third powers", "all countries"
#: Whose values each measure has. Where a power is left out nobody counts it.
WHOSE = {TRADE: POWERS, ARMS: (*POWERS, THIRD), SERVICE: (*POWERS, THIRD)}
WHOSE |= {REMITTANCES: (ALL,), "migrants": (RUSSIA,)}
WHOSE |= dict.fromkeys(("finance", "students", "visits"), (CHINA,))


@dataclass(frozen=True, eq=False)
class Measured:
    """A measure of a state: a row a year, a column for whose it is; empty is "not reported"."""

    yearly: pd.DataFrame  # of Russia, China, third powers, or all countries
    press: pd.DataFrame  # of Russia and China: trade that officials told the press
    partners: pd.DataFrame  # the values of each third power
    highest: float  # value, or sum of a year where bars stack; not a number if there is none


@dataclass(frozen=True)
class Choice:
    """One of the five, by its name, in some years, its trade by who counts it."""

    state: str
    years: tuple[int, int]
    counts: str


@lru_cache(maxsize=128)  # picture, words and card of a choice ask for it in turn
def measured(choice: Choice, measure: str) -> Measured:
    """Return a measure other than the votes."""
    name = f"{TRADE}, {choice.counts}" if measure == TRADE else measure
    each = link(choice, name)
    press = link(choice, f"{name}, press").reindex(columns=POWERS)
    partners = each.drop(columns=[*POWERS, ALL], errors="ignore")
    third = partners.sum(axis=1, min_count=1)
    values = each.assign(**{THIRD: third}).reindex(columns=WHOSE[measure])
    parts = values.sum(axis=1, min_count=1) if measure in STACKED else pd.concat([values, press])
    return Measured(values, press, partners, parts.max(axis=None))


def link(choice: Choice, name: str) -> pd.DataFrame:
    """Return a link of `links_by_year`, a row a year, a column a partner; none if not counted."""
    first, last = choice.years
    found = _links().get((choice.state, name), pd.DataFrame())
    return found.reindex(range(first, last + 1)).astype(float)


def uncounted(measure: str) -> list[str]:
    """Return the powers whose part of a measure nobody counts."""
    return [who for who in POWERS if not {who, ALL} & {*WHOSE.get(measure, POWERS)}]


@cache
def _links() -> dict[tuple[str, str], pd.DataFrame]:
    rows = data.load("links_by_year").groupby(["state", "link"])
    return {key: part.pivot(index="year", columns="who", values="value") for key, part in rows}


@lru_cache(maxsize=16)
def votes(choice: Choice) -> pd.DataFrame:
    """Return the texts on Ukraine: text, date, own vote, whether inferred, the powers' votes."""
    rows = data.load("votes_on_ukraine")
    cast = rows.pivot(index="text", columns="state", values="vote")
    table = rows[rows["state"] == choice.state].join(cast[[*POWERS]], on="text")
    return table[table["date"].dt.year.between(*choice.years)].reset_index(drop=True)
