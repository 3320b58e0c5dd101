"""The end of the course in pictures: bars and curve, each described in words."""

from itertools import cycle

import pandas as pd
from matplotlib.figure import Figure

from courseware import article, charts, palette, ui, words
from courseware.brief import verdict_picture
from courseware.charts import images
from courseware.journal.records import trend
from courseware.quantities import num

SHOWN = 820  #: pixels that a picture is wide on a page
#: Of the theses' lines, as often as there are theses.
LOOKS = ((palette.PETROL, "-", "o"), (palette.MIDDLE, "--", "s"), (palette.PALE, "-.", "^"))


def bars(end: verdict_picture.Ended, drawn: bytes) -> str:
    """Return the page of bars as markup: what is ``drawn`` of the end, described."""
    return charts.picture(drawn, verdict_picture.alt(end), SHOWN, in_view=True)


def confidences() -> pd.DataFrame:
    """Return the confidence: asked (when), then a column a thesis (per cent; empty: not said)."""
    polls = {thesis: trend(thesis) for thesis in article.theses().values()}
    columns = [
        poll.dropna(subset=["confidence"]).set_index("moment")["confidence"].rename(thesis)
        for thesis, poll in polls.items()
    ]
    moments = dict.fromkeys(moment for poll in polls.values() for moment in poll["moment"])
    table = pd.concat(columns, axis=1).reindex(list(moments)).dropna(how="all")
    return table.rename_axis("asked").reset_index()


def curve() -> str:
    """Return how sure the student was of each thesis over the course, as markup with its table.

    Empty where nobody was asked twice: a line needs two points.
    """
    table = confidences()
    if len(table) < 2:
        return ""
    fig = Figure((8.2, 3.2), dpi=images.DPI)
    images.Canvas(fig)
    ax = fig.add_axes((0.07, 0.12, 0.9, 0.76))
    ax.set(ylim=(0, 100), xlim=(-0.2, len(table) - 0.8), ylabel="per cent")
    ax.set_xticks(range(len(table)), table["asked"])
    said = []
    for thesis, (hue, line, marker) in zip(article.theses().values(), cycle(LOOKS), strict=False):
        known = table[thesis].dropna()
        ax.plot(known.index, known, line, marker=marker, color=hue, label=words.poll(thesis))
        moments = ", ".join(f"{table['asked'][i]} {num(sure):.0f} %" for i, sure in known.items())
        said += [f"{words.poll(thesis)} {moments}."] * bool(moments)
    fig.legend(loc="upper left", bbox_to_anchor=(0.06, 1.0), ncols=2)
    drawn = charts.picture(charts.png(fig), f"How sure I was. {' '.join(said)}", SHOWN)
    numbers = ui.table(table, "My confidence, in per cent, when I was asked")
    title = "<p><b>How sure I was, whenever I was asked</b></p>"
    return title + drawn + ui.details("The curve as a table", numbers)
