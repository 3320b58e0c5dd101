"""What the argument map says: question, finding, unit and description of a state."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from courseware import article, claims
from courseware.explorers.argument_map.graph import (
    BY_COURSE,
    BY_OWN,
    BY_SOURCE,
    CATEGORIES,
    EVERYTHING,
    LATER,
    NOT_JUDGED,
    PASSED,
    STARTER,
    UNSOURCED,
    Content,
    MapState,
    Scene,
)
from courseware.explorers.base import Words

_LONGEST = 126  # letters of a title: two lines
_MOST_NAMED = 4  # longer lists of claims are counted, so that a title stays short
_REPORTED = ("event fact", "quantitative fact", "attribution-quote")


class DescribedMap:
    """The part of the argument map that speaks, with the words of an `Explorer`.

    ``until`` is the last chapter done, if any.
    """

    say: Callable[..., str]
    written: Callable[..., Any]
    until: str | None

    def question(self, state: MapState, content: Content) -> str:
        """Ask what a removal brings down, what a claim rests on, or how the claims divide."""
        claim = state.removed or state.selected
        if not claim:
            return self.say("asks", state.colour)
        key = "removed" if state.removed else "selected"
        return self.say("asks", key, claim=claim, label=claims.get(claim).short_label)

    def describe(self, state: MapState, content: Content) -> Words:
        """Return the finding, what is drawn and how, and a description of the map."""
        placed = content.scene
        finding = self._finding(state, content)
        counts = Counter(content.categories.values())
        sizes = {"claims": len(placed.places), "lines": placed.graph.number_of_edges()}
        colours = ", ".join(
            f"{counts[c]} {self.called(c)}" for c in CATEGORIES[state.colour] if counts[c]
        )
        alt = self.say(
            "alt",
            **{"crown": self._crown(placed), "finding": finding},
            **{"colours": colours, "chain": self._chain(placed) if placed.worded else ""},
            **sizes,
        )
        reading = self.say("drawn", colours=colours, **sizes)
        return Words(finding, self._unit(state, content), alt, reading)

    def called(self, key: str) -> str:
        """Return what a category, a mark or a scope is called; the register's words stay."""
        return self.written("called").get(key, key)

    def _unit(self, state: MapState, content: Content) -> str:
        """Return what is drawn, how it is coloured, and what of the choice is not on the map."""
        unit = self.say(
            "unit",
            shown=self._shown(state.scope, content.scene),
            colour=self.written("colours", state.colour),
        )
        effects = content.effects
        named = [state.selected, state.removed, *effects.fallen, *effects.weakened, *effects.idle]
        hidden = [n for n in dict.fromkeys(named) if n and n not in content.scene.places]
        if not hidden:
            return unit
        told = {"claims": self._listed(hidden), "number": len(hidden)}
        return self.say("hidden", unit=unit, all=self.called(EVERYTHING), **told)

    def _shown(self, scope: str, placed: Scene) -> str:
        if scope in (EVERYTHING, STARTER):
            return self.say("shown", scope, claims=len(placed.places))
        own = self.say("shown", "own", scope=scope.capitalize(), claims=len(placed.own))
        guests = len(placed.guests)
        return self.say("shown", "way up", own=own, guests=guests) if guests else own

    def _finding(self, state: MapState, content: Content) -> str:
        if state.removed:
            return self._removal(state.removed, content)
        if state.selected:
            below = content.argument.in_degree(state.selected)
            above = [*content.argument.successors(state.selected)]
            named = self._listed(above) or self.written("no other")
            key = "selected" if below else "ground"
            return self.say("finds", key, claim=state.selected, below=below, above=named)
        if state.colour == BY_OWN:
            return self._judged(state.scope, content)
        counts = Counter(content.categories.values())
        total = counts.total()
        if state.colour == BY_SOURCE:
            return self.say("finds", BY_SOURCE, none=counts[UNSOURCED], total=total)
        if state.colour == BY_COURSE:
            judged = total - counts.pop(NOT_JUDGED, 0)
            unknown = sum(n for c, n in counts.items() if claims.COURSE_SAYS[c] == claims.UNKNOWN)
            return self.say("finds", BY_COURSE, judged=judged, unknown=unknown)
        facts = sum(counts[kind] for kind in _REPORTED)
        return self.say("finds", state.colour, facts=facts, total=total)

    def _judged(self, scope: str, content: Content) -> str:
        """Return how many claims are judged; at a chapter's end that is about its own alone."""
        ends = scope == f"chapter {self.until}"
        shown = content.scene.own if ends else content.categories
        counts = Counter(content.categories[node] for node in shown)
        met = counts.total() - counts[LATER]
        here = "" if scope == EVERYTHING else self.written("here")
        if not met:
            return self.say("finds", "later", total=counts.total(), here=here)
        passed = counts[PASSED]
        return self.say(
            "finds",
            "chapter" if ends else BY_OWN,
            **{"judged": met - passed - counts[NOT_JUDGED], "met": met, "here": here},
            passed=self.say("passed", number=passed) if passed else "",
            by=self.say("by", chapter=self.until) if self.until else "",
        )

    def _removal(self, removed: str, content: Content) -> str:
        fallen, weakened, idle = vars(content.effects).values()
        parts = [self.written("nothing falls")]
        if fallen:
            parts = [self.say("falls", claims=self._listed(fallen), number=len(fallen))]
        if len(weakened) > 2:
            parts.append(self.say("weakened", claims=self._listed(weakened)))
        elif weakened:
            gone, kept = {removed, *fallen}, []
            for key, node in zip(("keeps", "and keeps"), weakened, strict=False):
                below = set(content.argument.predecessors(node))
                kept.append(self.say(key, claim=node, left=len(below - gone), all=len(below)))
            parts.append(", ".join(kept))
        label = claims.get(removed).short_label

        def told(*more: str) -> str:
            effects = "; ".join([*parts, *more])
            return self.say("finds", "removed", claim=removed, label=label, effects=effects)

        if not idle:
            return told()
        number = len(idle)
        named = told(self.say("leads", claims=self._listed(idle), number=number))
        if len(named) <= _LONGEST:
            return named
        return told(self.say("leads", claims=number, number=number))

    def _listed(self, ids: Sequence[str]) -> str:
        """Return ids in a row, or how many there are."""
        key = "many" if len(ids) > _MOST_NAMED else "few"
        return self.say(key, claims=ids, number=len(ids))

    def _crown(self, placed: Scene) -> str:
        """Name the theses in the top row: one that supports another stands below it."""
        top = max(y for _, y in placed.places.values())
        heights = {node: placed.places.get(node, (0, 0))[1] for node in article.theses()}
        tops = [node for node, height in heights.items() if height == top]
        return self.say("crown", claims=tops, number=len(tops)) if tops else ""

    def _chain(self, placed: Scene) -> str:
        """Return what supports what, and what speaks against it, in words, from the top down."""
        parts = []
        for node in sorted(placed.places, key=lambda node: (-placed.places[node][1], node)):
            label = claims.get(node).short_label
            for key in ("lines", "against"):
                below = [lower for lower, upper in getattr(placed.layout, key) if upper == node]
                if below:
                    told = {"below": below, "number": len(below)}
                    parts.append(self.say("chain", key, claim=node, label=label, **told))
        if placed.loose:
            told = {"claims": placed.loose, "number": len(placed.loose)}
            parts.append(self.say("chain", "loose", **told))
        return " ".join(parts)
