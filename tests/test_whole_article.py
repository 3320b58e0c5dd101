"""An article that does not hold together is told where, and what to write."""

import shutil

import pytest

from coursestaff import whole_article
from coursestaff.yaml_schema import YamlSchemaError
from courseware import article
from tests.notebooks import ROOT

FACTS = f"{article.package()}/article.yaml"
CHAPTER = "notebooks/02_the_trade_lifeline.ipynb"


@pytest.fixture
def course(tmp_path):
    for file in ("data/datapackage.json", "data/claims.csv", FACTS):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    return tmp_path


def change(course, file, old, new):
    """Put something into a file; return the line where it now stands."""
    path = course / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_ours_holds_together():
    assert whole_article.faults(ROOT) == []


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("theses: {C03: T1, C05: T2}", "theses: {}", "theses"),
        ("author: John Dobson", "writer: John Dobson", "writer"),
        ("theses: {C03: T1", "theses: {first: T1", "first"),
        ('hue: "#D55E00"', "hue: orange", "orange"),
    ],
)
def test_facts_that_do_not_fit_are_named_with_their_line(course, old, new, what):
    line = change(course, FACTS, old, new)
    with pytest.raises(YamlSchemaError, match=rf"article\.yaml, line {line}: .*{what}"):
        whole_article.faults(course)


def test_a_claim_that_no_chapter_tries_is_named_with_its_line(course):
    line = change(course, "data/claims.csv", "C01,P0,02,", "C01,P0,12,")
    (fault,) = whole_article.faults(course)
    assert f"claims.csv, line {line}: " in fault and "C01" in fault and "02, 03" in fault


def test_what_a_notebook_loads_and_nobody_wrote_is_named_with_its_line(course):
    line = change(course, CHAPTER, 'data.load(\\"', 'data.load(\\"not_')
    (fault,) = whole_article.faults(course)
    assert f"{CHAPTER}, line {line}: " in fault and "'not_" in fault


def test_a_chapter_without_a_notebook_is_named(course):
    (course / CHAPTER).unlink()
    (fault,) = whole_article.faults(course)
    assert CHAPTER in fault
