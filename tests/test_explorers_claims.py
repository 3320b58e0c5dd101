"""The argument map: what falls, layout, what is told of either, and a chapter's last map."""

import itertools
import re
from html import unescape

import networkx as nx
import pytest

from courseware import charts, claims, journal
from courseware.explorers.argument_map import LOOKS, ArgumentMap, layout, progress
from courseware.explorers.argument_map.graph import (
    CATEGORIES,
    HEIGHT,
    WIDTH,
    Effects,
    MapState,
    graph,
    members,
    scene,
    scopes,
    source_given,
    tag,
    what_falls,
)
from courseware.explorers.base import DPI, Panel
from tests.test_explorers import assert_room, texts

each_scope = pytest.mark.parametrize("scope", scopes())
each_chapter = pytest.mark.parametrize("chapter", [f"{number:02d}" for number in range(1, 10)])


@pytest.fixture(scope="module")
def argument_map():
    return ArgumentMap()


def labels(drawn: ArgumentMap, state: MapState) -> dict:
    """Return the label of every claim on the map."""
    tags = {tag(node): node for node in graph()}
    named = [text for text in texts(drawn, state) if not text.get_animated()]
    found = (
        (re.split(r"[ \n]", text.get_text())[0], text) for text in named
    )  # not at a hard space
    return {tags[first]: text for first, text in found if first in tags}


def told(drawn: ArgumentMap, **state):
    """Return what the map says of a state, without a picture of it."""
    state = MapState(**state)
    return drawn.describe(state, drawn.content(state))


def figures(said: str) -> list[str]:
    """Return the claims and numbers in a sentence, in order."""
    return re.findall(r"C\d+|\b\d+", said)


# What falls

#   top <- a <- x      b <- y, z     top <- b     lone
TINY = nx.DiGraph([("x", "a"), ("a", "top"), ("y", "b"), ("z", "b"), ("b", "top")])
TINY.add_node("lone")
CHAIN = nx.DiGraph(itertools.pairwise("abcd"))
CIRCLE = nx.DiGraph([("a", "b"), ("b", "a"), ("x", "y")])  # which no ground supports


@pytest.mark.parametrize(
    ("argument", "removed", "effects"),
    [
        (TINY, "x", Effects(fallen=("a",), weakened=("top",))),
        (TINY, "y", Effects(weakened=("b",))),
        (TINY, "a", Effects(weakened=("top",), idle=("x",))),
        (TINY, "b", Effects(weakened=("top",), idle=("y", "z"))),
        (TINY, "top", Effects(idle=("a", "b", "x", "y", "z"))),
        (TINY, "lone", Effects()),
        (CHAIN, "a", Effects(fallen=("b", "c", "d"))),
        (CIRCLE, "x", Effects(fallen=("y",))),
        (graph(), "C68", Effects(weakened=("C71",), idle=("C65", "C69", "C70"))),
        (graph(), "C55", Effects(fallen=("C56", "C61"), weakened=("C62",))),
    ],
)
def test_what_falls(argument, removed, effects):
    assert what_falls(argument, removed) == effects


def test_only_what_is_there_can_be_taken_away_or_drawn():
    with pytest.raises(claims.UnknownClaimError, match="C99"):
        what_falls(graph(), "C99")
    with pytest.raises(claims.ClaimError, match="P0, P1"):
        scene("P77")
    with pytest.raises(claims.ClaimError):
        progress("04", "nowhere")
    empty = layout.arrange(nx.DiGraph(), [], {}, layout.Box(0, 100, 0, 100, 5))
    assert empty.places == {}


def test_what_falls_agrees_with_taking_claims_away_one_by_one():
    whole = graph()
    assert nx.is_directed_acyclic_graph(whole)
    assert set(whole) == set(claims.register()), "every support is a claim"
    for removed in whole:
        gone, more = set(), {removed}
        while more:
            gone |= more
            more = {
                node
                for node in set(whole) - gone
                if whole.in_degree(node) and set(whole.predecessors(node)) <= gone
            }
        assert set(what_falls(whole, removed).fallen) == gone - {removed}, removed


# Layout


@each_scope
def test_labels_of_a_scope_have_room_on_their_tiles_which_stand_apart(argument_map, scope):
    assert_room(argument_map, MapState(scope=scope))
    placed = scene(scope)
    named = labels(argument_map, MapState(scope=scope))
    assert set(named) == set(placed.places) >= set(members(scope))
    for node, (left, foot, right, top) in placed.tiles.items():
        box = named[node].get_window_extent()
        assert left + 30 < box.x0 and box.x1 <= right + 1, node
        assert foot <= box.y0 + 2 and box.y1 - 2 <= top, node
        assert min(left, foot) >= 0 and right <= WIDTH and top <= HEIGHT
    for (one, a), (other, b) in itertools.combinations(placed.tiles.items(), 2):
        apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        assert apart, (one, other)


@each_scope
def test_lines_run_up_to_what_rests_on_a_claim_and_clear_of_other_tiles(scope):
    placed = scene(scope)
    for lower, upper in placed.graph.edges:
        assert placed.places[lower][1] < placed.places[upper][1]
        way = placed.layout.lines[lower, upper]
        (x, y), (left, foot, right, _top) = placed.places[lower], placed.tiles[upper]
        assert way[0] == (x, y + placed.sizes[lower][1] / 2)
        assert left <= way[-1][0] <= right and way[-1][1] == foot
        heights = [y for _, y in way]
        assert heights == sorted(heights)
    ways = placed.layout.lines | placed.layout.against
    for (lower, upper), way in ways.items():
        for (x0, y0), (x1, y1) in itertools.pairwise(way):
            for node, (left, foot, right, top) in placed.tiles.items():
                if node not in (lower, upper) and max(y0, y1) > foot and min(y0, y1) < top:
                    high, low = max(y0, y1), min(y0, y1)
                    shares = [(min(top, high) - y0) / (y1 - y0), (max(foot, low) - y0) / (y1 - y0)]
                    across = [x0 + share * (x1 - x0) for share in shares]
                    assert max(across) < left + 1 or min(across) > right - 1, (lower, upper, node)


@pytest.mark.parametrize("scope", ["twelve", "all"])
def test_both_theses_stand_on_top_and_say_which_they_are(argument_map, scope):
    places = scene(scope).places
    top = max(y for _, y in places.values())
    assert {node for node, (_, y) in places.items() if y == top} == {"C03", "C05"}
    names = {node: text.get_text() for node, text in labels(argument_map, MapState(scope)).items()}
    for node, said in {"C03": "T1 · C03", "C05": "T2 · C05"}.items():
        own = names[node].replace("\N{NO-BREAK SPACE}", " ")
        assert own.startswith(said), "a thesis's name and its id stand on one line"
    if scope == "twelve":  # the twelve have words, the 84 have ids
        assert len(names) == len(members("twelve")) == 12
        assert all(" " in name for name in names.values())
    else:
        assert list(names.values()) == [tag(node) for node in graph()]


def test_claims_that_no_line_joins_stand_in_the_last_row():
    placed = scene("chapter 01")
    assert placed.loose == ("C83", "C84")
    heights = {placed.places[node][1] for node in placed.loose}
    assert len(heights) == 1
    assert max(heights) < min(y for n, (_, y) in placed.places.items() if n not in placed.loose)


# What is told


@each_scope
def test_every_state_has_a_finding_of_one_or_two_lines(argument_map, scope):
    states = [{"colour": colour} for colour in CATEGORIES]
    states += [{how: node} for node in graph() for how in ("selected", "removed")]
    for state in states:
        said = told(argument_map, scope=scope, **state)
        assert 20 < len(said.finding) < 140, said.finding
        assert said.finding in said.alt


@pytest.mark.parametrize(
    ("scope", "counted"),
    [("all", ["84"]), ("P2", ["8", "1"]), ("chapter 08", ["08", "11", "1"])],
)
def test_the_unit_counts_the_claims_once(argument_map, scope, counted):
    assert figures(told(argument_map, scope=scope).unit) == counted


@pytest.mark.parametrize(
    ("scope", "removed", "effects"),
    [
        ("chapter 07", "C55", ["C55", "C56", "C61", "C62", "3", "4"]),  # it keeps 3 of 4 supports
        ("twelve", "C68", ["C68", "C71", "1", "2", "C65", "C69", "C70"]),
    ],
)
def test_a_finding_tells_what_a_removal_does(argument_map, scope, removed, effects):
    assert figures(told(argument_map, scope=scope, removed=removed).finding) == effects


@pytest.mark.parametrize(
    ("scope", "chosen", "hidden"),
    [
        ("twelve", {"selected": "C27"}, []),
        ("twelve", {"selected": "C68"}, ["C68"]),
        ("chapter 07", {"removed": "C68"}, ["C69", "C70"]),
    ],
)
def test_what_is_chosen_or_falls_outside_the_map_is_told(argument_map, scope, chosen, hidden):
    assert re.findall(r"C\d+", told(argument_map, scope=scope, **chosen).unit) == hidden


def test_the_table_of_the_map_marks_what_happens(argument_map):
    table = argument_map.table(MapState(scope="chapter 07", removed="C55", selected="C61"))
    heads, called = argument_map.written("columns"), argument_map.called
    marks = table.set_index(heads["claim"])[heads["mark"]]
    assert marks["C55"] == called("removed")
    assert marks["C61"] == f"{called('selected')}, {called('falls')}"
    assert marks["C62"] == called("weakened")


# Verdicts


def judge(**verdicts: str | None) -> None:
    """Save verdicts; one of None is a pass."""
    for claim, verdict in verdicts.items():
        journal.save_verdict(claim, claims.get(claim).chapter, verdict, 90 if verdict else None)


@pytest.mark.parametrize("colour", ["type", "source", "own"])
def test_the_course_s_verdicts_stay_closed_until_that_colour_is_chosen(argument_map, colour):
    state = MapState(scope="all", colour=colour, selected="C24")
    seen = f"{argument_map.picture(state)} {argument_map.table(state).to_string()}"
    assert not [verdict for verdict in claims.COURSE_SAYS if verdict in seen]
    assert argument_map.written("columns", "course") not in seen
    face = argument_map.aside(state).split("<details")[0]
    assert claims.get("C24").verdict_reason not in unescape(face)


def test_verdicts_come_from_the_journal_and_the_course_s_only_where_it_has_one(argument_map):
    course, own = (MapState(scope="P4", colour=colour) for colour in ("course", "own"))
    assert set(argument_map.content(course).categories.values()) == {"not judged"}
    before = argument_map.picture(own)
    judge(C24=claims.FAILS, C23=None)
    assert argument_map.picture(own).png != before.png
    judged = {"C24": claims.FAILS, "C23": "passed", "C20": "not judged"}
    assert argument_map.content(own).categories.items() >= judged.items()
    judged = {node: claims.get(node).verdict for node in ("C24", "C23")} | {"C20": "not judged"}
    assert argument_map.content(course).categories.items() >= judged.items()
    found = told(argument_map, scope="all", colour="own").finding
    assert figures(found) == ["1", "1", "84"], "a pass is not counted as judged"


def test_a_bad_verdict_on_disk_does_not_stop_the_map(journal_dir):
    judge(C24=claims.FAILS)
    for path in journal_dir.rglob("C24*"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(claims.FAILS, "who knows"), encoding="utf-8")
    drawn, state = ArgumentMap(until="04"), MapState(scope="all", colour="own")
    assert figures(drawn.picture(state).finding) == ["0", "36", "04"]
    assert drawn.content(state).categories["C24"] == "not judged"


@pytest.mark.parametrize("colour", CATEGORIES)
def test_categories_differ_without_colour_and_are_readable(colour):
    """Two categories never share shape and letter; equal hues are the same word in four."""
    looks = [LOOKS[category] for category in CATEGORIES[colour]]
    assert len({(shape, letter) for _, shape, letter in looks}) == len(looks)
    for hue, _, letter in looks:
        ink = "#FFFFFF" if charts.contrast(hue) >= 4.5 else "#000000"
        ratio = charts.contrast(hue) if ink == "#FFFFFF" else 21 / charts.contrast(hue)
        assert not letter or ratio >= 4.5


def test_every_category_in_the_register_has_a_look():
    for claim in claims.register().values():
        assert claim.claim_type in CATEGORIES["type"]
        assert claim.verdict in CATEGORIES["course"]
        assert source_given(claim.source_in_text) in CATEGORIES["source"]
    assert source_given("Mishustin (named)") == "named"
    assert source_given("Mishustin (implied)") == "pointed"
    assert source_given("a recent interview (not named)") == "pointed"
    assert source_given("none") == "unsourced"


# A chapter's last map


def way_up(own: list[str]) -> set[str]:
    """Return claims and all above them, climbing the register one step at a time."""
    found = set(own)
    while True:
        above = {a for i in found for a in (*claims.get(i).supports, *claims.get(i).opposes)}
        if above <= found:
            return found
        found |= above


@pytest.fixture
def shown(monkeypatch):
    """What `progress` displays."""
    found = []
    monkeypatch.setattr("courseware.explorers.argument_map.argument_map.display", found.append)
    return found


LAPTOP_ROOM = 520  # CSS pixels for a picture, so that it and its title stand on a laptop's screen
TOLD = ("claim", "role", "supports", "opposes", "own")  # by the map's table; after the id a label


@each_chapter
def test_a_chapter_ends_with_its_own_claims_and_their_way_up(shown, chapter):
    progress(chapter)
    still = shown[0]
    drawn, state = still.explorer, still.state
    own = [c.claim_id for c in claims.select(chapter=chapter)]
    named = labels(drawn, state)
    assert set(named) == way_up(own)
    for node, text in named.items():
        assert text.get_text().replace("\n", " ") == f"{tag(node)} {claims.get(node).short_label}"
        assert text.get_fontsize() * drawn.figure.dpi / 72 / DPI * 100 >= 11
    assert_room(drawn, state)
    assert drawn.size[0] <= 8.2
    assert 350 <= drawn.size[1] * 100 <= LAPTOP_ROOM
    assert figures(drawn.picture(state).finding) == ["0", str(len(own))]
    table, heads = still.table.frame, drawn.written("columns")
    own_heads = [heads[key] for key in TOLD]
    assert list(table.columns) == [own_heads[0], drawn.written("still", "label"), *own_heads[1:]]
    assert set(table[heads["claim"]]) == set(named)
    supports = table.set_index(heads["claim"])[heads["supports"]]
    assert all(supports[i] == (", ".join(claims.get(i).supports) or "–") for i in named)


@each_chapter
def test_the_description_tells_every_step_up(shown, chapter):
    progress(chapter)
    drawn = shown[0].explorer
    alt = drawn.picture(shown[0].state).alt
    on_map = way_up([c.claim_id for c in claims.select(chapter=chapter)])
    for node in on_map:
        for key, field in (("lines", "supports"), ("against", "opposes")):
            below = [i for i in graph() if i in on_map and node in getattr(claims.get(i), field)]
            if below:
                step = {"below": below, "number": len(below), "claim": node}
                step["label"] = claims.get(node).short_label
                assert drawn.say("chain", key, **step) in alt
    loose = scene(f"chapter {chapter}").loose
    if loose:
        assert drawn.say("chain", "loose", claims=loose, number=len(loose)) in alt


def test_the_twelve_stay_what_chapter_00_shows(shown):
    progress("00", "twelve")
    progress("00")
    for still in shown:
        drawn = still.explorer
        assert set(labels(drawn, still.state)) == set(members("twelve"))
        assert drawn.say("finds", "later", total=12, here=drawn.written("here")) in still.data


def test_progress_colours_the_chapters_so_far(shown):
    progress("04", "all")
    progress("04")
    judge(C24=claims.FAILS, C84=claims.HOLDS, C45=claims.HOLDS, C23=None)
    progress(4, "all")
    progress(4)
    progress(4, "twelve")
    for still, counted in zip(
        shown,
        [
            ["0", "36", "04"],
            ["0", "15"],
            ["3", "1", "37", "04"],  # C45 was judged early
            ["1", "1", "15"],
            ["0", "6", "04"],
        ],
        strict=True,
    ):
        title = re.search(r'nl-title"[^>]*>([^<]*)', still.data)[1]
        assert figures(title) == counted
        assert "<img" in still.data and "<details" in still.data and "<table" in still.data
        assert "accurate" not in still.data.split("base64")[0]
    assert shown[2].explorer.called("later") in shown[2].data


def test_a_click_on_a_claim_sets_the_list_and_only_in_the_panel(shown):
    panel = Panel(ArgumentMap(), MapState())
    script = unescape(panel.figure.value)
    places = [node for _, node in panel.inputs["selected"].options]
    for node in members("twelve"):
        assert f"[{places.index(node)},0" in script
    assert f"[{places.index('C68')},0" not in script
    panel.inputs["scope"].value = "chapter 08"
    assert f"[{places.index('C68')},0" in unescape(panel.figure.value)
    panel.inputs["selected"].value = "C68"
    assert claims.get("C68").summary in unescape(panel.aside.value)
    progress("02")
    assert "onclick" not in shown[0].data
    assert "onclick" not in ArgumentMap().markup(MapState())


def test_trials_keep_their_keys_from_jupyterlab():
    assert "data-lm-suppress-shortcuts" in claims.trial("C09").children[0].value
