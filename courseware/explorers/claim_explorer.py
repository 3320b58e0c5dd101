"""The claim explorer: filter the 84 claims, count what is left, open one claim's card."""

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import ipywidgets as widgets
import pandas as pd
from matplotlib.figure import Figure

from courseware import claims, palette, ui
from courseware.explorers.argument_map import graph
from courseware.explorers.base import Explorer, Strip, Words
from courseware.explorers.controls import LABELLED, WIDE, choice, tick

ANY = "any"
NO_CLAIM = ""
GIVEN, NOT_GIVEN = "named or pointed to", "none given"
KINDS = graph.CATEGORIES[graph.BY_KIND]
COURSE = tuple(claims.COURSE_SAYS)
MOST_BARS = max(len(KINDS), len(COURSE))
TOP = 34  # the longest bar has room for that many claims


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
    source = "Source: the course's register of the article's claims (tables claims and evidence)."
    size = (8.6, 2.9)
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

    def controls(self) -> Mapping[str, widgets.Widget]:
        """Return the seven controls; the verdict's is hidden until its box is ticked."""
        paragraphs = list(dict.fromkeys(claim.paragraph for claim in self._claims))
        named = [(f"{c.claim_id} {c.short_label}", c.claim_id) for c in self._claims]
        verdict = choice("The course's verdict:", [ANY, *COURSE])
        verdict.layout.display = "none"
        reveal = tick("show the course's verdicts")
        reveal.observe(
            lambda change: setattr(verdict.layout, "display", None if change.new else "none"),
            "value",
        )
        return {
            "paragraph": choice("Paragraph:", [ANY, *paragraphs]),
            "kind": choice("Kind:", [ANY, *KINDS]),
            "source": choice("Source in the text:", [ANY, GIVEN, NOT_GIVEN]),
            "words": widgets.Text(
                description="Words:",
                placeholder="such as pipeline",
                continuous_update=False,
                style=LABELLED,
                layout=WIDE,
            ),
            "reveal": reveal,
            "verdict": verdict,
            "claim": choice("Open a claim:", [("none", NO_CLAIM), *named]),
        }

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
        self._axes = ax = fig.add_axes((0.2, 0.15, 0.77, 0.82))
        ax.set_xlim(0, TOP)
        ax.set_ylim(MOST_BARS - 0.4, -0.6)
        ax.grid(visible=False)
        ax.set_xlabel("number of claims")
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
            text.set_text(f"{found} of {total}")
            text.set_x(total + 0.4)
            drawn += [bar, text]
        return drawn

    def question(self, state: ClaimState, content: Mapping[str, tuple[int, int]]) -> str:
        """Ask how many claims fit, and how they divide."""
        by = "how does the course judge them" if state.reveal else "of which kind are they"
        return f"How many of the {len(self._claims)} claims fit, and {by}?"

    def describe(self, state: ClaimState, content: Mapping[str, tuple[int, int]]) -> Words:
        """Return how many were found, what was asked, and the counts as alt text."""
        found = sum(number for number, _ in content.values())
        total = len(self._claims)
        asked = _asked(state)
        by = "the course's verdict" if state.reveal else "kind of claim"
        subtitle = f"Number of claims by {by}; dark: found, grey: all {total}. Asked for: {asked}"
        if not found:
            title = f"None of the {total} claims fits: take one condition away"
            return Words(title, subtitle, f"Bar chart without dark bars. {title}.")
        counts = ", ".join(f"{number} {name}" for name, (number, _) in content.items() if number)
        if found == total:
            title = f"All {total} claims: {_largest(content)}"
        else:
            title = f"{found} of {total} claims {'fits' if found == 1 else 'fit'}"
        return Words(title, subtitle, f"Bar chart. {title}. Counts by {by}: {counts}.", counts)

    def rows(self, state: ClaimState, content: Mapping[str, tuple[int, int]]) -> pd.DataFrame:
        """Return the plotted numbers: one row per kind (or verdict), found and all."""
        return pd.DataFrame(
            {
                "the course's verdict" if state.reveal else "kind": list(content),
                "found": [found for found, _ in content.values()],
                "all": [total for _, total in content.values()],
            }
        )

    def card(self, state: ClaimState, content: Mapping[str, tuple[int, int]]) -> str:
        """Return the chosen claim's card, and the list of the claims found."""
        card = claims.card_markup(state.claim, verdict=state.reveal) if state.claim else ""
        found = self.matches(state)
        if not found:
            return card + "<p>No claim fits all of this. Take one condition away.</p>"
        columns = ["claim", "paragraph", "what it says", "kind", "who says so"]
        if state.reveal:
            columns += ["the course's verdict", "evidence grade"]
        listed = claims.table(found, verdicts=state.reveal)[columns]
        rows = ui.table(
            listed, f"The {len(found)} claims found" if found[1:] else "The claim found"
        )
        return card + rows


def _source(claim: claims.Claim) -> str:
    given = graph.source_given(claim.source_in_text)
    return NOT_GIVEN if given == graph.UNSOURCED else GIVEN


def _category(claim: claims.Claim, reveal: bool) -> str:
    return claim.verdict if reveal else claim.claim_type


def _asked(state: ClaimState) -> str:
    parts = [
        f"paragraph {state.paragraph}" if state.paragraph != ANY else "",
        state.kind if state.kind != ANY else "",
        f"source {state.source}" if state.source != ANY else "",
        f"“{state.words.strip()}”" if state.words.strip() else "",
        f"verdict {state.verdict}" if state.verdict != ANY else "",
    ]
    return ", ".join(part for part in parts if part) or "everything"


def _largest(content: Mapping[str, tuple[int, int]]) -> str:
    name = max(content, key=lambda key: content[key][0])
    return f"the largest group is “{name}”, {content[name][0]}"
