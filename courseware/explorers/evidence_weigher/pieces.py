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


GAINS, COST = "China gains", "at Russia's cost"  # the two halves of the first thesis


class Piece(NamedTuple):
    """A piece of evidence: its label, the chapter that treats it, its ids, group and half."""

    label: str
    chapter: str
    ids: str
    group: str = ""  # pieces with one source behind them share a letter
    half: str = ""  # of the first thesis
    later: bool = False


#: For each thesis the strongest pieces we hold, on either side, as we see it: ten that could be
#: known as the article was written, three that came later. Those of T1 stand by its halves.
PIECES = {
    T1: (
        Piece("Trade of 70 billion", "06", "C45", "A", GAINS),
        Piece("A hundredfold since 1992", "06", "C46", "A", GAINS),
        Piece("Debts paid to China", "08", "C66", half=GAINS),
        Piece("Xi'an: six leaders, no Russia", "04", "C20, E057", half=GAINS),
        Piece("Falling opinion of China", "08", "C74, E190", half=GAINS),
        Piece("Gas: from Russia to China", "05", "C34, E238", half=COST),
        Piece("Trade: China passes Russia", "08", "C71", half=COST),
        Piece("Moscow's parade: all five", "04", "C64, E159", half=COST),
        Piece("Troops from Russia's alliance", "08", "C65, E166", half=COST),
        Piece("Money earned in Russia", "08", "C71, E183", half=COST),
        Piece("2025: China first in all five", "04", "C29, E076", half=GAINS, later=True),
        Piece("2023: Russian gas goes south", "08", "C71, E184", half=COST, later=True),
        Piece("2025: Rosatom, an alliance", "04", "C29, E077, E079, E153", half=COST, later=True),
    ),
    T2: (
        Piece("Friendship “without limits”", "01", "C04, E008", "B"),
        Piece("Meetings of Xi and Putin", "03", "C05", "B"),
        Piece("Like votes at the UN", "03", "C17"),
        Piece("More trade after the invasion", "02", "C08, E020"),
        Piece("Unequal shares of trade", "03", "C16"),
        Piece("Chips, dual-use goods, few arms", "03", "C05, E310, E311, E312"),
        Piece("“No limits” not repeated", "09", "C04, A41"),
        Piece("China's vote of April 2023", "08", "C64, E211"),
        Piece("Oil, gas prices; Line D first", "05", "C07, E219, E260, E261, E262"),
        Piece("Kissinger's lines, not seen", "09", "C80, E199"),
        Piece("2024: banks stop payments", "09", "C82, A44", later=True),
        Piece("2024: the price of gas", "09", "C82, A43", later=True),
        Piece("2024–25: visit, memorandum", "09", "C05, E011, E012", later=True),
    ),
}
GROUPS = ("A", "B")
COUNT = len(PIECES[T1])  # as many for either thesis, so that the picture keeps its rows
KNOWN = sum(not piece.later for piece in PIECES[T1])
NEUTRAL = (NONE,) * COUNT


class Readings(widgets.GridBox):
    """One row a piece, with its three readings. ``value`` is the tuple of readings, in order."""

    value = traitlets.Tuple()

    def __init__(self, thesis: str, sentences: Iterable[str], label: str) -> None:
        """Make the rows, all at "says nothing"."""
        self.description = label
        options = [(factor, step) for step, factor in FACTORS.items()]
        self.choices = [
            widgets.RadioButtons(
                options=options,
                value=NONE,
                description=f"{number} {piece.label}",
                tooltip=f"{thesis}: {sentence}",
                layout=widgets.Layout(width="auto"),
                style={"description_width": "initial"},
            )
            for number, (piece, sentence) in enumerate(
                zip(PIECES[thesis], sentences, strict=True), 1
            )
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


def sentences(say: Say) -> dict[str, tuple[str, ...]]:
    """Return, by thesis, what each piece says, with figures from registers, views and tables."""
    found = data.load("evidence").set_index("evidence_id")
    publisher = found["publisher"].fillna("").str.replace(" (", ", ").str.rstrip(")")
    told = (found["finding"].str.rstrip(".") + " (" + publisher + ").").to_dict()
    argued = data.load("counterarguments").set_index("arg_id")
    argued = (argued["publisher"] + ": " + argued["argument"]).to_dict()
    first = found["finding"]["E219"].split(". ")[0]
    of_t1 = (
        say("says", "level", claim=claims.get("C45").summary),
        say("says", "hundredfold", claim=claims.get("C46").summary),
        debts(say),
        say("says", "summit", told=told["E057"]),
        told["E190"],
        f"{gas(say)} {told['E238']}",
        trade(say),
        say("says", "parade", told=told["E159"]),
        told["E166"],
        told["E183"],
        say("says", "later", told=told["E076"]),
        say("says", "later", told=told["E184"]),
        say("says", "later", told=f"{told['E077']} {told['E153']} {told['E079']}"),
    )
    of_t2 = (
        told["E008"],
        meetings(say),
        votes(say),
        f"{claims.get('C08').summary} {told['E019']} {told['E020']}",
        shares(say),
        f"{told['E310']} {told['E311']} {told['E312']}",
        argued["A41"],
        told["E211"],
        f"{say('says', 'oil', told=first)} {gas_prices(say)} {told['E260']}",
        say("says", "not seen", told=found["finding"]["E199"]),
        say("says", "later", told=argued["A44"]),
        say("says", "later", told=argued["A43"]),
        say("says", "later", told=f"{told['E011']} {told['E012']}"),
    )
    return {T1: of_t1, T2: of_t2}


def debts(say: Say) -> str:
    """Say what part of the five's payments on official debt went to either power."""
    paid = data.load("debt_service").query("year == 2022").set_index(["iso3", "creditor_iso3"])
    paid = paid[["principal_usd", "interest_usd"]].astype(float).sum(axis=1).unstack()
    part = paid.div(paid["WLD"], axis=0).loc[[*article.five()]].rename(index=article.name) * 100
    china, listed = part["CHN"], part["RUS"].dropna()
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
    rows = data.load("gas_prices").query("buyer_iso3 == 'CHN' and public_by_article")
    reuters = rows[rows["stated_by"] == "Reuters"].set_index("seller_iso3")
    paid = reuters["value_usd"].astype(float) / reuters["volume_bcm"] / 1e6
    before = rows[(rows["period_start"] == "2021-01") & (rows["volume_bcm"] > 0)]
    before = before[before["kind"] == "price"].set_index("seller_iso3")["price_usd_per_1000m3"]
    return say("says", "gas prices", paid=paid, before=before)


def trade(say: Say) -> str:
    """Say when China passed Russia in trade with a state, by who counts, and how Russia's went."""
    rows = data.load("central_asia_trade").query("flow == 'total' and source_kind != 'press'")
    customs = rows[rows["line"].isin(["China customs (IMF IMTS)", "Russia customs (Rosstat)"])]
    ahead = _both(customs)
    first = ahead[ahead["CHN"] > ahead["RUS"]].reset_index().groupby("state_iso3")["year"].min()
    own = _both(rows[rows["line"].str.contains("statistics")])
    now, then = own.xs(2022, level="year"), own.xs(2019, level="year")
    led = now.index[now["CHN"] > now["RUS"]]
    return say(
        "says",
        "trade",
        first=", ".join(
            f"{article.name(code)} {year}" for code, year in first.sort_values().items()
        ),
        led=", ".join(map(article.name, led)),
        **{"states": len(now), "grown": (now["RUS"] > then["RUS"]).sum()},
    )


def _both(rows: pd.DataFrame) -> pd.DataFrame:
    """Return trade by state and year, one column a power; rows without either are left out."""
    index = ["state_iso3", "year"]
    wide = rows.pivot_table("value_usd", index, "power_iso3", "first").astype(float)
    return wide.dropna()


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
    scores = data.load("agreement_of_pairs")["score"]
    year = scores["CHN", "RUS"].loc[:2022].index[-1]
    pair, *five = (scores["CHN", code, year] for code in ("RUS", *article.five()))
    return say("says", "votes", year=year, pair=pair, five=min(five))
