"""How a brief is marked: the table that students see."""

import pandas as pd
from IPython.display import HTML

from courseware import ui, words


def show_rubric() -> HTML:
    """Show, in a fold, what of a brief is marked and when a row has its full points."""
    rows = words.rubric()
    table = pd.DataFrame(rows, columns=["what", "points", "full marks when"])
    caption = f"How the brief is marked: {table['points'].sum()} points"
    return HTML(ui.details(caption, ui.table(table, caption)))
