"""What the student sees of the journal in a chapter: questions with Save and Pass.

Every form shows its question, a control with a label, two buttons and a line of text that says
what is kept and since when. What is written is saved when its box is left, what is chosen at once;
*Save* says so to whoever looks for it. Running the cell again brings the saved answer back.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape
from itertools import count
from math import ceil

import ipywidgets as widgets
from IPython.display import HTML

from courseware import quantities, ui, words
from courseware.journal import phrases
from courseware.journal.format import (
    Answer,
    Entry,
    JournalError,
    Outcome,
    merged,
    moment_rank,
    now,
)
from courseware.journal.notices import notice_card, status
from courseware.journal.store import IN_MEMORY, current_store
from courseware.journal.sureness import NOT_SAID, Sureness

SHAPES = (
    "rises all along",
    "falls all along",
    "rises, then falls",
    "falls, then rises",
    "stays about level",
    "level, then a jump",
)

CLOSED = (
    "The outcome has been shown, so you can no longer change this prediction. A prediction is "
    "worth most when it stays as it was made."
)
LATE = "The outcome has already been shown, so a prediction that you save now is marked as late."
_WIDE = {"width": "auto", "max_width": "52em"}
#: Sent when the control is left, not letter by letter: each time it is sent, it is saved.
_SENT_WHOLE = {"continuous_update": False}


class PredictionClosedError(JournalError):
    """The outcome has been shown: the prediction can no longer be changed."""


class Form(ui.RunToAnswer, widgets.VBox):
    """A question of the journal. ``blank`` is its entry without answers.

    ``parse`` turns the control's value into what is saved and raises ValueError, in words, for
    what cannot be saved. Its parts: ``control``, ``tick``, ``save_button``, ``pass_button``,
    ``status``.
    """

    def __init__(
        self,
        blank: Entry,
        control: widgets.ValueWidget,
        parse: Callable,
        *,
        title: str,
        intro: str = "",
        tick: widgets.Checkbox | None = None,
        sure: Sureness | None = None,
        beside: str = "",
    ) -> None:
        """Show the form; ``intro`` is finished HTML, ``beside`` stands beside the control.

        ``sure`` asks how sure the student is of the answer; it may be left unsaid.
        """
        self.blank, self.control, self.parse, self.tick = blank, control, parse, tick
        self.sure = sure
        self.title, self.intro, self.beside = title, intro, beside
        self._draft: Answer | None = None  # what saved itself last, until Save is pressed
        self._count = count()
        self._store = current_store()
        self._written = isinstance(control, widgets.Text | widgets.Textarea)
        keys = ui.own_keys(writes=self._written)
        bar = "predict" if blank.kind == "prediction" else "note"
        card = ui.card(title, f'<p class="nl-ask">{escape(blank.question)}</p>{intro}', bar)
        heading = widgets.HTML(
            f'<div style="white-space:normal">{keys}{card}</div>',
            layout=_WIDE,
        )
        self.save_button = widgets.Button(
            description="Save", tooltip=f"Save: {blank.question}", button_style="primary"
        )
        self.pass_button = widgets.Button(description="Pass", tooltip="A pass is an answer too")
        self.status = widgets.HTML(layout=_WIDE)
        self.save_button.on_click(lambda _: self.save())
        self.pass_button.on_click(lambda _: self.pass_())
        buttons = widgets.HBox(
            [self.save_button, self.pass_button], layout={"flex_flow": "row wrap"}
        )
        ticks = [tick] if tick else []
        row = control
        if beside:
            words = f'<span style="margin-left:1em">{escape(beside)}</span>'
            row = widgets.HBox([control, widgets.HTML(words)])
            row.layout.flex_flow = "row wrap"
            control.layout.width = "32em"  # in a row it would shrink to nothing
        asked = [row, sure] if sure else [row]
        super().__init__([heading, *asked, *ticks, buttons, self.status], layout=_WIDE)
        self._restore()
        for part in filter(None, (control, sure)):
            part.observe(lambda _: self.save(itself=True), "value")
        if tick:
            tick.observe(lambda _: self._change_tick(), "value")

    def save(self, *, itself: bool = False) -> None:
        """Save what the control holds, or say in words why it cannot be saved.

        ``itself`` means that nobody pressed Save: the control was left, or something was chosen.
        """
        try:
            value = self.parse(self.control.value)
        except ValueError as problem:
            self._say("Not saved.", str(problem))
        else:
            if itself and not self._written and self._is_late():
                self._say("Changed, not saved.", LATE, "Press Save to keep it.")
            else:
                self._keep(value, itself=itself)

    def pass_(self) -> None:
        """Save a pass."""
        self._keep(None)

    def _keep(self, value: float | str | None, *, itself: bool = False) -> None:
        """Save an answer, unless it has just saved itself.

        Arrow keys lead to a choice past others: it takes their place.
        """
        shown = bool(self.tick and self.tick.value) and value is not None
        sure = self.sure.per_cent if self.sure and value is not None else None
        answer = Answer(value, now(), confidence=sure, may_be_shown=shown)
        draft, self._draft = self._draft, None
        if not itself and draft and replace(draft, saved=answer.saved) == answer:
            return
        passed_over = draft if itself and not self._written else None
        try:
            entry = self._store.update(
                self.blank.key,
                lambda before: with_answer(_without(before, passed_over), self.blank, answer),
            )
        except PredictionClosedError:
            entry = self._store.read(self.blank.key)
        self._draft = entry.current if itself else None
        self._show(entry)

    def _is_late(self) -> bool:
        """Return whether the outcome was shown before: then the first answer saved is the last."""
        entry = self._store.read(self.blank.key)
        return bool(entry and entry.outcome and not entry.closed)

    def _change_tick(self) -> None:
        """Permission given or taken back counts at once, without another press on Save."""
        saved = self._store.read(self.blank.key)
        if saved and saved.current and not saved.passed:
            self._keep(saved.answer)

    def _restore(self) -> None:
        """Bring back what an earlier run saved."""
        entry = self._store.read(self.blank.key)
        if entry and entry.current and not entry.passed:
            self._fill(entry.answer)
            if self.sure:
                self.sure.per_cent = entry.current.confidence
            if self.tick:
                self.tick.value = entry.current.may_be_shown
        self._show(entry)

    def _fill(self, value: float | str) -> None:
        options = self.blank.details.get("options")
        if options:
            self.control.value = value if value in options else None
        elif isinstance(self.control, Sureness):
            self.control.per_cent = value
        else:
            self.control.value = (
                quantities.quantity(value).replace(",", "") if isinstance(value, float) else value
            )

    def _show(self, entry: Entry | None) -> None:
        self.tell_since(entry.saved if entry else None)
        lines = [phrases.kept(entry)]
        if entry and entry.current and entry.current.late:
            lines.append(
                "It is marked as late, because you made it after the outcome had been shown."
            )
        elif entry and entry.closed:
            lines.append(CLOSED)
        elif entry and entry.outcome:
            lines.append(LATE)
        if entry and not self._store.is_on_disk(entry.key):
            lines.append(IN_MEMORY)
        if entry and entry.closed:
            for part in filter(None, (self.control, self.sure, self.save_button, self.pass_button)):
                part.disabled = True
        self._say(*lines)

    def _say(self, *lines: str) -> None:
        """Say what is kept. The page may say something else by now, so no two are the same."""
        told = status(lines, self._store.take_notices())
        self.status.value = f"{told}<!-- {next(self._count)} -->"

    def __repr__(self) -> str:
        """Say which form this is. Never what was typed: a notebook's file keeps this text."""
        return f"<journal {self.blank.kind} {self.blank.id}>"


def with_answer(before: Entry | None, blank: Entry, answer: Answer) -> Entry:
    """Return the entry with one more answer; what is saved already is not saved again.

    Raises:
        PredictionClosedError: the prediction was made, and its outcome has been shown.

    """
    if before and before.closed:
        raise PredictionClosedError(CLOSED)
    if before and before.outcome:
        answer = replace(answer, late=True)
    if before and before.current and replace(before.current, saved=answer.saved) == answer:
        return merged(before, blank)
    return merged(before, replace(blank, answers=(answer,)))


def _without(entry: Entry | None, draft: Answer | None) -> Entry | None:
    """Return the entry without its newest answer, if that is the draft."""
    if draft is None or entry is None or entry.current != draft:
        return entry
    return replace(entry, answers=entry.answers[:-1])


def predict(
    key: str,
    question: str | None = None,
    kind: str = "number",
    unit: str = "",
    options: Sequence[str] = (),
    low: float | None = None,
    high: float | None = None,
) -> Form:
    """Ask for a prediction and keep it in the journal.

    Args:
        key: such as ``"02-growth"``. Alone it asks what ``words/02.yaml`` says.
        question: what is asked, in one or two sentences.
        kind: ``"number"`` (a comma or a point is fine), ``"choice"`` among ``options``, ``"shape"``
            of a trend (a choice with ready-made options) or ``"text"``.
        unit: unit of the number, such as ``"per cent"`` or ``"bn US$"``.
        options: the choices.
        low: smallest number accepted, in that unit.
        high: largest number accepted, in that unit.

    Returns:
        A widget with Save and Pass; a choice also asks how sure the student is, and takes no answer
        to that for an answer. Once `outcome` has been shown, the prediction stays as it is.

    Raises:
        BadIdError: the id is not of that form.
        JournalError: the kind is unknown, or a choice has fewer than two options.
        UnknownWordsError: only the id is given, and no words are written for it.

    """
    if question is None:
        return predict(key, **words.prediction(key))
    if kind == "shape":
        options = options or SHAPES
    details = {"input": "choice" if kind == "shape" else kind, "unit": unit, "options": [*options]}
    blank = Entry(key, "prediction", question, details=details)
    if kind == "number":
        label = f"Your prediction ({unit}):" if unit else "Your prediction:"
        control = widgets.Text(placeholder="a number", **_SENT_WHOLE, **_labelled(label))
        return Form(
            blank,
            control,
            lambda text: quantities.parse_number(text, unit, low, high),
            title="Predict",
        )
    if kind in ("choice", "shape"):
        if len(options) < 2:
            raise JournalError(f"The choice {key!r} needs at least two options.")
        sure = _how_sure(len(options))
        return Form(blank, _radio(options), _chosen, title="Predict", sure=sure)
    if kind == "text":
        return Form(blank, _text_area("Your prediction:"), _written, title="Predict")
    raise JournalError(f"{kind!r} is not a kind of prediction. Use number, choice, shape or text.")


def confidence(key: str, statement: str | None = None, moment: str = "opening") -> Form:
    """Ask how sure the student is of a statement, from 0 to 100 per cent in steps of five.

    The slider says nothing until it is moved. Each moment (``"opening"``, ``"after 02"``,
    ``"closing"``) is kept by itself, so that they can be compared: see `trend`. Without a
    statement it is the thesis of that id (`words.poll`).

    Raises:
        BadIdError: the id (``"C09"``, ``"00-thesis"``) or the moment cannot be used.
        UnknownWordsError: only the id is given, and no such thesis is written down.

    """
    statement = words.poll(key) if statement is None else statement
    blank = Entry(key, "poll", statement, moment=moment, details={"unit": "per cent"})
    looks = _labelled("How sure (%):", wrap=False)
    slider = Sureness(range(0, 101, 5), looks["description"], looks["style"], looks["layout"])
    return Form(
        blank,
        slider,
        _sure,
        beside=phrases.earlier(_polls_before(blank)),
        title=f"How sure are you that this is right? ({moment})",
        intro="<p>0: certainly false. 50: could be either. 100: certainly true.</p>",
    )


def _polls_before(poll: Entry) -> list[Entry]:
    """Return the answers given to the same statement at earlier moments, the earliest first."""
    return [
        entry
        for entry in current_store().all()
        if (entry.id, entry.kind) == (poll.id, poll.kind)
        and moment_rank(entry.moment) < moment_rank(poll.moment)
        and entry.answer is not None
    ]


def answer(
    key: str,
    prompt: str | None = None,
    positions: Sequence[str] = (),
    minutes: tuple[int, int, int] | None = None,
) -> Form:
    """Give room for an answer to a discussion prompt.

    Args:
        key: such as ``"02-lifeline"``. Alone it asks what ``words/02.yaml`` says.
        prompt: the question under discussion.
        positions: two opposed, defensible positions, shown as A and B.
        minutes: minutes to think alone, to talk in pairs, to share.

    Returns:
        A widget with a text box, Save, Pass, and a box to tick: "may be shown to the class".

    Raises:
        BadIdError: the id is not of that form.
        UnknownWordsError: only the id is given, and no words are written for it.

    """
    if prompt is None:
        return answer(key, **words.discussion(key))
    blank = Entry(key, "answer", prompt, details={"positions": [*positions]})
    tick = widgets.Checkbox(
        False, description="may be shown to the class", indent=False, layout=_WIDE
    )
    intro = ""
    if minutes:
        think, pair, share = minutes
        intro += f"<p>Think {think} min · pair {pair} min · share {share} min</p>"
    if positions:
        named = (f"{letter}. {text}" for letter, text in zip("ABCDEF", positions, strict=False))
        intro += ui.bare_list(named) + "<p>Sides are assigned, then swapped.</p>"
    return Form(
        blank,
        _text_area("Your answer:"),
        _written,
        title="Talk",
        intro=intro,
        tick=tick,
    )


def outcome(key: str, value: float | str, unit: str = "", text: str = "") -> HTML:
    """Show the outcome beside the prediction ``key``, and keep it for the class's tally.

    Works too where nothing was predicted. From now on the prediction stays as it is.

    Args:
        key: the prediction's id.
        value: the outcome: a number in ``unit``, or for a choice the text of the right option.
        unit: unit of the number; the prediction's own, as its words say, if left out.
        text: one sentence on what is behind the outcome.

    Raises:
        BadIdError: the id is not of that form.
        JournalError: the value is neither a finite number nor text.

    """
    try:
        shown = Outcome(value, now(), unit or words.unit(key), text)
    except ValueError as problem:
        raise JournalError(f"The outcome of {key!r}: {problem}.") from problem
    blank = Entry(key, "prediction", outcome=shown)
    store = current_store()
    entry = store.update(blank.key, lambda before: _with_outcome(before, blank))
    return Told(entry, "".join(map(notice_card, store.take_notices())))


class Told(HTML):
    """An outcome beside its prediction. It keeps its entry, for front ends of other words."""

    def __init__(self, entry: Entry, notices: str) -> None:
        """Show the entry's outcome, and what the journal has to say besides."""
        super().__init__(outcome_card(entry) + notices)
        self.entry = entry


def _with_outcome(before: Entry | None, blank: Entry) -> Entry:
    """Return the entry with its outcome; the very same one if it was there already."""
    if (
        before
        and before.outcome
        and replace(before.outcome, saved=blank.outcome.saved) == blank.outcome
    ):
        return before
    return merged(before, blank)


def outcome_card(entry: Entry, not_predicted: str = phrases.NOT_PREDICTED) -> str:
    """Return outcome and prediction as HTML; ``not_predicted`` is said where there is none."""
    lines = [
        f"Outcome: {phrases.outcome_text(entry)}",
        phrases.comparison(entry, not_predicted),
        entry.outcome.text,
    ]
    if entry.current:
        late = " (made after the outcome had been shown)" if entry.current.late else ""
        lines.insert(0, f"Your prediction: {phrases.answer_text(entry, entry.current)}{late}")
    body = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    question = entry.question or words.question(entry.id)  # it was asked a chapter ago
    asked = f'<p class="nl-ask">{escape(question)}</p>' if question else ""
    return ui.card("Prediction and outcome", asked + body, "predict")


def _labelled(label: str, *, wrap: bool = True) -> dict:
    """Return what labels a control; with ``wrap`` the label stands above it in large print."""
    layout = {**_WIDE, "flex_flow": "row wrap"} if wrap else _WIDE
    style = {"description_width": "auto"}
    return {"description": label, "tooltip": label, "style": style, "layout": layout}


def _radio(options: Sequence[str]) -> widgets.RadioButtons:
    return widgets.RadioButtons(options=list(options), value=None, **_labelled("Your choice:"))


def _how_sure(options: int) -> Sureness:
    """Ask how sure a choice is: from the chance of a blind guess, in steps of five, to 100."""
    chance = 5 * ceil(100 / options / 5)
    looks = _labelled("How sure are you, in per cent? (You may leave this out.)")
    steps = range(chance, 101, 5)
    return Sureness(steps, looks["description"], looks["style"], looks["layout"])


def _text_area(label: str) -> widgets.Textarea:
    return widgets.Textarea(
        placeholder="in your own words", rows=5, **_SENT_WHOLE, **_labelled(label)
    )


def _chosen(value: str | None) -> str:
    if value is None:
        raise ValueError("You have not chosen anything yet. Choose an answer, or press Pass.")
    return value


def _sure(value: object) -> float:
    if value == NOT_SAID:
        raise ValueError("You have not said how sure you are. Move the slider, or press Pass.")
    return float(value)


def _written(text: str) -> str:
    if not text.strip():
        raise ValueError("You have not written anything yet. Write a sentence, or press Pass.")
    return text.strip()
