"""Every chapter keeps to the course's measures, and each measure can fail."""

import nbformat
import pytest

from coursestaff.chapters import is_companion, own_name
from courseware import words
from tests import code_measures
from tests.notebooks import NOTEBOOKS, read

code, text = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell


def chapter(*cells):
    """Return a notebook of these cells, the code cells named c0, c1, ..."""
    for number, cell in enumerate(cells):
        cell.id = f"c{number}"
    return nbformat.v4.new_notebook(cells=list(cells))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=own_name)
def test_every_notebook_keeps_to_the_measures(path):
    concepts = {} if is_companion(path) else words.chapter(path.stem[:2]).get("concepts", {})
    assert list(code_measures.breaches(read(path), concepts)) == []


def test_what_the_design_shows_as_a_chapters_code_keeps_to_the_measures():
    shown = chapter(
        text("# A chapter\n\n## Look\n\n### The first section\n\nA few words."),
        code('buyers = data.load("russian_crude_by_buyer")'),
        code('ahead = trade[trade["china_pct"] > 50]\nahead.groupby("state")["year"].min()'),
        code('ax = buyers.plot()\ncharts.show(ax, "02-buyers", buyers, times=times)'),
        code('answer = ...\nturn("02-turn-quarter", answer)'),
    )
    assert list(code_measures.breaches(shown)) == []


@pytest.mark.parametrize(
    ("cell", "complaint"),
    [
        (code("a = 1\n" * 9), "9 lines, at most 8"),
        (code(f'a = "{"x" * 67}"'), "73 characters in a line, at most 72"),
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
        (text("## What?\n" * 4 + f"## {code_measures.READ_FURTHER}\n"), "4 sections, at most 3"),
    ],
)
def test_each_measure_can_fail(cell, complaint):
    assert any(complaint in found for found in code_measures.breaches(chapter(cell)))


def test_concepts_are_ten_at_most_and_come_in_a_cell_of_the_chapter():
    made = chapter(text("### Shares"), code("a = 1"))
    assert list(code_measures.breaches(made, {f"concept {n}": "c1" for n in range(10)})) == []
    many = list(code_measures.breaches(made, {f"concept {n}": "c1" for n in range(11)}))
    assert many == ["11 concepts, at most 10"]
    (broken,) = code_measures.breaches(made, {"share": "c9"})
    assert broken == "'share': no cell is called c9"


def test_a_product_and_a_power_are_no_stars():
    assert list(code_measures.breaches(chapter(code("a * b ** c")))) == []


def test_folded_cells_and_empty_lines_do_not_count():
    folded = code("[x for x in y]", metadata={"jupyter": {"source_hidden": True}})
    (cell,) = code_measures.open_cells(chapter(code("a = 1\n\nb = 2"), folded, code(" \n")))
    assert cell.lines == ["a = 1", "b = 2"]


def test_no_number_of_words_is_too_many():
    assert list(code_measures.breaches(chapter(text("## Look\n" + "word " * 2_000)))) == []
