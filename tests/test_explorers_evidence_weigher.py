"""The evidence weigher: odds by hand, groups counted once, no setting that is right."""

from dataclasses import replace

import numpy as np
import pytest

from courseware import claims, data, words
from courseware.explorers.base import Panel
from courseware.explorers.evidence_weigher.evidence_weigher import (
    EvidenceWeigher,
    WeigherState,
    chain,
    odds,
    per_cent,
    reading,
)
from courseware.explorers.evidence_weigher.pieces import (
    COST,
    COUNT,
    DOWN,
    GAINS,
    GROUPS,
    KNOWN,
    NEUTRAL,
    NONE,
    PIECES,
    T1,
    T2,
    UP,
)


@pytest.fixture(scope="module")
def explorer():
    return EvidenceWeigher()


# The odds -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prior", "ups", "told"),
    [
        (50, 1, "75%"),
        (50, 2, "90%"),
        (25, 1, "50%"),
        (10, 1, "25%"),
        (10, 2, "50%"),
        (20, 0, "20%"),
        (75, -1, "50%"),
        (90, -2, "50%"),
    ],
)
def test_posteriors_are_those_computed_by_hand(explorer, prior, ups, told):
    step = UP if ups > 0 else DOWN
    chosen = reading(**{f"p{number}": step for number in (3, 4)[: abs(ups)]})
    content = explorer.content(WeigherState(T1, prior, t1=chosen))
    assert per_cent(content.shown[-1]) == told
    assert content.shown[-1] == pytest.approx(content.other[-1])


def test_bayes_rule_gives_the_same():
    prior, ratios = 0.2, [3, 3, 1 / 3, 3]
    odds_after = prior / (1 - prior) * np.prod(ratios)
    state = WeigherState(T2, 20, t2=reading(p3=UP, p4=UP, p5=DOWN, p8=UP))
    assert 3 ** chain(state, once=True)[-1] == pytest.approx(odds_after)


def test_evidence_that_says_nothing_moves_nobody(explorer):
    for prior in (5, 50, 95):
        shown = explorer.content(WeigherState(prior=prior)).shown
        assert np.ptp(shown) == 0
        assert f"stays at {prior}%" in explorer.picture(WeigherState(prior=prior)).finding


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


def test_groups_do_not_touch_each_other():
    state = WeigherState(T2, t2=reading(p1=DOWN, p2=DOWN, p3=UP, p5=UP))
    assert chain(state, once=True)[-1] == 1
    assert chain(state, once=False)[-1] == 0


def test_the_two_theses_never_mix(explorer):
    state = WeigherState(T1, t1=reading(p3=UP), t2=reading(p3=DOWN, p4=DOWN))
    assert explorer.content(state).shown[-1] == 1
    assert explorer.content(replace(state, thesis=T2)).shown[-1] == -2


def test_later_pieces_count_only_when_asked_for(explorer):
    state = WeigherState(t1=reading(p11=UP, p12=UP))
    assert explorer.content(state).shown[-1] == 0
    assert explorer.content(replace(state, later=True)).shown[-1] == 2
    assert list(explorer.table(state)["reading"])[-2:] == ["not counted"] * 2
    assert "3 later pieces are not counted" in explorer.picture(state).alt


def test_a_sceptic_and_a_believer_move_by_the_same_steps(explorer):
    believer, sceptic = (p.state for p in explorer.presets if p.state.thesis == T2)
    assert believer.t2 == sceptic.t2
    moves = [np.diff(explorer.content(state).shown) for state in (believer, sceptic)]
    assert np.allclose(*moves)


@pytest.mark.parametrize(
    ("steps", "words", "share"),
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
def test_odds_in_words(steps, words, share):
    assert odds(steps) == words
    assert per_cent(steps) == share


# The pieces ---------------------------------------------------------------------------------


def test_each_piece_leads_to_claims_evidence_and_arguments(explorer):
    register = claims.register()
    known = {*data.load("evidence")["evidence_id"], *data.load("counterarguments")["arg_id"]}
    for piece in (*PIECES[T1], *PIECES[T2]):
        ids = piece.ids.split(", ")
        assert all(i in register or i in known for i in ids), piece
        assert any(i in register for i in ids), piece
        assert piece.later == explorer.written("pieces", piece.key).startswith("202")


@pytest.mark.parametrize("thesis", [T1, T2])
def test_a_thesis_has_ten_known_pieces_and_then_three_later_ones(thesis):
    assert [piece.later for piece in PIECES[thesis]] == [False] * KNOWN + [True] * (COUNT - KNOWN)
    assert (KNOWN, COUNT) == (10, 13)


def test_the_pieces_of_t1_stand_by_its_halves_those_of_t2_have_none():
    halves = [piece.half for piece in PIECES[T1][:KNOWN]]
    assert halves == [GAINS] * 5 + [COST] * 5
    assert {piece.half for piece in PIECES[T1][KNOWN:]} == {GAINS, COST}
    assert {piece.half for piece in PIECES[T2]} == {""}


def test_either_half_of_t1_has_evidence_on_both_sides_in_the_register():
    relation = data.load("evidence").set_index("evidence_id")["relation"]
    for half in (GAINS, COST):
        ids = ", ".join(p.ids for p in PIECES[T1][:KNOWN] if p.half == half).split(", ")
        seen = {relation[i] for i in ids if i.startswith("E")}
        assert len(seen) > 1, seen


def test_a_group_has_at_least_two_pieces_of_one_thesis_and_a_reason(explorer):
    for letter in GROUPS:
        reason = explorer.written("groups", letter)
        sizes = [sum(piece.group == letter for piece in pieces) for pieces in PIECES.values()]
        assert sorted(sizes)[0] == 0
        assert sorted(sizes)[1] >= 2
        assert len(reason.split()) >= 5


def test_later_pieces_are_later_outcomes_or_arguments_of_later_years():
    relation = data.load("evidence").set_index("evidence_id")["relation"]
    year = data.load("counterarguments").set_index("arg_id")["year"]
    for piece in (*PIECES[T1], *PIECES[T2]):
        ids = piece.ids.split(", ")
        outcome = [relation[i] == "later outcome" for i in ids if i.startswith("E")]
        after = [year[i] > 2023 for i in ids if i.startswith("A")]
        assert any(outcome + after) == piece.later, piece


def test_sentences_hold_the_figures_of_the_tables(explorer):
    told = explorer.sentences
    met = told["meetings"]
    assert "about 40 times by March 2023, counted by Yury Ushakov" in met
    assert "15% of Russia's exports and sent 25%" in told["shares"]
    assert "In 2022 the agreement score of China and Russia" in told["votes"]
    assert "was 0.81 of 1, and that of China and each of the five was 0.85" in told["votes"]
    goods = told["goods"]
    assert "179 million dollars" in goods and "no sign that China" in goods
    assert "split between Russia and China" in told["alliance since"]
    assert "not seen the page" in told["witness"]
    debts = told["debts"]
    assert "between 3% (Turkmenistan) and 89% (Tajikistan) of what a state paid" in debts
    assert "Uzbekistan (0.15%) only" in debts
    gas = told["gas"]
    bought = data.load("region_gas_by_buyer")["Russia"]  # as chapter 05 shows it
    assert f"38.2 in 2000, 74.4 in 2008 (its peak), 38.5 in 2009 and {bought[2022]} in 2022" in gas
    assert "China bought none up to 2009 and 39.8 in 2022. From 2015 on, China bought more" in gas
    price = told["prices"]
    assert "12 dollars a barrel lower" in price
    assert "paid 250 dollars to Russia and 294 to Turkmenistan in 2022" in price
    assert "In January 2021, before the war, it paid 118.5 and 187" in price
    trade = told["trade"]
    assert "Kyrgyzstan 2002, Tajikistan 2008, Kazakhstan 2009, Uzbekistan 2013" in trade
    assert "China led in 2022 in Kyrgyzstan only" in trade
    assert "trade with Russia had grown in 3 of these" in trade
    china = data.load("partner_shares").query("iso3 == 'CHN' and year == 2021")
    assert "RUS" not in set(china["partner_iso3"])
    for piece in (*PIECES[T1], *PIECES[T2]):
        assert told[piece.key].startswith("Later: ") == piece.later
    assert set(told) == {piece.key for piece in (*PIECES[T1], *PIECES[T2])}


def test_the_card_lists_the_pieces_of_the_thesis_whatever_is_read(explorer):
    card = explorer.aside(WeigherState())
    assert card == explorer.aside(WeigherState(prior=20, t1=reading(p1=UP)))
    assert all(words in card for words in ("Later: China", "In January 2022", "at Russia&#x27;s"))
    assert "one step at most" in card
    assert "limits" in explorer.aside(WeigherState(T2))


# The picture --------------------------------------------------------------------------------


def test_double_counting_is_said_in_the_title(explorer):
    once, twice = (explorer.picture(explorer.presets[at].state).finding for at in (1, 2))
    alone, grouped = "99% with every piece counted alone", "96% with groups counted once"
    assert once == f"On T1 the reader moves from 50% to {grouped}, and to {alone}"
    assert twice == f"On T1 the reader moves from 50% to {alone}, and to {grouped}"
    table = explorer.table(explorer.presets[1].state).set_index("no.")
    assert "counted already" in table.loc[2, "reading"]
    assert table.loc[[1, 2, 4], "odds"].tolist() == ["3 to 1", "3 to 1", "9 to 1"]


def test_the_picture_names_the_pieces_of_the_thesis_that_is_shown(explorer):
    for thesis in (T2, T1):
        explorer.draw(WeigherState(thesis))
        shown = {text.get_text() for text in explorer.figure.axes[0].texts if text.get_visible()}
        names = {
            f"{number}  {explorer.written('pieces', p.key)}"
            for number, p in enumerate(PIECES[thesis], 1)
        }
        assert names <= shown
        assert ("at Russia's cost" in shown) == (thesis == T1)


def test_each_row_has_its_three_readings_in_the_order_in_which_the_odds_move(explorer):
    for readings in (Panel(explorer, WeigherState()).inputs[key] for key in ("t1", "t2")):
        for row in readings.choices:
            assert row.options == (("÷3", DOWN), ("×1", NONE), ("×3", UP))
            assert row.tooltip and row.description


def test_the_figures_tell_what_each_half_of_t1_has_moved(explorer):
    def told(**state):
        return explorer.picture(WeigherState(**state)).line

    assert told().endswith(". China gains ×1; at Russia's cost ×1")
    split = reading(p1=UP, p2=UP, p3=UP, p6=DOWN, p8=DOWN)
    assert told(t1=split).endswith("China gains ×9; at Russia's cost ÷9")
    assert told(once=False, t1=split).endswith("China gains ×27; at Russia's cost ÷9")
    assert "China gains" not in told(thesis=T2, t2=split)


def test_the_panel_follows_its_controls_and_keeps_both_theses_readings(explorer):
    panel = Panel(explorer, WeigherState())
    panel.inputs["t1"].choices[2].value = UP
    panel.inputs["prior"].value = 20
    assert panel.state == WeigherState(prior=20, t1=reading(p3=UP))
    panel.inputs["thesis"].value = T2
    assert panel.inputs["t1"].layout.display == "none"
    assert panel.inputs["t2"].layout.display == "grid"
    panel.inputs["t2"].choices[0].value = DOWN
    panel.inputs["thesis"].value = T1
    assert panel.state == WeigherState(prior=20, t1=reading(p3=UP), t2=reading(p1=DOWN))
    panel.go_to(WeigherState(T2, 80, t2=reading(p4=DOWN, p9=UP)))
    assert [choice.value for choice in panel.inputs["t2"].choices] == list(reading(p4=DOWN, p9=UP))
    assert [choice.value for choice in panel.inputs["t1"].choices] == list(NEUTRAL)
    assert all(control.description for control in panel.inputs.values())


# What chapter 09 says in words ----------------------------------------------------------------


def test_about_a_quarter_of_interpretations_cannot_be_known():
    rows = [c for c in claims.register().values() if c.claim_type == "interpretation"]
    share = np.mean([c.in_four_words == claims.UNKNOWN for c in rows])
    assert 0.22 < share < 0.28


def test_what_can_be_looked_up_mostly_holds():
    kinds = ("event fact", "quantitative fact", "attribution-quote")
    rows = [c for c in claims.register().values() if c.claim_type in kinds]
    told = [c.in_four_words for c in rows]
    assert sum(word in (claims.HOLDS, claims.BUT) for word in told) > 0.75 * len(told)
    exact = [c.verdict for c in rows]
    share = exact.count("accurate with caveat") / (
        exact.count("accurate") + exact.count("accurate with caveat")
    )
    assert 0.33 < share < 0.38  # "more than a third of it with a caveat"


def test_the_two_exact_forecasts_are_other_peoples():
    ahead = [c for c in claims.register().values() if c.claim_type == "prediction"]
    exact = [c for c in ahead if c.figure_value is not None and c.figure_period]
    assert len(ahead) == 7
    assert [c.claim_id for c in exact] == ["C09", "C11"]
    assert all(c.source_in_text != "none" for c in exact)
    assert all(c.source_in_text == "none" for c in ahead if c not in exact)


def test_the_first_search_ends_at_a29():
    others = data.load("counterarguments").set_index("arg_id")
    first = others.loc[:"A29", "relation"].value_counts()
    assert dict(first) == {"against": 19, "for": 5, "qualifies": 5}
    assert dict(others["search"].value_counts().loc[[1, 2, 3]]) == {1: 29, 2: 18, 3: 41}


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
