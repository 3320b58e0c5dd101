"""What the state dashboard draws: every tie of one state, from the tables, in its own unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import pandas as pd

from courseware import article, data
from courseware.quantities import num

FIRST, LAST = 1992, 2026
YEARS = np.arange(FIRST, LAST + 1)
CUSTOMS, OWN, WITS = "customs", "own", "wits"

#: Who counts the trade: the lines of central_asia_trade that belong to the choice.
LINES = {
    CUSTOMS: ("China customs (IMF IMTS)", "Russia customs (Rosstat)"),
    OWN: (
        "Kazakhstan statistics (BNS)",
        "Kyrgyzstan statistics (NSC)",
        "Uzbekistan statistics (Statistics Agency)",
    ),
    WITS: (
        "Kazakhstan (WITS top five)",
        "Tajikistan (WITS top five)",
        "Turkmenistan (WITS top five)",
    ),
}
SPOKEN = {
    CUSTOMS: ("Russian officials (press)",),
    OWN: (
        "Kyrgyz officials (press)",
        "Tajik officials (press)",
        "Turkmen officials (press)",
        "Uzbek officials (press)",
    ),
    WITS: (),
}
COUNTED_BY = {
    CUSTOMS: "customs of China and of Russia",
    OWN: "the state's own statistics",
    WITS: "the state's lists of top partners",
}


@dataclass(frozen=True)
class Tie:
    """One panel: what is counted, in which unit, by whom, and for which power nobody counts it.

    ``question`` is what the panel is asked when it is enlarged; {} stands for the state.
    """

    key: str
    title: str
    unit: str
    source: str
    question: str
    missing: str = ""

    @property
    def missing_power(self) -> str:
        """Return the power that nobody counts this tie for ("" if both are counted)."""
        return {"C": "CHN", "R": "RUS", "": ""}[self.missing[:1]]


TIES = (
    Tie(
        "trade",
        "Trade, US$ billion",
        "US$ billion",
        "customs, statistics or press",
        "With which of the two does {} trade more?",
    ),
    Tie(
        "votes",
        "UN texts on Ukraine, in order",
        "vote",
        "UN roll calls; press",
        "How did {} vote on Ukraine, and how did China and Russia?",
    ),
    Tie(
        "arms",
        "Arms delivered, million TIV",
        "million TIV",
        "SIPRI",
        "Who delivered arms to {}?",
    ),
    Tie(
        "remittances",
        "Remittances, all countries, % of GDP",
        "% of GDP",
        "World Bank",
        "How much do remittances weigh in the economy of {}?",
    ),
    Tie(
        "migrants",
        "Born there, now in Russia, thousand",
        "thousand persons",
        "UN DESA",
        "How many people born in {} live in Russia?",
        "China: not reported",
    ),
    Tie(
        "service",
        "Debt service to states, US$ million",
        "US$ million",
        "World Bank",
        "To which states does {} pay interest and principal?",
    ),
    Tie(
        "finance",
        "Finance signed, US$ billion of 2021",
        "US$ billion of 2021",
        "AidData",
        "How much finance did China sign with {}?",
        "Russia: not reported",
    ),
    Tie(
        "students",
        "Students in China, thousand",
        "thousand students",
        "AidData",
        "How many students from {} are in China?",
        "Russia: not reported",
    ),
    Tie(
        "visits",
        "Visits with China; ▲ Xi’s, known ones",
        "visits a year",
        "AidData",
        "How often do leaders of {} and of China visit each other?",
        "Russia: not reported",
    ),
)
VOTES = {"Y": "yes", "A": "abstained", "N": "no", "X": "did not vote", "": "not established"}
SLIPS = ("GMB",)  # on the list of Kazakhstan in 2023: a slip at the source


@dataclass(frozen=True)
class Ties:
    """Every tie of one state on the grid of ``YEARS``; not a number is "not reported"."""

    series: Mapping[tuple, np.ndarray]  # (tie, whose) and (trade, whose, counted by)
    votes: pd.DataFrame  # one row a text: date, label, vote, basis, CHN, RUS
    third: Mapping[str, Mapping[str, np.ndarray]]  # arms and service, by third power
    partners: Mapping[int, str]  # leading third buyer and seller on each list, in words
    xi: np.ndarray  # years of Xi's visits that were found
    clubs: str


@dataclass(frozen=True, eq=False)
class Content:
    """The ties of a state cut to some years: series on their grid, and the texts voted on."""

    whole: Ties
    years: np.ndarray
    series: Mapping[tuple[str, str], np.ndarray]
    votes: pd.DataFrame


@lru_cache(maxsize=4)  # picture, words and card of one state ask for it in turn
def cut(code: str, first: int, last: int, counts: str) -> Content:
    """Return the ties of ``code`` from ``first`` to ``last``, its trade as ``counts`` has it."""
    found = ties(code)
    span = slice(first - FIRST, last - FIRST + 1)
    series = {
        key[:2]: values[span]
        for key, values in found.series.items()
        if len(key) == 2 or key[2] == counts
    }
    year = found.votes["year"]
    return Content(found, YEARS[span], series, found.votes[(year >= first) & (year <= last)])


@cache
def ties(code: str) -> Ties:
    """Return the ties of the state ``code``."""
    series: dict[tuple, np.ndarray] = {}
    trade = data.load("central_asia_trade").query("state_iso3 == @code and flow == 'total'")
    for group, names in (("trade", LINES), ("spoken", SPOKEN)):
        for who, lines in names.items():
            rows = trade[trade["line"].isin(lines)]
            for power in ("RUS", "CHN"):
                found = rows[rows["power_iso3"] == power].set_index("year")["value_usd"]
                series[group, power, who] = _on_grid(found / 1e9)
    third = {}
    for tie, table in (("arms", _arms(code)), ("service", _service(code))):
        for power in ("RUS", "CHN"):
            series[tie, power] = _on_grid(table.pop(power) if power in table else None)
        third[tie] = {article.name(who): _on_grid(table[who]) for who in table}
        series[tie, "OTH"] = _on_grid(table.sum(axis=1, min_count=1))
    bank = data.load("world_bank").query("iso3 == @code and indicator == 'remittances_pct_gdp'")
    series["remittances", code] = _on_grid(bank.set_index("year")["value"])
    stock = data.load("migrant_stock").query("destination_iso3 == 'RUS' and origin_iso3 == @code")
    series["migrants", "RUS"] = _on_grid(stock.set_index("year")["persons"] / 1e3)
    signed = data.load("chinese_finance_by_year").query("iso3 == @code")
    signed = signed.groupby("year")["adjusted_usd2021"].sum()
    signed = signed[signed > 0]  # a zero may stand for records without an amount
    series["finance", "CHN"] = _on_grid(signed / 1e9)
    public = data.load("public_diplomacy").query("iso3 == @code").set_index("year")
    series["students", "CHN"] = _on_grid(public["students_in_china"] / 1e3)
    series["visits", "CHN"] = _on_grid(public["elite_visits"])
    xi = data.load("xi_visits").query("iso3 == @code")["year"].to_numpy()
    return Ties(series, _votes(code), third, _partners(code), xi, _clubs(code))


def _on_grid(found: pd.Series | None) -> np.ndarray:
    if found is None:
        return np.full(len(YEARS), np.nan)
    return found.astype(float).reindex(YEARS).to_numpy()


def _partners(code: str) -> dict[int, str]:
    """Say for each list of main partners which third power led it, as buyer and as seller."""
    rows = data.load("partner_shares").query("iso3 == @code")
    rows = rows[~rows["partner_iso3"].isin(["CHN", "RUS", *SLIPS])]
    rows = rows.sort_values("share_pct", ascending=False)
    told = {}
    for year, listed in rows.groupby("year"):
        leading = listed.groupby("flow").first()
        words = [
            f"{who} ({num(share):.0f}% of {flow}s)"
            for flow, who, share in leading[["partner_name", "share_pct"]].itertuples()
        ]
        told[int(year)] = f"{'; '.join(words)} ({year}, World Factbook)"
    return told


def _arms(code: str) -> pd.DataFrame:
    rows = data.load("arms_transfers").query("recipient_iso3 == @code")
    names = rows["supplier_iso3"].where(
        rows["supplier_iso3"].isin(["RUS", "CHN"]), rows["supplier_name"]
    )
    return rows.assign(who=names).pivot_table("tiv_million", "year", "who", "sum").astype(float)


def _service(code: str) -> pd.DataFrame:
    rows = data.load("debt_service").query("iso3 == @code and creditor_iso3 != 'WLD'")
    paid = rows[["principal_usd", "interest_usd"]].astype(float).sum(axis=1, min_count=1) / 1e6
    table = rows.assign(paid=paid).pivot_table("paid", "year", "creditor_iso3", "sum")
    return table.astype(float)


def _votes(code: str) -> pd.DataFrame:
    texts = data.load("ukraine_resolutions").set_index("resolution_id")
    cast = data.load("ukraine_votes").set_index(["resolution_id", "iso3"])
    votes = cast["vote"].astype(object).unstack()[[code, "CHN", "RUS"]]
    votes = votes.rename(columns={code: "vote"})
    basis = cast["basis"].unstack()[code]
    table = texts[["date", "label"]].join(votes).join(basis.rename("basis"))
    table[["vote", "CHN", "RUS"]] = table[["vote", "CHN", "RUS"]].fillna("")
    table["year"] = table["date"].dt.year
    return table.sort_values("date").reset_index(drop=True)


def _clubs(code: str) -> str:
    """Say in a sentence which organisations the state had joined or left by the article's day."""
    rows = data.load("memberships").query("iso3 == @code").sort_values("organisation")
    known = rows[rows["member_from"].notna() & (rows["member_from"] < article.iso_day())]
    within = known[known["member_until"].isna()]
    names = [
        f"{club} (associate)" if status == "associate member" else club
        for club, status in zip(within["organisation"], within["status"], strict=True)
    ]
    left = sorted(set(known["organisation"]) - set(within["organisation"]))
    out = sorted(set(rows["organisation"]) - set(known["organisation"]))
    pledges = data.load("alliances").query("year == 2018 and (iso3_a == @code or iso3_b == @code)")
    other = pledges["iso3_a"].where(pledges["iso3_a"] != code, pledges["iso3_b"])
    owing = set(other[pledges["defense"] == 1])
    words = f"Member in {article.day():%B %Y}: {', '.join(names)}."
    words += f" Left: {', '.join(left)}." if left else ""
    words += f" Never joined: {', '.join(out)}." if out else ""
    pledge = ["a pledge of defence" if p in owing else "none" for p in ("RUS", "CHN")]
    return f"{words} Defence treaty in 2018: with Russia {pledge[0]}, with China {pledge[1]}."
