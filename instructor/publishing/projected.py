"""How charts look on a projector. The kernels that run the chapters for the slides load this."""

from courseware import charts


def load_ipython_extension(shell) -> None:
    """Draw finer: a projector shows more dots than a page."""
    charts.DPI = 180
