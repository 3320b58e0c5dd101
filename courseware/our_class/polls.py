"""How sure the class was of each statement, at the beginning and at the end."""

import pandas as pd
from matplotlib.axes import Axes

from courseware import charts, palette
from courseware.charts.showing import ChartWords
from courseware.our_class.dot_plots import (
    CLOSING,
    FEWEST,
    OPENING,
    called,
    frame,
    note_left_out,
    say_too_few,
    short,
    stack,
    write,
)
from courseware.our_class.tallies import EXPORTED, PollTally, Tallies
from courseware.quantities import num
from courseware.words import poll

STEP = 5  #: per cent: the slider of a poll moves in such steps
FEWEST_PAIRS = 15  #: journals with both answers; of fewer no title says who changed their minds
_ROW = 1.75  # inches for one statement


def show(class_: Tallies) -> None:
    """Show opening and closing confidence, statement by statement (see `ClassJournals`)."""
    table = class_.polls()
    drawn = table[table["opening_n"].ge(FEWEST) | table["closing_n"].ge(FEWEST)]
    few = [row.id for row in table.itertuples() if row.id not in set(drawn["id"])]
    left_out = called(few, poll)
    if drawn.empty:
        say_too_few("polls", left_out)
        return
    rows = list(drawn.itertuples())
    fig, axes = frame(0.95 + _ROW * len(rows), nrows=len(rows), sharex=True, squeeze=False)
    numbers = []
    for ax, row in zip(axes[:, 0], rows, strict=True):
        numbers += _draw_poll(ax, row, class_.polls(row.id))
    axes[-1, 0].set_xlabel("per cent: 0 surely wrong, 50 could be either, 100 surely right")
    columns = ["statement", "when", "how sure, per cent", "answers"]
    alt = (
        "Dots show how sure the class was of each statement, at the beginning and at the end. "
    ) + " ".join(map(_poll_words, rows))
    unit = "How sure the class was, in per cent; each dot is one answer, and each bar is a median"
    said = ChartWords(_polls_title(rows), unit, alt)
    charts.put_on_page(fig, said, pd.DataFrame(numbers, columns=columns), EXPORTED)
    note_left_out(left_out)


def _draw_poll(ax: Axes, row: tuple, pairs: pd.DataFrame) -> list[tuple]:
    """Draw one statement, the opening above its line and the closing below; return its counts."""
    moments = [("opening", "at the beginning", OPENING, 1)]
    if row.closing_moment:
        moments.append(("closing", row.closing_moment, CLOSING, -1))
    numbers, tallest = [], 1
    for column, when, colour, side in moments:
        values = pairs[column].dropna()
        if len(values) < FEWEST:
            words = f"{when}: fewer than {FEWEST} answers"
        else:
            counts = values.groupby((values / STEP).round() * STEP).size()
            tallest = max(tallest, counts.max())
            numbers += [(row.id, when, float(v), int(n)) for v, n in counts.items()]
            stack(ax, counts, colour, side)
            ax.plot([values.median()] * 2, [0, side * (counts.max() + 0.7)], color=colour, lw=2.5)
            words = f"{when}\nmedian {num(values.median()):g}, {len(values)} answers"
        write(ax, words, (1, 0.5 + side * 0.27), 8, "axes fraction", color=charts.ink(colour))
    ax.axhline(0, color=palette.SOFT, lw=0.8)
    ax.set(xlim=(-4, 104), ylim=(-tallest - 1, tallest + 1), xticks=range(0, 101, 10), yticks=[])
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    ax.tick_params(axis="x", length=0)
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.set_title(short(f"{row.id}: {row.statement}", 100), fontsize=10.5, parse_math=False)
    return numbers


def _polls_title(rows: list) -> str:
    """Return how many changed their minds, statement by statement, or only what is asked.

    Two medians can rise while most of those who answered twice became less sure, so the title
    counts pairs: both answers of one journal.
    """
    parts = [_changed(row) for row in rows if row.both_n >= FEWEST_PAIRS]
    return "; ".join(parts) or "How sure is the class, at the beginning and at the end?"


def _changed(row: PollTally) -> str:
    return f"{row.id}: {row.rose} of {row.both_n} became surer, {row.fell} less sure"


def _poll_words(row: tuple) -> str:
    said = [
        f"median {num(median):g} per cent {when} ({n} answers)"
        for median, when, n in (
            (row.opening_median, "at the beginning", row.opening_n),
            (row.closing_median, row.closing_moment, row.closing_n),
        )
        if n >= FEWEST
    ]
    return f"{row.id}: {', '.join(said)}."
