"""The pieces of evidence that the evidence weigher weighs, and the lists in which they are read."""

from collections.abc import Callable, Iterable, Mapping
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
    group: str = ""  # pieces with one source behind them share a letter
    half: str = ""  # of the first thesis
    later: bool = False


#: For each thesis the strongest pieces we hold, on either side, as we see it: ten that could be
#: known as the article was written, three that came later. Those of T1 stand by its halves.
PIECES = {
    T1: (
        Piece("level", "06", "C45", "A", GAINS),
        Piece("hundredfold", "06", "C46", "A", GAINS),
        Piece("debts", "08", "C66", half=GAINS),
        Piece("summit", "04", "C20, E057", half=GAINS),
        Piece("opinion", "08", "C74, E190", half=GAINS),
        Piece("gas", "05", "C34, E238", half=COST),
        Piece("trade", "08", "C71", half=COST),
        Piece("parade", "04", "C64, E159", half=COST),
        Piece("troops", "08", "C65, E166", half=COST),
        Piece("remittances", "08", "C71, E183", half=COST),
        Piece("trade since", "04", "C29, E076", half=GAINS, later=True),
        Piece("gas since", "08", "C71, E184", half=COST, later=True),
        Piece("alliance since", "04", "C29, E077, E079, E153", half=COST, later=True),
    ),
    T2: (
        Piece("friendship", "01", "C04, E008", "B"),
        Piece("meetings", "03", "C05", "B"),
        Piece("votes", "03", "C17"),
        Piece("more trade", "02", "C08, E020"),
        Piece("shares", "03", "C16"),
        Piece("goods", "03", "C05, E310, E311, E312"),
        Piece("not repeated", "09", "C04, A41"),
        Piece("one vote", "08", "C64, E211"),
        Piece("prices", "05", "C07, E219, E260, E261, E262"),
        Piece("witness", "09", "C80, E199"),
        Piece("banks since", "09", "C82, A44", later=True),
        Piece("price since", "09", "C82, A43", later=True),
        Piece("visit since", "09", "C05, E011, E012", later=True),
    ),
}
GROUPS = ("A", "B")
COUNT = len(PIECES[T1])  # as many for either thesis, so that the picture keeps its rows
KNOWN = sum(not piece.later for piece in PIECES[T1])
NEUTRAL = (NONE,) * COUNT


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
    argued = (argued["publisher"] + ": " + argued["argument"]).to_dict()
    first = found["finding"]["E219"].split(". ")[0]
    of_t1 = {
        "level": say("says", "level", claim=claims.get("C45").summary),
        "hundredfold": say("says", "hundredfold", claim=claims.get("C46").summary),
        "debts": debts(say),
        "summit": say("says", "summit", told=told["E057"]),
        "opinion": told["E190"],
        "gas": f"{gas(say)} {told['E238']}",
        "trade": trade(say),
        "parade": say("says", "parade", told=told["E159"]),
        "troops": told["E166"],
        "remittances": told["E183"],
    }
    of_t2 = {
        "friendship": told["E008"],
        "meetings": meetings(say),
        "votes": votes(say),
        "more trade": f"{claims.get('C08').summary} {told['E019']} {told['E020']}",
        "shares": shares(say),
        "goods": f"{told['E310']} {told['E311']} {told['E312']}",
        "not repeated": argued["A41"],
        "one vote": told["E211"],
        "prices": f"{say('says', 'oil', told=first)} {gas_prices(say)} {told['E260']}",
        "witness": say("says", "not seen", told=found["finding"]["E199"]),
    }
    since = {
        "trade since": told["E076"],
        "gas since": told["E184"],
        "alliance since": f"{told['E077']} {told['E153']} {told['E079']}",
        "banks since": argued["A44"],
        "price since": argued["A43"],
        "visit since": f"{told['E011']} {told['E012']}",
    }
    since = {key: say("says", "later", told=each) for key, each in since.items()}
    return of_t1 | of_t2 | since


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
