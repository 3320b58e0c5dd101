"""The evidence weigher: odds by hand, groups counted once, no setting that is right."""

import re
from dataclasses import replace
from html import escape

import numpy as np
import pytest

from courseware import claims, data, words
from courseware.explorers.base import Panel
from no_limits.explorers.evidence_weigher.evidence_weigher import (
    EvidenceWeigher,
    WeigherState,
    chain,
    odds,
    per_cent,
    reading,
)
from no_limits.explorers.evidence_weigher.pieces import (
    COUNT,
    DOWN,
    FACTORS,
    GROUPS,
    KNOWN,
    NEUTRAL,
    NONE,
    UP,
    pieces,
)

#: Readings that raise and lower the odds in both halves of T1, some of one group.
SPLIT = reading(p1=UP, p2=UP, p3=UP, p6=DOWN, p8=DOWN)
PIECES = {thesis: pieces(thesis) for thesis in ("T1", "T2")}
ALL_PIECES = (*PIECES["T1"], *PIECES["T2"])


@pytest.fixture(scope="module")
def explorer():
    return EvidenceWeigher()


# The odds -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prior", "ups", "told"),
    [
        (50, 1, "75%"),
        (50, 2, "90%"),
        (10, 2, "50%"),
        (20, 0, "20%"),
        (75, -1, "50%"),
        (90, -2, "50%"),
    ],
)
def test_posteriors_are_those_computed_by_hand(explorer, prior, ups, told):
    step = UP if ups > 0 else DOWN
    chosen = reading(**{f"p{number}": step for number in (3, 4)[: abs(ups)]})
    content = explorer.content(WeigherState("T1", prior, t1=chosen))
    assert per_cent(content.shown[-1]) == told
    assert content.shown[-1] == pytest.approx(content.other[-1])


def test_evidence_that_says_nothing_moves_nobody(explorer):
    for prior in (5, 50, 95):
        shown = explorer.content(WeigherState(prior=prior)).shown
        assert np.ptp(shown) == 0
        still = explorer.say("finds", "still", thesis="T1", end=f"{prior}%")
        assert explorer.picture(WeigherState(prior=prior)).finding == still


@pytest.mark.parametrize(
    ("first", "second", "once", "alone"),
    [
        (UP, UP, 1, 2),
        (UP, NONE, 1, 1),
        (NONE, UP, 1, 1),
        (UP, DOWN, 0, 0),
        (DOWN, DOWN, -1, -2),
        (NONE, NONE, 0, 0),
    ],
)
def test_a_group_moves_one_step_at_most(first, second, once, alone):
    state = WeigherState(t1=reading(p1=first, p2=second))
    assert chain(state, once=True)[-1] == once
    assert chain(state, once=False)[-1] == alone


def test_neither_groups_nor_theses_touch_each_other(explorer):
    state = WeigherState("T2", t2=reading(p1=DOWN, p2=DOWN, p3=UP, p5=UP))
    assert chain(state, once=True)[-1] == 1
    assert chain(state, once=False)[-1] == 0
    state = WeigherState("T1", t1=reading(p3=UP), t2=reading(p3=DOWN, p4=DOWN))
    assert explorer.content(state).shown[-1] == 1
    assert explorer.content(replace(state, thesis="T2")).shown[-1] == -2


def test_later_pieces_count_only_when_asked_for(explorer):
    state = WeigherState(t1=reading(p11=UP, p12=UP))
    assert explorer.content(state).shown[-1] == 0
    assert explorer.content(replace(state, later=True)).shown[-1] == 2
    read = explorer.table(state)[explorer.written("columns", "reading")]
    assert list(read)[-2:] == [explorer.written("readings", "not counted")] * 2
    assert explorer.say("hidden", later=3) in explorer.picture(state).alt


@pytest.mark.parametrize(
    ("steps", "told", "share"),
    [
        (0, "1 to 1", "50%"),
        (1, "3 to 1", "75%"),
        (-2, "1 to 9", "10%"),
        (4, "81 to 1", "99%"),
        (6, "729 to 1", "99.9%"),
        (7, "2,187 to 1", "over 99.9%"),
        (-14, "1 to 4,782,969", "under 0.1%"),
        (0.5, "1.73 to 1", "63%"),
    ],
)
def test_odds_in_words(steps, told, share):
    assert odds(steps) == told
    assert per_cent(steps) == share


# The pieces ---------------------------------------------------------------------------------


def test_each_piece_leads_to_claims_evidence_and_arguments(explorer):
    register = claims.register()
    relation = data.load("evidence").set_index("evidence_id")["relation"]
    year = data.load("counterarguments").set_index("arg_id")["year"]
    for piece in ALL_PIECES:
        ids = piece.ids.split(", ")
        assert all(i in register or i in relation or i in year for i in ids), piece
        assert any(i in register for i in ids), piece
        assert piece.later == explorer.written("pieces", piece.key).startswith("202")
        outcome = [relation[i] == "later outcome" for i in ids if i.startswith("E")]
        after = [year[i] > 2023 for i in ids if i.startswith("A")]
        assert any(outcome + after) == piece.later, piece


def test_a_thesis_has_ten_known_pieces_by_its_halves_and_then_three_later_ones():
    assert (KNOWN, COUNT) == (10, 13)
    for listed in PIECES.values():
        assert [piece.later for piece in listed] == [False] * KNOWN + [True] * (COUNT - KNOWN)
    halves = [piece.half for piece in PIECES["T1"]]
    assert halves[:KNOWN] == ["gains"] * 5 + ["cost"] * 5
    assert {*halves[KNOWN:]} == {"gains", "cost"}
    assert {piece.half for piece in PIECES["T2"]} == {""}


def test_either_half_of_t1_has_evidence_on_both_sides_in_the_register():
    relation = data.load("evidence").set_index("evidence_id")["relation"]
    for half in ("gains", "cost"):
        ids = ", ".join(p.ids for p in PIECES["T1"][:KNOWN] if p.half == half).split(", ")
        seen = {relation[i] for i in ids if i.startswith("E")}
        assert len(seen) > 1, seen


def test_a_group_has_at_least_two_pieces_of_one_thesis_and_a_reason(explorer):
    for letter in GROUPS:
        reason = explorer.written("groups", letter)
        sizes = [sum(piece.group == letter for piece in listed) for listed in PIECES.values()]
        assert sorted(sizes)[0] == 0
        assert sorted(sizes)[1] >= 2
        assert len(reason.split()) >= 5


#: The figures that a sentence takes out of tables, and names and dates that belong to them.
SAID = {
    "meetings": ["40", "March 2023", "Yury Ushakov"],
    "shares": ["2021", "15%", "25%"],
    "votes": ["2022", "0.81", "0.85"],
    "debts": ["3% (Turkmenistan", "89% (Tajikistan", "Uzbekistan (0.15%"],
    "gas": ["38.2 in 2000", "74.4 in 2008", "38.5 in 2009", "7.7 in 2022", "39.8 in 2022", "2015"],
    "prices": ["12", "250", "294", "January 2021", "118.5", "187"],
    "trade": ["Kyrgyzstan 2002, Tajikistan 2008, Kazakhstan 2009, Uzbekistan 2013", "3"],
}


@pytest.mark.parametrize("key", SAID)
def test_sentences_hold_the_figures_of_the_tables(explorer, key):
    for figure in SAID[key]:
        assert re.search(rf"\b{re.escape(figure)}(?!\d)", explorer.sentences[key]), figure


def test_what_the_pieces_say_that_is_computed(explorer, snapshot):
    assert {key: explorer.sentences[key] for key in SAID} == snapshot
    assert set(explorer.sentences) == {piece.key for piece in ALL_PIECES}
    begin = explorer.say("says", "later", told="")
    for piece in ALL_PIECES:
        assert explorer.sentences[piece.key].startswith(begin) == piece.later
    bought = data.load("region_gas_by_buyer")["Russia"][2022]  # as chapter 05 shows it
    assert str(bought) in explorer.sentences["gas"]
    china = data.load("partner_shares").query("iso3 == 'CHN' and year == 2021")
    assert "RUS" not in set(china["partner_iso3"])


@pytest.mark.parametrize("thesis", ["T1", "T2"])
def test_the_card_lists_the_pieces_of_the_thesis_whatever_is_read(explorer, thesis):
    card = explorer.aside(WeigherState(thesis))
    assert card == explorer.aside(WeigherState(thesis, prior=20, t1=SPLIT, t2=SPLIT))
    for piece in ALL_PIECES:
        assert (escape(explorer.sentences[piece.key]) in card) == (piece in PIECES[thesis])
    assert all(escape(explorer.written("groups", letter)) in card for letter in GROUPS)


# The picture --------------------------------------------------------------------------------


def test_double_counting_is_said_in_the_finding(explorer):
    ways, ends = explorer.written("ways"), {"once": "96%", "alone": "99%"}
    for at, first, second in ((1, "once", "alone"), (2, "alone", "once")):
        told = {"way": ways[first], "end": ends[first]}
        told |= {"another": ways[second], "other": ends[second]}
        found = explorer.picture(explorer.presets[at].state).finding
        assert found == explorer.say("finds", "apart", thesis="T1", start="50%", **told)
    table, heads = explorer.table(explorer.presets[1].state), explorer.written("columns")
    table = table.set_index(heads["number"])
    again = explorer.written("readings", "again")
    assert [n for n, read in table[heads["reading"]].items() if read.endswith(again)] == [2]
    assert table.loc[[1, 2, 4], heads["odds"]].tolist() == ["3 to 1", "3 to 1", "9 to 1"]


def test_the_picture_names_the_pieces_of_the_thesis_that_is_shown(explorer):
    for thesis in ("T2", "T1"):
        explorer.draw(WeigherState(thesis))
        shown = {text.get_text() for text in explorer.figure.axes[0].texts if text.get_visible()}
        names = {
            f"{number}  {explorer.written('pieces', p.key)}"
            for number, p in enumerate(PIECES[thesis], 1)
        }
        assert names <= shown
        assert (explorer.written("halves", "cost") in shown) == (thesis == "T1")


@pytest.mark.parametrize(
    ("state", "gains", "cost"),
    [
        (WeigherState(), "×1", "×1"),
        (WeigherState(t1=SPLIT), "×9", "÷9"),
        (WeigherState(once=False, t1=SPLIT), "×27", "÷9"),
    ],
)
def test_the_figures_tell_what_each_half_of_t1_has_moved(explorer, state, gains, cost):
    halves = explorer.written("halves")
    told = f"{halves['gains']} {gains}; {halves['cost']} {cost}"
    assert explorer.picture(state).line.endswith(told)
    assert explorer.picture(replace(state, thesis="T2")).reading == ""


def test_the_panel_keeps_both_theses_readings(explorer):
    panel = Panel(explorer, WeigherState())
    first, second = (panel.inputs[key] for key in ("t1", "t2"))
    for row in (*first.choices, *second.choices):
        # In the order in which the odds move.
        assert row.options == tuple((FACTORS[step], step) for step in (DOWN, NONE, UP))
        assert row.tooltip and row.description
    first.choices[2].value = UP
    panel.inputs["thesis"].value = "T2"
    assert (first.layout.display, second.layout.display) == ("none", "grid")
    second.choices[0].value = DOWN
    panel.inputs["thesis"].value = "T1"
    assert panel.state == WeigherState(t1=reading(p3=UP), t2=reading(p1=DOWN))
    panel.go_to(WeigherState("T2", 80, t2=reading(p4=DOWN, p9=UP)))
    assert [choice.value for choice in second.choices] == list(reading(p4=DOWN, p9=UP))
    assert [choice.value for choice in first.choices] == list(NEUTRAL)


# What chapter 09 says in words ----------------------------------------------------------------


def test_what_can_be_looked_up_mostly_holds():
    kinds = ("event fact", "quantitative fact", "attribution-quote")
    rows = [c for c in claims.register().values() if c.claim_type in kinds]
    told = [c.in_four_words for c in rows]
    assert sum(word in (claims.HOLDS, claims.BUT) for word in told) > 0.75 * len(told)


def test_the_two_exact_forecasts_are_other_peoples():
    ahead = [c for c in claims.register().values() if c.claim_type == "prediction"]
    exact = [c for c in ahead if c.figure_value is not None and c.figure_period]
    assert len(ahead) == 7
    assert [c.claim_id for c in exact] == ["C09", "C11"]
    assert [c for c in ahead if c.source_in_text != "none"] == exact


def test_the_two_counts_of_chapter_09_are_what_its_questions_suppose():
    texts = data.load("ukraine_resolutions").query("date > '2023-05-28'")
    texts = texts[texts["topic"].str.startswith("emergency")]["resolution_id"]
    cast = data.load("ukraine_votes").query("resolution_id in @texts")
    cast = cast.pivot(index="resolution_id", columns="iso3", values="vote")
    assert len(cast) == words.prediction("09-voted")["high"] == 4
    assert (cast["RUS"] == "N").all()
    assert cast["CHN"].notna().all()
    visits = data.load("putin_visits").query("month > '2023-05-28'")
    assert visits["month"].dt.strftime("%Y-%m").between("2023-06", "2026-05").all()
    assert set(visits["iso3"]) == {"KAZ", "KGZ", "TJK", "TKM", "UZB"}
