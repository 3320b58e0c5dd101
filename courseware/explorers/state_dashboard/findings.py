"""What the state dashboard says: its finding, the last figures, and what is missing."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any

import pandas as pd

from courseware import data
from courseware.explorers.state_dashboard.measures import (
    ARMS,
    EVER,
    MEASURES,
    POWERS,
    REMITTANCES,
    RUSSIA,
    SERVICE,
    THIRD,
    TRADE,
    VOTES,
    WHOSE,
    Choice,
    link,
    measured,
    votes,
)
from courseware.quantities import num, number_text

KNOWN = 2022  # the last whole year before the article
FEW = 5  # years of remittances: fewer are told
NONE = "–"


class DescribedDashboard:
    """The part of the state dashboard that speaks, with the words of an `Explorer`."""

    say: Callable[..., str]
    written: Callable[..., Any]

    def finding(self, choice: Choice) -> str:
        """Return who had the larger trade in the last year with both, and who sent most arms."""
        trade, sums = measured(choice, TRADE), measured(choice, ARMS).yearly.sum()
        arms = self.say("no arms")
        if sums.sum():
            arms = self.say("arms", share=sums[RUSSIA] / sums.sum() * 100)
        both = trade.yearly.fillna(trade.press).dropna()
        known = both.loc[:KNOWN]
        if both.empty:
            return self.say("no trade", state=choice.state, arms=arms)
        last = (known if len(known) else both).iloc[-1].sort_values()
        press = trade.yearly.loc[last.name].isna().any()
        notes = {"press": press, "late": last.name > KNOWN}
        notes = [f", {self.written(note)}" for note, true in notes.items() if true]
        (less, low), (more, high) = last.items()
        figures = {"year": last.name, "more": more, "less": less, "high": high, "low": low}
        return self.say("ahead", state=choice.state, arms=arms, notes="".join(notes), **figures)

    @cached_property  # line, alt text and card of a choice ask for the same figures in turn
    def last_figures(self) -> Callable[[Choice, str], tuple[str, str, str]]:
        """`_last_figures` with a memory, which lives as long as the explorer."""
        return lru_cache(maxsize=64)(self._last_figures)

    def _last_figures(self, choice: Choice, measure: str) -> tuple[str, str, str]:
        """Return the last figures of a measure in words: Russia's, China's and third powers'."""
        if measure == VOTES:
            own = self.say("itself", votes=self.cast(choice, "vote"))
            return *(self.cast(choice, who) for who in POWERS), own
        if measure == REMITTANCES:
            (whose,) = WHOSE[measure]
            return NONE, NONE, f"{whose}: {self._last(choice, measure, whose)}"
        third = NONE if measure == "migrants" else self.written("gap")
        if measure == TRADE:
            third = self._listed(choice)
        elif THIRD in WHOSE[measure]:
            third = self._largest(measured(choice, measure).partners.sum())
        return *(self._last(choice, measure, who) for who in POWERS), third

    def _last(self, choice: Choice, measure: str, who: str) -> str:
        """Return the last figure with its year; one that only officials told is marked."""
        found = measured(choice, measure)
        value, press = (part.get(who, pd.Series()).dropna() for part in (found.yearly, found.press))
        notes = [self.say("due")] if measure == SERVICE and value.index.max() > KNOWN else []
        if len(press) and not value.index.max() >= press.index[-1]:
            value, notes = press, [self.say("press")]
        if value.empty:  # the tables of arms and of debt service leave out what is zero
            return self.written("none listed" if THIRD in WHOSE[measure] else "gap")
        last = value.iloc[-1]
        told = f"{num(last):,.1f}" if measure == TRADE else number_text(last, 3)
        return f"{told} ({', '.join([str(value.index[-1]), *notes])})"

    def _listed(self, choice: Choice) -> str:
        """Return the leading third buyer and seller on the last lists of main partners."""
        lists = {flow: link(choice, f"listed {flow}") for flow in ("exports", "imports")}
        rows = pd.concat(lists).drop(columns=[*POWERS], errors="ignore").dropna(how="all")
        if rows.empty:
            return self.written("gap")
        year = rows.index.get_level_values(1).max()
        last = rows.xs(year, level=1)
        leading = [
            self.say("listed", flow, who=row.idxmax(), share=row.max())
            for flow, row in last.iterrows()
        ]
        return self.say("lists", leading=" and ".join(leading), year=year)

    def _largest(self, sums: pd.Series) -> str:
        """Return the third power with the largest sum in the chosen years."""
        if not sums.sum():
            return self.written("none listed")
        return self.say("in all", who=sums.idxmax(), sum=sums.max())

    def cast(self, choice: Choice, who: str) -> str:
        """Return how often each vote was cast by a power, or by the state itself (``"vote"``)."""
        counts = Counter(votes(choice)[who])
        told = [f"{vote} {counts[vote]}" for vote in self.written("rows") if counts[vote]]
        return ", ".join(told) or self.written("no text")

    def in_short(self, choice: Choice, measure: str) -> str:
        """Return the last figures of a measure for both powers, or how the state itself voted."""
        if measure == VOTES:
            return f"{choice.state} {self.cast(choice, 'vote')}"
        *powers, third = self.last_figures(choice, measure)
        told = [f"{who} {said}" for who, said in zip(POWERS, powers, strict=True) if said != NONE]
        return "; ".join(told) or third

    def in_words(self, choice: Choice, measure: str) -> str:
        """Return what `in_short` leaves out: third powers, and the highest figures."""
        *powers, third = self.last_figures(choice, measure)
        if measure == VOTES:
            return "; ".join(f"{who} {said}" for who, said in zip(POWERS, powers, strict=True))
        told = [f"{THIRD}: {third}"] if THIRD in WHOSE[measure] or measure == TRADE else []
        for who, column in measured(choice, measure).yearly.dropna(how="all", axis=1).items():
            highest = number_text(column.max(), 3)
            told.append(self.say("highest", who=who, value=highest, year=column.idxmax()))
        return "; ".join(told)

    def last_line(self, choice: Choice) -> str:
        """Return in one line the last figures that both powers have, and how the state voted."""
        told = []
        for measure in MEASURES[:1] + MEASURES[2:]:
            russia, china, _ = self.last_figures(choice, measure)
            if "(" in russia and "(" in china:  # both have a year
                title = self.written("measures", measure, "title")
                told.append(self.say("of both", title=title, russia=russia, china=china))
        return "; ".join([*told, self.say("own votes", votes=self.cast(choice, "vote"))])

    def missing(self, choice: Choice) -> list[str]:
        """Return in words what nobody reports, or what we do not have, for the state."""
        gaps = [*self.written("missing", "always").values()]
        for counts, by in self.written("controls", "counts", "options").items():
            found = measured(replace(choice, years=EVER, counts=counts), TRADE).yearly
            for power in found.columns[found.isna().all()]:
                gaps.append(self.say("missing", "trade", power=power, by=by))
        sent = measured(replace(choice, years=EVER), REMITTANCES).yearly.count().sum()
        if sent < FEW:
            gaps.append(self.say("missing", "remittances", years=sent))
        counts = votes(choice)["vote"].value_counts()
        if "not established" in counts:
            gaps.append(self.say("missing", "votes", number=counts["not established"]))
        if len(counts) and set(counts.index) <= {"did not vote", "not established"}:
            gaps.append(self.written("missing", "no vote"))
        return gaps

    def by_treaty(self, state: str) -> str:
        """Return in which organisations a state is, and what was pledged to it, by two views."""
        member = data.load("clubs_of_the_five").loc[state]
        pledged = data.load("pledges_to_the_five").drop(columns="CSTO").loc[state].dropna()
        told = {"member": member, "pledged": pledged}
        told = {what: "; ".join(f"{k} {v}" for k, v in said.items()) for what, said in told.items()}
        return self.say("treaties", **told)
