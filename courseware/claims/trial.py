"""A claim on trial: the student's verdict first, then the course's, and how far they lie apart."""

from collections.abc import Callable
from html import escape

import ipywidgets as widgets
import pandas as pd

from courseware import article, journal, ui
from courseware.claims.cards import verdict_markup
from courseware.claims.register import Claim, face, get, register
from courseware.journal.store import current_store
from courseware.journal.sureness import Sureness
from courseware.ui import scripts
from courseware.verdicts import (
    BUT,
    CAVEATS_IN_SHORT,
    PASS,
    VERDICTS,
    distance,
    steps,
    told,
)

_WIDE = {"width": "auto", "max_width": "52em"}
_LABEL = {"description_width": "initial"}
#: A row of choices that becomes several where it is too long for the page.
_ROW = {**_WIDE, "flex_flow": "row wrap"}
#: The second question, in plain words: each choice names a kind and says what it means.
_WHAT_BUT = [(f"{kind}: {meaning}", kind) for kind, meaning in CAVEATS_IN_SHORT.items()]

NOT_CHOSEN = (
    "Nothing is recorded, because you have not chosen a verdict yet. Choose one of the four, or "
    f"pass. If you choose “{BUT}”, also say what the “but” is about."
)
BUT_WHAT = (
    f"Nothing is recorded yet, because “{BUT}” needs one more choice. Choose what the “but” is "
    "about, or choose another verdict."
)
CHOSEN = (
    "You have chosen a verdict, but it is not recorded yet. Press “Record my verdict” to record it."
)
#: What was chosen and not recorded, by journal and claim: a cell that runs again must not lose it.
_left: dict[tuple, tuple] = {}


def own_verdicts() -> pd.DataFrame:
    """Return what the student has judged so far, one row per claim, read from the journal.

    Columns: claim, chapter, what it says, my verdict (one of ``VERDICTS``, or "pass"), but (what a
    "holds, but" is about; empty beside other verdicts), how sure (per cent; empty for a pass, or
    where it was not said).
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
            "my verdict": [PASS if pd.isna(v) else v for v in kept["answer"]],
            "but": ["" if pd.isna(but) else but for but in kept["but"]],
            "how sure": pd.Series(list(kept["confidence"]), dtype="float64"),
        }
    )


def compared() -> pd.DataFrame:
    """Return the student's verdicts beside the course's: passes and unchecked claims left out.

    Columns: claim, my verdict, but (as in `own_verdicts`), how sure, the course (one of
    ``VERDICTS``), steps (how far apart: 0 is the same, 1 neighbouring, 1.5 another kind of answer,
    2 far apart).
    """
    rows = []
    for row in own_verdicts().to_dict("records"):
        claim, own = get(row["claim"]), row["my verdict"]
        if own == PASS or claim.in_four_words is None:
            continue
        apart = steps(own, claim.in_four_words, row["but"], claim.but)
        rows.append((claim.claim_id, own, row["but"], row["how sure"], claim.in_four_words, apart))
    columns = ["claim", "my verdict", "but", "how sure", "the course", "steps"]
    return pd.DataFrame(rows, columns=columns).astype({"how sure": "float64", "steps": "float64"})


class Trial(ui.RunToAnswer, widgets.VBox):
    """A claim, the student's verdict on it, and, only after that, the course's.

    ``choice``, ``but`` (what a "holds, but" is about: seen once that is chosen), ``sure``,
    ``record_button``, ``pass_button``, ``open_button``, ``status`` and ``verdict`` are its parts.
    Running the cell again brings the recorded verdict back.
    """

    def __init__(self, claim: Claim, then: Callable[[], None] | None = None) -> None:
        """Show ``claim`` and whatever verdict the journal holds on it.

        ``then`` is called whenever a verdict or a pass has been saved.
        """
        self.claim, self._then = claim, then
        self._place = current_store().folder, claim.claim_id
        self._opened = False
        title = f"On trial: {claim.claim_id} · {claim.short_label}"
        card = ui.card(title, face(claim), "course")
        heading = widgets.HTML(ui.WRAPPING + card + ui.own_keys(), layout=_WIDE)
        self.choice = widgets.RadioButtons(
            options=VERDICTS,
            value=None,
            description="This claim …",
            orientation="horizontal",
            style=_LABEL,
            layout=_ROW,
        )
        self.but = widgets.RadioButtons(
            options=_WHAT_BUT,
            value=None,
            description="… but what?",
            orientation="horizontal",
            style=_LABEL,
            layout={**_ROW, "display": "none"},
        )
        self.sure = Sureness(
            range(50, 101, 5),
            "How sure are you, in per cent? (50 means that you are guessing. You may leave this "
            "out.)",
            _LABEL,
            _WIDE,
        )
        self.record_button = widgets.Button(
            description="Record my verdict",
            button_style="primary",
            tooltip=f"Save my verdict on {claim.claim_id} in my journal",
        )
        self.pass_button = widgets.Button(description="Pass", tooltip="A pass is an answer too")
        self.open_button = widgets.Button(
            description="Open the course's verdict",
            disabled=True,
            layout=widgets.Layout(width="auto"),
            tooltip="Opens once you have judged or passed",
        )
        self.status = widgets.HTML(layout=_WIDE)
        self.verdict = widgets.HTML(layout=_WIDE)
        self.choice.add_class(ui.WRAPS)
        self.but.add_class(ui.WRAPS).add_class(ui.IN_COLUMNS)
        self.choice.observe(lambda _: self._ask_what(), "value")
        for part in (self.choice, self.but, self.sure):
            part.observe(lambda _: self._tell_changed(), "value")
        self.record_button.on_click(lambda _: self.record())
        self.pass_button.on_click(lambda _: self.pass_())
        self.open_button.on_click(lambda _: self.open_verdict(scripts.into_sight()))
        buttons = widgets.HBox(
            [self.record_button, self.pass_button, self.open_button],
            layout=widgets.Layout(flex_flow="row wrap"),
        )
        parts = [heading, self.choice, self.but, self.sure, buttons, self.status, self.verdict]
        super().__init__(parts, layout=_WIDE)
        self._restore()

    def _ask_what(self) -> None:
        """Show the second question where it is one; a kind chosen earlier is kept until then."""
        self.but.layout.display = None if self.choice.value == BUT else "none"

    def record(self) -> None:
        """Save the chosen verdict, or say what is missing; how sure may be left unsaid."""
        if self.choice.value is None:
            self._say(NOT_CHOSEN)
        elif self.choice.value == BUT and self.but.value is None:
            self._say(BUT_WHAT)
        else:
            but = self.but.value if self.choice.value == BUT else None
            self._keep(self.choice.value, self.sure.per_cent, but)

    def pass_(self) -> None:
        """Save a pass; it opens the way to the course's verdict too."""
        self.choice.value = None
        self._keep(None, None)

    def open_verdict(self, mark: str = "") -> None:
        """Show the course's verdict and how far the student's is from it.

        ``mark`` is what brings it into view where it was asked for.
        """
        kept = journal.read_verdict(self.claim.claim_id)
        if kept is None:
            self._say(
                "First judge the claim, or choose Pass. Then you can open the course's verdict."
            )
            return
        self._opened = True
        claim = self.claim
        apart = distance(kept["verdict"], claim.in_four_words, kept["but"], claim.but)
        own = "" if kept["passed"] else f"<p>You: {escape(told(kept['verdict'], kept['but']))}.</p>"
        self.verdict.value = ui.card(
            f"The course's verdict on {claim.claim_id}, as of {article.day_in_words()}",
            f"{mark}{own}<p><b>{escape(apart)}</b></p>{verdict_markup(claim)}",
            "verdict",  # the same bar whatever it says: green would call a wrong claim good
        )
        if mark:
            self._say("The course's verdict is shown below.")

    def _keep(self, verdict: str | None, sure: float | None, but: str | None = None) -> None:
        _left.pop(self._place, None)
        line = journal.save_verdict(self.claim.claim_id, self.claim.chapter, verdict, sure, but)
        self.tell_since(journal.read_verdict(self.claim.claim_id)["saved"])
        self._unlock()
        if self._opened:
            self.open_verdict()
            line += (
                " You changed your verdict after opening the course's. Your earlier verdict stays "
                "in your journal."
            )
        self._say(line)
        if self._then:
            self._then()

    def _restore(self) -> None:
        """Bring back what was recorded, or else what was chosen in this kernel and not recorded."""
        left = _left.pop(self._place, None)
        kept = journal.read_verdict(self.claim.claim_id)
        if kept is None:
            self._say("Nothing is recorded yet. The course's verdict opens once you have judged.")
            if left:
                self.choice.value, self.but.value, self.sure.per_cent = left
                self._say(CHOSEN)
            return
        self.tell_since(kept["saved"])
        if not kept["passed"]:
            self.choice.value, self.but.value = kept["verdict"], kept["but"]
            self.sure.per_cent = kept["confidence"]
        _left.pop(self._place, None)
        self._unlock()
        said = "you passed" if kept["passed"] else f"“{told(kept['verdict'], kept['but'])}”"
        self._say(f"Recorded earlier: {said}. You may change your verdict, or open the course's.")

    def _unlock(self) -> None:
        self.open_button.disabled = False
        self.record_button.description = "Change verdict"

    def _tell_changed(self) -> None:
        """Say what comes next: a verdict is given by a press on a button, never by the way."""
        _left[self._place] = self.choice.value, self.but.value, self.sure.per_cent
        self._say(
            "You changed your verdict, but the change is not recorded yet. Press "
            f"“{self.record_button.description}” to record it."
        )

    def _say(self, line: str) -> None:
        self.status.value = ui.told(line)

    def __repr__(self) -> str:
        """Say which trial this is; never what was chosen, for a notebook's file keeps this."""
        return f"<trial of {self.claim.claim_id}>"


def trial(claim_id: str) -> Trial:
    """Return the widget that puts a claim on trial: judge it, then open the course's verdict.

    Raises:
        UnknownClaimError: there is no such claim.

    """
    return Trial(get(claim_id))
