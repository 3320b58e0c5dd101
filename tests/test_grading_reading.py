"""What a cell's source tells without being run."""

import ast

import pytest

from coursestaff.marking import source_analysis
from coursestaff.marking.source_analysis import (
    changed,
    leaning,
    names,
    parsed,
    words_beside_code,
    words_in_strings,
)


@pytest.mark.parametrize(
    ("cells", "found", "named"),
    [
        (["a = 1", "b = a", "c = 2"], "01", "ab"),
        (["x = 1", "a = 1"], "0", "x"),
        (["a = 1", "a = 2", "b = a"], "0", "a"),
        (["t = 1", "t['x'] = t", "t.plot()"], "012", "t"),
        (["s = 1", "t['x'] = s", "u = t"], "012", "stu"),
        (["def f(): pass", "b = f()"], "01", "bf"),
        (["import helper as h", "b = h.x"], "01", "bh"),
        (["from helper import *", "b = x"], "01", "b"),
        (["files = !ls\n%pip install x", "b = len(files)"], "01", ["b", "files"]),
        (["this was prose", "b = 1"], "01", "b"),
    ],
)
def test_what_leans_on_the_first_cell(cells, found, named):
    cells = [(str(number), names(text)) for number, text in enumerate(cells)]
    assert leaning(cells, {"0"}) == (set(found), set(named))


def test_what_leans_on_one_name_of_a_cell():
    cells = ["a = t = 1", "b = a", "c = t", "t = 2", "d = t"]
    cells = [(str(number), names(text)) for number, text in enumerate(cells)]
    assert leaning(cells, {"0"}, "t") == ({"0", "2"}, {"t", "c"})


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a, (b, *c) = 1, (2, 3)\nd += 1", "abcd"),
        ("a['x'] = b\nc.loc[1, 'x'] = d", "ac"),
        ("del a['x']\ndel b", "ab"),
        ("a.drop(columns='x', inplace=True)\nb.drop(columns='x')", "a"),
        ("for a in b:\n    c = a", "ac"),
        ("[a for a in b]\n{c: d for c, d in e}\nlambda f: f", ""),
        ("def f(a):\n    b = a\n    return b", "f"),
        ("this is prose", ""),
    ],
)
def test_what_a_cell_changes(text, named):
    assert changed(text) == set(named)


@pytest.mark.parametrize(
    "text",
    [
        f"x = {'lambda:' * 80}({'1,' * 1_000})",
        "".join(f"{' ' * depth}def f():\n" for depth in range(90)) + " " * 90 + "pass",
        "a" + ".b(inplace=1)" * 90,
        f"a{'[a' * 80}{']' * 80} = 1",
    ],
)
def test_each_part_of_nested_code_is_visited_once(text):
    parts = sum(1 for _ in source_analysis._visited(parsed(text)))
    assert parts == sum(1 for _ in ast.walk(parsed(text)))


@pytest.mark.parametrize("text", ["!ls", "%pip install x", "%%bash\na = 1", "if True:\n    !ls"])
def test_lines_of_ipython_are_left_out(text):
    assert parsed(text) is not None


def test_words_are_counted_where_a_written_answer_may_stand():
    assert words_beside_code("a = 1  # two words\n# and three more") == 5
    assert words_beside_code("The trade grew by a third.") == 6
    assert words_beside_code("a = 'The trade grew'") == 0
    assert words_in_strings("a = 'The trade grew'\nb = 'less'") == 4
    assert words_in_strings("t.plot(title='The trade grew')\nprint('by', 'half')") == 2
    assert words_in_strings("a = (") == 0
