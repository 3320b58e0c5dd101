"""How a class judged the core claims, beside the course's verdicts, and how sure it was."""

from collections import Counter
from collections.abc import Iterable
from html import escape

import pandas as pd
from IPython.display import HTML, display
from matplotlib.axes import Axes

from courseware import charts, claims, palette
from courseware.charts.showing import ChartWords
from courseware.our_class.dot_plots import (
    FEWEST,
    frame,
    note_left_out,
    say_too_few,
    short,
    write,
)
from courseware.our_class.tallies import EXPORTED, Tallies
from courseware.quantities import num
from courseware.verdicts import BUT, IMPRECISE, LOOKS, NOT_CHECKED, VERDICTS, steps

_FRAME = {"edgecolor": palette.BLACK, "linewidth": 2.4, "zorder": 4, "clip_on": False}
_PLAIN = {"edgecolor": palette.WHITE, "linewidth": 0.8}
_KEY = "; ".join(f"{letter} {verdict}" for verdict, (_, _, letter) in LOOKS.items())


def show(class_: Tallies, chapter: str | int | None = None) -> None:
    """Show the class's verdicts beside the course's, and how sure it was (see `ClassJournals`)."""
    given = class_.verdicts()
    counts = given.pivot_table(
        index="claim_id", columns="verdict", values="journals", aggfunc="sum", fill_value=0
    )
    counts = counts.reindex(columns=list(LOOKS), fill_value=0)
    asked = [c for c in claims.select(chapter=chapter, core=True) if c.claim_id in counts.index]
    drawn = [c for c in asked if counts.loc[c.claim_id].sum() >= FEWEST]
    left_out = [claim.claim_id for claim in asked if claim not in drawn]
    if not drawn:
        say_too_few("verdicts on core claims", left_out)
        return
    agree = {claim: _agreeing(given, claim) for claim in drawn if claim.in_four_words}
    most = sum(2 * n > counts.loc[c.claim_id].sum() for c, n in agree.items())
    columns = {"ncols": 2, "sharey": True, "width_ratios": (3, 1)}
    fig, (ax, sure) = frame(0.9 + 0.36 * len(drawn), **columns)
    for place, claim in enumerate(drawn):
        _draw_verdict(
            ax, place, counts.loc[claim.claim_id], claim.in_four_words, agree.get(claim, 0)
        )
    confidence = class_.confidence().set_index("claim_id")
    _draw_confidence(sure, [claim.claim_id for claim in drawn], confidence)
    labels = [short(f"{c.claim_id} {c.short_label}", 38) for c in drawn]
    ax.set_yticks(range(len(drawn)), labels, fontsize=9.5, parse_math=False)
    ax.tick_params(axis="y", pad=24)
    ax.set(xlim=(0, 100), ylim=(len(drawn) - 0.5, -0.5), xticks=(0, 25, 50, 75, 100))
    ax.set_xlabel("per cent of those who judged or passed")
    for axes in (ax, sure):
        axes.grid(axis="y", visible=False)
    table = _verdict_table(drawn, counts, given, confidence)
    alt = f"Bars show how the class judged {len(drawn)} core claims. {_agreement(counts, agree)}"
    title = f"On {most} of {len(agree)} core claims, most of the class agrees with the course"
    unit = (
        f"{_KEY}. The numbers say how many gave each verdict, and a frame marks agreement with the "
        "course"
    )
    charts.put_on_page(fig, ChartWords(title, unit, alt), table, EXPORTED)
    display(HTML(f"<p>{escape(course_tally(drawn))}</p>"))
    note_left_out(left_out)


def course_tally(judged: Iterable[claims.Claim]) -> str:
    """Say how often the course gives each verdict; *imprecise* stands apart from a caveat.

    Where a quantifier ("all", "powerless") makes a claim imprecise, the claim is named.
    """
    judged = list(judged)
    sorts = (*VERDICTS[:2], IMPRECISE, *VERDICTS[2:], NOT_CHECKED)
    counted = Counter(
        c.verdict if c.verdict in (IMPRECISE, NOT_CHECKED) else c.in_four_words for c in judged
    )
    off = [c.claim_id for c in judged if c.verdict == IMPRECISE and "quantifier" in c.but]
    named = {IMPRECISE: f" (the quantifier is off in {', '.join(off)})" if off else ""}
    told = "; ".join(f"{s}: {counted[s]}{named.get(s, '')}" for s in sorts if counted[s])
    return f"The course's own verdicts on these {len(judged)} claims: {told}."


def _agreeing(given: pd.DataFrame, claim: claims.Claim) -> int:
    """Return how many judged as the course does, and say of a caveat what the course says too."""
    own = given[(given["claim_id"] == claim.claim_id) & given["verdict"].isin(VERDICTS)]
    return sum(
        row.journals
        for row in own.itertuples()
        if not steps(row.verdict, claim.in_four_words, row.but, claim.but)
    )


def _agreement(counts: pd.DataFrame, agree: dict[claims.Claim, int]) -> str:
    """Say on which claims the class agrees with the course most and least."""
    if not agree:
        return "The course has checked none of these claims."
    shares = {c.claim_id: n / counts.loc[c.claim_id].sum() for c, n in agree.items()}
    best, worst = max(shares, key=shares.get), min(shares, key=shares.get)
    return (
        f"The class agrees with the course most on {best} ({num(shares[best]):.0%}) and least on "
        f"{worst} ({num(shares[worst]):.0%})."
    )


def _draw_verdict(ax: Axes, place: int, counts: pd.Series, course: str | None, agree: int) -> None:
    """Draw one claim's answers as shares of 100 with their numbers; frame who agrees.

    Of those who say "holds, but" as the course does, only who names one of its kinds is framed.
    Nothing is framed where the course has not checked the claim (None).
    """
    bars = []
    for verdict in LOOKS:
        framed = agree if verdict == course else 0
        bars += [(verdict, framed, _FRAME), (verdict, counts[verdict] - framed, _PLAIN)]
    start = 0.0
    for verdict, number, edge in bars:
        colour, _, letter = LOOKS[verdict]
        width = 100 * number / counts.sum()
        if width:
            ax.barh(place, width, left=start, height=0.72, color=colour, **edge)
            words = f"{letter} {number}" if width >= 8 else letter if width >= 3 else ""
            look = {"ha": "center", "va": "center", "fontsize": 9, "color": palette.ink_on(colour)}
            ax.text(start + width / 2, place, words, zorder=5, **look)
        start += width
    if course is None:
        return
    colour, _, letter = LOOKS[course]
    box = {"facecolor": colour, "edgecolor": palette.BLACK, "linewidth": 1.2, "pad": 2.5}
    look = {"ha": "center", "fontsize": 9, "color": palette.ink_on(colour)}
    write(ax, letter, (0, place), -14, bbox=box, **look)


def _draw_confidence(ax: Axes, ids: Iterable[str], confidence: pd.DataFrame) -> None:
    """Draw median and quartiles of how sure the class was, where enough of it said so."""
    for place, claim_id in enumerate(ids):
        if claim_id in confidence.index and confidence.loc[claim_id, "journals"] >= FEWEST:
            row = confidence.loc[claim_id]
            ends = [row["lower_quartile"], row["upper_quartile"]]
            ax.plot(ends, [place, place], color=palette.MIDDLE, lw=4, solid_capstyle="butt")
            ax.plot(row["median"], place, "o", color=palette.BLACK, ms=7)
    ax.set(xlim=(45, 103), xticks=(50, 75, 100))
    ax.set_xlabel("how sure, per cent:\nmedian, middle half")
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x", visible=True)


def _verdict_table(
    drawn: list[claims.Claim],
    counts: pd.DataFrame,
    given: pd.DataFrame,
    confidence: pd.DataFrame,
) -> pd.DataFrame:
    enough = confidence[confidence["journals"] >= FEWEST]["median"]
    table = pd.DataFrame(
        {
            "claim": [claim.claim_id for claim in drawn],
            "what it says": [claim.summary for claim in drawn],
            "the course": [claim.told for claim in drawn],
        }
    )
    for verdict in LOOKS:
        table[verdict] = counts.loc[table["claim"], verdict].to_numpy()
        if verdict == BUT:
            table["but what"] = [_but_what(given, claim.claim_id) for claim in drawn]
    table["how sure (median, per cent)"] = enough.reindex(table["claim"]).to_numpy()
    return table


def _but_what(given: pd.DataFrame, claim_id: str) -> str:
    """Return what the class's "holds, but" are about: ``date 3, unit 1``."""
    own = given[(given["claim_id"] == claim_id) & (given["verdict"] == BUT)]
    return ", ".join(f"{row.but} {row.journals}" for row in own.itertuples())
