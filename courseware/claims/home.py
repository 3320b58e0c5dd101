"""What a chapter leaves for home: claims to judge one by one, and the course's verdicts."""

from collections.abc import Callable
from html import escape

import ipywidgets as widgets
import pandas as pd
from IPython.display import HTML

from courseware import article, ui
from courseware.claims.register import Claim, select, two_digits
from courseware.claims.trial import Trial, own_verdicts
from courseware.verdicts import CAVEATS

_WIDE = {"width": "auto", "max_width": "52em"}
_LINE = {"width": "auto", "flex": "1 1 0", "min_width": "0"}


class AtHome(ui.RunToAnswer, widgets.VBox):
    """The claims that a chapter leaves for home, each with a button that puts it on trial.

    The trial opens below its claim, one at a time; a second press closes it. ``buttons`` and
    ``lines`` are by claim; ``heading``, ``status`` and ``trial`` (the open one, or None) are its
    other parts. At the end the course's verdicts stand in a fold.
    """

    go_on = "Run this cell to judge the claims that you do at home."

    def __init__(self, chapter: str, chosen: list[Claim]) -> None:
        """Show ``chosen``, and which of them the journal has judged."""
        self.chapter, self.chosen = chapter, chosen
        self.trial: Trial | None = None
        self._keys = widgets.HTML(ui.own_keys())  # apart: what changes would run it again
        self.heading = widgets.HTML(layout=_WIDE)
        self.status = widgets.HTML(layout=_WIDE)
        self.lines = {claim.claim_id: widgets.HTML(layout=_LINE) for claim in chosen}
        self.buttons = {claim.claim_id: self._button(claim) for claim in chosen}
        self._rows = {
            claim_id: widgets.HBox([button, self.lines[claim_id]], layout=_WIDE)
            for claim_id, button in self.buttons.items()
        }
        self._ours = widgets.HTML(verdicts_on(chapter, chosen))
        super().__init__(layout=widgets.Layout(width="auto"))
        self._arrange()
        self._renew()

    def _button(self, claim: Claim) -> widgets.Button:
        button = widgets.Button(
            description=f"Judge {claim.claim_id}",
            tooltip=f"Judge {claim.claim_id} below: {claim.short_label}",
            layout=widgets.Layout(width="8em", flex="0 0 auto"),
        )
        button.on_click(lambda _: self.turn_to(claim))
        return button

    def turn_to(self, claim: Claim) -> None:
        """Open the trial of a claim below its line; close it if it is open."""
        again = self.trial is not None and self.trial.claim == claim
        self.trial = None if again else Trial(claim, self._renew)
        self._arrange()
        opened = (
            f"{claim.claim_id} is closed again."
            if again
            else f"{claim.claim_id} is open below its line, so that you can judge it."
        )
        self.status.value = ui.told(opened)

    def _arrange(self) -> None:
        """Put the rows one below the other, the open trial after its own."""
        parts = [self._keys, self.heading, self.status]
        for claim_id, row in self._rows.items():
            parts.append(row)
            if self.trial is not None and self.trial.claim.claim_id == claim_id:
                parts.append(self.trial)
        self.children = [*parts, self._ours]

    def _renew(self) -> None:
        """Say of each claim whether it is judged, and how many are left."""
        judged = set(own_verdicts()["claim"])
        left = sum(claim.claim_id not in judged for claim in self.chosen)
        self.heading.value = _heading(len(self.chosen), left)
        for claim in self.chosen:
            state = "judged" if claim.claim_id in judged else "still to judge"
            self.lines[claim.claim_id].value = (
                f'<div style="white-space:normal;line-height:1.4"><b>{escape(claim.short_label)}'
                f":</b> {escape(claim.summary)} ({state})</div>"
            )

    def __repr__(self) -> str:
        """Say which chapter's claims these are; a notebook's file keeps this."""
        return f"<claims for home of chapter {self.chapter}>"


def verdict_table(chapter: str | int) -> AtHome | HTML:
    """Return the claims that a chapter leaves for home, to be judged one by one.

    Raises:
        ClaimError: the register has no claims for that chapter.

    """
    chosen = select(chapter=chapter, core=False)
    if not chosen:
        return HTML("<p>Every claim of this chapter is judged in class.</p>")
    return AtHome(two_digits(chapter), chosen)


def _heading(number: int, left: int) -> str:
    """Return how many are to judge, and what a button does."""
    how = (
        "Press a button to judge the claim beside it. The course's verdicts on all these claims "
        "are below."
    )
    if not left:
        heading = f"For home: you have judged all {number} claims"
        how = "Now open the course's verdicts below."
    elif left == number:
        heading = f"For home: judge these {number} claims"
    else:
        heading = f"For home: {left} of these {number} claims still to judge"
    return ui.card(heading, f"<p>{how}</p>")


def verdicts_on(
    chapter: str | int,
    chosen: list[Claim],
    table: Callable[[pd.DataFrame, str], str] = ui.table,
) -> str:
    """Return the course's verdicts, folded; ``table`` makes HTML of a frame under a caption."""
    shown = pd.DataFrame(
        {
            "claim": claim.claim_id,
            "paragraph": claim.paragraph,
            "what it says": claim.summary,
            "our verdict": claim.judged,
            "what the caveat is about": "; ".join(f"{k} ({CAVEATS[k]})" for k in claim.but) or "–",
            "why": claim.why,
            "grade": claim.evidence_grade,
            "strongest dissent": claim.dissent,
            "since": claim.what_came,
        }
        for claim in chosen
    )
    caption = (
        f"Chapter {two_digits(chapter)}: the claims for home, judged as of {article.day_in_words()}"
    )
    ids = ", ".join(claim.claim_id for claim in chosen)
    return ui.details(f"The course's verdicts on {ids}: judge first", table(shown, caption))
