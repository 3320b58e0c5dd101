"""A course about another article: the skeleton is one, runs, is graded and printed as ours is."""

import copy
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from coursestaff import whole_article
from coursestaff.releasing import bundle
from courseware import CourseError, manifest
from tests.isolated import needs_isolation
from tests.notebooks import ROOT

NAME = "my_article"
CHAPTER = "01_who_made_oil_dear"
#: What is asked of each chapter, exercise, table and view of a course is asked here.
ASKED = ("code_words", "course", "data", "exercises", "guide", "hues", "notebooks", "run_sheets")
ASKED += ("turns", "views", "words")
RIGHT = {"q2": "part = (january - december) / (june - december) * 100", "q3": 'follows = "B"'}
#: Three theses are asked for, believed more at the end, and drawn by all that draws theses.
THESES = """
import json
from coursestaff.publishing import cover
from courseware import article, journal
from courseware.brief import end_figures, verdict_picture
from courseware.explorers.argument_map.argument_map import ArgumentMap, MapState
for thesis in article.theses().values():
    for moment, sure in (("opening", 30), ("closing", 60)):
        form = journal.confidence(thesis, moment=moment)
        form.control.value = sure
        form.save_button.click()
end, everything = verdict_picture.ended(), ArgumentMap()
state = MapState(scope="all")
said = everything.describe(state, everything.content(state))
print(json.dumps({
    "xray": cover.markup(),
    "map": said.alt,
    "curve": end_figures.curve(),
    "end": verdict_picture.alt(end),
    "size": len(verdict_picture.picture(end)),
}))
"""


@pytest.fixture(scope="session")
def skeleton(tmp_path_factory) -> Path:
    """The course that `course new article` makes, as it makes it."""
    folder = tmp_path_factory.mktemp("another") / NAME
    assert whole_article.begin(folder) == NAME
    return folder


@pytest.fixture
def course(skeleton, tmp_path) -> Path:
    """The same, to be changed."""
    return shutil.copytree(skeleton, tmp_path / NAME)


def run(course: Path, *arguments: str, **more: str) -> str:
    """Run Python in a course's folder, as its commands run; return what it printed."""
    around = os.environ | {"NO_LIMITS_DATA": str(course / "data")} | more
    done = subprocess.run(
        [sys.executable, *arguments], cwd=course, env=around, capture_output=True, text=True
    )
    assert done.returncode in (0, 2), done.stdout + done.stderr
    return done.stdout


def change(course, file, old, new):
    """Put something into a file; return the line where it now stands."""
    path = course / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


# --- The skeleton is a course ------------------------------------------------------------------


def test_it_is_called_as_its_folder_and_holds_together(skeleton):
    assert run(skeleton, "-m", "coursestaff.cli", "missing").startswith("Nothing is missing")
    assert json.loads((skeleton / "data" / "datapackage.json").read_text())["name"] == "my-article"
    names = {path.name for path in skeleton.iterdir()}
    assert names == {NAME, "README.md", "data", "exercises", "nbgrader_config.py", "notebooks"} | {
        "solutions"
    }


def test_the_repository_has_it_in_step(skeleton):
    stored = whole_article.SKELETON
    assert run(skeleton, "-m", "coursestaff.cli", "data").startswith("Nothing has changed")
    for part in ("exercises", "solutions"):
        before = {path: path.read_bytes() for path in (skeleton / part).rglob("*.*")}
        run(skeleton, "-m", "coursestaff.cli", *({"exercises": ["release"]}.get(part, ["sheets"])))
        assert {path: path.read_bytes() for path in before} == before
    assert {path.name for path in stored.rglob("*") if path.name.startswith(".")} == set()


@pytest.mark.publishing
def test_its_chapter_passes_what_each_of_our_chapters_passes(skeleton):
    files = [str(ROOT / "tests" / f"test_{name}.py") for name in ASKED]
    options = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "--of-any-course"]
    options += ["-p", "no:xdist", "-p", "no:cacheprovider", "-q", "-m", ""]
    said = run(skeleton, "-m", "pytest", *options, *files)
    passed = int(said.splitlines()[-1].split(" passed")[0].split()[-1])
    assert passed > 80


@needs_isolation
@pytest.mark.sandbox
def test_two_hand_ins_are_graded_each_by_its_answers(course):
    released = nbformat.read(course / "exercises" / CHAPTER / f"{CHAPTER}.ipynb", as_version=4)
    for student, answers in {"ana": RIGHT, "ben": RIGHT | {"q3": 'follows = "A"'}}.items():
        notebook = copy.deepcopy(released)
        for cell in notebook.cells:
            cell.source = answers.get(cell.id.removesuffix("-answer"), cell.source)
        folder = course / "submitted" / student / CHAPTER
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{CHAPTER}.ipynb")
    run(course, "-m", "coursestaff.cli", "grade", CHAPTER)
    run(course, "-m", "coursestaff.cli", "export", CHAPTER, "--format", "csv", "--to", "marks.csv")
    with (course / "marks.csv").open(encoding="utf-8", newline="") as file:
        marks = {
            row["student_id"]: (row["q2"], row["q3"], row["score"]) for row in csv.DictReader(file)
        }
    assert marks == {"ana": ("4.0", "3.0", "7.0"), "ben": ("4.0", "0.0", "4.0")}


@pytest.mark.publishing
def test_its_site_and_guide_are_printed(course):
    run(course, "-m", "coursestaff.publishing.site")
    site = course / "build" / "site"
    page = (site / "html" / "chapters" / f"{CHAPTER}.html").read_text(encoding="utf-8")
    assert "65% of the rise" in page
    assert page.count("How sure are you that this is right? (opening)") == 3
    assert (site / "html" / "exercises" / f"{CHAPTER}.html").is_file()
    for name in ("index", "plans", "talking", "grading", "chapter_01"):
        assert (site / "guide" / f"{name}.html").is_file()


def test_three_theses_are_drawn_by_all_that_draws_theses(skeleton, journal_dir):
    said = json.loads(run(skeleton, "-c", THESES).splitlines()[-1])
    assert "10 bars" in said["xray"] and "84" not in said["end"]
    assert ", the theses C01 and C10 in the top row" in said["map"]  # C08 supports C10
    for thesis in ("Russia's war", "The producers wanted", "less than fifty dollars"):
        assert thesis.replace("'", "&#x27;") in said["curve"]
    assert "10 bars" in said["end"] and "not judged: 10" in said["end"]
    assert said["size"] > 10_000


def test_a_students_copy_has_frame_and_article_and_nothing_of_the_solutions(course):
    run(course, "-m", "coursestaff.cli", "bundle")
    (packed,) = (course / "build").glob(f"{NAME}-*.zip")
    inside = {name.partition("/")[2] for name in zipfile.ZipFile(packed).namelist()}
    assert {"start.py", "courseware/article.py", f"{NAME}/article.yaml"} <= inside
    assert f"exercises/{CHAPTER}/{CHAPTER}.ipynb" in inside
    assert not [name for name in inside if name.startswith(("solutions", "coursestaff", "no_lim"))]
    assert inside & {*bundle.OF_ONE_COURSE} == set()  # what speaks of No Limits? stays with it


# --- Beginning one -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["My article", "my-article", "class", "json", "courseware", "2nd"])
def test_a_name_that_python_cannot_use_or_knows_is_refused(tmp_path, name):
    with pytest.raises(CourseError, match=name):
        whole_article.begin(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_what_is_there_is_never_overwritten(course):
    with pytest.raises(CourseError, match=NAME):
        whole_article.begin(course)


# --- What is missing or wrong ------------------------------------------------------------------


def test_ours_holds_together():
    assert whole_article.faults(ROOT) == []


def missing(course: Path) -> str:
    """Return what the command says of a course in which something is missing."""
    return subprocess.run(
        [sys.executable, "-m", "coursestaff.cli", "missing"],
        **{"cwd": course, "env": os.environ | {"NO_LIMITS_DATA": str(course / "data")}},
        **{"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True},
    ).stdout


@pytest.mark.parametrize(
    ("file", "old", "new", "what"),
    [
        (f"{NAME}/article.yaml", "author: The", "writer: The", r"article\.yaml, line 5: .*writer"),
        (f"{NAME}/article.yaml", "{C01: T1", "{first: T1", r"article\.yaml, line 10: .*first"),
        (f"{NAME}/words/01.yaml", "    unit: per cent", "    units: %", r"01\.yaml, line \d+: "),
        ("data/claims.csv", "claim_id,", "claim,", r"claims: the columns of data/claims\.csv"),
        ("data/datapackage.json", '"selection": "A', '"selection": "", "x": "A', "selection is em"),
        (f"{NAME}/article.yaml", "others_look: OTH", "", r"article\.yaml, line \d+: '"),
        (f"{NAME}/views/oil.py", '"price"].min()', '"cost"].min()', r"rise_of_oil: .*cost"),
        (f"notebooks/{CHAPTER}.ipynb", 'load(\\"', 'load(\\"not_', r"cell 01-look-data: .*'not_"),
        (f"solutions/{CHAPTER}/rubric.md", "## q7", "## q8", r"q7: "),
        (f"solutions/{CHAPTER}/notes.yaml", "  01-before:", "  01-after:", r"notes\.yaml, line"),
        (f"solutions/{CHAPTER}/checks.yaml", "points: 2", "points: two", r"checks\.yaml, line"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(course, file, old, new, what):
    change(course, file, old, new)
    assert re.search(what, missing(course))


#: Faults that are named together, because one thing is held against another once both are whole.
KINDS = {
    "cells": [
        ("data/claims.csv", ",wrong,", ",false,", r"claims\.csv, verdict, row 3: "),
        ("data/claims.csv", ",A,", ",,", r"claims\.csv, evidence_grade, row 2: "),
        ("data/evidence.csv", "E001,C01", "E001,C71", r"evidence\.csv, .*, row 2: .*C71"),
    ],
    "names": [
        ("data/claims.csv", "C01,P1,01,", "C01,P1,12,", r"claims\.csv, C01: .*chapter"),
        ("data/claims.csv", ",C08,", ",C88,", r"claims\.csv, C05: .*C88"),
        (f"{NAME}/article.yaml", "C10: T3", "C71: T4", r"theses: .*C71"),
        (f"{NAME}/words/01.yaml", "  T2:", "  T5:", r"polls: .*T5"),
        (f"{NAME}/article.yaml", "removed: C02", "removed: C72", r"without-cheap: .*C72"),
        (f"{NAME}/article.yaml", "    all: {}", "    none: {}", r"presets: .*none"),
        (f"{NAME}/words/01.yaml", "[price_of_oil]", "[price]", r"01-price: .*'price'"),
        (f"{NAME}/words/01.yaml", "oil: price_of_oil", "oil: cost", r"highest: .*'cost'"),
        (f"{NAME}/words/01.yaml", "  C09:\n", "  C10:\n", r"verdicts: .*C09"),
        (f"{NAME}/words/01.yaml", "holds: rise", "holds: 0 > rise", r"verdicts, C02: .*0"),
        (f"notebooks/{CHAPTER}.ipynb", 'trial(\\"C07', 'trial(\\"C06', r"trial.* C07"),
    ],
    "outdated": [
        (f"solutions/{CHAPTER}/notes.yaml", "idea: what", "idea: all", "course sheets"),
        (f"solutions/{CHAPTER}/{CHAPTER}.ipynb", "was the", "is the", "course release"),
    ],
}


@pytest.mark.parametrize("kind", KINDS)
def test_all_of_a_kind_is_named_at_once(course, kind):
    for file, old, new, _ in KINDS[kind]:
        change(course, file, old, new)
    manifest.refresh(course / "data")
    said = missing(course)
    assert [what for *_, what in KINDS[kind] if not re.search(what, said)] == [], said


def test_an_edited_table_asks_for_its_checksum_and_says_what_else_to_type_here(course):
    (course / NAME / "views" / "oil.py").rename(course / NAME / "views" / "any_name.py")
    change(course, "data/brent_monthly.csv", "108.12", "108.13")
    assert "course data" in missing(course)
    said = run(course, "-m", "coursestaff.cli", "data")
    assert f"course release {CHAPTER}" in said and "git" not in said and "tests/" not in said
    assert f"course release {CHAPTER}" in missing(course)


def test_what_is_not_there_is_named(course):
    (course / "notebooks" / f"{CHAPTER}.ipynb").unlink()
    (course / "data" / "ferries.csv").write_text("year\n2022\n", encoding="utf-8")
    change(course, f"solutions/{CHAPTER}/{CHAPTER}.ipynb", "falls_of_oil\\", "falls\\")
    shutil.rmtree(course / "exercises")
    said = missing(course)
    for what in (f"{CHAPTER}.ipynb is missing", "ferries.csv", f"release {CHAPTER}", "'falls'"):
        assert what in said
