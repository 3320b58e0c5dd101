"""The claim explorer: filter the 84 claims, count what is left, open one claim's card."""

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import ClassVar

import ipywidgets as widgets
import pandas as pd
from matplotlib.figure import Figure

from courseware import claims, palette, ui
from courseware.explorers.argument_map import graph
from courseware.explorers.base import DPI, PHONE_WIDTH, Explorer, Strip, Words

ANY = "any"
NO_CLAIM = ""
GIVEN, NOT_GIVEN = "given", "not given"
KINDS = graph.CATEGORIES[graph.BY_KIND]
COURSE = tuple(claims.COURSE_SAYS)
MOST_BARS = max(len(KINDS), len(COURSE))


@dataclass(frozen=True)
class ClaimState:
    """What is looked for. ``reveal`` opens the course's verdicts; without it none is used."""

    paragraph: str = ANY
    kind: str = ANY
    source: str = ANY
    words: str = ""
    reveal: bool = False
    verdict: str = ANY
    claim: str = NO_CLAIM


class ClaimExplorer(Explorer):
    """Draws how many of the claims found are of each kind (or verdict), and lists them."""

    name = "claim_explorer"
    chapter = "01"
    size = (8.6, 2.9)
    box = (0.2, 0.15, 0.77, 0.82)  # of the axes: left, bottom, width, height
    top = 34  # claims for which the axes have room
    phone: ClassVar = {
        "size": (PHONE_WIDTH / DPI, 2.9),
        "box": (0.37, 0.19, 0.6, 0.78),
        "top": 40,
    }
    card_below = True
    views: ClassVar = {
        "all": ClaimState(),
        "figures": ClaimState(kind="quantitative fact", claim="C46"),
        "quoted": ClaimState(kind="attribution-quote", claim="C80"),
        "sourced": ClaimState(source=GIVEN),
        "predictions": ClaimState(kind="prediction", claim="C09"),
        "kazakhstan": ClaimState(words="Kazakhstan"),
    }
    strip = Strip("paragraph", (ANY, *(f"P{number}" for number in range(14))), ClaimState())

    def __init__(self) -> None:
        """Read the register once."""
        self._claims = list(claims.register().values())
        paragraphs = dict.fromkeys(claim.paragraph for claim in self._claims)
        lists = {"paragraph": paragraphs, "kind": KINDS, "verdict": COURSE}
        anything = {ANY: self.written("any")}
        self.offered = {name: anything | {v: v for v in values} for name, values in lists.items()}
        self.offered["source"] = anything | self.written("sources")
        named = {c.claim_id: f"{c.claim_id} {c.short_label}" for c in self._claims}
        self.offered["claim"] = {NO_CLAIM: self.written("none")} | named

    def controls(self) -> Mapping[str, widgets.Widget]:
        """Return the seven controls; the verdict's is hidden until its box is ticked."""
        found = super().controls()
        found["words"].placeholder = self.written("such_as")
        verdict = found["verdict"].layout
        verdict.display = "none"
        found["reveal"].observe(
            lambda change: setattr(verdict, "display", None if change.new else "none"), "value"
        )
        return found

    def normalise(self, state: ClaimState) -> ClaimState:
        """Drop a wish for a verdict as long as verdicts are not to be shown."""
        return state if state.reveal else replace(state, verdict=ANY)

    def matches(self, state: ClaimState) -> list[claims.Claim]:
        """Return the claims that fit everything asked for, in the article's order."""
        state = self.normalise(state)
        wanted = state.words.casefold().split()
        return [
            claim
            for claim in self._claims
            if state.paragraph in (ANY, claim.paragraph)
            and state.kind in (ANY, claim.claim_type)
            and state.verdict in (ANY, claim.verdict)
            and state.source in (ANY, _source(claim))
            and all(
                word in f"{claim.claim_id} {claim.short_label} {claim.summary}".casefold()
                for word in wanted
            )
        ]

    def build(self, fig: Figure) -> None:
        """Create one pair of bars and one number per category."""
        self._axes = ax = fig.add_axes(self.box)
        ax.set_xlim(0, self.top)
        ax.set_ylim(MOST_BARS - 0.4, -0.6)
        ax.grid(visible=False)
        ax.set_xlabel(self.written("axis"))
        ax.spines["left"].set_visible(False)
        places = range(MOST_BARS)
        self._backs = ax.barh(places, [0] * MOST_BARS, height=0.7, color=palette.ALL)
        self._bars = ax.barh(places, [0] * MOST_BARS, height=0.7, color=palette.FOUND)
        for bar in self._bars:
            bar.set_animated(True)
        self._counts = [
            ax.text(0, place, "", va="center", fontsize=10, animated=True) for place in places
        ]

    def content(self, state: ClaimState) -> dict[str, tuple[int, int]]:
        """Return for each kind (or verdict) how many claims were found, and how many there are."""
        found = Counter(_category(claim, state.reveal) for claim in self.matches(state))
        every = Counter(_category(claim, state.reveal) for claim in self._claims)
        order = COURSE if state.reveal else KINDS
        return {name: (found[name], every[name]) for name in order}

    def frame(self, state: ClaimState, content: Mapping[str, tuple[int, int]]) -> Hashable:
        """Return whether categories are verdicts: that alone moves what stands still."""
        return state.reveal

    def lay_out(self, frame: Hashable, state: ClaimState, content: Mapping) -> None:
        """Write the categories; draw the bars of all claims behind."""
        self._axes.set_yticks(range(len(content)), list(content))
        numbers = [total for _, total in content.values()]
        for place, bar in enumerate(self._backs):
            bar.set_width(numbers[place] if place < len(numbers) else 0)

    def update(self, state: ClaimState, content: Mapping[str, tuple[int, int]]) -> list:
        """Set the bars to the claims found, and write both numbers beside them."""
        drawn = []
        for bar, text, (found, total) in zip(
            self._bars, self._counts, content.values(), strict=False
        ):
            bar.set_width(found)
            text.set_text(self.say("count", found=found, total=total))
            text.set_x(total + 0.4)
            drawn += [bar, text]
        return drawn

    def question(self, state: ClaimState, content: Mapping[str, tuple[int, int]]) -> str:
        """Ask how many claims fit, and how they divide."""
        return self.say("asks", _by(state), total=len(self._claims))

    def describe(self, state: ClaimState, content: Mapping[str, tuple[int, int]]) -> Words:
        """Return how many were found, what was asked, and the counts as alt text."""
        found, total = sum(number for number, _ in content.values()), len(self._claims)
        by = self.written("by", _by(state))
        unit = self.say("unit", by=by, total=total, asked=self._conditions(state))
        if not found:
            finding = self.say("finds", "none", total=total)
            return Words(finding, unit, self.say("empty", finding=finding))
        most, name = max((number, name) for name, (number, _) in content.items())
        key = "all" if found == total else "some"
        finding = self.say("finds", key, **{"found": found, "total": total}, name=name, most=most)
        counts = ", ".join(f"{number} {name}" for name, (number, _) in content.items() if number)
        return Words(finding, unit, self.say("alt", finding=finding, by=by, counts=counts), counts)

    def _conditions(self, state: ClaimState) -> str:
        """Return what is asked for, in words."""
        wanted = vars(state) | {"words": state.words.strip() or ANY}
        parts = [
            self.say(
                "asked", name, value=self.offered.get(name, {}).get(wanted[name], wanted[name])
            )
            for name in ("paragraph", "kind", "source", "words", "verdict")
            if wanted[name] != ANY
        ]
        return ", ".join(parts) or self.written("asked", "everything")

    def rows(self, state: ClaimState, content: Mapping[str, tuple[int, int]]) -> pd.DataFrame:
        """Return the plotted numbers: one row per kind (or verdict), found and all."""
        heads = [self.written("columns", name) for name in (_by(state), "found", "all")]
        return pd.DataFrame([(name, *counts) for name, counts in content.items()], columns=heads)

    def card(self, state: ClaimState, content: Mapping[str, tuple[int, int]]) -> str:
        """Return the chosen claim's card, and the list of the claims found."""
        card = claims.card_markup(state.claim, verdict=state.reveal) if state.claim else ""
        found = self.matches(state)
        if not found:
            return f"{card}<p>{escape(self.written('card', 'none'))}</p>"
        columns = ["claim", "paragraph", "what it says", "kind", "who says so"]
        if state.reveal:
            columns += ["the course's verdict", "evidence grade"]
        listed = claims.table(found, verdicts=state.reveal)[columns]
        caption = self.say("card", "several" if found[1:] else "one", found=len(found))
        return card + ui.table(listed, caption)


def _by(state: ClaimState) -> str:
    """Return by what claims are counted."""
    return "verdict" if state.reveal else "kind"


def _source(claim: claims.Claim) -> str:
    given = graph.source_given(claim.source_in_text)
    return NOT_GIVEN if given == graph.UNSOURCED else GIVEN


def _category(claim: claims.Claim, reveal: bool) -> str:
    return claim.verdict if reveal else claim.claim_type
