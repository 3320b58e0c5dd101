"""Where a class's predictions lay, beside the outcomes."""

from textwrap import wrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from courseware import charts, palette
from courseware.charts.showing import ChartWords
from courseware.our_class.dot_plots import (
    CLOSING,
    FEWEST,
    OPENING,
    OUTCOME,
    called,
    frame,
    note_left_out,
    say_too_few,
    short,
    stack,
    write,
)
from courseware.our_class.tallies import Tallies, is_number
from courseware.quantities import num, number_text, quantity
from courseware.words import prediction

FURTHEST = 3.0  #: times the outcome: predictions beyond stand at the edge


def show(class_: Tallies, key: str | None = None) -> None:
    """Show where predictions lay beside outcomes (see `ClassJournals`)."""
    table = class_.tally()
    if key is not None:
        class_.predictions(key)  # says which there are, if there is none of this id
        table = table[table["id"] == key]
    choices = table["most_chosen"].notna()
    numeric = table["median"].notna() & ~choices & table["predicted"].ge(FEWEST)
    if key is None:
        has_ratio = numeric & table["outcome"].map(lambda o: is_number(o) and o != 0)
    else:
        has_ratio = numeric & False
    chosen = choices & table["predicted"].ge(FEWEST)
    if has_ratio.any():
        _ratios(class_, list(table[has_ratio].itertuples()))
    for row in table[numeric & ~has_ratio].itertuples():
        _one_question(class_, row)
    if chosen.any():
        _choices(class_, list(table[chosen].itertuples()))
    left_out = called(list(table.loc[~(numeric | chosen), "id"]), prediction)
    if not (numeric | chosen).any():
        say_too_few("predictions", left_out)
    else:
        note_left_out(left_out, "or in words")


def _in_time(class_: Tallies, key: str) -> pd.Series:
    each = class_.predictions(key)
    return each.loc[~each["late"], "prediction"]


def _ratios(class_: Tallies, rows: list) -> None:
    """Draw each question in a row of its own, every prediction as a multiple of the outcome."""
    close = sum(row.close for row in rows) / sum(row.predicted for row in rows)
    fig, ax = frame(0.65 + 0.75 * len(rows))
    for place, row in enumerate(reversed(rows)):
        ratios = _in_time(class_, row.id).astype(float) / row.outcome
        _draw_ratios(ax, place, ratios)
        outcome = quantity(row.outcome, row.unit, 4)
        words = f"outcome {outcome}\nmedian {number_text(row.median, 3)}"
        look = {"fontsize": 9, "color": palette.TEXT}
        write(ax, words, (1, place + 0.3), 8, ("axes fraction", "data"), **look)
    ax.axvline(1, color=OUTCOME, lw=1.4, ls="--", zorder=1)
    labels = [_label(f"{row.id}: {row.question}") for row in reversed(rows)]
    ax.set_yticks(np.arange(len(rows)) + 0.3, labels, fontsize=9, parse_math=False)
    ax.set(xlim=(-0.35, FURTHEST + 0.25), ylim=(-0.3, len(rows) - 0.1))
    ticks = {0: "0", 1: "as it was", 2: "2 times", 3: "3 times"}
    ax.set_xticks(list(ticks), list(ticks.values()))
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    columns = ["id", "question", "unit", "outcome", "lowest", "median", "highest"]
    columns += ["predicted", "close"]
    table = pd.DataFrame(rows)[columns].rename(columns={"close": "within a tenth"})
    medians = "; ".join(f"{row.id} {number_text(row.median / row.outcome, 2)}" for row in rows)
    alt = f"Dots show the class's predictions. The medians, in multiples of the outcome: {medians}."
    title = f"{num(close):.0%} of the class's numbers were within a tenth of the outcome"
    unit = (
        "Predictions in multiples of the outcome; each dot is one prediction, and each bar is a "
        "median"
    )
    charts.put_on_page(fig, ChartWords(title, unit, alt), table, class_.source)


def _draw_ratios(ax: Axes, place: int, ratios: pd.Series) -> None:
    """Stack dots on the line of one question; at the axis' ends stands how many lie beyond."""
    inside = ratios[ratios.between(0, FURTHEST)]
    binned = (inside / 0.05).round() * 0.05
    counts = binned.groupby(binned).size()
    lift = min(0.11, 0.62 / counts.max()) if len(counts) else 0
    for value, count in counts.items():
        heights = place + lift * (np.arange(count) + 0.6)
        look = {"edgecolor": "white", "linewidth": 0.5, "alpha": 0.85}
        ax.scatter([value] * count, heights, s=30, color=OPENING, zorder=3, **look)
    beyond = {FURTHEST + 0.1: (">", (ratios > FURTHEST).sum()), -0.1: ("<", (ratios < 0).sum())}
    for x, (marker, count) in beyond.items():
        if count:
            ax.scatter(x, place + 0.12, s=55, color=OPENING, marker=marker, zorder=3)
            ax.text(x, place + 0.3, str(count), ha="center", fontsize=9, color=charts.ink(OPENING))
    middle = float(np.clip(ratios.median(), 0, FURTHEST))
    ax.plot([middle] * 2, [place - 0.06, place + 0.72], color=CLOSING, lw=2.5, zorder=2)
    ax.axhline(place, color=palette.PALE, lw=0.8, zorder=0)


def _one_question(class_: Tallies, row: tuple) -> None:
    """Draw one question on an axis of its own, in its unit."""
    values = _in_time(class_, row.id).astype(float)
    known = is_number(row.outcome)
    ends = [values.min(), values.max(), *([row.outcome] if known else [])]
    width = (max(ends) - min(ends)) / 40 or 1.0
    binned = (values / width).round() * width
    counts = binned.groupby(binned).size()
    title = f"The class's median: {quantity(row.median, row.unit, 3)}"
    if known:
        title = f"{row.close} of {row.predicted} predictions were within a tenth of the outcome"
    fig, ax = frame(2.7)
    stack(ax, counts, OPENING)
    top = max(counts.max() + 1.5, 6)
    other = row.outcome if known else row.median
    said = f"median {number_text(row.median, 3)}"
    marks = [(row.median, said, CLOSING, "-", 1.0, row.median < other)]
    if known:
        said = f"outcome {number_text(row.outcome, 4)}"
        marks.append((row.outcome, said, OUTCOME, "--", 0.88, row.outcome < row.median))
    low, high = min(ends) - 2 * width, max(ends) + 2 * width
    for x, words, colour, line, height, left in marks:
        room = (x - low if left else high - x) / (high - low)
        left = left == (room > 0.25)  # away from the other mark, unless the edge is near
        ax.axvline(x, color=colour, lw=1.8, ls=line, zorder=1)
        look = {"ha": "right" if left else "left", "va": "top", "color": charts.ink(colour)}
        look["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}  # lines may cross
        write(ax, words, (x, height), -6 if left else 6, ("data", "axes fraction"), **look)
    ax.set(xlim=(low, high), ylim=(0, top), yticks=[], xlabel=row.unit)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="y", visible=False)
    alt = f"Dots of {row.predicted} predictions, {num(row.lowest):,.4g} to "
    alt += f"{num(row.highest):,.4g}, median {num(row.median):,.4g}"
    alt += f"; the outcome was {num(row.outcome):,.4g}." if known else "."
    name = f"prediction, {row.unit}" if row.unit else "prediction"
    table = pd.DataFrame({name: counts.index, "how many": counts.to_numpy()})
    unit = f"{row.question} Each dot is one prediction, in {row.unit or 'numbers'}"
    charts.put_on_page(fig, ChartWords(title, unit, alt), table, class_.source)


def _choices(class_: Tallies, rows: list) -> None:
    """Draw the choices of each question as bars, the right one marked."""
    counted = {row.id: _choice_counts(class_, row) for row in rows}
    bars = sum(len(counts) + 1.6 for counts in counted.values())
    right, made = sum(row.close for row in rows), sum(row.predicted for row in rows)
    known = any(isinstance(row.outcome, str) for row in rows)
    fig, ax = frame(0.3 + 0.32 * bars)
    at, ticks, labels, numbers = 0.0, [], [], []
    for row in rows:
        look = {"fontsize": 10, "fontweight": "bold"}
        question = short(f"{row.id}: {row.question}", 100)
        write(ax, question, (0.01, at), 0, ("figure fraction", "data"), in_layout=False, **look)
        for choice, count in counted[row.id].items():
            at += 1
            is_right = choice == row.outcome
            ax.barh(at, count, height=0.7, color=palette.RIGHT if is_right else palette.NOT_RIGHT)
            words = f"{count}  outcome" if is_right else str(count)
            write(ax, words, (count, at), 5, fontweight="bold" if is_right else "normal")
            ticks.append(at)
            labels.append(_label(choice))
            numbers.append((row.id, row.question, choice, count, "yes" if is_right else ""))
        at += 1.6
    ax.set_yticks(ticks, labels, fontsize=9, parse_math=False)
    ax.set(ylim=(at - 0.8, -0.7), xticks=[])
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.grid(axis="y", visible=False)
    alt = "Bars show, for each question, how many chose each answer. " + " ".join(
        f"{row.id}: most chose {row.most_chosen}; {row.close} of {row.predicted} chose the outcome."
        for row in rows
    )
    columns = ["id", "question", "choice", "how many", "outcome"]
    title = f"{right} of {made} choices were right" if known else "What the class expects"
    said = ChartWords(title, "How many chose each answer; the darker bar is the outcome", alt)
    charts.put_on_page(fig, said, pd.DataFrame(numbers, columns=columns), class_.source)


def _choice_counts(class_: Tallies, row: tuple) -> dict[str, int]:
    """Return how many made each choice, the most chosen first; the outcome even if nobody did."""
    counts = _in_time(class_, row.id).astype(str).value_counts().to_dict()
    if isinstance(row.outcome, str):
        counts.setdefault(row.outcome, 0)
    return counts


def _label(text: str) -> str:
    """Return a tick label of at most two lines."""
    return "\n".join(wrap(short(text, 84), 44))
