"""What the argument map says: question, finding, subtitle and description of a state."""

from collections import Counter
from collections.abc import Sequence

from courseware import article, claims
from courseware.explorers.argument_map.graph import (
    BY_COURSE,
    BY_KIND,
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
    Effects,
    MapState,
    Scene,
    graph,
)
from courseware.explorers.base import Words

_MEANT = {
    BY_KIND: "the kind of claim",
    BY_SOURCE: "whether the text gives a source",
    BY_OWN: "your own verdict",
    BY_COURSE: "the course's verdict; the letter is the course's own word",
}
_ASKED = {
    BY_KIND: "What rests on what, and which claims report facts?",
    BY_SOURCE: "What rests on what, and for which claims does the text give a source?",
    BY_OWN: "What rests on what, and how have you judged it?",
    BY_COURSE: "What rests on what, and how does the course judge it?",
}
_LONGEST = 126  # letters of a title: two lines
_MOST_NAMED = 4  # longer lists of claims are counted, so that a title stays short


def question(state: MapState) -> str:
    """Return what the map of a state is asked."""
    if state.removed:
        return f"What falls without “{claims.get(state.removed).short_label}” ({state.removed})?"
    if state.selected:
        label = claims.get(state.selected).short_label
        return f"What does “{label}” ({state.selected}) rest on, and what does it support?"
    return _ASKED[state.colour]


def describe(state: MapState, content: Content, until: str | None = None) -> Words:
    """Return the finding, what is drawn and how, and a description of the map."""
    if state.removed:
        title = _removal_title(state.removed, content.effects)
    elif state.selected:
        title = _selection_title(claims.get(state.selected))
    else:
        title = _overview_title(state, content, until)
    placed = content.scene
    subtitle = (
        f"{_shown(state.scope, placed)}; lines run up to what a "
        f"claim supports, dashed lines to what it speaks against; colour: {_MEANT[state.colour]}"
    )
    named = [state.selected, state.removed]
    if state.removed:
        effects = content.effects
        named += [*effects.fallen, *effects.weakened, *effects.idle]
    hidden = tuple(node for node in dict.fromkeys(named) if node and node not in placed.places)
    if hidden:
        missing = f"{_names(hidden)} {'are' if hidden[1:] else 'is'} not on this map"
        subtitle += f". {missing}: choose “{EVERYTHING}” to see all"
    drawn = (
        f"{_count(len(placed.places), 'claim')}, "
        f"{_count(placed.graph.number_of_edges(), 'line')}: {_colours(state, content)}"
    )
    return Words(title, subtitle, _alt_text(state, content, title), drawn)


def _shown(scope: str, placed: Scene) -> str:
    if scope == EVERYTHING:
        return f"All {len(placed.places)} claims of the article"
    if scope == STARTER:
        return "Twelve claims to begin with"
    own = f"{scope[0].upper()}{scope[1:]}: {_count(len(placed.own), 'claim')}"
    if not placed.guests:
        return own
    return f"{own} and {len(placed.guests)} on the way up from these (grey)"


def _selection_title(claim: claims.Claim) -> str:
    below = sum(claim.claim_id in other.supports for other in claims.register().values())
    rests = f"rests on {_count(below, 'claim')}" if below else "is given no support"
    return f"{claim.claim_id} {rests} and supports {_names(claim.supports) or 'no other claim'}"


def _overview_title(state: MapState, content: Content, until: str | None) -> str:
    if until and state.colour == BY_OWN and state.scope == f"chapter {until}":
        return _chapter_title(content)
    counts = Counter(content.categories.values())
    total = counts.total()
    if state.colour == BY_SOURCE:
        return f"For {counts[UNSOURCED]} of {total} claims the article gives no source"
    if state.colour == BY_OWN:
        met = total - counts[LATER]
        here = "" if state.scope == EVERYTHING else " on this map"
        if not met:
            return f"All {total} claims{here} are in later chapters"
        judged = met - counts[PASSED] - counts[NOT_JUDGED]
        passed = f" and passed {counts[PASSED]}" if counts[PASSED] else ""
        by_now = f" met by the end of chapter {until}" if until else ""
        return f"You have judged {judged}{passed} of the {met} claims{here}{by_now}"
    if state.colour == BY_COURSE:
        judged = total - counts.pop(NOT_JUDGED, 0)
        unknown = sum(n for c, n in counts.items() if claims.COURSE_SAYS[c] == claims.UNKNOWN)
        return (
            f"Of {_count(judged, 'claim')} that you have judged or passed, "
            f"{unknown} cannot be settled by evidence, says the course"
        )
    facts = sum(counts[kind] for kind in ("event fact", "quantitative fact", "attribution-quote"))
    return (
        f"{facts} of {total} claims report facts, figures or words; "
        "the others interpret, judge or predict"
    )


def _chapter_title(content: Content) -> str:
    """Return how many of a chapter's own claims are judged: what the map of its end is about."""
    counts = Counter(content.categories[node] for node in content.scene.own)
    passed = f" and passed {counts[PASSED]}" if counts[PASSED] else ""
    judged = counts.total() - counts[PASSED] - counts[NOT_JUDGED]
    return f"You have judged {judged}{passed} of this chapter’s {counts.total()} claims"


def _removal_title(removed: str, effects: Effects) -> str:
    fallen, idle = effects.fallen, effects.idle
    parts = ["nothing falls"]
    if fallen:
        parts = [f"{_names(fallen)} {'stand' if fallen[1:] else 'stands'} without support"]
    if len(effects.weakened) > 2:
        parts.append(f"{_names(effects.weakened)} lose a support")
    elif effects.weakened:
        argument, gone = graph(), {removed, *fallen}
        supporters = {node: set(argument.predecessors(node)) for node in effects.weakened}
        kept = [
            (node, f"{len(below - gone)} of {len(below)}") for node, below in supporters.items()
        ]
        node, count = kept[0]
        others = [f"{other} {left}" for other, left in kept[1:]]
        parts.append(", ".join([f"{node} keeps {count} supports", *others]))
    told = f"Without “{claims.get(removed).short_label}” ({removed}): {'; '.join(parts)}"
    if not idle:
        return told
    where = f"{'lead' if idle[1:] else 'leads'} nowhere"
    named, counted = (f"{told}; {some} {where}" for some in (_names(idle), len(idle)))
    return named if len(named) <= _LONGEST else counted


def _names(ids: tuple[str, ...]) -> str:
    if len(ids) > _MOST_NAMED:
        return _count(len(ids), "claim")
    return _all(ids)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _alt_text(state: MapState, content: Content, title: str) -> str:
    placed = content.scene
    tops = [node for node in article.theses() if node in placed.places]
    plural = "theses" if len(tops) > 1 else "thesis"
    crown = f", the {plural} {' and '.join(tops)} in the top row" if tops else ""
    return (
        f"Argument map of {_count(len(placed.places), 'claim')} in "
        f"{_count(placed.layout.rows, 'row')}{crown}, "
        f"joined by {_count(placed.graph.number_of_edges(), 'line')}. {title}. "
        f"By colour: {_colours(state, content)}.{_chain(placed) if placed.worded else ''}"
    )


def _chain(placed: Scene) -> str:
    """Return what supports what, and what speaks against it, in words, from the top down."""
    heights = sorted(placed.places, key=lambda node: (-placed.places[node][1], node))
    parts = []
    for node in heights:
        for lines, one, more in (
            (placed.layout.lines, "supports", "support"),
            (placed.layout.against, "speaks against", "speak against"),
        ):
            below = [lower for lower, upper in lines if upper == node]
            if below:
                target = f"{node} ({claims.get(node).short_label})"
                parts.append(f"{_all(below)} {more if below[1:] else one} {target}")
    alone = f"{_all(placed.loose)} support no other claim" if placed.loose[1:] else ""
    if placed.loose and not alone:
        alone = f"{placed.loose[0]} supports no other claim"
    return "".join(f" {part}." for part in (*parts, alone) if part)


def _all(ids: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(ids[:-1]), *ids[-1:]) if part)


def _colours(state: MapState, content: Content) -> str:
    counts = Counter(content.categories.values())
    return ", ".join(f"{counts[c]} {c}" for c in CATEGORIES[state.colour] if counts[c])
