"""The pieces of evidence that the evidence weigher weighs, and the lists in which they are read."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import ipywidgets as widgets
import traitlets

from courseware import claims, data

FIVE = ("KAZ", "KGZ", "TJK", "TKM", "UZB")
T1, T2 = "T1", "T2"
THESES = {
    T1: "China gains in Central Asia at Russia's cost.",
    T2: "The friendship of China and Russia is false.",
}
UP, NONE, DOWN = 1, 0, -1
#: A reading: steps of three in the odds, and what a reader says by it.
READINGS = {
    UP: "three times likelier if true",
    NONE: "says nothing",
    DOWN: "three times likelier if false",
}
FACTORS = {UP: "3", NONE: "1", DOWN: "⅓"}


class Piece(NamedTuple):
    """A piece of evidence: its label, the chapter that treats it, its ids and its group."""

    label: str
    chapter: str
    ids: str
    group: str = ""  # pieces with one source behind them share a letter
    later: bool = False


PIECES = (
    Piece("Trade of 70 billion", "06", "C45", "A"),
    Piece("A hundredfold since 1992", "06", "C46", "A"),
    Piece("Xi'an: six leaders, no Russia", "04", "C20, E057"),
    Piece("Moscow's parade: all five", "04", "C64, E159"),
    Piece("Troops from Russia's alliance", "08", "C65, E166"),
    Piece("Friendship “without limits”", "01", "C04, E008", "B"),
    Piece("Meetings of Xi and Putin", "03", "C05", "B"),
    Piece("Unequal shares of trade", "03", "C16"),
    Piece("Like votes at the UN", "03", "C17"),
    Piece("Kissinger's lines, not seen", "09", "C80, E199"),
    Piece("2025: China first in all five", "04", "C29, E076", later=True),
    Piece("2025: Rosatom, an alliance", "04", "C29, E077, E079, E153", later=True),
)
GROUPS = {
    "A": "one series of China's customs: a level, and the same level over its start",
    "B": "two things that both governments say and show of themselves",
}
KNOWN = sum(not piece.later for piece in PIECES)
NEUTRAL = (NONE,) * len(PIECES)


class Readings(widgets.GridBox):
    """One list a piece. ``value`` is the tuple of readings, in the order of ``PIECES``."""

    value = traitlets.Tuple()

    def __init__(self, thesis: str, sentences: Iterable[str]) -> None:
        """Make the lists, all at "says nothing"."""
        self.description = f"Readings of the evidence for {thesis}"
        options = [(f"× {FACTORS[step]}: {words}", step) for step, words in READINGS.items()]
        self.choices = [
            widgets.Dropdown(
                options=options,
                value=NONE,
                description=f"{number} {piece.label}:",
                tooltip=f"{thesis}: {sentence}",
                layout=widgets.Layout(width="auto"),
                style={"description_width": "initial"},
            )
            for number, (piece, sentence) in enumerate(zip(PIECES, sentences, strict=True), 1)
        ]
        wide = {"width": "100%", "grid_gap": "0 1.2em"}
        columns = "repeat(auto-fill, minmax(17em, 1fr))"
        super().__init__(self.choices, layout=widgets.Layout(grid_template_columns=columns, **wide))
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


def sentences() -> tuple[str, ...]:
    """Return what each piece says, with figures from the registers and the tables."""
    found = data.load("evidence").set_index("evidence_id")["finding"]
    met = data.load("xi_putin_meetings").query("as_of < '2023-05-28'").iloc[-1]
    lists = data.load("partner_shares").query("year == 2021")
    of_russia = lists.query("iso3 == 'RUS' and partner_iso3 == 'CHN'").set_index("flow")
    sold, bought = (of_russia["share_pct"][flow] for flow in ("export", "import"))
    agreement = data.load("un_agreement").query("year <= 2022")  # the last year before the article
    votes = agreement.query("iso3 == 'CHN' and partner_iso3 == 'RUS'").iloc[-1]
    same_year = agreement[agreement["year"] == votes["year"]]
    five = same_year.query("partner_iso3 == 'CHN' and iso3 in @FIVE")["agreement_index"]
    return (
        claims.get("C45").summary + " China's count.",
        claims.get("C46").summary,
        f"China met the five without Russia. {found['E057']}",
        f"{found['E159']} Ten days before the summit in Xi'an closed.",
        found["E166"],
        found["E008"],
        f"Xi and Putin had met {met['count']} times by {met['as_of']:%B %Y} ({met['definition']}).",
        f"In 2021 China took {sold:.0f}% of Russia's exports and sent {bought:.0f}% of its "
        "imports; Russia stood on neither of China's lists of main partners.",
        f"In {votes['year']} China and Russia agreed to {votes['agreement_index']:.2f} of 1 in "
        f"recorded votes of the UN General Assembly, the five and China to {five.min():.2f} or "
        "more.",
        found["E199"] + " We have not seen the page.",
        f"Later: {found['E076']}",
        f"Later: {found['E077']} {found['E153']} {found['E079']}",
    )
