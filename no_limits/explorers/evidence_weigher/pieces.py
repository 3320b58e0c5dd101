"""The pieces of evidence that the evidence weigher weighs, and the lists in which they are read."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import NamedTuple

import ipywidgets as widgets
import pandas as pd
import traitlets

from courseware import article, claims, data

Say = Callable[..., str]  #: a sentence of the explorer's words, filled
THESES = T1, T2 = "T1", "T2"
UP, NONE, DOWN = 1, 0, -1
#: Readings on the buttons of a row, in the order in which the odds move: down, not at all, up.
FACTORS = {DOWN: "÷3", NONE: "×1", UP: "×3"}
GAINS, COST = "gains", "cost"  # the two halves of the first thesis


class Piece(NamedTuple):
    """A piece of evidence: its key, the chapter that treats it, its ids, group and half."""

    key: str  # of its label and of what it says
    chapter: str
    ids: str
    group: str  # pieces with one source behind them share a letter
    half: str  # of the first thesis
    later: bool


GROUPS = ("A", "B")
COUNT, KNOWN = 13, 10  # of either thesis, in all and as the article was written: the picture's rows
NEUTRAL = (NONE,) * COUNT


@cache
def pieces(thesis: str) -> tuple[Piece, ...]:
    """Return the pieces of the table ``weigher_pieces`` for a thesis, in their order."""
    rows = data.load("weigher_pieces").fillna("").query("thesis == @thesis")
    columns = ["piece", "chapter", "ids", "source_group", "half", "later"]
    rows["ids"] = rows["ids"].str.replace(";", ",")
    return tuple(Piece(*row) for row in rows[columns].itertuples(index=False))


class Readings(widgets.GridBox):
    """One row a piece, with its three readings. ``value`` is the tuple of readings, in order."""

    value = traitlets.Tuple()

    def __init__(self, said: Iterable[tuple[str, str]], label: str) -> None:
        """Make the rows, all at "says nothing"; ``said`` is the label and tooltip of each."""
        self.description = label
        options = [(factor, step) for step, factor in FACTORS.items()]
        self.choices = [
            widgets.RadioButtons(
                options=options,
                value=NONE,
                description=f"{number} {name}",
                tooltip=tooltip,
                layout=widgets.Layout(width="auto"),
                style={"description_width": "initial"},
            )
            for number, (name, tooltip) in enumerate(said, 1)
        ]
        for row in self.choices:
            row.add_class("nl-reads")
        columns = "repeat(auto-fill, minmax(17em, 1fr))"
        layout = {"width": "100%", "grid_gap": "0 1.2em", "grid_template_columns": columns}
        layout["overflow"] = "visible"  # what a piece says goes beyond its row
        super().__init__(self.choices, layout=widgets.Layout(**layout))
        self.value = NEUTRAL
        for choice in self.choices:
            choice.observe(self._collect, "value")
        self.observe(self._spread, "value")

    def _collect(self, _change: object) -> None:
        self.value = tuple(choice.value for choice in self.choices)

    def _spread(self, change: Mapping) -> None:
        for choice, step in zip(self.choices, change["new"], strict=True):
            choice.unobserve(self._collect, "value")
            choice.value = step
            choice.observe(self._collect, "value")


def sentences(say: Say) -> dict[str, str]:
    """Return, by its key, what each piece says, with figures from registers and views."""
    found = data.load("evidence").set_index("evidence_id")
    publisher = found["publisher"].fillna("").str.replace(" (", ", ").str.rstrip(")")
    told = (found["finding"].str.rstrip(".") + " (" + publisher + ").").to_dict()
    argued = data.load("counterarguments").set_index("arg_id")
    told |= (argued["publisher"] + ": " + argued["argument"]).to_dict()
    first = found["finding"]["E219"].split(". ")[0]
    computed = {
        "level": say("says", "level", claim=claims.get("C45").summary),
        "hundredfold": say("says", "hundredfold", claim=claims.get("C46").summary),
        "debts": debts(say),
        "summit": say("says", "summit", told=told["E057"]),
        "gas": f"{gas(say)} {told['E238']}",
        "trade": trade(say),
        "parade": say("says", "parade", told=told["E159"]),
        "meetings": meetings(say),
        "votes": votes(say),
        "more trade": f"{claims.get('C08').summary} {told['E019']} {told['E020']}",
        "shares": shares(say),
        "prices": f"{say('says', 'oil', told=first)} {gas_prices(say)} {told['E260']}",
        "witness": say("says", "not seen", told=found["finding"]["E199"]),
    }
    said = {}
    for piece in (piece for thesis in THESES for piece in pieces(thesis)):
        words = " ".join(told[key] for key in piece.ids.split(", ") if key in told)
        words = say("says", "later", told=words) if piece.later else words
        said[piece.key] = computed.get(piece.key, words)
    return said


def debts(say: Say) -> str:
    """Say what part of the five's payments on official debt went to either power."""
    links = data.load("links_by_year").query("link == 'debt service' and year == 2022")
    paid = links.pivot(index="state", columns="who", values="value")
    part = paid.div(data.load("service_to_all").loc[2022], axis=0) * 100
    china, listed = part["China"], part["Russia"].dropna()
    to_russia = [say("says", "debt", state=name, share=share) for name, share in listed.items()]
    return say(
        "says",
        "debts",
        **{"least": china.min(), "least_of": china.idxmin()},
        **{"most": china.max(), "most_of": china.idxmax()},
        russia=", ".join(to_russia),
    )


def gas(say: Say) -> str:
    """Say how the two powers' purchases of the region's gas changed."""
    bought = data.load("region_gas_by_buyer")
    russia, china = bought["Russia"], bought["China"]
    peak, start = russia.idxmax(), bought.index.min()
    return say(
        "says",
        "gas",
        **{"start": start, "peak": peak, "after": peak + 1},
        **{"at_start": russia[start], "at_peak": russia[peak], "at_after": russia[peak + 1]},
        **{"russia": russia, "china": china},
        none=china.index[china == 0].max(),
        first=(china > russia).idxmax(),
    )


def gas_prices(say: Say) -> str:
    """Say what China paid for Russia's and Turkmenistan's gas, as far as the day could know."""
    paid = data.load("gas_prices_by_reuters")["price"]
    before = data.load("gas_price_by_buyer").loc["early 2021"]
    return say("says", "gas prices", paid=paid, before=before)


def trade(say: Say) -> str:
    """Say when China passed Russia in trade with a state, by who counts, and how Russia's went."""
    ahead = _both("trade, customs").query("China > Russia").reset_index()
    first = ahead.groupby("state")["year"].min().sort_values()
    own = _both("trade, own statistics")
    now, then = own.xs(2022, level="year"), own.xs(2019, level="year")
    return say(
        "says",
        "trade",
        first=", ".join(f"{state} {year}" for state, year in first.items()),
        led=", ".join(now.index[now["China"] > now["Russia"]]),
        **{"states": len(now), "grown": (now["Russia"] > then["Russia"]).sum()},
    )


def _both(link: str) -> pd.DataFrame:
    """Return a link by state and year, one column a power; rows without either are left out."""
    counted = "link == @link and note == '' and who in ['China', 'Russia']"
    rows = data.load("links_by_year").query(counted)
    return rows.pivot(index=["state", "year"], columns="who", values="value").dropna()


def meetings(say: Say) -> str:
    """Say how often Xi and Putin had met, and who counted."""
    counts = data.load("xi_putin_meetings")
    met = counts[counts["as_of"] < article.iso_day()].iloc[-1]
    when = f"{met['as_of']:%B %Y}"
    key = "met about" if met["approximate"] else "met"
    return say("says", key, count=met["count"], when=when, who=met["counted_by"])


def shares(say: Say) -> str:
    """Say what part of Russia's trade China had, and that the reverse is not listed."""
    china = data.load("listed_shares")["China"]
    sold, bought = (china["RUS", flow, 2021] for flow in ("export", "import"))
    return say("says", "shares", sold=sold, bought=bought)


def votes(say: Say) -> str:
    """Say how often China and Russia voted alike in the last year before the article."""
    scores = data.load("agreement_with_china").loc[2022]
    pair = scores.pop(article.name("RUS"))
    return say("says", "votes", year=2022, pair=pair, five=scores.min())
