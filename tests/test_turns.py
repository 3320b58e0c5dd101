"""*Your turn*: right, wrong and untouched answers, whatever they are, and every written turn."""

import ast
import re
from itertools import chain, combinations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from coursestaff.chapters import own_name, with_companions
from courseware import turn, turns, words
from courseware.answers.describe import describe
from courseware.answers.kinds import kind_of, number, problem
from tests import code_measures
from tests.notebooks import CHAPTERS, NOTEBOOKS, ROOT, executed, read, unknown

#: Turns over a table of the course, one of each kind.
WRITTEN = """
turns:
  77-share:
    kind: number
    unit: per cent
    digits: 1
    tables: {claims: claims}
    names: {facts: 'claims[claims["claim_type"] == "event fact"]'}
    right: len(facts) / len(claims) * 100
    wrong:
      - {answer: len(facts) / len(claims), hint: This is a fraction. Multiply by a hundred.}
      - {answer: len(facts), hint: 'These are claims, no per cent: see `len`.'}
    hint: Divide by the number of all claims.
    then: It is {right:.1f} per cent.
  77-part:
    kind: number
    unit: per cent
    tables: {claims: claims}
    right: (claims["paragraph"] == "P2").mean() * 100
    wrong: [{answer: '(claims["paragraph"] == "P2").mean()', hint: Multiply it.}]
    hint: Ask the column.
  77-count:
    kind: count
    tables: {claims: claims}
    right: len(claims)
    wrong: [{answer: len(claims.columns), hint: You counted columns.}]
    hint: Use `len`.
  77-choice:
    kind: choice
    options: [P2, P12]
    tables: {claims: claims}
    right: 'max(["P2", "P12"], key=lambda p: (claims["paragraph"] == p).sum())'
    way: '"P2"'
    wrong: [{answer: '"P12"', hint: Count them.}]
    hint: Count both.
  77-counts:
    kind: table
    tables: {claims: claims}
    right: claims["claim_type"].value_counts()
    wrong: [{answer: 'claims["paragraph"].value_counts()', hint: That is another column.}]
    hint: Name the column first.
  77-bars:
    kind: chart
    marks: bars
    needs: [title]
    tables: {claims: claims}
    right: claims["claim_type"].value_counts()
    way: claims["claim_type"].value_counts()
    wrong: [{answer: 'claims["paragraph"].value_counts()', hint: Other bars.}]
    hint: Draw the counts.
  77-recipe:
    kind: number
    tables: {claims: claims}
    above: |
      def rest(part, whole):
          return whole - part
    right: len(claims) - 1
    way: rest(1, len(claims))
    wrong: [{answer: 1 - len(claims), hint: The other way round.}]
    hint: Write the recipe first.
  77-those:
    kind: set
    tables: {claims: claims}
    right: set(claims["paragraph"].head(40))
    hint: Look at the column.
"""


@pytest.fixture
def written(tmp_path, own_words):
    """Chapter 77 has turns."""
    (tmp_path / "77.yaml").write_text(WRITTEN, encoding="utf-8")
    own_words(tmp_path)


def told(key, answer):
    return turns.tell(turns.load(key), answer)


def share():
    return turns.load("77-share").right


# --- What a student sees -----------------------------------------------------------------------


def test_three_dots_are_met_kindly(written, capsys):
    turn("77-share", ...)
    said = capsys.readouterr().out
    assert "Nothing is filled in yet" in said and "Nothing here is marked" in said
    assert "wrong" not in said.casefold()


def test_a_number_is_right_at_the_digits_that_were_typed(written):
    for digits in (1, 2, 3):
        assert told("77-share", round(share(), digits)).state == "right"
    assert told("77-share", share()).state == "right"
    assert told("77-share", np.float64(share())).state == "right"
    assert told("77-share", pd.Series([share()])).state == "right"
    near = told("77-share", round(share()))
    assert near.state == "wrong" and "Give one decimal place" in near.words
    for step in (0.1, -0.1):
        assert told("77-share", round(share() + step, 1)).state == "wrong"
    assert f"It is {share():.1f} per cent" in told("77-share", share()).words


def test_a_known_mistake_gets_its_hint_and_any_other_a_sentence(written):
    assert "Multiply by a hundred" in told("77-share", share() / 100).words
    assert "Multiply by a hundred" in told("77-share", round(share() / 100, 3)).words
    assert told("77-share", -1).words.startswith("This is not the expected number.")
    assert "You counted columns" in told("77-count", len(turns.data.load("claims").columns)).words


#: Answers of another form than is asked, by the turn.
OF_ANOTHER_FORM = [
    ("77-share", "12.3"),
    ("77-share", "many"),
    ("77-share", (12, 3)),
    ("77-share", None),
    ("77-share", pd.DataFrame({"a": [1, 2]})),
    ("77-share", pd.Series([True, False])),
    ("77-share", pd.Series([len, len])),
    ("77-share", float("nan")),
    ("77-share", (-4) ** 0.5),
    ("77-count", pd.Series([True, False])),
    ("77-count", 2.5),
    ("77-choice", 2),
    ("77-choice", "P7"),
    ("77-counts", 3),
    ("77-bars", 3),
    ("77-those", "P1"),
    ("77-those", ["a", "a"]),
]


@pytest.mark.parametrize(("key", "answer"), OF_ANOTHER_FORM)
def test_a_wrong_form_is_named_in_the_words_of_a_check(written, key, answer):
    asked = words.turn(key)
    check = {"answer": "answer", "marks": "lines", **asked, **turns.OWN.get(asked["kind"], {})}
    if check["kind"] == "table":
        check |= {"key": [], "columns": {}, "series": True}
    said = problem(check, describe(answer))
    assert said is not None and told(key, answer) == ("wrong", said)


def test_an_empty_blank_is_called_by_its_name(written):
    assert told("77-share", None).words.startswith("`answer` is empty")
    assert "charts.show" not in told("77-share", None).words


def test_a_chart_that_was_shown_and_not_given_is_told_so():
    said = told("00-turn-draw", None).words
    assert said.startswith("`ax` is empty") and "`charts.show` returns nothing" in said


def test_a_nought_is_told_that_no_row_says_so_where_a_column_was_asked(written):
    for nought in (0, 0.0, np.float64(0)):
        assert told("77-part", nought).words.endswith(number.NO_ROW)
    part = turns.load("77-part").right
    assert "Multiply" in told("77-part", part / 100).words
    assert number.NO_ROW not in told("77-share", 0).words  # it asks no column


def test_several_values_are_summed_or_counted_only_where_that_is_right(written):
    many = pd.Series([1, 2])
    assert told("77-share", many).words.endswith("Pick one of its values with `.loc[…]`.")
    assert told("77-share", [1, 2]).words.endswith("Pick one of its values.")
    assert told("77-count", many).words.endswith("Count its values with `len(…)`.")
    asked = turns.load("77-part")
    summed = asked._replace(asked=asked.asked | {"right": 'sum(claims["claims"])'})
    assert "or add them up" in turns.tell(summed, many).words
    running = asked._replace(asked=asked.asked | {"right": 'claims["claims"].cumsum().loc[3]'})
    assert "add them up" not in turns.tell(running, many).words


def test_several_values_are_multiplied_where_that_is_right():
    ratios = turns.load("09-turn-after").names["says"].map({"true": 3, "false": 1 / 3, "alike": 1})
    assert told("09-turn-after", ratios).words.endswith("with `.prod()`.")


def test_a_wrong_answer_is_sent_to_row_and_column_only_where_there_are_such(written):
    expected = "This is not the expected number. "
    each = f"{expected}For each number that you used, check the row and the column"
    assert told("77-part", -1).words.startswith(each)
    assert told("77-share", -1).words.startswith(f"{expected}Check each step of the calculation")


def test_a_division_turned_round_is_told(written):
    turned = 1 / (share() / 100)
    for answer in (turned, turned * 100, round(turned, 2), round(turned * 100)):
        assert told("77-share", answer).words == number.UPSIDE_DOWN
    assert told("77-share", turned * 2).words.startswith("This is not the expected number.")
    assert told("77-part", 1 / turns.load("77-part").right).words != number.UPSIDE_DOWN


def test_growth_from_a_division_turned_round_is_told():
    asked = turns.load("02-turn-quarter")
    growth = (asked.names["in_2021"] / asked.names["in_2022"] - 1) * 100
    assert turns.tell(asked._replace(wrong=[]), growth).words == number.UPSIDE_DOWN


def test_another_year_is_asked_of_its_column_and_nothing_is_counted():
    said = told("03-turn-year", 2014).words
    assert said.startswith("This is not the expected year.") and "smallest or its largest" in said


def test_the_right_numbers_with_the_other_sign_are_told(written):
    assert told("77-counts", -turns.load("77-counts").right).words == number.REVERSED
    assert told("77-count", -turns.load("77-count").right).words == number.REVERSED
    assert told("77-counts", turns.data.load("claims")["paragraph"]).words != number.REVERSED


def test_times_with_the_other_sign_are_told_before_they_are_days():
    asked = turns.load("04-turn-parade")
    dates = turns.data.load("five_in_spring_2023")["date"]
    parade = dates.loc["parade in Moscow"]
    assert turns.tell(asked, parade - dates).words == number.REVERSED
    assert "Turn it into days, with `.dt.days`" in turns.tell(asked, dates.max() - dates).words


def test_a_count_is_exact(written):
    count = turns.load("77-count").right
    assert told("77-count", count).state == told("77-count", float(count)).state == "right"
    assert told("77-count", count + 1).state == told("77-count", count + 0.4).state == "wrong"


def test_a_choice_names_what_may_be_chosen(written):
    assert told("77-choice", " p2 ").state == "right"
    assert told("77-choice", "P12").words == "Count them."


def test_a_table_is_right_in_any_order_and_when_rounded(written):
    right = turns.load("77-counts").right
    assert told("77-counts", right[::-1]).state == "right"
    assert told("77-counts", right + 1).state == "wrong"
    assert told("77-counts", right.iloc[1:]).state == "wrong"
    assert told("77-counts", right.to_frame()).state == "wrong"
    thirds = turns.load("77-counts")._replace(right=pd.Series({"a": 1 / 3, "b": 2.0, "c": 2 / 3}))
    rounded = thirds.right.round(2)
    assert turns.tell(thirds, rounded).state == "right"
    for wrong in (rounded + 0.01, rounded.add([0, 0.4, 0])):  # a column is rounded as one
        assert turns.tell(thirds, wrong).state == "wrong"


def test_a_table_for_a_column_or_the_reverse_is_told(written):
    right = turns.load("77-counts").right
    assert "asks for one column" in told("77-counts", right.to_frame()).words
    assert "the same number in every row" in told("77-counts", right * 0 + 3).words
    assert "one number" not in told("77-counts", right + 1).words


def test_a_column_for_a_table_is_told():
    pivoted = turns.load("02-turn-pivot").right
    assert "asks for a whole table" in told("02-turn-pivot", pivoted["China"]).words
    assert "1 row, which is too few or too many" in told("02-turn-pivot", pivoted.head(1)).words


def test_a_chart_shows_the_numbers_and_has_its_title(written):
    right = turns.load("77-bars").right
    try:
        assert told("77-bars", right.plot.bar(title="What is seen")).state == "right"
        plt.figure()
        assert told("77-bars", right.plot.barh(title="What is seen")).state == "right"
        plt.figure()
        assert "lacks a title" in told("77-bars", right.plot.bar()).words
        plt.figure()
        assert told("77-bars", (right + 1).plot.bar(title="x")).state == "wrong"
        plt.figure()
        assert "but the question asks for bars" in told("77-bars", right.plot(title="x")).words
    finally:
        plt.close("all")


def test_a_set_comes_in_any_form(written):
    right = turns.load("77-those").right
    assert told("77-those", list(right)).state == told("77-those", right).state == "right"
    assert told("77-those", sorted(right)[1:]).state == "wrong"


class Hostile:
    """Fails whatever is done with it."""

    def __getattribute__(self, name):
        raise ValueError(name)


def test_no_answer_makes_a_turn_fail(written):
    for answer in (Hostile(), object(), {}, [[]], np.zeros((3, 3)), "", b"x", 1j, Hostile):
        for key in words.chapter("77")["turns"]:
            assert told(key, answer).state == "wrong"


def test_the_card_says_how_it_stands_in_words_and_never_gives_the_answer_away_unasked(written):
    asked = words.turn("77-share")
    right, wrong, open_ = (
        turns.Card(turns.Told(state, "`a` <b>"), asked)._repr_html_()
        for state in ("right", "wrong", "open")
    )
    assert "Your turn: right" in right and "A hint" not in right
    assert "Your turn: not yet" in wrong and "One way to write it" in wrong and "A hint" in wrong
    assert "One way to write it" not in open_ and "A hint" in open_
    assert "<code>a</code> &lt;b&gt;" in wrong
    most = turns.Card(turns.Told("wrong", "The *most*, not 2*3*4."), asked)._repr_html_()
    assert "The <em>most</em>, not 2*3*4." in most


def test_a_mistyped_key_is_told_the_nearest(written):
    with pytest.raises(words.UnknownWordsError, match="'77-share'"):
        turn("77-shares", ...)


def test_a_recipe_that_is_to_stand_above_the_blank_is_shown_and_worked_out(written):
    asked = turns.load("77-recipe")
    assert turns.way("77-recipe") == asked.right
    lines = turns.line_of(asked.asked).splitlines()
    assert lines[0] == "def rest(part, whole):" and lines[-1] == "answer = rest(1, len(claims))"
    card = turns.Card(turns.tell(asked, 1 - asked.right), asked.asked)._repr_html_()
    assert "def rest(part, whole):\n    return whole - part\n\nanswer = rest(" in card
    assert "white-space:pre-wrap" in card  # or the lines would run into one


def test_a_recipe_that_fails_is_named(written, tmp_path):
    text = WRITTEN.replace("return whole - part", "return whole -")
    (tmp_path / "77.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(turns.TurnError, match="77-recipe, above: invalid syntax"):
        turns.way("77-recipe")


def test_an_expression_that_fails_is_named(written, tmp_path):
    text = "turns:\n  77-x: {kind: count, right: len(claimz), hint: None}\n"
    (tmp_path / "77.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(turns.TurnError, match="77-x: 'len\\(claimz\\)' cannot be worked out"):
        turns.load("77-x")


# --- Every turn of the course ------------------------------------------------------------------


def faults(key):
    """Yield what is wrong with a written turn."""
    asked = turns.load(key)
    answers = [asked.right, *(wrong.answer for wrong in asked.wrong)]
    for one, other in combinations(answers, 2):
        if alike(asked, one, other):
            yield f"two of its answers are the same: {one!r}, {other!r}"
    if asked.kind != "chart":
        if turns.tell(asked, turns.way(key)).state != "right":
            yield f"the way it shows is not right: {turns.way_of(asked.asked)}"
        for wrong in asked.wrong:
            if turns.tell(asked, wrong.answer).words != wrong.hint:
                yield f"the hint never shows: {wrong.hint}"


def alike(asked, one, other):
    """Return whether two answers cannot be told apart at the digits that a turn asks for."""
    if asked.kind == "chart":
        return sorted(pd.DataFrame(one).to_numpy().ravel()) == sorted(
            pd.DataFrame(other).to_numpy().ravel()
        )
    if asked.kind == "number":
        digits = asked.asked.get("digits", 0)
        return round(float(one), digits) == round(float(other), digits)
    about = turns.question(asked, turns.foreseen(asked, asked.right))
    return kind_of(about).same(about, turns.foreseen(asked, one), turns.foreseen(asked, other))


def keys(number):
    return list(words.chapter(number).get("turns", {}))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_turn_of_a_chapter_holds_together(path):
    found = {key: list(faults(key)) for key in keys(path.stem[:2])}
    assert {key: what for key, what in found.items() if what} == {}


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_gives_the_turns_that_are_written_each_with_its_blank(path):
    blanks = []
    for cell in (cell for each in with_companions([path]) for cell in read(each).cells):
        if cell.cell_type == "code" and "turn(" in cell.source:
            *_, blank, call = ast.parse(cell.source).body
            name = turns.blank_of(words.turn(call.value.args[0].value))
            assert ast.unparse(blank) == ast.unparse(ast.parse(f"{name} = ...")), cell.id
            assert ast.unparse(call.value.func) == "turn", cell.id
            assert ast.unparse(call.value.args[1]) == ast.unparse(ast.parse(name)), cell.id
            blanks.append(call.value.args[0].value)
    assert sorted(blanks) == sorted(keys(path.stem[:2]))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_what_a_turn_asks_to_be_written_keeps_to_the_measures_of_open_code(path):
    for key in keys(path.stem[:2]):
        cell = code_measures.Cell(key, turns.line_of(words.turn(key)))
        assert list(code_measures.breaches_of(cell)) == [], key


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_whose_every_blank_is_filled_finds_every_turn_right(path):
    said = {}
    for each in with_companions([path]):
        said |= executed(each).metadata["filled"]
    assert sorted(said) == sorted(keys(path.stem[:2])) != []
    assert {key: what for key, what in said.items() if not what.startswith("Your turn: Yes.")} == {}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=own_name)
def test_a_wrong_answer_does_not_stop_the_page(path):
    asking = [
        cell for cell in read(path).cells if cell.cell_type == "code" and "turn(" in cell.source
    ]
    assert all("raises-exception" in cell.metadata.get("tags", ()) for cell in asking)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=own_name)
def test_nothing_but_a_turn_uses_what_it_fills_in(path):
    """So a chapter runs alike whether its blanks are filled or not."""
    code = [cell.source for cell in read(path).cells if cell.cell_type == "code"]
    used = chain.from_iterable(unknown([one]) for one in code if "turn(" not in one)
    assert {*used} & {turns.blank_of(words.turn(key)) for key in keys(path.stem[:2])} == set()


def test_the_turns_of_this_file_hold_together(written):
    assert {key: list(faults(key)) for key in keys("77")} == {key: [] for key in keys("77")}


def test_the_turn_that_developers_are_shown_holds_together(written, tmp_path):
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    shown = re.search(r"^turns:\n.*?(?=^```)", text, re.MULTILINE | re.DOTALL)[0]
    (tmp_path / "77.yaml").write_text(shown.replace("02-turn", "77-turn"), encoding="utf-8")
    assert {key: list(faults(key)) for key in keys("77")} == {"77-turn-share": []}


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("{answer: len(facts), ", "{answer: len(facts) / len(claims) * 100, ", "are the same"),
        ("way: '\"P2\"'", "way: '\"P12\"'", "the way it shows is not right"),
        ("{answer: len(claims.columns), ", "{answer: '...', ", "the hint never shows"),
    ],
)
def test_a_turn_that_does_not_hold_together_is_found(written, tmp_path, before, after, fault):
    assert before in WRITTEN
    (tmp_path / "77.yaml").write_text(WRITTEN.replace(before, after), encoding="utf-8")
    found = [what for key in keys("77") for what in faults(key)]
    assert any(fault in what for what in found)
