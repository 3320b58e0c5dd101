"""*Keep this chart*: a small button below each chart, for whoever sits in front of a notebook.

It is a widget of its own in the output of the chart's cell, so that it adds no picture to the
notebook's file and nothing to a printed page. `courseware.ipython_extension` has charts offer it.
"""

from typing import TYPE_CHECKING

import ipywidgets as widgets
from IPython.display import display

from courseware import ui
from courseware.journal.kept_pictures import keep

if TYPE_CHECKING:
    from courseware.charts import Shown

#: Two models that all buttons of a page share: a chart adds no more than a box and a button.
_SMALL = widgets.Layout(width="max-content", height="26px", margin="0")
_QUIET = widgets.ButtonStyle(button_color="transparent", font_size="13px")
_BOX = widgets.Layout(width="auto", max_width="52em")


class KeepButton(ui.OnlyAlive, widgets.VBox):
    """A button that keeps one chart; a reason may be added.

    The first press on ``open_button`` keeps the chart and opens the rest, which is made only then:
    ``why``, ``save_button`` and ``status``. Later presses close and open it.
    """

    def __init__(self, shown: "Shown") -> None:
        """Offer to keep ``shown``."""
        self.shown = shown
        self.why: widgets.Text | None = None
        self.open_button = widgets.Button(
            description="Keep this chart",
            icon="bookmark-o",
            tooltip="Keep it in your journal, for your brief",
            layout=_SMALL,
            style=_QUIET,
        )
        self.open_button.on_click(lambda _: self.turn())
        super().__init__([self.open_button], layout=_BOX)

    def turn(self) -> None:
        """Keep the chart and ask for a reason below the button, or stop asking."""
        if self.why is None:
            self._ask()
        closed = len(self.children) == 1
        self.children = [self.open_button, *self._asked] if closed else [self.open_button]

    def keep(self) -> None:
        """Keep the chart in the journal with the reason that was typed, if any, and say so."""
        _, message = keep(self.shown, self.why.value)
        self.status.value = ui.told(message)

    def _ask(self) -> None:
        self.why = widgets.Text(
            description="Add what it shows and why you need it (you may leave this out):",
            style={"description_width": "initial"},
            layout=widgets.Layout(width="auto"),
            continuous_update=False,  # sent when it is left: then it is saved
        )
        self.why.observe(lambda _: self.keep(), "value")
        self.save_button = widgets.Button(
            description="Save the reason",
            button_style="primary",
            layout=widgets.Layout(width="max-content"),
        )
        self.save_button.on_click(lambda _: self.keep())
        self.status = widgets.HTML()
        self.keep()
        self.open_button.description, self.open_button.icon = "Chart kept", "bookmark"
        self.open_button.tooltip = "Show or hide the line for your reason"
        keys = widgets.HTML(ui.own_keys(writes=True))
        self._asked = [keys, self.why, self.save_button, self.status]

    def __repr__(self) -> str:
        """Say what it is; a notebook's file keeps this, and none of what was typed."""
        return "<Keep this chart>"


def offer(shown: "Shown") -> None:
    """Show the button below a chart that has just been shown."""
    display(KeepButton(shown))
