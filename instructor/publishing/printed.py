"""How the course's widgets look on paper. The kernels that run the chapters load this.

A notebook says what to show, a front end says how. The printed course is one more front end: it
registers its own printers with IPython, and neither the chapters nor ``courseware`` know of it.
"""

from html import escape

import ipywidgets as widgets

from courseware import ui
from courseware.claims import JUDGED_ON, Trial
from courseware.claims.cards import verdict_markup
from courseware.explorers.base import Explorer, Panel, Preset


def load_ipython_extension(shell) -> None:
    """Register the printers; IPython calls this when the kernel starts."""
    register = shell.display_formatter.mimebundle_formatter.for_type
    register(widgets.Widget, paper)
    register(Panel, lambda panel, **_: {"text/html": twin(panel)})
    register(Trial, lambda trial, **_: {"text/html": paper(trial)["text/html"] + opened(trial)})


def paper(widget: widgets.Widget, **_) -> dict:
    """Return only the HTML that a widget has for paper: the question, and room to write.

    Raises:
        ValueError: the widget has none, so the printed course could not show it.

    """
    markup = widget._repr_mimebundle_().get("text/html")
    if not markup:
        raise ValueError(f"{type(widget).__name__} says nothing about how it looks on paper.")
    return {"text/html": markup}


def opened(trial: Trial) -> str:
    """Return the course's verdict, folded until somebody opens it."""
    title = f"The course's verdict on {trial.claim.claim_id}, as of {JUDGED_ON}"
    return ui.details(title, ui.card(title, verdict_markup(trial.claim), "good"))


def twin(panel: Panel) -> str:
    """Return an explorer's printed twin: its presets as figures, one button for each.

    Radio buttons and a style sheet do the switching; on paper all figures stand one below
    the other.
    """
    explorer = panel.explorer
    group = f"twin-{type(explorer).__name__}"
    states = [preset.state for preset in explorer.presets]
    start = states.index(panel.state) if panel.state in states else 0
    buttons = "".join(
        f'<input type="radio" name="{group}" id="{group}-{number}"{" checked" * (number == start)}>'
        f'<label for="{group}-{number}">{escape(preset.name)}</label>'
        for number, preset in enumerate(explorer.presets)
    )
    figures = "".join(_figure(explorer, preset) for preset in explorer.presets)
    title = escape(explorer.title)
    return (
        f"<h3>{title}</h3><p>On paper the explorer stands still: choose among its views.</p>"
        f"<p><b>In the notebook:</b> {escape(explorer.intro)}</p>"
        f'<div class="twin" role="radiogroup" aria-label="Views: {title}">{buttons}{figures}'
        "</div>"
    )


def _figure(explorer: Explorer, preset: Preset) -> str:
    state = explorer.normalise(preset.state)
    numbers = explorer.table(state)
    fold = "" if numbers.empty else ui.details(
        "The same numbers as a table", ui.table(numbers, f"{explorer.title}: {preset.name}")
    )  # fmt: skip
    return (
        f'<figure class="twin-view"><figcaption><b>{escape(preset.name)}.</b> '
        f"{escape(preset.caption)}</figcaption>"
        f"{explorer.markup(state)}{explorer.aside(state)}{fold}</figure>"
    )
