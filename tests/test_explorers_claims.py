"""The argument map: what falls, layout, and pictures that depend on state."""

import itertools
import re
from html import unescape

import networkx as nx
import pytest

from courseware import charts, claims, journal
from courseware.explorers import argument_map as explorer_module
from courseware.explorers.argument_map import LOOKS, ArgumentMap, layout, progress
from courseware.explorers.argument_map.graph import (
    BY_COURSE,
    BY_KIND,
    BY_OWN,
    BY_SOURCE,
    CATEGORIES,
    EVERYTHING,
    HEIGHT,
    NAMED,
    NOT_JUDGED,
    POINTED,
    STARTER,
    UNSOURCED,
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


# What falls


def tiny() -> nx.DiGraph:
    #   top <- a <- x      b <- y, z     top <- b     lone
    found = nx.DiGraph([("x", "a"), ("a", "top"), ("y", "b"), ("z", "b"), ("b", "top")])
    found.add_node("lone")
    return found


@pytest.mark.parametrize(
    ("removed", "effects"),
    [
        ("x", Effects(fallen=("a",), weakened=("top",))),
        ("y", Effects(weakened=("b",))),
        ("a", Effects(weakened=("top",), idle=("x",))),
        ("b", Effects(weakened=("top",), idle=("y", "z"))),
        ("top", Effects(idle=("a", "b", "x", "y", "z"))),
        ("lone", Effects()),
    ],
)
def test_what_falls_on_a_tiny_graph(removed, effects):
    assert what_falls(tiny(), removed) == effects


def test_a_chain_falls_to_its_top():
    chain = nx.DiGraph(itertools.pairwise("abcd"))
    assert what_falls(chain, "a").fallen == ("b", "c", "d")


def test_a_circle_that_no_ground_supports_does_not_fall_with_another_claim():
    circle = nx.DiGraph([("a", "b"), ("b", "a"), ("x", "y")])
    assert what_falls(circle, "x") == Effects(fallen=("y",))


def test_only_claims_of_the_argument_can_be_taken_away():
    with pytest.raises(claims.UnknownClaimError, match="no claim 'C99'"):
        what_falls(graph(), "C99")


def test_what_falls_in_the_article():
    whole = graph()
    assert what_falls(whole, "C68") == Effects(weakened=("C71",), idle=("C63", "C65", "C69", "C70"))
    assert what_falls(whole, "C55").fallen == ("C56", "C61")
    assert what_falls(whole, "C55").weakened == ("C62",)


@pytest.mark.parametrize("removed", [f"C{n:02d}" for n in range(1, 85)])
def test_what_falls_agrees_with_taking_claims_away_one_by_one(removed):
    whole = graph()
    gone = {removed}
    while True:
        more = {
            node
            for node in set(whole) - gone
            if whole.in_degree(node) and set(whole.predecessors(node)) <= gone
        }
        if not more:
            break
        gone |= more
    assert set(what_falls(whole, removed).fallen) == gone - {removed}


def test_the_argument_has_no_circle_and_every_support_is_a_claim():
    whole = graph()
    assert nx.is_directed_acyclic_graph(whole)
    assert set(whole) == set(claims.register())


# Layout


@pytest.mark.parametrize("scope", scopes())
def test_labels_of_a_scope_have_room(argument_map, scope):
    assert_room(argument_map, MapState(scope=scope))
    assert set(labels(argument_map, MapState(scope=scope))) == set(scene(scope).places)


@pytest.mark.parametrize("scope", scopes())
def test_what_rests_stands_below_and_everything_is_inside_the_picture(scope):
    placed = scene(scope)
    for lower, upper in placed.graph.edges:
        assert placed.places[lower][1] < placed.places[upper][1]
        way = placed.layout.lines[lower, upper]
        (x, y), (left, foot, right, top) = placed.places[lower], placed.tiles[upper]
        assert way[0] == (x, y + placed.sizes[lower][1] / 2)
        assert left <= way[-1][0] <= right and way[-1][1] == foot
        assert top <= HEIGHT
        heights = [y for _, y in way]
        assert heights == sorted(heights)
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in placed.places.values())
    assert set(members(scope)) <= set(placed.places)


def test_the_twelve_have_words_and_the_84_have_ids(argument_map):
    names = labels(argument_map, MapState())
    assert len(names) == 12
    assert all(" " in text.get_text() for text in names.values())
    names = labels(argument_map, MapState(scope=EVERYTHING))
    assert [text.get_text() for text in names.values()] == [tag(node) for node in graph()]


def test_the_tile_of_a_thesis_says_which_it_is(argument_map):
    for scope in (STARTER, EVERYTHING):
        named = labels(argument_map, MapState(scope=scope))
        for node, said in {"C03": "T1 · C03", "C05": "T2 · C05"}.items():
            text = named[node].get_text().replace("\N{NO-BREAK SPACE}", " ")
            assert text.replace("\n", " ").startswith(said)
            assert text.startswith(said), "a thesis's name and its id stand on one line"
    assert tag("C07") == "C07"


@pytest.mark.parametrize("scope", [STARTER, EVERYTHING])
def test_both_theses_stand_on_top(scope):
    places = scene(scope).places
    top = max(y for _, y in places.values())
    assert {node for node, (_, y) in places.items() if y == top} == {"C03", "C05"}


@pytest.mark.parametrize("scope", scopes())
def test_lines_run_clear_of_the_tiles_they_pass(scope):
    placed = scene(scope)
    ways = placed.layout.lines | placed.layout.against
    for (lower, upper), way in ways.items():
        for (x0, y0), (x1, y1) in itertools.pairwise(way):
            for node, (left, foot, right, top) in placed.tiles.items():
                if node not in (lower, upper) and max(y0, y1) > foot and min(y0, y1) < top:
                    high, low = max(y0, y1), min(y0, y1)
                    shares = [(min(top, high) - y0) / (y1 - y0), (max(foot, low) - y0) / (y1 - y0)]
                    across = [x0 + share * (x1 - x0) for share in shares]
                    assert max(across) < left + 1 or min(across) > right - 1, (lower, upper, node)


@pytest.mark.parametrize("scope", scopes())
def test_tiles_hold_their_labels_and_stand_apart(argument_map, scope):
    placed = scene(scope)
    named = labels(argument_map, MapState(scope=scope))
    for node, (left, foot, right, top) in placed.tiles.items():
        box = named[node].get_window_extent()
        assert left + 30 < box.x0 and box.x1 <= right + 1, node
        assert foot <= box.y0 + 2 and box.y1 - 2 <= top, node
        assert min(left, foot) >= 0 and right <= WIDTH and top <= HEIGHT
    for (one, a), (other, b) in itertools.combinations(placed.tiles.items(), 2):
        apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        assert apart, (one, other)


def test_no_layout_for_nothing_fails():
    empty = layout.arrange(nx.DiGraph(), [], {}, layout.Box(0, 100, 0, 100, 5))
    assert empty.places == {}


# The argument map's pictures


@pytest.mark.parametrize("scope", scopes())
def test_every_state_has_a_title_of_one_or_two_lines(argument_map, scope):
    states = [MapState(scope=scope, colour=colour) for colour in CATEGORIES]
    for node in graph():
        states += [MapState(scope, selected=node), MapState(scope, removed=node)]
    for state in states:
        words = argument_map.describe(state, argument_map.content(state))
        assert 20 < len(words.finding) < 140, words.finding
        assert words.finding in words.alt


def test_the_subtitle_counts_the_claims_once():
    for scope, counted in {
        EVERYTHING: "All 84 claims of the article; ",
        STARTER: "Twelve claims to begin with; ",
        "P2": "P2: 8 claims and 1 on the way up from these (grey); ",
        "chapter 08": "Chapter 08: 11 claims and 1 on the way up from these (grey); ",
    }.items():
        explorer = ArgumentMap()
        state = MapState(scope=scope)
        assert explorer.describe(state, explorer.content(state)).unit.startswith(counted)
    assert len(members(STARTER)) == 12


def test_the_source_line_says_how_supports_are_counted(argument_map):
    assert "The map treats each support as sufficient by itself" in argument_map.markup(MapState())


def test_the_title_tells_what_a_removal_does(argument_map):
    title = argument_map.picture(MapState(scope="chapter 07", removed="C55")).finding
    assert title.startswith("Without “Post deleted, hack claimed” (C55), C56 and C61 have no ")
    assert title.endswith("support left; C62 keeps 2 of 3 supports")
    title = argument_map.picture(MapState(removed="C68")).finding
    assert title.startswith(
        "Without “Backing makes states bold” (C68), no claim falls; C71 keeps 1 of 2 supports; "
    )


def test_a_choice_outside_the_map_is_told(argument_map):
    words = argument_map.picture(MapState(selected="C68"))
    assert "C68 is not on this map" in words.unit


def test_what_falls_outside_the_map_is_told(argument_map):
    words = argument_map.picture(MapState(scope="chapter 08", removed="C68"))
    assert "C63, " in words.finding and "C63 is not on this map" in words.unit
    words = argument_map.picture(MapState(scope="chapter 07", removed="C68"))
    assert "C69 and C70 are not on this map" in words.unit


def test_the_table_of_the_map_marks_what_happens(argument_map):
    table = argument_map.table(MapState(scope="chapter 07", removed="C55", selected="C61"))
    marks = table.set_index("claim")["mark"]
    assert marks["C55"] == "taken away"
    assert marks["C61"] == "selected, falls"
    assert marks["C62"] == "loses a support"


@pytest.mark.parametrize("colour", [BY_KIND, BY_SOURCE, BY_OWN])
def test_the_course_s_verdicts_stay_closed_until_that_colour_is_chosen(argument_map, colour):
    state = MapState(scope=EVERYTHING, colour=colour, selected="C24")
    words = argument_map.picture(state)
    seen = f"{words} {argument_map.table(state).to_string()}"
    assert "not checkable" not in seen
    assert "accurate" not in seen
    assert "the course's verdict" not in seen
    face = argument_map.aside(state).split("<details")[0]
    assert claims.get("C24").verdict_reason not in unescape(face)


def test_the_course_s_verdict_shows_only_where_the_student_has_judged(argument_map):
    state = MapState(scope="P4", colour=BY_COURSE)
    assert set(argument_map.content(state).categories.values()) == {NOT_JUDGED}
    journal.save_verdict("C24", "04", claims.HOLDS, 90)
    journal.save_verdict("C23", "04", None)
    found = argument_map.content(state).categories
    assert found["C24"] == claims.get("C24").verdict
    assert found["C23"] == claims.get("C23").verdict
    assert found["C20"] == NOT_JUDGED


def test_my_verdicts_come_from_the_journal(argument_map):
    state = MapState(scope="P4", colour=BY_OWN)
    before = argument_map.picture(state)
    journal.save_verdict("C24", "04", claims.FAILS, 90)
    journal.save_verdict("C23", "04", None)
    after = argument_map.picture(state)
    assert after.png != before.png
    categories = argument_map.content(state).categories
    assert (categories["C24"], categories["C23"]) == (claims.FAILS, "passed")
    assert categories["C20"] == NOT_JUDGED


@pytest.mark.parametrize("colour", CATEGORIES)
def test_categories_differ_without_colour(colour):
    """Two categories never share shape and letter; equal hues are the same word in four."""
    looks = [LOOKS[category] for category in CATEGORIES[colour]]
    assert len({(shape, letter) for _, shape, letter in looks}) == len(looks)


def test_every_category_in_the_register_has_a_look():
    for claim in claims.register().values():
        assert claim.claim_type in CATEGORIES[BY_KIND]
        assert claim.verdict in CATEGORIES[BY_COURSE]
        assert source_given(claim.source_in_text) in CATEGORIES[BY_SOURCE]


def test_sources_are_sorted_as_named_pointed_to_or_none():
    assert source_given("Mishustin (named)") == NAMED
    assert source_given("Mishustin (implied)") == POINTED
    assert source_given("a recent interview (not named)") == POINTED
    assert source_given("none") == UNSOURCED


def test_unknown_scopes_are_refused():
    with pytest.raises(claims.ClaimError, match="Choose one of these: P0, P1"):
        scene("P77")


def test_chapters_find_their_names_in_one_module():
    for name in explorer_module.__all__:
        assert hasattr(explorer_module, name)
    assert {"STARTER", "EVERYTHING", "progress"} <= set(explorer_module.__all__)


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


CHAPTERS = [f"{number:02d}" for number in range(1, 10)]
LAPTOP_ROOM = 520  # CSS pixels for a picture, so that it and its title stand on a laptop's screen


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_ends_with_its_own_claims_and_their_way_up(shown, chapter):
    progress(chapter)
    still = shown[0]
    state, own = still.state, [c.claim_id for c in claims.select(chapter=chapter)]
    named = labels(still.explorer, state)
    assert set(named) == way_up(own)
    for node, text in named.items():
        assert text.get_text().replace("\n", " ") == f"{tag(node)} {claims.get(node).short_label}"
        assert text.get_fontsize() * still.explorer.figure.dpi / 72 / DPI * 100 >= 11
    assert_room(still.explorer, state)
    assert still.explorer.size[0] <= 8.2
    assert 350 <= still.explorer.size[1] * 100 <= LAPTOP_ROOM
    assert f"{len(own)} claims" in still.explorer.picture(state).finding
    table = still.table.frame
    assert list(table.columns) == TABLE
    assert set(table["claim"]) == set(named)
    supports = table.set_index("claim")["supports"]
    assert all(supports[i] == (", ".join(claims.get(i).supports) or "–") for i in named)


TABLE = ["claim", "label", "role", "supports", "opposes", "my verdict"]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_description_tells_every_step_up(shown, chapter):
    progress(chapter)
    alt = shown[0].explorer.picture(shown[0].state).alt
    for node in way_up([c.claim_id for c in claims.select(chapter=chapter)]):
        claim = claims.get(node)
        for words, targets in (("support", claim.supports), ("oppose", claim.opposes)):
            for target in targets:
                told = rf"{node}\b[^.()]* {words}[^.()]* {target} \("
                assert re.search(told, alt), (node, words, target)


def test_the_description_of_a_chapter_s_map(shown):
    progress("02")
    alt = shown[0].explorer.picture(shown[0].state).alt
    assert alt.endswith(
        "C06 and C07 oppose C05 (Friendship is false). C01, C07, C08, C09 and C11 support "
        "C06 (Trade helped both). C10, C12 and C13 support C08 (Trade grew since 2022)."
    )
    progress("01")
    assert "C83 and C84 support no other claim." in shown[1].data


def test_claims_that_no_line_joins_stand_in_the_last_row():
    placed = scene("chapter 01")
    assert placed.loose == ("C83", "C84")
    heights = {placed.places[node][1] for node in placed.loose}
    assert len(heights) == 1
    assert max(heights) < min(y for n, (_, y) in placed.places.items() if n not in placed.loose)


def test_the_twelve_stay_what_chapter_00_shows(shown):
    progress("00", STARTER)
    progress("00")
    for still in shown:
        assert set(labels(still.explorer, still.state)) == set(members(STARTER))
        assert "All 12 claims on this map are in later chapters" in still.data


def test_progress_colours_the_chapters_so_far(shown):
    progress("04", EVERYTHING)
    progress("04")
    journal.save_verdict("C24", "04", claims.FAILS, 90)
    journal.save_verdict("C84", "01", claims.HOLDS, 90)
    journal.save_verdict("C45", "06", claims.HOLDS, 90)
    journal.save_verdict("C23", "04", None)
    progress(4, EVERYTHING)
    progress(4)
    progress(4, STARTER)
    told = [still.data for still in shown]
    for markup in told:
        assert re.search(r'<img [^>]*alt="Argument map of \d+ claims', markup)
        assert "<details" in markup
        assert "<table" in markup
        assert "accurate" not in markup.split("base64")[0]
    assert "You have judged 0 of the 36 claims met" in told[0]
    assert "You have judged 0 of this chapter’s 15 claims" in told[1]
    assert "You have judged 3 and passed 1 of the 37 claims met" in told[2]  # C45 was judged early
    assert "in a later chapter" in told[2]
    assert "You have judged 1 and passed 1 of this chapter’s 15 claims" in told[3]
    assert "claims on this map met by the end of chapter 04" in told[4]
    with pytest.raises(claims.ClaimError):
        progress("04", "nowhere")


def test_a_pass_is_not_counted_as_judged():
    journal.save_verdict("C24", "04", claims.FAILS, 90)
    journal.save_verdict("C23", "04", None)
    titles = []
    for explorer in (ArgumentMap(), ArgumentMap(until="04")):
        state = MapState(scope=EVERYTHING, colour=BY_OWN)
        titles.append(explorer.describe(state, explorer.content(state)).finding)
    assert titles == [
        "You have judged 1 and passed 1 of the 84 claims",
        "You have judged 1 and passed 1 of the 36 claims met by the end of chapter 04",
    ]


def test_a_bad_verdict_on_disk_does_not_stop_the_map(journal_dir):
    journal.save_verdict("C24", "04", claims.FAILS, 90)
    for path in journal_dir.rglob("C24*"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(claims.FAILS, "who knows"), encoding="utf-8")
    explorer = ArgumentMap(until="04")
    state = MapState(scope=EVERYTHING, colour=BY_OWN)
    assert "judged 0 of the 36" in explorer.markup(state)
    assert explorer.content(state).categories["C24"] == NOT_JUDGED


# Panels


def test_the_map_s_panel_follows_its_controls_and_shows_the_card():
    panel = Panel(ArgumentMap(), MapState())
    assert panel.aside.value == ""
    panel.inputs["selected"].value = "C27"
    assert panel.state.selected == "C27"
    assert claims.get("C27").summary in unescape(panel.aside.value)
    assert "C27 rests on 9 claims" in panel.figure.value
    panel.want_numbers.value = True
    assert "<table" in panel.numbers.value
    for number in range(len(panel.explorer.presets)):
        panel.view.value = number
        assert "<img" in panel.figure.value


def test_a_click_on_a_claim_sets_the_list_and_only_in_the_panel(shown):
    panel = Panel(ArgumentMap(), MapState())
    script = unescape(panel.figure.value)
    places = [node for _, node in panel.inputs["selected"].options]
    for node in members(STARTER):
        assert f"[{places.index(node)},0" in script
    assert f"[{places.index('C68')},0" not in script
    panel.inputs["scope"].value = "chapter 08"
    assert f"[{places.index('C68')},0" in unescape(panel.figure.value)
    progress("02")
    assert "onclick" not in shown[0].data
    assert "onclick" not in ArgumentMap().markup(MapState())


# Looks and keys


def test_looks_keep_text_readable():
    for hue, _, letter in LOOKS.values():
        ink = "#FFFFFF" if charts.contrast(hue) >= 4.5 else "#000000"
        ratio = charts.contrast(hue) if ink == "#FFFFFF" else 21 / charts.contrast(hue)
        assert not letter or ratio >= 4.5


def test_panels_and_trials_keep_their_keys_from_jupyterlab():
    mark = "data-lm-suppress-shortcuts"
    assert mark in Panel(ArgumentMap(), MapState()).children[0].value
    assert mark in claims.trial("C09").children[0].value
