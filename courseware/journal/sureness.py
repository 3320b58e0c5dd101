"""How sure somebody is, in per cent: a slider that says nothing until it is moved."""

from collections.abc import Iterable

import ipywidgets as widgets

from courseware import ui

#: Where the slider rests: no number, so that nobody's confidence is a default.
NOT_SAID = "not said yet"


class Sureness(widgets.SelectionSlider):
    """A slider over whole per cents. It rests beside them, at ``NOT_SAID``, until it is moved."""

    def __init__(self, steps: Iterable[int], label: str, style: dict, layout: dict) -> None:
        """Offer ``steps``, from left to right, behind the resting place."""
        super().__init__(
            options=[(NOT_SAID, NOT_SAID), *((f"{step} %", step) for step in steps)],
            value=NOT_SAID,
            description=label,
            tooltip=label,
            continuous_update=False,
            style=style,
            layout=layout,
        )
        self.add_class(ui.SAYS_WORDS)

    @property
    def per_cent(self) -> float | None:
        """How sure, or None while nothing is said."""
        return None if self.value == NOT_SAID else float(self.value)

    @per_cent.setter
    def per_cent(self, sure: float | None) -> None:
        """Show the step nearest to ``sure``: other versions had other steps."""
        offered = [step for _, step in self.options if step != NOT_SAID]
        self.value = NOT_SAID if sure is None else min(offered, key=lambda step: abs(step - sure))
