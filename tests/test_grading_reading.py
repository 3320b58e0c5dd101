"""What a cell's source tells without being run."""

import pytest

from coursestaff.marking.reading import (
    changed,
    leaning,
    parsed,
    words_beside_code,
    words_in_strings,
)


@pytest.mark.parametrize(
    ("cells", "found", "names"),
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
def test_what_leans_on_the_first_cell(cells, found, names):
    cells = [(str(number), text) for number, text in enumerate(cells)]
    assert leaning(cells, {"0"}) == (set(found), set(names))


def test_what_leans_on_one_name_of_a_cell():
    cells = [("0", "a = t = 1"), ("1", "b = a"), ("2", "c = t"), ("3", "t = 2"), ("4", "d = t")]
    assert leaning(cells, {"0"}, "t") == ({"0", "2"}, {"t", "c"})


@pytest.mark.parametrize(
    ("text", "names"),
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
def test_what_a_cell_changes(text, names):
    assert changed(text) == set(names)


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
