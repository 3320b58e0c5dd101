"""A figure of pyplot's is drawn when it is shown; named in the course's style sheet."""

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


def draw_when_shown(figure: Figure) -> None:
    """Have a new figure of pyplot's drawn when it is shown, not whenever something was added.

    Geopandas asks for a redraw after every layer, and a canvas without a window does it at once:
    five drawings for a map of four kinds of lines. Named in the course's style sheet.
    """
    if type(figure.canvas) is FigureCanvasAgg:  # windows and widgets draw when they have time
        figure.canvas.draw_idle = _not_yet


def _not_yet(*args: object, **kwargs: object) -> None:
    """Draw nothing."""
