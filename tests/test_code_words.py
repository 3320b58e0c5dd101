"""Words of code: at most five a chapter, and nothing asks for one that is not brought yet."""

from types import SimpleNamespace

import nbformat
import pytest

from coursestaff.chapters import own_name
from coursestaff.publishing import glossary, markdown
from courseware import CourseError, words
from courseware.words import code
from tests import vocabulary
from tests.notebooks import CHAPTERS, NOTEBOOKS, read

SOLUTIONS = vocabulary.solutions()
NUMBERS = [path.stem[:2] for path in CHAPTERS]


def asked(source, *more):
    """Return the words that a cell asks for, in a notebook that has it and more cells."""
    return vocabulary.Reading([source, *more]).asked(source)


# --- The list ----------------------------------------------------------------------------------


def test_every_chapter_brings_some_and_at_most_five_and_none_is_brought_twice():
    counts = {number: len(code.new(number)) for number in NUMBERS}
    assert sum(counts.values()) == len(code.words())
    assert {number: n for number, n in counts.items() if not 1 <= n <= code.MOST} == {}
    for once in (
        [piece for word in code.words() for piece in word.code],
        [word.word for word in code.words()],
    ):
        assert len(once) == len(set(once))


@pytest.mark.parametrize("word", code.words(), ids=lambda word: f"{word.chapter} {word.word}")
def test_an_example_shows_its_word_and_needs_no_later_one(word):
    reading = vocabulary.Reading(["import pandas as pd\nfrom courseware import charts, data, maps"])
    used = reading.asked(word.example)
    assert used & set(word.code)
    assert used - vocabulary.known(word.chapter) == set()
    assert word.means.endswith(".") and "\n" not in word.means
    assert len(word.example) <= 72


def test_the_printed_course_lists_them_by_chapter():
    lessons = [
        SimpleNamespace(number=path.stem[:2], name=path.stem, title="A | title", words_learnt=[])
        for path in CHAPTERS
    ]
    page = glossary.pages(lessons)["code.md"]
    cells = [cell for row in markdown.rows(page) for cell in row]
    for word in code.words():
        assert f"`{word.word}`" in cells and word.means in [c.replace("\\", "") for c in cells]
        assert f"`{word.example}`" in cells
    assert page.count("](chapters/") == len(CHAPTERS)


def test_a_chapter_without_words_is_told():
    with pytest.raises(CourseError, match="'77'"):
        words.show_code_words("77")


def test_the_list_is_shown_with_meanings_and_earlier_words_in_a_fold():
    new = words.show_code_words("01").data
    assert new.count("<dt") == len(code.new("01")) and "<details" not in new
    assert "links[links[&quot;holds up&quot;] == &quot;C03&quot;]" in new
    so_far = words.show_code_words("01", so_far=True).data
    assert so_far.count("<dt") == len(code.brought("01")) and "<details" in so_far
    assert "<details" not in words.show_code_words("00", so_far=True).data


# --- Reading a cell ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("2023 - 1992 * 3 / 2", set()),
        ("x = 3\nx", set()),
        ('table["a"]', {"[name]"}),
        ("table[chosen]", {"[name]"}),
        ("table[2021]", {"[number] without .loc"}),
        ("table[-1]", {"[number] without .loc"}),
        ("table.loc[2021]", {".loc", "[number]"}),
        ('table[["a", "b"]]', {"[…]"}),
        ('t[t["a"] == "b"]', {"[filter]", "[name]", "=="}),
        (
            't[(t["a"] > 1) & ~t["b"].isin(["c"])]',
            {"[filter]", "[name]", ">", "&", "~", ".isin", "[…]"},
        ),
        ("t.loc[2021:2023]", {".loc", ":"}),
        ('t.loc[2021, "a"]', {".loc", "[number]", "[name]"}),
        ('t["a"] = t["b"]', {"[name]", "[name] ="}),
        ('t.plot.bar(title="x")', {".plot.bar", "title="}),
        ("t.plot()", {".plot"}),
        ('t["a"].str.contains("b")', {"[name]", ".str.contains"}),
        ("(a - b).dt.days", {".dt.days"}),
        ("len(t)", {"len"}),
        ("x ** 2", {"**"}),
        ("def f(x):\n    return x\nf(3)", {"def", "return"}),
        ("a, b = x", {"a, b ="}),
        ("f'{x}'", {'f"…"'}),
        ("[x for x in y]", {"for in [ ]"}),
        ("t.sort_values(ascending=False)", {".sort_values", "ascending="}),
        ("t.index", {".index"}),
        ("import os", {"import"}),
        ("%matplotlib inline\n1", set()),
        ('turn("77-x", answer)', set()),
        ('check("q1", full=True)', set()),
        ("claims.head()", {".head"}),  # a table of that name, not the module
        ('charts.show(ax, "02-buyers", buyers, times=times)', set()),
        ("answer = ...", set()),
    ],
)
def test_a_cell_is_read_for_its_words(source, found):
    assert asked(source) == found


def test_modules_have_their_functions_and_explorers_are_given():
    imports = (
        "import pandas as pd\nfrom courseware import data\nfrom no_limits.explorers import trade"
    )
    assert asked('data.load("x")', imports) == {"data.load"}
    ours = "from courseware import claims, journal"
    assert asked('journal.outcome("00-claims", len(t))\nclaims.trial("C47")', ours) == {"len"}
    assert asked("pd.crosstab(a, b)", imports) == {"pd.crosstab"}
    assert asked('pd.read_csv("x")\ntrade.show(state="a")\ndata.about("x")', imports) == set()


def notebook(*sources, **metadata):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return nbformat.v4.new_notebook(cells=cells)


def test_a_word_that_is_not_brought_yet_is_found_in_cells_turns_and_exercises(monkeypatch):
    early = notebook("import pandas as pd", 'x = t.groupby("a")', 'turn("00-t", answer)')
    monkeypatch.setitem(
        vars(words), "chapter", lambda number: {"turns": {"00-t": {"right": "a ** b"}}}
    )
    found = vocabulary.unknown("00", vocabulary.chapter("00", early))
    assert list(found.values()) == [[".groupby"], ["**"]] and "turn 00-t" in found
    assert vocabulary.unknown("06", vocabulary.chapter("06", early)) == {}
    assert vocabulary.unknown("00", vocabulary.exercise(early)) != {}


def test_folded_cells_first_imports_and_locked_checks_ask_for_nothing():
    cells = notebook("import pandas as pd\nfrom a import b", "x ** 2", "y ** 2", "import os")
    cells.cells[1].metadata["jupyter"] = {"source_hidden": True}
    locked = {"grade_id": "q1", "grade": True, "solution": False, "locked": True, "points": 1}
    cells.cells[2].metadata["nbgrader"] = locked
    found = vocabulary.exercise(cells)
    assert set().union(*found.values()) == {"import"}


# --- The course --------------------------------------------------------------------------------


def early(path, is_exercise):
    read_ = vocabulary.exercise if is_exercise else lambda nb: vocabulary.chapter(path.stem[:2], nb)
    return vocabulary.unknown(path.stem[:2], read_(read(path)))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=own_name)
def test_no_open_cell_or_turn_asks_for_a_word_that_is_not_brought_yet(path):
    assert early(path, False) == {}


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_no_exercise_asks_for_a_word_that_is_not_brought_yet(path):
    assert early(path, True) == {}


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_uses_every_word_that_it_brings_and_shows_its_list(path):
    number = path.stem[:2]
    used = set().union(*vocabulary.chapter(number, read(path)).values())
    unused = [word.word for word in code.new(number) if not used & set(word.code)]
    assert unused == [], "use them in the chapter, or take them out of no_limits/words/code.yaml"
    sources = [cell.source for cell in read(path).cells if cell.cell_type == "code"]
    shown = [s for s in sources if f'words.show_code_words("{number}"' in s]
    assert shown and "so_far=True" in shown[-1]
