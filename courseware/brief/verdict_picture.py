"""The end of the course as one picture: a square a claim in the student's colour, and what moved.

It is drawn from the journal, on this computer. A name stands on it only where one is given.
"""

import io
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from courseware import article, claims, palette, words
from courseware.brief.calibration import made
from courseware.charts import images
from courseware.journal.own_files import FILE_MARK
from courseware.journal.records import trend
from courseware.quantities import num
from courseware.verdicts import LOOKS, PASS, VERDICTS

WIDTH, HEIGHT = 1200, 630  #: of the picture, in pixels
DPI = 100
POINTS = 72 / DPI  #: in a pixel
LEFT, RIGHT, TOP, FOOT = 56, 830, 122, 66  #: where squares and right column begin, and their edges
SIDE, STEP = 30, 38  #: of a square, and from one to the next
TRACK = 305  #: how long the line of a confidence is
MOST_NAME = 30  #: letters of a name, so that its line fits


class Ended(NamedTuple):
    """What a journal holds at the end."""

    own: dict[str, str]  #: claim → verdict, one of ``VERDICTS`` or ``PASS``
    differ: frozenset[str]  #: claims on which the course says something else
    sure: dict[str, list[tuple[str, float]]]  #: thesis → first and last moment, per cent
    predicted: list[str]  #: how predictions fared, a line a kind

    @property
    def judged(self) -> int:
        """How many claims have a verdict; a pass is none."""
        return sum(verdict != PASS for verdict in self.own.values())

    def __bool__(self) -> bool:
        """Return whether there is anything to draw."""
        return bool(self.own or self.predicted or any(self.sure.values()))


def ended() -> Ended:
    """Read from the journal what the picture shows."""
    own = claims.own_verdicts().set_index("claim")["my verdict"].to_dict()
    compared = claims.compared()
    return Ended(
        own,
        frozenset(compared.loc[compared["steps"] > 0, "claim"]),
        {thesis: first_and_last(thesis) for thesis in article.theses().values()},
        made().in_short(),
    )


def first_and_last(thesis: str) -> list[tuple[str, float]]:
    """Return when and how sure somebody was, in per cent: first and last, once, or not at all."""
    said = trend(thesis).dropna(subset=["confidence"])[["moment", "confidence"]]
    said = list(said.itertuples(index=False, name=None))
    return said[:1] + said[1:][-1:]


def picture(end: Ended, name: str = "") -> bytes:
    """Return the end as PNG."""
    stream = io.BytesIO()
    fig = drawn(end, name)
    fig.savefig(stream, metadata={"Software": FILE_MARK}, facecolor=fig.get_facecolor())
    return stream.getvalue()


def alt(end: Ended) -> str:
    """Return in words what the picture shows."""
    squares = len(claims.register())
    said = [f"The picture shows {squares} squares, one for each claim, in a row for each chapter."]
    said += [f"{name}: {count}." for name, count in _counts(end).items()]
    said += [f"Not judged: {squares - len(end.own)}."]
    if end.own:
        said.append(
            f"On {len(end.differ)} of the judged claims, the course's verdict is different."
        )
    for thesis, moments in end.sure.items():
        said += [f"{words.poll(thesis)} How sure I was: {_then(moments)}."] * bool(moments)
    return " ".join([*said, *(f"{line}." for line in end.predicted)])


def _counts(end: Ended) -> dict[str, int]:
    said = list(end.own.values())
    return {verdict: said.count(verdict) for verdict in (*VERDICTS, PASS)}


def drawn(end: Ended, name: str) -> Figure:
    """Return the figure: a row of squares for each chapter, and what moved on their right."""
    sheet = _Sheet()
    sheet.head(name)
    sheet.squares(end)
    sheet.key(end)
    sheet.told(end)
    return sheet.fig


class _Sheet:
    """An empty sheet, and what is drawn on it. Places are counted from the left and the top."""

    def __init__(self) -> None:
        self.fig = Figure((WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor=palette.SHEET)
        images.Canvas(self.fig)
        self._ax: Axes = self.fig.add_axes((0, 0, 1, 1))
        self._ax.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0))
        self._ax.set_axis_off()

    def head(self, name: str) -> None:
        """Write whose verdicts these are, and on what."""
        self._words(LEFT, 65, article.facts()["course"], 44, weight="bold")
        by = f"The verdicts of {name}" if name else "My verdicts"
        column = f"{article.facts()['author']}'s {article.facts()['kind']}"
        self._words(LEFT, 100, f"{by} on {column} of {article.day_in_words()}", 19)

    def _words(self, x: float, y: float, said: str, size: float, **look) -> None:
        look = {"color": palette.INK, "va": "baseline", "parse_math": False, **look}
        self._ax.text(x, y, said, fontsize=size * POINTS, **look)

    def squares(self, end: Ended) -> None:
        """Draw a row of squares for each chapter."""
        known = claims.register().values()
        chapters = sorted({claim.chapter for claim in known})
        step = (HEIGHT - TOP - FOOT - 24) / len(chapters)
        for row, chapter in enumerate(chapters):
            y = TOP + row * step
            self._words(LEFT, y + SIDE * 0.68, chapter, 15, color=palette.SOFT)
            found = sorted(claim.claim_id for claim in known if claim.chapter == chapter)
            for place, claim_id in enumerate(found, start=1):
                x, differs = LEFT + STEP * place, claim_id in end.differ
                self._box(x, y, end.own.get(claim_id), differs=differs)
                look = {"ha": "center", "color": palette.SOFT}
                self._words(x + SIDE / 2, y + SIDE + 11, claim_id, 10.5, **look)

    def _box(self, x: float, y: float, verdict: str | None, *, differs: bool = False) -> None:
        """Draw a square; its letter says what its colour says, a frame that the two differ."""
        fill = LOOKS[verdict].colour if verdict else palette.WHITE
        edge = palette.PALE if verdict is None else fill
        inset = 0.15 * SIDE if differs else 0
        if differs:
            frame = Rectangle((x, y), SIDE, SIDE, fill=False, ec=palette.INK, lw=POINTS * 2)
            self._ax.add_patch(frame)
        inner = SIDE - 2 * inset
        self._ax.add_patch(
            Rectangle((x + inset, y + inset), inner, inner, fc=fill, ec=edge, lw=0.8)
        )
        if verdict:
            look = {"ha": "center", "va": "center_baseline", "color": palette.ink_on(fill)}
            letter, size = LOOKS[verdict].letter, 0.47 * SIDE
            self._words(x + SIDE / 2, y + SIDE / 2, letter, size, weight="bold", **look)

    def key(self, end: Ended) -> None:
        """Name the colours at the foot, with how many squares have each."""
        x, y = LEFT, HEIGHT - FOOT + 8
        for verdict, count in _counts(end).items():
            if count or verdict != PASS:
                self._box(x, y, verdict)
                self._words(x + SIDE + 8, y + 21, f"{verdict}  {count}", 17)
                x += SIDE + 34 + 8.6 * len(f"{verdict}  {count}")
        self._box(x, y, None, differs=True)
        self._words(x + SIDE + 8, y + 21, f"the course differs  {len(end.differ)}", 17)

    def told(self, end: Ended) -> None:
        """Draw the column on the right: how many were judged, the theses, the predictions."""
        look = {"color": palette.PETROL, "weight": "bold"}
        self._words(RIGHT, 182, f"{end.judged}", 84, **look)
        self._words(RIGHT, 216, f"of {len(claims.register())} claims judged", 20)
        y = 272
        for thesis, moments in end.sure.items():
            y = self._confidence(y, thesis, moments)
        for line in end.predicted:
            self._words(RIGHT, y, line, 17)
            y += 26

    def _confidence(self, y: float, thesis: str, moments: list[tuple[str, float]]) -> float:
        """Draw how sure somebody was of a thesis, first and last; return where the next begins."""
        for line in _lines(words.poll(thesis)):
            self._words(RIGHT, y, line, 17, weight="bold")
            y += 22
        self._ax.plot([RIGHT, RIGHT + TRACK], [y, y], color=palette.GRID, lw=8 * POINTS)
        if not moments:
            self._words(RIGHT, y + 26, "not said", 15, color=palette.SOFT)
            return y + 66
        places = [RIGHT + TRACK * sure / 100 for _, sure in moments]
        if len(places) == 2 and places[0] != places[1]:
            arrow = FancyArrowPatch(
                (places[0], y),
                (places[1], y),
                arrowstyle="-|>",
                mutation_scale=16 * POINTS,
                lw=3 * POINTS,
                color=palette.PETROL,
                shrinkA=0,
                shrinkB=0,
                zorder=3,
            )
            self._ax.add_patch(arrow)
        else:
            self._ax.plot(places[-1], y, "o", ms=9 * POINTS, color=palette.PETROL)
        told = f"how sure I was: {_then(moments)}"
        self._words(RIGHT, y + 27, told, 15, color=palette.SOFT)
        return y + 66


def _then(moments: list[tuple[str, float]]) -> str:
    """Return how sure somebody was, and when, first and last."""
    return ", then ".join(f"{num(sure):.0f} % ({when})" for when, sure in moments)


def _lines(sentence: str) -> list[str]:
    """Return a sentence in lines that fit the right column."""
    lines = [""]
    for word in sentence.split():
        if len(lines[-1]) + len(word) > 36:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
