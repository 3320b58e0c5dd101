"""Show a figure that came without words, a plain ``table.plot()``, as a described picture."""

import base64
import io

from matplotlib.figure import Figure
from PIL import Image

from courseware.charts import alt_text, styling
from courseware.charts.images import picture


def bundle(fig: Figure) -> dict[str, str]:
    """Return a figure as a described picture, drawn once, by format."""
    try:
        for ax in fig.axes:
            styling.whole_years(ax)
        said = alt_text.alt(fig.axes)
    except Exception:  # a cell may draw anything: what cannot be told is shown all the same
        said = alt_text.UNTOLD
    content = alt_text.png(fig)
    width = Image.open(io.BytesIO(content)).width / alt_text.DPI * 100
    drawn = picture(content, said, width, in_view=True)
    return {
        "text/html": f'<div class="no-limits-chart" style="max-width:{width:.0f}px">{drawn}</div>',
        "image/png": base64.b64encode(content).decode("ascii"),
    }
