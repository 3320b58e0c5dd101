"""Show a chart that everybody can read: a finding as title, a described picture, a table.

A chapter's cell plots with pandas or matplotlib as anywhere, ``ax = buyers.plot()``, and
``show(ax, "02-buyers", buyers)`` styles that and puts it on the page: title and unit as text, the
picture with its alt text, the source, the numbers, and how their table was made. The words stand
in ``courseware/words``; a chart of one's own has them in the call, ``show(ax, title="…", unit="…",
source="…", alt="…")``. Looks are fixed per country (`line_styles`, `styling`). Importing this sets
matplotlib's style and does nothing else.
"""

from pathlib import Path

import matplotlib.style
from matplotlib import font_manager

from courseware.charts import alt_text, page, plain
from courseware.charts.annotations import level, spread
from courseware.charts.chart_forms import calendar, gap, multiples, parts, units
from courseware.charts.drawn import in_lines
from courseware.charts.images import DPI, Canvas, ChartError, picture, png, quick_png
from courseware.charts.line_styles import hues_of
from courseware.charts.page import Board, Chart, Shown, last_shown
from courseware.charts.page_of_bars import xray
from courseware.charts.showing import (
    YOUR_VERSION,
    in_words,
    put_on_page,
    show,
    show_grid,
    show_tiles,
    with_numbers,
)
from courseware.charts.sources import HOW, source_text
from courseware.charts.time_bars import area, bar_rows, moment
from courseware.palette import color, contrast, ink, luminance, name, style

__all__ = [
    "DPI",
    "HOW",
    "YOUR_VERSION",
    "Board",
    "Canvas",
    "Chart",
    "ChartError",
    "Shown",
    "alt_text",
    "area",
    "bar_rows",
    "calendar",
    "color",
    "contrast",
    "gap",
    "hues_of",
    "in_lines",
    "in_words",
    "ink",
    "last_shown",
    "level",
    "luminance",
    "moment",
    "multiples",
    "name",
    "page",
    "parts",
    "picture",
    "plain",
    "png",
    "put_on_page",
    "quick_png",
    "show",
    "show_grid",
    "show_tiles",
    "source_text",
    "spread",
    "style",
    "units",
    "with_numbers",
    "xray",
]

STYLE_SHEET = Path(__file__).parents[1] / "course.mplstyle"

#: The course's own typefaces: other names than their originals', since theirs are reserved.
FONTS = Path(__file__).parents[1] / "fonts"
for _file in sorted(FONTS.glob("*.ttf")):
    font_manager.fontManager.addfont(_file)

matplotlib.style.use(STYLE_SHEET)  # once, for whatever a cell draws with pandas or matplotlib
