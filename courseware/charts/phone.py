"""A chart laid out once more for a phone."""

from PIL import Image

from courseware.charts import styling
from courseware.charts.images import drawn_at, encode, shades
from courseware.charts.page import Chart

PHONE_DPI = 200  # two dots a pixel where it is shown


def for_phone(chart: Chart) -> bytes:
    """Return a chart as a small PNG for a narrow screen; nothing if it cannot have another size.

    It is the same figure, laid out again: fewer ticks, names in shorter lines, panels in two
    columns. A map is drawn again.
    """
    if chart.narrow:
        image = drawn_at(chart.narrow(), PHONE_DPI)
    elif chart.layout is None:
        return b""
    else:
        with styling.narrow(chart.figure, chart.layout):
            image = drawn_at(chart.figure, PHONE_DPI)
    return encode(image.quantize(palette=shades(), dither=Image.Dither.NONE))
