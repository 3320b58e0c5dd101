"""The end of the course as one picture: the page of the article's claims in one's own verdicts.

It is drawn from the journal, on this computer. A name stands on it only where one is given.
"""

import io
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from courseware import article, claims, palette
from courseware.charts import page_of_bars
from courseware.journal.own_files import FILE_MARK
from courseware.verdicts import BUT, FAILS, HOLDS, PASS, UNKNOWN, VERDICTS

MOST_NAME = 30  #: letters of a name, so that its line fits
NOT_JUDGED = "not judged"
#: How the bar of a verdict looks: a stroke, a frame and a shade say what the hue says.
LOOKS = {
    HOLDS: {"facecolor": palette.HOLDS, "edgecolor": palette.HOLDS},
    BUT: {"facecolor": palette.CAVEAT, "edgecolor": palette.CAVEAT},
    FAILS: {"facecolor": palette.FAILS, "edgecolor": palette.FAILS, "struck": palette.WHITE},
    UNKNOWN: {"facecolor": palette.WHITE, "edgecolor": palette.ink(palette.UNKNOWN, 3)},
    NOT_JUDGED: {"facecolor": palette.GRID, "edgecolor": palette.GRID},
}


class Ended(NamedTuple):
    """What a journal holds at the end."""

    own: dict[str, str]  #: claim → verdict, one of ``VERDICTS`` or ``PASS``
    differ: frozenset[str]  #: claims on which the course says something else

    @property
    def counts(self) -> dict[str, int]:
        """How many claims have each verdict; a pass is none."""
        said = [*self.own.values()]
        counted = {verdict: said.count(verdict) for verdict in VERDICTS}
        return counted | {NOT_JUDGED: len(claims.register()) - sum(counted.values())}

    def look(self, claim_id: str) -> dict:
        """Return how the bar of a claim is drawn."""
        return LOOKS[self.own.get(claim_id, PASS).replace(PASS, NOT_JUDGED)]


def ended() -> Ended:
    """Read from the journal what the picture shows."""
    own = claims.own_verdicts().set_index("claim")["my verdict"].to_dict()
    compared = claims.compared()
    return Ended(own, frozenset(compared.loc[compared["steps"] > 0, "claim"]))


def picture(end: Ended, name: str = "") -> bytes:
    """Return the end as PNG."""
    stream = io.BytesIO()
    fig = drawn(end, name)
    fig.savefig(stream, metadata={"Software": FILE_MARK}, facecolor=fig.get_facecolor())
    return stream.getvalue()


def alt(end: Ended) -> str:
    """Return in words what the picture shows."""
    return (
        f"A page of {len(claims.register())} bars, one for each claim of the article in its order, "
        "as long as our summary of it, in the colour of my verdict. "
        + " ".join(f"{verdict}: {count}." for verdict, count in end.counts.items())
        + f" On {len(end.differ)} claims the course's verdict is different."
    )


def drawn(end: Ended, name: str) -> Figure:
    """Return the figure: the page of bars in one's own verdicts, and their numbers beside it."""
    by = f"The verdicts of {name}" if name else "My verdicts"
    said = by, f"on {article.facts()['author']}’s {article.facts()['kind']}"
    foot = (
        "Each bar is a claim, in the order of the article,",
        "as long as our summary of it.",
        f"The course judges {len(end.differ)} of these claims differently.",
    )
    fig, page = page_of_bars.sheet(article.facts()["course"], said, foot)
    page_of_bars.draw(
        page, claims.outline(), {claim: end.look(claim) for claim in claims.register()}
    )
    _key(fig.add_axes((page_of_bars.LEFT, 0.25, 0.4, 0.26)), end.counts)
    return fig


def _key(ax: Axes, counts: dict[str, int]) -> None:
    """Write how many claims have each verdict, beside a bar that looks so."""
    for row, (verdict, count) in enumerate(counts.items()):
        sample = page_of_bars.Piece(verdict, row + (1 - page_of_bars.TALL) / 2, 0, 0.14)
        page_of_bars.bar(ax, sample, LOOKS[verdict])
        place = {"va": "center", "fontsize": 18, "color": palette.PAGE_INK}
        ax.text(0.27, row + 0.5, f"{count}", ha="right", weight="bold", **place)
        ax.text(0.3, row + 0.5, verdict, **place)
    ax.set(xlim=(0, 1), ylim=(len(counts), 0))
    ax.set_axis_off()
