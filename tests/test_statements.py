"""What the course says of access and privacy is so: tests are there, and erasing erases."""

import os
import re
import shlex
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
import yaml

from courseware import journal
from tests import marked
from tests.notebooks import ROOT, git

PAGES = ROOT / "coursestaff" / "publishing" / "pages"
ACCESS = (PAGES / "accessibility.md").read_text(encoding="utf-8")
PRIVACY = (PAGES / "privacy.md").read_text(encoding="utf-8")
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
STUDENT = "s02"
CLASS = dict.fromkeys(("s01", STUDENT, "s03"), "Written.")
#: Folders of which the privacy page says that a student has a place of their own in them.
KEPT = re.findall(r"^\| `([\w./]+)/ID/` \|", PRIVACY, re.MULTILINE)


# Accessibility -------------------------------------------------------------------------------


def test_every_test_that_the_statement_names_is_there():
    rows = re.findall(r"`(tests/[\w/]+\.py)`: ((?:`test_\w+`(?:, )?)+)", ACCESS)
    named = [(file, name) for file, names in rows for name in re.findall(r"\w+", names)]
    assert len(named) > 15
    for file, name in named:
        assert f"\ndef {name}(" in (ROOT / file).read_text(encoding="utf-8"), (file, name)
    assert len(re.findall(r"`test_\w+`", ACCESS)) == len(named), "a test without its file"


def test_the_contrast_that_axe_leaves_out_is_said():
    left_out = (ROOT / "tests" / "browser" / "axe.py").read_text(encoding="utf-8")
    assert "4.25" in left_out and "4.25" in ACCESS


# Privacy -------------------------------------------------------------------------------------


def test_git_ignores_what_is_kept_of_people_and_every_folder_of_a_student_is_named():
    kept = ["journal/entries/02.json", ".lab/x", "gradebook.db", "02_x-canvas.csv", "02_x.zip"]
    for file in (*kept, *(f"{folder}/{STUDENT}/x.ipynb" for folder in KEPT)):
        git("check-ignore", "-q", file)  # raises where git would take it
    assert KEPT == ["submitted", "submitted/.earlier", "autograded", "feedback"]


@pytest.fixture
def erased(tmp_path):
    """A graded class of which one student has been erased as the page says."""
    course = marked.course(tmp_path / "course", CLASS)
    with closing(sqlite3.connect(course / "gradebook.db")) as book, book:
        told = "update student set last_name = 'Forgotten', email = 'who@example.org' where id = ?"
        assert book.execute(told, [STUDENT]).rowcount == 1
    assert b"Forgotten" in (course / "gradebook.db").read_bytes()
    typed = re.search(r"^course forget ID$", PRIVACY, re.MULTILINE)[0]
    said = shlex.split(typed.replace("ID", STUDENT))
    command = [sys.executable, "-m", "coursestaff.cli", *said[1:], "--yes"]
    place = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=course, env=place, check=True, capture_output=True)
    return course


def test_erasing_one_student_leaves_nothing_of_theirs_and_all_of_others(erased):
    left = [path for path in erased.rglob("*") if STUDENT in path.relative_to(erased).parts]
    assert left == []
    assert b"Forgotten" not in (erased / "gradebook.db").read_bytes()
    with closing(sqlite3.connect(erased / "gradebook.db")) as book:
        students = [name for (name,) in book.execute("select id from student")]
    assert sorted(students) == sorted(set(CLASS) - {STUDENT})


def test_the_calls_that_the_page_names_are_there():
    for name in re.findall(r"`journal\.(\w+)\(?", PRIVACY):
        assert callable(getattr(journal, name)), name


# Reports -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_can_be_filled_in_and_asks_for_no_students_work(path):
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    if path.stem == "config":
        assert form == {"blank_issues_enabled": False}
        return
    assert {"name", "description", "labels", "body"} == set(form)
    fields = [part for part in form["body"] if part["type"] != "markdown"]
    assert {part["type"] for part in fields} <= {"input", "textarea", "dropdown"}
    assert all(part["attributes"]["label"] for part in fields)
    assert len({part["id"] for part in fields}) == len(fields)
    assert any(part.get("validations", {}).get("required") for part in fields)
    named = re.findall(
        r"coursestaff/\S+\.md|[./\w]*[A-Z]+\.(?:md|cff)", path.read_text(encoding="utf-8")
    )
    assert all((ROOT / file).is_file() for file in named)


def test_there_is_a_form_for_whatever_the_pages_send_there():
    names = {yaml.safe_load(path.read_text(encoding="utf-8")).get("name") for path in FORMS}
    assert {"A barrier", "A question", "A mistake in the course"} <= names
    assert "*A barrier*" in ACCESS


# The paper -----------------------------------------------------------------------------------

PAPER = ROOT / "paper" / "paper.md"
REVIEW = (PAPER.parent / "review.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_the_paper_cites_what_its_list_holds_and_nothing_else():
    cited = set(re.findall(r"@(\w+)", PAPER.read_text(encoding="utf-8").split("---", 2)[2]))
    entries = (PAPER.parent / "paper.bib").read_text(encoding="utf-8")
    assert cited == set(re.findall(r"^@\w+\{(\w+),", entries, re.MULTILINE))
    assert len(cited) > 5


def test_the_paper_has_the_parts_that_are_asked_for_and_one_set_of_authors():
    _, head, text = PAPER.read_text(encoding="utf-8").split("---", 2)
    assert re.findall(r"^# (.+)$", text, re.MULTILINE) == [
        "Summary",
        "Statement of need",
        "Learning objectives",
        "Content",
        "Instructional design",
        "How it can be used",
        "The story of the project",
        "Experience of use",
        "Acknowledgements",
        "References",
    ]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    about = yaml.safe_load(head)
    assert about["title"] == citation["title"]
    assert [each["name"] for each in about["authors"]] == [a["name"] for a in citation["authors"]]


def test_what_answers_a_reviewer_is_there():
    named = set(re.findall(r"`([\w./]+\.\w+|LICENSE(?:-CONTENT)?)`", REVIEW))
    assert len(named) > 10
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


def test_each_step_of_the_two_walks_names_a_file():
    """That the files are there is for the next test to say."""
    walks = re.findall(r"(?s)^## One (?:number|submission).*?(?=^## )", CONTRIBUTING, re.MULTILINE)
    steps = [re.findall(r"^\d+\. (.+)$", walk, re.MULTILINE) for walk in walks]
    assert [len(each) for each in steps] == [12, 12]
    assert [step for each in steps for step in each if not re.search(r"`\w+/\S+`", step)] == []


def test_what_contributing_names_is_there():
    """Whoever is sent to a file that was moved long ago has nobody to ask."""
    named = set(re.findall(r"`([\w.-]+(?:/[\w.-]+)+)/?`", CONTRIBUTING))
    stands_for = re.compile(r"NN|NAME|FINGERPRINT|^build/|^journal/|/_data$")  # or is made
    named = {name for name in named if not stands_for.search(name)}
    assert len(named) > 90
    stored = git("ls-files").decode().split()
    there = "\n".join(f"/{name}/" for name in stored)
    assert [name for name in sorted(named) if f"/{name}/" not in there] == []
