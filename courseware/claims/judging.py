"""A claim on trial: the student's verdict first, then the course's, and how far they lie apart."""

from html import escape

import ipywidgets as widgets
import pandas as pd

from courseware import journal, ui
from courseware.claims.cards import verdict_markup
from courseware.claims.lookup import JUDGED_ON, Claim, face, get, register
from courseware.journal.entry import UNKNOWN, VERDICTS

_WIDE = {"width": "auto", "max_width": "52em"}
_LABEL = {"description_width": "initial"}


def own_verdicts() -> pd.DataFrame:
    """Return what the student has judged so far, one row per claim, read from the journal.

    Columns: claim, chapter, what it says, my verdict (one of ``VERDICTS``, or "pass"), how sure
    (per cent; empty for a pass).
    """
    known = register()
    kept = journal.entries()
    kept = kept[(kept["kind"] == "verdict") & kept["id"].isin(known) & kept["saved"].notna()]
    kept = kept.sort_values("id")
    return pd.DataFrame(
        {
            "claim": list(kept["id"]),
            "chapter": [known[i].chapter for i in kept["id"]],
            "what it says": [known[i].summary for i in kept["id"]],
            "my verdict": ["pass" if pd.isna(v) else v for v in kept["answer"]],
            "how sure": pd.Series(list(kept["confidence"]), dtype="float64"),
        }
    )


def distance(own: str | None, course: str | None) -> str:
    """Say in plain words how far a student's verdict (None: pass) is from the course's.

    Args:
        own: one of ``VERDICTS``, or None.
        course: one of ``VERDICTS``: ``get(...).in_four_words``; None: not checked by us.

    """
    if own is None:
        return "You passed. A pass is an answer, and there is nothing to compare."
    if course is None:
        return "The course has not checked this claim, so there is nothing to compare."
    if own == course:
        return "The same: you and the course agree."
    if UNKNOWN in (own, course):
        return (
            "A different kind of answer: one of you says that evidence settles this claim, "
            "the other that it cannot. Ask what would have to be known."
        )
    if abs(VERDICTS.index(own) - VERDICTS.index(course)) == 1:
        return "Neighbouring: one step apart. Ask what the step turns on."
    return "Far apart: one of you says that the claim holds, the other that it does not."


class Trial(ui.OnPaper, widgets.VBox):
    """A claim, the student's verdict on it, and, only after that, the course's.

    ``choice``, ``sure``, ``record_button``, ``pass_button``, ``open_button``, ``status`` and
    ``verdict`` are its parts. Running the cell again brings the recorded verdict back.
    """

    def __init__(self, claim: Claim) -> None:
        """Show ``claim`` and whatever verdict the journal holds on it."""
        self.claim = claim
        self._opened = False
        title = f"On trial: {claim.claim_id} · {claim.short_label}"
        self._paper = ui.card(title, face(claim) + _boxes(), "course")
        heading = widgets.HTML(ui.card(title, face(claim), "course") + ui.own_keys(), layout=_WIDE)
        self.choice = widgets.RadioButtons(
            options=VERDICTS, value=None, description="This claim …", style=_LABEL, layout=_WIDE
        )
        self.sure = widgets.IntSlider(
            value=50, min=50, max=100, step=5, continuous_update=False, style=_LABEL, layout=_WIDE,
            description="How sure, in per cent (50: a guess, 100: certain):",
        )  # fmt: skip
        self.record_button = widgets.Button(
            description="Record my verdict", button_style="primary",
            tooltip=f"Save my verdict on {claim.claim_id} in my journal",
        )  # fmt: skip
        self.pass_button = widgets.Button(description="Pass", tooltip="A pass is an answer too")
        self.open_button = widgets.Button(
            description="Open the course's verdict", disabled=True,
            layout=widgets.Layout(width="auto"), tooltip="Opens once you have judged or passed",
        )  # fmt: skip
        self.status = widgets.HTML(layout=_WIDE)
        self.verdict = widgets.HTML(layout=_WIDE)
        self.record_button.on_click(lambda _: self.record())
        self.pass_button.on_click(lambda _: self.pass_())
        self.open_button.on_click(lambda _: self.open_verdict())
        buttons = widgets.HBox(
            [self.record_button, self.pass_button, self.open_button],
            layout=widgets.Layout(flex_flow="row wrap"),
        )
        super().__init__(
            [heading, self.choice, self.sure, buttons, self.status, self.verdict], layout=_WIDE
        )
        self._restore()

    def record(self) -> None:
        """Save the chosen verdict, or say what is missing."""
        if self.choice.value is None:
            self._say("Not recorded: nothing is chosen yet. Choose one of the four, or pass.")
        else:
            self._keep(self.choice.value, self.sure.value)

    def pass_(self) -> None:
        """Save a pass; it opens the way to the course's verdict too."""
        self.choice.value = None
        self._keep(None, None)

    def open_verdict(self) -> None:
        """Show the course's verdict and how far the student's is from it."""
        kept = journal.read_verdict(self.claim.claim_id)
        if kept is None:
            self._say("Judge the claim or pass first; then the course's verdict opens.")
            return
        self._opened = True
        apart = f"<p><b>{escape(distance(kept['verdict'], self.claim.in_four_words))}</b></p>"
        self.verdict.value = ui.card(
            f"The course's verdict on {self.claim.claim_id}, as of {JUDGED_ON}",
            apart + verdict_markup(self.claim),
            "good",
        )

    def _keep(self, verdict: str | None, sure: float | None) -> None:
        line = journal.save_verdict(self.claim.claim_id, self.claim.chapter, verdict, sure)
        self._unlock()
        if self._opened:
            self.open_verdict()
            line += " You changed it after opening; your earlier verdict stays in the journal."
        self._say(line)

    def _restore(self) -> None:
        kept = journal.read_verdict(self.claim.claim_id)
        if kept is None:
            self._say("Nothing is recorded yet. The course's verdict opens once you have judged.")
            return
        if not kept["passed"]:
            self.choice.value = kept["verdict"]
            self.sure.value = round(kept["confidence"] or self.sure.min)
        self._unlock()
        said = "you passed" if kept["passed"] else f"“{kept['verdict']}”"
        self._say(f"Recorded earlier: {said}. You may change it, or open the course's verdict.")

    def _unlock(self) -> None:
        self.open_button.disabled = False
        self.record_button.description = "Change my verdict"

    def _say(self, line: str) -> None:
        self.status.value = f'<div role="status">{escape(line)}</div>'

    def __repr__(self) -> str:
        """Say which trial this is; never what was chosen, for a notebook's file keeps this."""
        return f"<trial of {self.claim.claim_id}>"


def _boxes() -> str:
    items = "".join(f"<li>☐ {escape(word)}</li>" for word in (*VERDICTS, "pass"))
    return (
        '<p>My verdict:</p><ul style="list-style:none;padding-left:0.5em">'
        f"{items}</ul><p>I am ______ % sure.</p>"
    )


def trial(claim_id: str) -> Trial:
    """Return the widget that puts a claim on trial: judge it, then open the course's verdict.

    Raises:
        UnknownClaimError: there is no such claim.

    """
    return Trial(get(claim_id))
