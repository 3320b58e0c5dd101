"""The argument map and the claim explorer: logic, layout, and pictures that depend on state."""

import itertools
import re
from dataclasses import replace
from html import unescape

import networkx as nx
import pytest

from courseware import charts, claims, journal
from courseware.explorers import argument_map as explorer_module
from courseware.explorers.argument_map import LOOKS, ArgumentMap, layout, progress
from courseware.explorers.argument_map.argument import (
    BY_COURSE,
    BY_KIND,
    BY_OWN,
    BY_SOURCE,
    CATEGORIES,
    EVERYTHING,
    HEIGHT,
    NOT_JUDGED,
    STARTER,
    WIDTH,
    Effects,
    MapState,
    graph,
    members,
    scene,
    scopes,
    source_given,
    what_falls,
)
from courseware.explorers.base import Panel
from courseware.explorers.claim_explorer import ANY, GIVEN, ClaimExplorer, ClaimState
from tests.test_explorers import assert_room, texts

PNG = b"\x89PNG"


@pytest.fixture(scope="module")
def argument_map():
    return ArgumentMap()


@pytest.fixture(scope="module")
def claim_explorer():
    return ClaimExplorer()


def labels(drawn: ArgumentMap, state: MapState) -> dict:
    """Return the label of every claim on the map."""
    named = [text for text in texts(drawn, state) if not text.get_animated()]
    return {text.get_text().split()[0]: text for text in named}


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
        assert way[0] == placed.places[lower]
        heights = [y for _, y in way]
        assert heights == sorted(heights)
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in placed.places.values())
    assert set(members(scope)) <= set(placed.places)


def test_the_twelve_have_words_and_the_84_have_ids(argument_map):
    names = labels(argument_map, MapState())
    assert len(names) == 12
    assert all(" " in text.get_text() for text in names.values())
    names = labels(argument_map, MapState(scope=EVERYTHING))
    assert [text.get_text() for text in names.values()] == list(graph())


@pytest.mark.parametrize("scope", [STARTER, EVERYTHING])
def test_both_theses_stand_on_top(scope):
    places = scene(scope).places
    top = max(y for _, y in places.values())
    assert {node for node, (_, y) in places.items() if y == top} == {"C03", "C05"}


def test_lines_run_clear_of_the_labels_they_pass():
    placed = scene("chapter 07")
    named = labels(ArgumentMap(), MapState(scope="chapter 07"))
    extents = {node: text.get_window_extent() for node, text in named.items()}
    for (lower, upper), way in placed.layout.lines.items():
        for (x0, y0), (x1, y1) in itertools.pairwise(way):
            if x0 == x1 and y0 != y1:
                for node, extent in extents.items():
                    beside = x0 < extent.x0 or x0 > extent.x1
                    apart = y1 <= extent.y0 + 2 or y0 >= extent.y1
                    assert node in (lower, upper) or beside or apart


def test_no_layout_for_nothing_fails():
    empty = layout.arrange(nx.DiGraph(), [], {}, layout.Box(0, 100, 0, 100, 10, 20, 5, 10, 10, 5))
    assert empty.places == {}


# The argument map's pictures


@pytest.mark.parametrize("scope", scopes())
def test_every_state_has_a_title_of_one_or_two_lines(argument_map, scope):
    states = [MapState(scope=scope, colour=colour) for colour in CATEGORIES]
    for node in graph():
        states += [MapState(scope, selected=node), MapState(scope, removed=node)]
    for state in states:
        words = argument_map.describe(state, argument_map.content(state))
        assert 20 < len(words.title) < 130, words.title
        assert words.title in words.alt


def test_the_subtitle_counts_the_claims_once():
    for scope, counted in {
        EVERYTHING: "All 84 claims of the article; ",
        STARTER: "Twelve claims to begin with; ",
        "P2": "P2: 8 claims; ",
        "chapter 08": "Chapter 08: 11 claims and 1 from elsewhere that these support (small, ",
    }.items():
        explorer = ArgumentMap()
        state = MapState(scope=scope)
        assert explorer.describe(state, explorer.content(state)).unit.startswith(counted)
    assert len(members(STARTER)) == 12


def test_the_source_line_says_how_supports_are_counted(argument_map):
    assert "each support counts as enough alone" in argument_map.markup(MapState())


def test_the_title_tells_what_a_removal_does(argument_map):
    title = argument_map.picture(MapState(scope="chapter 07", removed="C55")).title
    assert title == "Take away C55: C56 and C61 stand without support; C62 keeps 2 of 3 supports"
    title = argument_map.picture(MapState(removed="C68")).title
    assert title.startswith("Take away C68: nothing falls; C71 keeps 1 of 2 supports; ")


def test_a_choice_outside_the_map_is_told(argument_map):
    words = argument_map.picture(MapState(selected="C68"))
    assert "C68 is not on this map" in words.unit


def test_what_falls_outside_the_map_is_told(argument_map):
    words = argument_map.picture(MapState(scope="chapter 08", removed="C68"))
    assert "C63, " in words.title and "C63 is not on this map" in words.unit


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
    assert source_given("Mishustin (named)") == "a source is named"
    assert source_given("Mishustin (implied)") == "pointed to, not named"
    assert source_given("a recent interview (not named)") == "pointed to, not named"
    assert source_given("none") == "no source given"


def test_unknown_scopes_are_refused():
    with pytest.raises(claims.ClaimError, match="There are"):
        scene("P77")


def test_chapters_find_their_names_in_one_module():
    for name in explorer_module.__all__:
        assert hasattr(explorer_module, name)
    assert {"STARTER", "EVERYTHING", "progress"} <= set(explorer_module.__all__)


def test_progress_colours_the_chapters_so_far(monkeypatch):
    shown = []
    monkeypatch.setattr(
        "courseware.explorers.argument_map.explorer.display", lambda item: shown.append(item.data)
    )
    progress("04")
    journal.save_verdict("C24", "04", claims.FAILS, 90)
    journal.save_verdict("C84", "01", claims.HOLDS, 90)
    journal.save_verdict("C45", "06", claims.HOLDS, 90)
    progress(4)
    progress(4, STARTER)
    for markup in shown:
        assert re.search(r'<img [^>]*alt="Argument map of \d+ claims', markup)
        assert "<details" in markup
        assert "<table" in markup
        assert "accurate" not in markup.split("base64")[0]
    assert "You have judged 0 of the 36 claims met" in shown[0]
    assert "You have judged 2 of the 36 claims met" in shown[1]
    assert "in a later chapter" in shown[1]
    assert "claims on this map met by the end of chapter 04" in shown[2]
    with pytest.raises(claims.ClaimError):
        progress("04", "nowhere")


def test_a_pass_is_not_counted_as_judged():
    journal.save_verdict("C24", "04", claims.FAILS, 90)
    journal.save_verdict("C23", "04", None)
    titles = []
    for explorer in (ArgumentMap(), ArgumentMap(until="04")):
        state = MapState(scope=EVERYTHING, colour=BY_OWN)
        titles.append(explorer.describe(state, explorer.content(state)).title)
    assert titles == [
        "You have judged 1 and passed 1 of the 84 claims",
        "You have judged 1 and passed 1 of the 36 claims met by the end of chapter 04",
    ]


def test_a_bad_verdict_on_disk_does_not_stop_the_map(journal_dir):
    journal.save_verdict("C24", "04", claims.FAILS, 90)
    for path in journal_dir.glob("C24*"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(claims.FAILS, "who knows"), encoding="utf-8")
    explorer = ArgumentMap(until="04")
    state = MapState(scope=EVERYTHING, colour=BY_OWN)
    assert "judged 0 of the 36" in explorer.markup(state)
    assert explorer.content(state).categories["C24"] == NOT_JUDGED


def test_before_the_first_chapter_every_claim_lies_ahead(monkeypatch):
    shown = []
    monkeypatch.setattr(
        "courseware.explorers.argument_map.explorer.display", lambda item: shown.append(item.data)
    )
    progress("00")
    assert "All 84 claims still lie ahead" in shown[0]


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


# The claim explorer


def test_filters_combine(claim_explorer):
    state = ClaimState(paragraph="P2", kind="prediction", source=GIVEN, words="premier MINISTER")
    assert [c.claim_id for c in claim_explorer.matches(replace(state, words=""))] == ["C09", "C11"]
    found = claim_explorer.matches(replace(state, words="PRIME minister"))
    assert [c.claim_id for c in found] == ["C09"]
    assert claim_explorer.matches(state) == []


def test_nothing_found_is_a_sentence_with_a_picture(claim_explorer):
    state = ClaimState(words="no such word", claim="C09")
    drawn = claim_explorer.picture(state)
    assert "None of the 84 claims fits" in drawn.title
    assert "None of the 84 claims fits" in drawn.alt
    assert drawn.png.startswith(PNG)
    aside = claim_explorer.aside(state)
    assert "No claim fits all of this" in aside
    assert "<table" not in aside
    assert claims.get("C09").short_label in aside
    assert claim_explorer.table(state)["found"].sum() == 0


def test_counts_agree_with_the_register(claim_explorer):
    table = claim_explorer.table(ClaimState())
    assert table["found"].sum() == table["all"].sum() == 84
    revealed = claim_explorer.table(ClaimState(reveal=True)).set_index("the course's verdict")
    assert revealed.loc["wrong", "all"] == len(claims.select(verdict="wrong"))


def test_verdicts_stay_hidden_until_the_box_is_ticked(claim_explorer):
    panel = Panel(claim_explorer, ClaimState(kind="event fact", claim="C24"))
    panel.want_numbers.value = True
    seen = unescape(panel.figure.value + panel.aside.value + panel.numbers.value)
    assert claims.get("C24").verdict_reason not in seen
    assert "accurate" not in seen
    assert panel.inputs["verdict"].layout.display == "none"
    panel.inputs["verdict"].value = "wrong"
    assert panel.state.verdict == ANY
    panel.inputs["reveal"].value = True
    assert panel.inputs["verdict"].layout.display is None
    assert claims.get("C24").verdict_reason in unescape(panel.aside.value)
    panel.inputs["verdict"].value = "wrong"
    assert [c.claim_id for c in claim_explorer.matches(panel.state)] == ["C24"]
    panel.inputs["reveal"].value = False
    assert (panel.state.verdict, panel.inputs["verdict"].value) == (ANY, ANY)
    assert "accurate" not in panel.figure.value


def test_the_chosen_claim_s_card_gives_evidence_addresses(claim_explorer):
    aside = claim_explorer.aside(ClaimState(claim="C09"))
    for address in claims.evidence("C09")["address"].dropna():
        assert f'href="{address}"' in unescape(aside)


def test_looks_keep_text_readable():
    for hue, _, letter in LOOKS.values():
        ink = "#FFFFFF" if charts.contrast(hue) >= 4.5 else "#000000"
        ratio = charts.contrast(hue) if ink == "#FFFFFF" else 21 / charts.contrast(hue)
        assert not letter or ratio >= 4.5


def test_panels_and_trials_keep_their_keys_from_jupyterlab():
    mark = "data-lm-suppress-shortcuts"
    assert mark in Panel(ClaimExplorer(), ClaimState()).children[0].value
    assert mark in claims.trial("C09").children[0].value
