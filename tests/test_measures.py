"""Every chapter keeps to the design's measures, and each measure can fail."""

import nbformat
import pytest

from coursestaff.chapters import is_companion, own_name
from coursestaff.publishing import measures, reader
from tests.notebooks import NOTEBOOKS, read

code, text = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell


def chapter(*cells):
    """Return a notebook of these cells, the code cells named c0, c1, ..."""
    for number, cell in enumerate(cells):
        cell.id = f"c{number}"
    return nbformat.v4.new_notebook(cells=list(cells))


def test_every_notebook_keeps_to_the_measures():
    found = {
        own_name(path): list(measures.breaches(read(path), measures.concepts(path)))
        for path in NOTEBOOKS
    }
    assert {name: complaints for name, complaints in found.items() if complaints} == {}


def test_what_the_design_shows_as_a_chapters_code_keeps_to_the_measures():
    shown = chapter(
        text("# A chapter\n\n## Look\n\n### The first section\n\nA few words."),
        code('buyers = data.load("russian_crude_by_buyer")'),
        code('ahead = trade[trade["china_pct"] > 50]\nahead.groupby("state")["year"].min()'),
        code('ax = buyers.plot()\ncharts.show(ax, "02-buyers", buyers, times=times)'),
        code('answer = ...\nturn("02-turn-quarter", answer)'),
    )
    assert list(measures.breaches(shown)) == []


@pytest.mark.parametrize(
    ("cell", "complaint"),
    [
        (code("a = 1\n" * 9), "9 lines, at most 8"),
        (code("a = 1\n" * 5), "5 lines in the median cell, at most 4"),
        (code(f'a = "{"x" * 67}"'), "73 characters in a line, at most 72"),
        (code(f'a = "{"x" * 40}"'), "46 characters in the median line, at most 45"),
        (
            code(f"a = {list(range(13))}"),
            "15 expressions in a statement",
        ),
        (code("a = 1 + b + c + d"), "8 expressions in the mean statement, at most 6"),
        (code("a.b().c().d()"), "3 calls in a row, at most 2"),
        (code("f(lambda: 1)"), "a lambda"),
        (code("[x for x in y]"), "a comprehension"),
        (code("{x: 1 for x in y}"), "a comprehension"),
        (code("sum(x for x in y)"), "a comprehension"),
        (code("1 if x else 2"), "a conditional expression"),
        (code("f(*x)"), "a star that unpacks"),
        (code("f(**table)"), "a star that unpacks"),
        (code("{**table}"), "a star that unpacks"),
        (code("a, b = x"), "two names for one value"),
        (code("for a, b in x:\n    a"), "two names for one value"),
        (code("table.loc[...]"), "three dots inside an expression"),
        (text("## Look\n" + "### A section\n" * 6), "6 sections, at most 5"),
        (text("## What?\n" * 4 + f"## {measures.READ_FURTHER}\n"), "4 sections, at most 3"),
    ],
)
def test_each_measure_can_fail(cell, complaint):
    assert any(complaint in found for found in measures.breaches(chapter(cell)))


def test_concepts_are_ten_at_most_and_come_in_a_cell_of_the_chapter():
    made = chapter(text("### Shares"), code("a = 1"))
    assert list(measures.breaches(made, {f"concept {n}": "c1" for n in range(10)})) == []
    many = list(measures.breaches(made, {f"concept {n}": "c1" for n in range(11)}))
    assert many == ["11 concepts, at most 10"]
    (broken,) = measures.breaches(made, {"share": "c9"})
    assert broken == "'share': no cell is called c9"


def test_a_product_and_a_power_are_no_stars():
    assert list(measures.breaches(chapter(code("a * b ** c")))) == []


def test_folded_cells_and_empty_lines_do_not_count():
    folded = code("[x for x in y]", metadata={"jupyter": {"source_hidden": True}})
    figures = measures.figures([chapter(code("a = 1\n\nb = 2"), folded, code(" \n"))])
    assert (figures.cells, figures.lines) == (1, 2)


def test_no_number_of_words_is_too_many():
    long = chapter(text("## Look\n" + "word " * 2_000))
    assert measures.figures([long]).words == 2_002  # the heading's own two count
    assert list(measures.breaches(long)) == []


def test_methods_are_counted_but_for_those_of_the_courses_modules():
    used = chapter(
        code("from courseware import data"), code('t = data.load("x")\nt.head()\nnp.hypot(3, 4)')
    )
    assert measures.methods(used) == {"head", "hypot"}


def test_the_command_prints_a_row_a_chapter_and_what_one_breaks(capsys):
    assert measures.main([]) == 0
    rows = capsys.readouterr().out.splitlines()[2:]
    names = [row.split(" | ")[0].removeprefix("| ") for row in rows]
    assert names == [*map(own_name, NOTEBOOKS), "together"]
    ends = [row.strip(" |").split(" | ")[-2:] for row in rows[:-1]]
    for path, (minutes, listed) in zip(NOTEBOOKS, ends, strict=True):
        look = None if is_companion(path) else reader.read(path).notes.parts["look"]
        assert minutes == (str(look.minutes) if look else "–")
        assert listed == str(len(measures.concepts(path)) or "–")
    assert measures.main(["09"]) == 0
    assert "\n09_the_verdict\n  " in capsys.readouterr().out
