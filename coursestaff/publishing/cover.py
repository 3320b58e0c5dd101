"""The course in one picture: the article as a page of bars, and which of its claims have a source.

It stands beside a shared link, on the first slide, on the site's first page and in the README.
"""

from html import escape

from matplotlib.figure import Figure
from PIL import Image

from courseware import article, claims, palette
from courseware.charts import images, page_of_bars

SAID = {"color": palette.YELLOW}
NOT_SAID = {"color": palette.MIDDLE}
COLOURS = 64  # of the stored picture
HIGH = 2.6  # of a line of the drawing for the web, whose unit is a letter


def counted() -> tuple[int, int]:
    """Return how many claims there are, and for how many the article gives no source."""
    sourced = claims.outline()["sourced"]
    return len(sourced), int((~sourced).sum())


def alt() -> str:
    """Return what the picture shows, for readers who cannot see it."""
    every, without = counted()
    return (
        f"A page of {every} bars, one for each claim of the {article.facts()['kind']} in its "
        f"order, as long as our summary of the claim. {every - without} are yellow, because the "
        f"text says or hints who says so; {without} are grey."
    )


def card() -> Figure:
    """Return the picture that stands beside a link to the course, 1200 by 630 pixels."""
    every, without = counted()
    said = f"One {article.facts()['kind']}.", f"{every} claims.", f"{without} without a source."
    foot = (
        "Each bar is a claim, in the order of the article, as long as our summary.",
        "Yellow: the article says, or hints, who says so.",
    )
    fig, page = page_of_bars.sheet(article.facts()["course"], said, foot, night=True)
    outline = claims.outline()
    looks = outline["sourced"].map({True: SAID, False: NOT_SAID})
    page_of_bars.draw(page, outline, looks)
    return fig


def png() -> bytes:
    """Return the card as PNG; its few colours make a small file."""
    fig = card()
    fig.canvas.draw()
    few = images.canvas_image(fig).quantize(COLOURS, dither=Image.Dither.NONE)
    return images.encode(few)


def markup() -> str:
    """Return the bars alone as a drawing for the web; the page's style sheet has their colours."""
    outline = claims.outline()
    drawn = [*page_of_bars.pieces(outline)]
    bars = "".join(
        f'<rect class="{"sourced" if outline.at[claim, "sourced"] else "bar"}" x="{left:.1f}" '
        f'y="{line * HIGH:.1f}" width="{width:.1f}" height="{page_of_bars.TALL * HIGH:.1f}"/>'
        for claim, line, left, width in drawn
    )
    size = f"0 0 {page_of_bars.LINE} {(drawn[-1].line + 1) * HIGH:.1f}"
    return (
        f'<svg class="xray" viewBox="{size}" role="img" aria-label="{escape(alt())}">{bars}</svg>'
    )
