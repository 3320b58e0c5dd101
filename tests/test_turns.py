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


#: Answers as code, where `right` is the right one and a turn's names are known.
RIGHT = {
    "77-share": [
        *(f"round(right, {digits})" for digits in (1, 2, 3)),
        "right",
        "np.float64(right)",
        "pd.Series([right])",
    ],
    "77-count": ["right", "float(right)"],
    "77-choice": ["' p2 '"],
    "77-counts": ["right[::-1]"],
    "77-bars": ["right.plot.bar(title='What is seen')", "right.plot.barh(title='What is seen')"],
    "77-those": ["list(right)", "right"],
}
WRONG = {
    "77-share": [
        "round(right)",  # as asked, one decimal place is missing
        "round(right + 0.1, 1)",
        "round(right - 0.1, 1)",
        "right / 100",  # a known mistake
        "round(right / 100, 3)",
        "-1",
        "0",
        "None",
        "[1, 2]",
        "pd.Series([1, 2])",
    ],
    "77-part": ["0", "0.0", "np.float64(0)", "right / 100", "-1", "1 / right"],
    "77-count": ["right + 1", "right + 0.4", "-right", "len(claims.columns)", "pd.Series([1, 2])"],
    "77-choice": ["'P12'"],
    "77-counts": [
        "right + 1",
        "right.iloc[1:]",
        "right.to_frame()",
        "right * 0 + 3",
        "-right",
        "claims['paragraph']",
    ],
    "77-bars": [
        "right.plot.bar()",
        "(right + 1).plot.bar(title='x')",
        "right.plot(title='x')",
    ],
    "77-those": ["sorted(right)[1:]"],
}
#: The same of turns of the course.
WRONG_IN_CHAPTERS = {
    "00-turn-draw": ["None"],
    "02-turn-pivot": ["right['China']", "right.head(1)"],
    "03-turn-year": ["2014"],
    "09-turn-after": ["says.map({'true': 3, 'false': 1 / 3, 'alike': 1})"],
}


def answered(key, codes):
    """Return what is said of each of these answers to a turn."""
    asked, said = turns.load(key), {}
    for code in codes:
        plt.figure()
        names = {"pd": pd, "np": np, "right": asked.right, **asked.names}
        said[code] = turns.tell(asked, eval(code, names))
    plt.close("all")
    return said


# --- What a student sees -----------------------------------------------------------------------


def test_three_dots_are_met_kindly(written, capsys):
    turn("77-share", ...)
    said = capsys.readouterr().out
    assert turns.EMPTY in said and said.startswith(f"{turns.LOOKS['open'][0]}: ")


@pytest.mark.parametrize("key", RIGHT)
def test_right_answers_are_right_in_any_form_and_as_rounded_as_is_asked(written, key):
    said = answered(key, RIGHT[key])
    assert {told.state for told in said.values()} == {"right"}
    if key == "77-share":
        assert f"{turns.load(key).right:.1f}" in said["right"].words


@pytest.mark.parametrize("key", WRONG)
def test_wrong_answers_get_a_sentence_of_their_own(written, key, snapshot):
    said = answered(key, WRONG[key])
    assert {told.state for told in said.values()} == {"wrong"}
    assert {code: told.words for code, told in said.items()} == snapshot


def test_wrong_answers_in_the_chapters_get_a_sentence_of_their_own(snapshot):
    said = {key: answered(key, codes) for key, codes in WRONG_IN_CHAPTERS.items()}
    assert {told.state for each in said.values() for told in each.values()} == {"wrong"}
    words = [told.words for each in said.values() for told in each.values()]
    assert words == snapshot


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


def test_several_values_are_summed_or_counted_only_where_that_is_right(written):
    many, asked = pd.Series([1, 2]), turns.load("77-part")
    made = {"sum": 'sum(claims["claims"])', "one": 'claims["claims"].cumsum().loc[3]'}
    for pick, right in made.items():
        other = asked._replace(asked=asked.asked | {"right": right})
        expected = number.PICKS[pick].format(" with `.loc[…]`")
        assert turns.tell(other, many).words.endswith(expected)


def test_a_division_turned_round_is_told(written):
    part = turns.load("77-share").right / 100
    for answer in (1 / part, 100 / part, round(1 / part, 2), round(100 / part)):
        assert told("77-share", answer).words == number.UPSIDE_DOWN
    assert told("77-share", 2 / part).words != number.UPSIDE_DOWN


def test_a_column_is_rounded_as_one(written):
    thirds = turns.load("77-counts")._replace(right=pd.Series({"a": 1 / 3, "b": 2.0, "c": 2 / 3}))
    rounded = thirds.right.round(2)
    assert turns.tell(thirds, rounded).state == "right"
    for wrong in (rounded + 0.01, rounded.add([0, 0.4, 0])):
        assert turns.tell(thirds, wrong).state == "wrong"


def test_growth_from_a_division_turned_round_is_told():
    asked = turns.load("02-turn-quarter")
    growth = (asked.names["in_2021"] / asked.names["in_2022"] - 1) * 100
    assert turns.tell(asked._replace(wrong=[]), growth).words == number.UPSIDE_DOWN


def test_times_with_the_other_sign_are_told_before_they_are_days():
    asked = turns.load("04-turn-parade")
    dates = turns.data.load("five_in_spring_2023")["date"]
    parade = dates.loc["parade in Moscow"]
    assert turns.tell(asked, parade - dates).words == number.REVERSED
    assert "`.dt.days`" in turns.tell(asked, dates.max() - dates).words


class Hostile:
    """Fails whatever is done with it."""

    def __getattribute__(self, name):
        raise ValueError(name)


def test_no_answer_makes_a_turn_fail(written):
    for answer in (Hostile(), object(), {}, [[]], np.zeros((3, 3)), "", b"x", 1j, Hostile):
        for key in words.chapter("77")["turns"]:
            assert told(key, answer).state == "wrong"


def test_the_card_never_gives_the_answer_away_unasked(written):
    asked = words.turn("77-share")
    cards = {
        state: turns.Card(turns.Told(state, "`a` <b>, the *most*, not 2*3*4."), asked)._repr_html_()
        for state in turns.LOOKS
    }
    assert all(turns.LOOKS[state][0] in card for state, card in cards.items())
    way = "answer = len(facts)"
    assert {state for state, card in cards.items() if way in card} == {"wrong"}
    assert {state for state, card in cards.items() if asked["hint"] in card} == {"wrong", "open"}
    assert cards["wrong"].count("<details") == 2 and " open" not in cards["wrong"]
    assert "<code>a</code> &lt;b&gt;, the <em>most</em>, not 2*3*4." in cards["right"]


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


@pytest.mark.parametrize(
    ("text", "key", "fault"),
    [
        (WRITTEN.replace("whole - part", "whole -"), "77-recipe", "77-recipe, above: "),
        ("turns:\n  77-x: {kind: count, right: len(claimz), hint: None}\n", "77-x",
         r"77-x: 'len\(claimz\)'"),
    ],
)  # fmt: skip
def test_a_recipe_or_an_expression_that_fails_is_named(written, tmp_path, text, key, fault):
    (tmp_path / "77.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(turns.TurnError, match=fault):
        turns.load(key)
        turns.way(key)


# --- Every turn of the course ------------------------------------------------------------------


SAME, NOT_RIGHT, NEVER = "the same answer twice", "the way it shows is not right", "no such hint"


def faults(key):
    """Yield what is wrong with a written turn, and where."""
    asked = turns.load(key)
    answers = [asked.right, *(wrong.answer for wrong in asked.wrong)]
    for one, other in combinations(answers, 2):
        if alike(asked, one, other):
            yield SAME, (one, other)
    if asked.kind != "chart":
        if turns.tell(asked, turns.way(key)).state != "right":
            yield NOT_RIGHT, turns.way_of(asked.asked)
        for wrong in asked.wrong:
            if turns.tell(asked, wrong.answer).words != wrong.hint:
                yield NEVER, wrong.hint


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
    one = turns.Turn("", "count", 1, [], {"right": "1"}, {})
    right = repr(turns.Card(turns.tell(one, 1), {}))
    assert {key: what for key, what in said.items() if not what.startswith(right)} == {}


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
        ("{answer: len(facts), ", "{answer: len(facts) / len(claims) * 100, ", SAME),
        ("way: '\"P2\"'", "way: '\"P12\"'", NOT_RIGHT),
        ("{answer: len(claims.columns), ", "{answer: '...', ", NEVER),
    ],
)
def test_a_turn_that_does_not_hold_together_is_found(written, tmp_path, before, after, fault):
    assert before in WRITTEN
    (tmp_path / "77.yaml").write_text(WRITTEN.replace(before, after), encoding="utf-8")
    assert fault in [what for key in keys("77") for what, _ in faults(key)]
