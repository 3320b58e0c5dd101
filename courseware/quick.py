"""What lets a notebook's cells answer at once: nothing is drawn, or looked through, in vain."""

import gc
from typing import Any

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


def set_imports_aside(shell: Any) -> None:
    """Have Python look for garbage among what a kernel makes, not among what it has imported.

    Pandas, matplotlib and the widgets are some 180,000 objects that stay until the end. Looking
    through them takes a tenth of a second of whatever cell it falls into. After the cell that
    imports they are set aside, once.
    """

    def after_the_first_cell(*_: object) -> None:
        shell.events.unregister("post_run_cell", after_the_first_cell)
        gc.freeze()

    if hasattr(shell, "kernel"):
        shell.events.register("post_run_cell", after_the_first_cell)
