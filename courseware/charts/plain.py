"""Show a figure that came without words, a plain ``table.plot()``, as a described picture."""

import base64
import io

from IPython.core import pylabtools
from matplotlib.figure import Figure
from PIL import Image

from courseware.charts import alt_text, styling
from courseware.charts.images import DPI, picture


def bundle(fig: Figure) -> dict[str, str]:
    """Return a figure as a described picture, drawn once, by format."""
    try:
        for ax in fig.axes:
            styling.whole_years(ax)
        said = alt_text.alt(fig.axes)
    except Exception:  # a cell may draw anything: what cannot be told is shown all the same
        said = alt_text.UNTOLD
    content = png(fig)
    width = Image.open(io.BytesIO(content)).width / DPI * 100
    drawn = picture(content, said, width, in_view=True)
    return {
        "text/html": f'<div class="no-limits-chart" style="max-width:{width:.0f}px">{drawn}</div>',
        "image/png": base64.b64encode(content).decode("ascii"),
    }


def png(fig: Figure) -> bytes:
    """Return a figure as a PNG, cut to what is drawn, as JupyterLab shows it."""
    content = pylabtools.print_figure(fig, dpi=DPI)
    return _without_axes(fig) if content is None else content


def _without_axes(fig: Figure) -> bytes:
    """Return a figure that Jupyter would not show: there may be words or lines on it."""
    stream = io.BytesIO()
    fig.canvas.print_figure(
        stream, format="png", dpi=DPI, bbox_inches="tight", facecolor=fig.get_facecolor()
    )
    return stream.getvalue()
