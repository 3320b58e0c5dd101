"""What the state dashboard says: its finding, the last figure of each tie, and what is missing."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from courseware import article
from courseware.explorers.state_dashboard.ties import (
    COUNTED_BY,
    CUSTOMS,
    FIRST,
    OWN,
    TIES,
    VOTES,
    WITS,
    Content,
    Tie,
)
from courseware.quantities import num

GAP = "not reported"
KNOWN = 2022  # the last whole year before the article
FIGURE = re.compile(r"\d")  # a cell of the last figures that holds one


@dataclass(frozen=True)
class LastFigure:
    """The last figure of one tie, for each power and the leading third, in words."""

    tie: str
    russia: str
    china: str
    third: str
    source: str

    def cells(self) -> tuple[str, ...]:
        """Return the figure as a row of a table."""
        return (self.tie, self.russia, self.china, self.third, self.source)


def last_value(content: Content, *key: str) -> tuple[int, float] | None:
    """Return year and value of the last figure of a series, if it has one."""
    values = content.series.get(key)
    if values is None or not np.isfinite(values).any():
        return None
    at = np.flatnonzero(np.isfinite(values))[-1]
    return int(content.years[at]), float(values[at])


def finding(code: str, content: Content) -> str:
    """Return who had the larger trade in the last year with both, and who sent most arms."""
    who = article.name(code)
    pair = np.array([content.series["trade", power] for power in ("RUS", "CHN")])
    spoken = np.array([content.series["spoken", power] for power in ("RUS", "CHN")])
    both = np.where(np.isnan(pair), spoken, pair)
    years = np.flatnonzero(np.isfinite(both).all(axis=0))
    if len(years):
        known = years[content.years[years] <= KNOWN]
        at = known[-1] if len(known) else years[-1]
        russia, china = both[:, at]
        more, less = ("China", "Russia") if china > russia else ("Russia", "China")
        high, low = max(russia, china), min(russia, china)
        notes = [
            word
            for word, yes in (
                ("press", np.isnan(pair[:, at]).any()),
                ("after the article", content.years[at] > KNOWN),
            )
            if yes
        ]
        trade = (
            f"in {content.years[at]} more trade with {more} ({num(high):.1f}) than with {less} "
            f"({num(low):.1f}{''.join(', ' + note for note in notes)})"
        )
    else:
        trade = "no year has trade figures for both powers"
    sums = {power: np.nansum(content.series["arms", power]) for power in ("RUS", "CHN", "OTH")}
    total = sum(sums.values())
    if not total:
        return f"{who}: {trade}; no major arms in the register"
    return f"{who}: {trade}; {num(sums['RUS'] / total):.0%} of its arms from Russia"


@lru_cache(maxsize=4)
def last_figures(content: Content) -> list[LastFigure]:
    """Return the last figure of each tie in the chosen years."""
    return [
        LastFigure(tie.title.split(";")[0], *_cells(tie.key, content), tie.source) for tie in TIES
    ]


def last_line(content: Content) -> str:
    """Return in one line the last figures that both powers have, and how the state itself voted."""
    told = [
        f"{row.tie}: Russia {row.russia}, China {row.china}"
        for tie, row in zip(TIES, last_figures(content), strict=True)
        if tie.key != "votes" and FIGURE.search(row.russia) and FIGURE.search(row.china)
    ]
    told.append(f"own votes on UN texts on Ukraine: {_cast(content, 'vote') or 'none listed'}")
    return "; ".join(told)


def in_short(tie: Tie, code: str, content: Content) -> str:
    """Return the last figures of one tie for both powers, or how the state itself voted."""
    if tie.key == "votes":
        return f"{article.name(code)} {_cast(content, 'vote') or GAP}"
    russia, china, third = _cells(tie.key, content)
    told = {"Russia": russia, "China": china}
    return "; ".join(f"{who} {said}" for who, said in told.items() if said != "–") or third


def in_words(tie: Tie, code: str, content: Content) -> str:
    """Return what `in_short` leaves out of one tie: third powers, and the highest figures."""
    if tie.key == "votes":
        powers = {article.name(power): power for power in ("RUS", "CHN")}
        return "; ".join(f"{name} {_cast(content, key) or GAP}" for name, key in powers.items())
    *_, third = _cells(tie.key, content)
    told = [] if third == "–" or tie.key == "remittances" else [f"third powers: {third}"]
    for (key, whose), values in content.series.items():
        if key == tie.key and np.isfinite(values).any():
            at = int(np.nanargmax(values))
            who = {"OTH": "third powers", code: "all countries"}.get(whose) or article.name(whose)
            told.append(f"highest of {who} {num(values[at]):,.4g} ({content.years[at]})")
    return "; ".join(told)


def _cells(key: str, content: Content) -> tuple[str, str, str]:
    if key == "votes":
        return _votes_cells(content)
    if key == "trade":
        return _trade_cell(content, "RUS"), _trade_cell(content, "CHN"), _partner(content)
    if key in ("arms", "service"):
        powers = [_sum_cell(content, key, power) for power in ("RUS", "CHN")]
        return powers[0], powers[1], _third(content, key)
    if key == "remittances":
        code = next(k[1] for k in content.series if k[0] == "remittances")
        return "–", "–", f"all countries: {_cell(content, key, code)}"
    if key == "migrants":
        return _cell(content, key, "RUS"), GAP, "–"
    return GAP, _cell(content, key, "CHN"), GAP


def _cell(content: Content, *key: str) -> str:
    found = last_value(content, *key)
    return GAP if found is None else f"{num(found[1]):,.4g} ({found[0]})"


def _sum_cell(content: Content, key: str, power: str) -> str:
    """Return a cell of arms or debt service, whose tables leave out what is zero."""
    found = last_value(content, key, power)
    if found is None:
        return "none listed"
    year, value = found
    return f"{num(value):,.4g} ({year}{', due' if key == 'service' and year > KNOWN else ''})"


def _trade_cell(content: Content, power: str) -> str:
    printed, spoken = (last_value(content, key, power) for key in ("trade", "spoken"))
    if printed and (not spoken or spoken[0] <= printed[0]):
        return f"{num(printed[1]):,.1f} ({printed[0]})"
    return f"{num(spoken[1]):,.1f} ({spoken[0]}, press)" if spoken else GAP


def _partner(content: Content) -> str:
    """Return the leading third buyer and seller on the last lists in the chosen years."""
    first, last = content.years[0], content.years[-1]
    lists = [rows for year, rows in content.whole.partners.items() if first <= year <= last]
    return lists[-1] if lists else GAP


def _third(content: Content, key: str) -> str:
    """Return the third power with the largest sum in the chosen years."""
    first, last = content.years[[0, -1]] - FIRST
    sums = {who: np.nansum(v[first : last + 1]) for who, v in content.whole.third[key].items()}
    who = max(sums, key=sums.get, default="")
    return f"{who} {num(sums[who]):,.0f} in all" if who and sums[who] else "none listed"


def _votes_cells(content: Content) -> tuple[str, str, str]:
    if content.votes.empty:
        return ("no text in these years",) * 2 + ("–",)
    return (
        _cast(content, "RUS"),
        _cast(content, "CHN"),
        f"the state itself: {_cast(content, 'vote')}",
    )


def _cast(content: Content, who: str) -> str:
    """Return how often each vote was cast by a power, or by the state itself (``"vote"``)."""
    counts = Counter(content.votes[who])
    return ", ".join(f"{VOTES[vote]} {counts[vote]}" for vote in VOTES if vote in counts)


def missing(code: str, content: Content) -> list[str]:
    """Return in words what nobody reports, or what we do not have, for the state."""
    gaps = [
        "Finance, students and visits: counted for China only. That Russia's are not in a table "
        "does not mean that there were none.",
        "Visits and students end in 2017, finance in 2021; Xi's visits are those we found.",
        "Remittances come from all countries; how much from Russia is in no table here.",
        "Born there, living in Russia: mostly people who moved within the Soviet Union. Seasonal "
        "workers are hardly counted. Those living in China: not reported.",
        "Arms, debt service and finance: where there is no bar, the table has no sum; that may be "
        "a zero or, except for arms, no report. Debt service after 2022 is due, not yet paid.",
    ]
    counted = content.whole.series
    for counts in (CUSTOMS, OWN, WITS):
        for power in ("RUS", "CHN"):
            years = np.isfinite(counted["trade", power, counts]).sum()
            if not years:
                name = article.name(power)
                gaps.append(f"Trade with {name}, by {COUNTED_BY[counts]}: not reported.")
    own = np.isfinite(counted["remittances", code]).sum()
    if own < 5:
        gaps.append(f"Remittances: {own} year only.")
    unknown = (content.votes["vote"] == "").sum()
    if unknown:
        gaps.append(f"Votes not established from what we read: {unknown} (not the same as absent).")
    if len(content.votes) and set(content.votes["vote"]) <= {"X", ""}:
        gaps.append("It cast no vote that we know of: that is neither a yes nor a no.")
    return gaps
