"""What people have of version 0.1.0 still loads, grades and shows, with the same answers and marks.

``tests/fixtures/v0_1_0`` was written by 0.1.0 itself and is never made anew: a student's journal, a
class's exported journals, an instructor's course folder with graded and marked work, and nine
exercises with answers in them. What it came to then stands in its ``expected`` folder. The tests
use commands, and names that notebooks import; of modules and formats they know nothing.
"""

import asyncio
import csv
import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbgrader.api import Gradebook

from courseware import claims, journal, manifest
from tests.isolated import needs_isolation
from tests.notebooks import offline

pytestmark = pytest.mark.sandbox

FROZEN = Path(__file__).parent / "fixtures" / "v0_1_0"
NAMES = sorted(path.name for path in (FROZEN / "handed_in").iterdir() if path.is_dir())
NAME = "02_the_trade_lifeline"
GRADED = [NAME, "05_silk_roads_then_and_now", "07_kazakhstans_long_border"]
NEW = "s20"  # who hands in the nine exercises
TYPED = "s30"  # who types a number read off a table of 0.1.0
SOME = ("s01", "s02", "s06", "s07")  # enough students where all of a class would take long
GRADE = ("grade", "--processes", "1")  # a second one starts slower than so few are graded


def todays(text):
    """Return JSON of 0.1.0 with today's name of the one verdict that is called otherwise now."""
    return json.loads(text.replace('"holds with a caveat"', '"holds, but"'))


def expected(name):
    return todays((FROZEN / "expected" / f"{name}.json").read_text(encoding="utf-8"))


def contents(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def plain(value):
    """Return a value as JSON gives it back."""
    return json.loads(json.dumps(value))


def environment():
    """Return what a command or a kernel gets: no network, and the tables of its own folder."""
    own = {name: value for name, value in offline().items() if name != "NO_LIMITS_DATA"}
    bin_folder = str(Path(sys.executable).parent)
    return own | {"PATH": os.pathsep.join([bin_folder, own.get("PATH", "")])}


def run_in_kernels(work):
    """Run notebooks as people do in JupyterLab, whatever single cells do, two at a time.

    ``work`` is a list of notebooks and the folders that they run in.
    """

    async def run(turn, notebook, folder):
        where = {"metadata": {"path": str(folder)}}
        client = NotebookClient(notebook, timeout=120, allow_errors=True, resources=where)
        async with turn:
            await client.async_execute(env=environment())

    async def run_all():
        turn = asyncio.Semaphore(2)
        await asyncio.gather(*(run(turn, *each) for each in work))

    asyncio.run(run_all())


# --- A student's journal -------------------------------------------------------------------


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """Return a copy of the student's journal, which is the one in use."""
    folder = shutil.copytree(FROZEN / "journal", tmp_path / "kept")
    monkeypatch.setenv("NO_LIMITS_JOURNAL", str(folder))
    return folder


def loaded():
    """Return all entries of the journal in use, as they were loaded."""
    listed = journal.entries()[["id", "kind", "moment"]].to_numpy()
    return [described(journal.read(*row)) for row in listed]


def described(entry):
    """Return what an entry holds, as JSON gives it back."""
    current = entry.current
    return plain(
        {
            "id": entry.id,
            "kind": entry.kind,
            "moment": entry.moment,
            "question": entry.question,
            "details": entry.details,
            "answer": entry.answer,
            "passed": entry.passed,
            "late": bool(current and current.late),
            "confidence": current and current.confidence,
            "may_be_shown": bool(current and current.may_be_shown),
            "saved": entry.saved and entry.saved.isoformat(),
            "history": [answer.value for answer in entry.history],
            "outcome": entry.outcome and [entry.outcome.value, entry.outcome.unit],
        }
    )


def pictures():
    """Return the kept charts, as they were loaded."""
    table = journal.kept_charts()
    return plain(table[["id", "chapter", "title", "why"]].to_dict("records"))


def captions(markdown):
    """Return what stands below each kept chart in an export."""
    lines = markdown.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith("Chart ")]


def set_aside(folder):
    return sorted(path.name for path in folder.rglob("*damaged*"))


def of_kind(*kinds):
    return [entry for entry in expected("journal")["entries"] if entry["kind"] in kinds]


def test_every_entry_of_the_journal_loads_as_it_was(kept, capsys):
    assert loaded() == expected("journal")["entries"]
    assert pictures() == expected("journal")["pictures"]
    assert set_aside(kept) == set_aside(FROZEN / "journal")
    assert "damaged" not in capsys.readouterr().out


def test_every_kind_of_entry_is_there():
    entries = expected("journal")["entries"]
    kinds = {"prediction", "poll", "answer", "verdict", "matrix"}
    assert {entry["kind"] for entry in entries} == kinds
    judged = {entry["answer"] for entry in of_kind("verdict")}
    assert judged == {*claims.VERDICTS, None}
    assert {entry["may_be_shown"] for entry in of_kind("answer")} == {True, False}
    assert any(entry["late"] for entry in entries)
    assert any(entry["history"] for entry in of_kind("matrix"))


def test_confidence_goes_as_it_went(kept):
    for id, wanted in expected("journal")["trends"].items():
        table = journal.trend(id).astype({"confidence": object})
        table["confidence"] = table["confidence"].where(table["confidence"].notna(), None)
        assert plain(table[["moment", "confidence", "passed"]].to_numpy().tolist()) == wanted


def test_a_table_that_was_printed_of_the_journal_can_be_printed_again(kept):
    table = journal.entries(words=True)
    for entry, (_, row) in zip(expected("journal")["entries"], table.iterrows(), strict=True):
        assert (row["id"], row["passed"]) == (entry["id"], entry["passed"])
        assert row["times_saved"] == len(entry["history"]) + bool(entry["saved"])


def ask(entry):
    """Show the form of an entry, as a chapter does."""
    id, question, details = entry["id"], entry["question"], entry["details"]
    if entry["kind"] == "prediction":
        options = details["options"]
        return journal.predict(id, question, details["input"], details["unit"], options)
    if entry["kind"] == "poll":
        return journal.confidence(id, question, moment=entry["moment"])
    return journal.answer(id, question, details["positions"])


def test_forms_show_what_was_saved(kept):
    for entry in of_kind("prediction", "poll", "answer"):
        form = ask(entry)
        shown = form.control.value
        if entry["passed"]:
            assert "pass" in form.status.value.lower()
        elif entry["saved"]:
            typed = entry["details"].get("input") == "number"
            assert (float(shown) if typed else shown) == entry["answer"], entry["id"]
            assert form.tick is None or form.tick.value == entry["may_be_shown"]
        closed = bool(entry["outcome"] and entry["saved"])
        assert form.save_button.disabled == closed, entry["id"]


def test_trials_show_what_was_judged(kept):
    for entry in of_kind("verdict"):
        trial = claims.trial(entry["id"])
        assert trial.choice.value == entry["answer"]
        assert trial.but.value is None
        assert not trial.open_button.disabled
        if not entry["passed"]:
            assert trial.sure.value == entry["confidence"]


def test_an_old_caveat_is_not_judged_by_the_new_rule(kept):
    """Nobody was asked what it is about: it is compared by its word alone."""
    own = claims.own_verdicts().set_index("claim")
    old = [entry["id"] for entry in of_kind("verdict") if entry["answer"] == claims.BUT]
    assert own.loc[old, "but"].tolist() == ["not asked then"] * len(old)
    apart = claims.compared().set_index("claim")
    asked = [claim for claim in old if claims.get(claim).in_four_words == claims.BUT]
    assert apart.loc[asked, "steps"].tolist() == [0] * len(asked)
    trial = claims.trial(asked[0])
    assert "holds, but (what, was not asked then)" in trial.status.value
    trial.open_verdict()
    assert "What the caveat is about was not asked then" in trial.verdict.value
    assert "holds, but (what, was not asked then)" in journal.export().html.read_text("utf-8")


def test_the_matrix_shows_what_was_chosen(kept):
    (entry,) = of_kind("matrix")
    details = entry["details"]
    rows, columns, scale = (details[part] for part in ("evidence", "hypotheses", "options"))
    shown = journal.matrix(entry["id"], entry["question"], rows, columns, scale)
    chosen = {(row, column): choice for row, column, choice in entry["answer"]}
    assert {keys: cell.value for keys, cell in shown.cells.items() if cell.value} == chosen
    table = journal.read_matrix(entry["id"])
    assert {(row, column): table.loc[row, column] for row, column in chosen} == chosen
    assert table.notna().sum().sum() == len(chosen)


def test_a_new_answer_comes_after_the_old_ones(kept):
    before = next(entry for entry in of_kind("answer") if entry["id"] == "02-lifeline")
    form = ask(before)
    form.control.value = "After some thought: a rope for one side."
    form.save_button.click()
    after = described(journal.read(before["id"]))
    assert after["answer"] == "After some thought: a rope for one side."
    assert after["history"] == [*before["history"], before["answer"]]
    others = [entry for entry in expected("journal")["entries"] if entry["id"] != before["id"]]
    assert [entry for entry in loaded() if entry["id"] != before["id"]] == others


def test_an_export_holds_what_the_old_one_holds(kept):
    written = journal.export(name="again")
    old, new = (
        {(e["kind"], e["id"], e["moment"]): e for e in todays(path.read_text())["entries"]}
        for path in (FROZEN / "journal" / "export" / "my-journal.json", written.json)
    )
    assert old.keys() == new.keys()
    for key, entry in old.items():
        assert {name: new[key][name] for name in entry} == entry
    assert captions(written.markdown) == expected("journal")["captions"]
    page = written.html.read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == len(expected("journal")["pictures"])
    journal.export(name="my-journal")  # the old export is known as one, and may be replaced


def test_everything_is_brought_along_into_a_new_journal(kept, tmp_path, monkeypatch):
    before = contents(kept)
    monkeypatch.setenv("NO_LIMITS_JOURNAL", str(tmp_path / "new"))
    report = journal.import_from(kept)
    assert report["taken"].all()
    assert loaded() == expected("journal")["entries"]
    assert pictures() == expected("journal")["pictures"]
    briefs = [(tmp_path / "new" / name).read_bytes() for name in ("brief.md", "brief-2.md")]
    assert briefs == [(kept / name).read_bytes() for name in ("brief.md", "brief-2.md")]
    words = b"".join(contents(tmp_path / "new" / "pictures").values())
    assert all(reason.encode() in words for reason in expected("journal")["reasons"])
    assert {path: content for path, content in contents(kept).items() if path in before} == before
    again = journal.import_from(kept)
    assert not again["taken"].any()


def test_a_brief_in_which_somebody_wrote_is_left_alone(kept):
    before = (kept / "brief.md").read_bytes()
    journal.start_brief()
    shown = journal.show_brief().data
    assert "Two ropes, one of them thin" in shown
    assert (kept / "brief.md").read_bytes() == before


def test_nothing_is_lost_by_use(kept):
    """Forms, exports, briefs and imports leave every answer where it was."""
    for entry in of_kind("prediction", "poll", "answer"):
        ask(entry)
    journal.start_brief()
    journal.show_brief()
    journal.export()
    assert loaded() == expected("journal")["entries"]
    gone = {path.name for path in contents(FROZEN / "journal")}
    assert gone - {path.name for path in contents(kept)} == set()
    assert not list(kept.glob("*.json*"))  # the entries have a folder of their own by now


# --- A class's exported journals -----------------------------------------------------------


def tallies(folder):
    """Return every table that an instructor can make of a class."""
    class_ = journal.read_class(folder)
    tables = {
        "tally": class_.tally(),
        "polls": class_.polls(),
        "polls T1": class_.polls("T1"),
        "verdicts": class_.verdicts(),
        "confidence": class_.confidence(),
        "predictions 02-tonnes": class_.predictions("02-tonnes"),
        "matrix 09-stories": class_.matrix("09-stories"),
    }
    told = {name: json.loads(table.to_json(orient="split")) for name, table in tables.items()}
    words = {id: class_.words(id) for id in ("02-lifeline", "03-friends")}
    left_out = {row["file"]: row["why"] for _, row in class_.left_out.iterrows()}
    return {"journals": class_.journals, "left_out": left_out, "words": words, "tables": told}


def test_a_class_is_tallied_as_it_was():
    now, then = tallies(FROZEN / "our-class"), expected("class")["tallies"]
    assert now["journals"] == then["journals"]
    assert now["words"] == then["words"]
    abouts = without_kind(now["tables"]["verdicts"])
    for name, table in then["tables"].items():
        assert now["tables"][name] == table, name
    assert {about for verdict, about in abouts if verdict == claims.BUT} == {"not asked then"}
    assert {about for verdict, about in abouts if verdict != claims.BUT} == {""}


def without_kind(table):
    """Take the column that 0.1.0 did not have out of a tally; return verdicts and what it said."""
    at = table["columns"].index("but")
    table["columns"].pop(at)
    return [(row[at - 1], row.pop(at)) for row in table["data"]]


def test_files_that_cannot_be_counted_are_told_with_the_reason():
    """0.1.0 called files by their names, which are often people's; now their places are told."""
    left_out = tallies(FROZEN / "our-class")["left_out"]
    names = sorted(path.name for path in (FROZEN / "our-class").glob("*.json"))
    places = {name: f"file {n}" for n, name in enumerate(names, start=1)}
    then = expected("class")["tallies"]["left_out"]
    assert left_out.keys() == {places[name] for name in then}
    assert "damaged" in left_out[places["s11.json"]]
    assert "not an exported journal" in left_out[places["package.json"]]
    assert f"as {places['s01-new.json']}," in left_out[places["s01.json"]]


class Rows(HTMLParser):
    """Collects the rows of all tables of a page, each a list of texts."""

    def __init__(self):
        super().__init__()
        self.rows, self.inside = [], False

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.inside = True
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data):
        if self.inside:
            self.rows[-1][-1] += " ".join(data.split())


SHOWN = {
    "polls": "our_class.draw_polls()",
    "predictions": "our_class.draw_predictions()",
    "tonnes": 'our_class.draw_predictions("02-tonnes")',
    "verdicts": "our_class.draw_verdicts()",
}


def drawn(folder):
    """Return, per chart, the rows of the tables beside it, and the number of its pictures."""
    cells = ["from courseware import journal", 'our_class = journal.read_class("our-class")']
    cells = [nbformat.v4.new_code_cell(text) for text in (*cells, *SHOWN.values())]
    notebook = nbformat.v4.new_notebook(cells=cells)
    run_in_kernels([(notebook, folder)])
    found = {}
    for name, cell in zip(SHOWN, notebook.cells[2:], strict=True):
        assert not [output for output in cell.outputs if output.output_type == "error"]
        page = "".join(output.data["text/html"] for output in cell.outputs if "data" in output)
        reader = Rows()
        reader.feed(page)
        found[name] = {"rows": reader.rows, "pictures": page.count("data:image/png;base64,")}
    return found


def test_the_charts_of_a_class_show_the_same_numbers():
    now, then = drawn(FROZEN), expected("class")["drawn"]
    verdicts = [answers_of_the_class(each.pop("verdicts")) for each in (now, then)]
    assert verdicts[0] == verdicts[1]
    assert now == then


def answers_of_the_class(chart):
    """Return how the class judged each claim; the course's own words may have been mended since."""
    heads, *rows = chart["rows"]
    ours = {"what it says", "the course", "but what"}
    own = [at for at, head in enumerate(heads) if head not in ours]
    return chart["pictures"], [[row[at] for at in own] for row in (heads, *rows)]


def test_the_four_words_are_what_they_were():
    assert claims.IN_FOUR_WORDS == {
        "accurate": "holds",
        "accurate with caveat": "holds with a caveat",
        "imprecise": "holds with a caveat",
        "misleading": "does not hold",
        "wrong": "does not hold",
        "not checkable": "cannot be known",
        "opinion": "cannot be known",
    }


# --- Exercises with answers in them --------------------------------------------------------


def expected_marks():
    return json.loads((FROZEN / "handed_in" / "expected_marks.json").read_text(encoding="utf-8"))


def handed_in(name):
    return FROZEN / "handed_in" / name / f"{name}.ipynb"


def course(folder, *arguments):
    """Run the command ``course`` in a course folder; nobody answers what it may ask."""
    command = shutil.which("course", path=str(Path(sys.executable).parent))
    return subprocess.run(
        [command, *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


@pytest.fixture(scope="module")
def students_folder(tmp_path_factory):
    """Return a course folder in which somebody has answered all nine exercises."""
    folder = tmp_path_factory.mktemp("student") / "course"
    for part in ("data", "exercises", "solutions"):
        shutil.copytree(FROZEN / "course" / part, folder / part)
    for name in NAMES:
        shutil.copyfile(handed_in(name), folder / "exercises" / name / f"{name}.ipynb")
    return folder


def checked(folder, name):
    """Return the marks that ``course check`` tells, by question."""
    done = course(folder, "check", f"exercises/{name}")
    assert done.returncode == 0, done.stderr
    found = re.findall(r"^\s*(q\d+): (\d+) of \d+", done.stdout, re.MULTILINE)
    return {question: int(points) for question, points in found}


def all_checked(folder):
    """Return the marks of all nine exercises, by exercise and question; two are run at a time."""
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(NAMES, pool.map(lambda name: checked(folder, name), NAMES), strict=True))


def all_errors(folder):
    """Return the cells that stop with an error, run as their owner runs them, by exercise."""
    notebooks = {name: nbformat.read(handed_in(name), as_version=4) for name in NAMES}
    run_in_kernels([(each, folder / "exercises" / name) for name, each in notebooks.items()])
    return {name: errors_in(notebook) for name, notebook in notebooks.items()}


def errors_in(notebook):
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    silent = [cell.id for cell in cells if cell.source.startswith("check(") and not cell.outputs]
    assert not silent, silent
    stopped = [(cell, out) for cell in cells for out in cell.outputs if out.output_type == "error"]
    return {cell.id: output.ename for cell, output in stopped}


def test_the_nine_exercises_get_the_same_marks_from_course_check(students_folder):
    assert all_checked(students_folder) == expected_marks()["check"]


def test_the_nine_exercises_run_as_they_did(students_folder):
    assert all_errors(students_folder) == expected_marks()["errors"]


# --- An instructor's course folder ---------------------------------------------------------


def gradebook(folder):
    """Return all that the gradebook of a course says, by exercise and student."""
    with closing(Gradebook(f"sqlite:///{folder / 'gradebook.db'}")) as book:
        return {
            assignment.name: {each.student.id: work_of(each) for each in assignment.submissions}
            for assignment in book.assignments
        }


def work_of(submission):
    (notebook,) = submission.notebooks
    return {
        "score": submission.score,
        "late": submission.total_seconds_late,
        "penalty": submission.late_submission_penalty,
        "needs a person": submission.needs_manual_grade,
        "grades": {
            grade.name: {
                "auto": grade.auto_score,
                "manual": grade.manual_score,
                "extra": grade.extra_credit,
                "waits": bool(grade.needs_manual_grade),
            }
            for grade in sorted(notebook.grades, key=lambda grade: grade.name)
        },
        "comments": {
            comment.name: {"auto": comment.auto_comment, "manual": comment.manual_comment}
            for comment in sorted(notebook.comments, key=lambda comment: comment.name)
        },
    }


def scores(book, name, student):
    """Return the points that the computer gave, by question; a written answer has none."""
    grades = book[name][student]["grades"].items()
    return {id: grade["auto"] for id, grade in grades if grade["auto"] is not None}


def graded(folder, name, *options):
    """Run ``course grade`` and return what it tells a script."""
    done = course(folder, *GRADE, name, "--json", *options)
    assert done.returncode in (0, 2), done.stderr
    return json.loads(done.stdout) | {"status": done.returncode}


@pytest.fixture(scope="module")
def frozen_book():
    return expected("gradebook")


@pytest.fixture(scope="module")
def instructors_folder(tmp_path_factory):
    """Return an instructor's folder in which a new student has handed in nine exercises."""
    folder = shutil.copytree(FROZEN / "course", tmp_path_factory.mktemp("class") / "course")
    for name in NAMES:
        shutil.copytree(handed_in(name).parent, folder / "submitted" / NEW / name)
    return folder


@pytest.fixture(scope="module")
def graded_class(instructors_folder):
    """Grade all nine exercises in it, once; return the folder and what was told of each."""
    return instructors_folder, {name: graded(instructors_folder, name) for name in NAMES}


def test_the_gradebook_loads_with_every_score_and_comment(tmp_path, frozen_book):
    shutil.copyfile(FROZEN / "course" / "gradebook.db", tmp_path / "gradebook.db")
    assert gradebook(tmp_path) == frozen_book["gradebook"]


def test_the_gradebook_holds_what_people_did(frozen_book):
    work = [each for students in frozen_book["gradebook"].values() for each in students.values()]
    grades = [grade for each in work for grade in each["grades"].values()]
    assert sum(grade["manual"] is not None for grade in grades) >= 12
    assert any(grade["extra"] for grade in grades)
    assert any(grade["waits"] and grade["manual"] is not None for grade in grades)
    assert any(grade["waits"] and grade["manual"] is None for grade in grades)
    assert any(comment["manual"] for each in work for comment in each["comments"].values())
    assert any(each["late"] for each in work)


@needs_isolation
def test_nobody_who_was_graded_is_graded_again(graded_class, frozen_book):
    folder, told = graded_class
    for name in GRADED:
        known = sorted(frozen_book["gradebook"][name])
        assert [each["student"] for each in told[name]["graded"]] == [NEW]
        assert sorted(told[name]["skipped"]) == known
        for student in known:
            place = f"autograded/{student}/{name}/{name}.ipynb"
            assert (folder / place).read_bytes() == (FROZEN / "course" / place).read_bytes()


@needs_isolation
def test_no_mark_and_no_comment_changes(graded_class, frozen_book):
    folder, _ = graded_class
    book = gradebook(folder)
    for name, students in frozen_book["gradebook"].items():
        assert {student: book[name][student] for student in students} == students


@needs_isolation
def test_who_needs_a_person_still_does(graded_class, frozen_book):
    _, told = graded_class
    for name in GRADED:
        assert told[name]["waiting"].keys() == frozen_book["waiting"][name].keys()
        assert told[name]["status"] == (2 if frozen_book["waiting"][name] else 0)


@needs_isolation
def test_the_nine_exercises_get_the_same_marks_from_course_grade(graded_class):
    folder, told = graded_class
    marks = {name: told[name]["graded"][0]["marks"] for name in NAMES}
    assert marks == expected_marks()["grade"]
    assert [told[name]["graded"][0]["trouble"] for name in NAMES] == [None] * len(NAMES)
    book = gradebook(folder)
    assert {name: scores(book, name, NEW) for name in NAMES} == expected_marks()["grade"]


@needs_isolation
def test_points_are_exported_as_they_were(graded_class, frozen_book, tmp_path):
    folder, _ = graded_class
    target = tmp_path / "points.csv"
    done = course(folder, "export", NAME, "--format", "csv", "--to", str(target))
    assert done.returncode == 0, done.stderr
    with target.open(encoding="utf-8", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    for wanted in frozen_book["export"][NAME]:
        row = rows[wanted["student_id"]]
        assert {column: row[column] for column in wanted} == wanted


@needs_isolation
def test_feedback_is_made_for_old_and_new_work(graded_class, frozen_book):
    folder, _ = graded_class
    name = GRADED[-1]
    command = [sys.executable, "-m", "nbgrader", "generate_feedback", name, "--force"]
    done = subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for student in (*frozen_book["gradebook"][name], NEW):
        assert (folder / "feedback" / student / name / f"{name}.html").is_file()
    comments = frozen_book["gradebook"][name]["s02"]["comments"]
    page = (folder / "feedback" / "s02" / name / f"{name}.html").read_text(encoding="utf-8")
    assert comments["q9"]["manual"] in page


# --- What 0.1.0 could not do yet -----------------------------------------------------------


@pytest.fixture
def small(tmp_path):
    """Return a copy of the instructor's folder with the work of some students only."""
    folder = shutil.copytree(FROZEN / "course", tmp_path / "course")
    for place in folder.glob("submitted/*"):
        if place.name not in SOME:
            shutil.rmtree(place)
    return folder


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


def change_prints(folder):
    """Correct a figure that the exercise loads, as its publisher might, and the manifest."""
    old, new = "2023-06,year_to_date,total,114.547", "2023-06,year_to_date,total,118.547"
    edit(folder / "data" / "china_russia_press_prints.csv", old, new)
    assert manifest.refresh(folder / "data") == ["china_russia_press_prints"]


def change_polls(folder):
    """Correct a figure that the exercise does not load, and the manifest."""
    edit(folder / "data" / "opinion_polls.csv", "?,Russia,51.6,", "?,Russia,52.6,")
    assert manifest.refresh(folder / "data") == ["opinion_polls"]


def change_checks(folder):
    edit(folder / "solutions" / NAME / "checks.yaml", "    within: 0.5\n", "    within: 0.4\n")


def change_solution(folder):
    """Let the solution come to another growth rate than before: right answers turn wrong."""
    old = r"""growth_total = (after[\"total\"] / before[\"total\"] - 1) * 100"""
    edit(folder / "solutions" / NAME / f"{NAME}.ipynb", old, f"{old} + 5")


def change_text(folder):
    """Correct a sentence of the exercise, in the solution and in what is released."""
    for place in ("solutions", "exercises"):
        path = folder / place / NAME / f"{NAME}.ipynb"
        notebook = json.loads(path.read_text(encoding="utf-8"))
        text = next(
            cell
            for cell in notebook["cells"]
            if cell["cell_type"] == "markdown" and "nbgrader" not in cell["metadata"]
        )
        text["source"] = [*text["source"], "\n\nA sentence that was not there before."]
        path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")


@needs_isolation
def test_newer_tables_alone_grade_nobody_again(small, frozen_book):
    for change in (change_polls, change_prints):
        change(small)
        told = graded(small, NAME)
        assert told["graded"] == []
        assert sorted(told["skipped"]) == sorted(SOME)
        assert gradebook(small) == frozen_book["gradebook"]


@needs_isolation
def test_a_changed_solution_is_told_and_grades_nobody_unasked(small, frozen_book):
    work = contents(small / "autograded")
    for change in (change_checks, change_text, change_solution):
        change(small)
        done = course(small, *GRADE, NAME)
        assert done.returncode in (0, 2), done.stderr
        parts = f"{done.stdout}\n\n{done.stderr}".split("\n\n")
        said = [part for part in parts if "--again" in part]
        assert any(re.search(rf"\b{len(SOME)}\b", part) for part in said), done.stdout
        assert {path: path.read_bytes() for path in work} == work
        assert gradebook(small) == frozen_book["gradebook"]


def lowered(book):
    """Return whose right answer to the first question would lose its points."""
    return [student for student in SOME if scores(book, NAME, student)["q1"] > 0]


@needs_isolation
def test_lowered_marks_are_shown_and_written_only_if_that_is_wanted(small, frozen_book):
    before = frozen_book["gradebook"]
    change_solution(small)
    shown = contents(small / "autograded")
    done = course(small, *GRADE, NAME, "--again")  # nobody is there to say yes
    lines = f"{done.stdout}\n{done.stderr}".splitlines()
    for student in lowered(before):
        assert any(student in line and "q1" in line for line in lines), done.stdout
    assert gradebook(small) == before
    assert {path: path.read_bytes() for path in shown} == shown
    done = course(small, *GRADE, NAME, "--again", "--yes")
    assert done.returncode in (0, 2), done.stderr
    after = gradebook(small)
    for student in SOME:
        assert scores(after, NAME, student) == scores(before, NAME, student) | {"q1": 0}
    hand = {student: manual(after, student) for student in SOME}
    assert hand == {student: manual(before, student) for student in SOME}


def manual(book, student):
    """Return what a person gave and wrote."""
    work = book[NAME][student]
    given = {id: (grade["manual"], grade["extra"]) for id, grade in work["grades"].items()}
    return given, {id: comment["manual"] for id, comment in work["comments"].items()}


@needs_isolation
def test_an_old_hand_in_under_newer_tables_waits_for_a_person(small):
    """A number read off the table that came with the exercise was right when it was typed."""
    shutil.rmtree(small / "submitted")
    target = small / "submitted" / TYPED / NAME
    shutil.copytree(handed_in(NAME).parent, target)
    notebook = nbformat.read(target / f"{NAME}.ipynb", as_version=4)
    cell = next(cell for cell in notebook.cells if cell.id == "q1-answer")
    cell.source = "growth_total = 41.99  # read off the table"
    nbformat.write(notebook, target / f"{NAME}.ipynb")
    change_prints(small)
    told = graded(small, NAME)
    (work,) = told["graded"]
    assert work["marks"]["q1"] == 0
    assert told["status"] == 2
    assert work["trouble"]
    grades = gradebook(small)[NAME][TYPED]["grades"]
    assert grades["q1"]["waits"]
    in_full = [id for id, points in work["marks"].items() if points and id != "q1"]
    assert in_full
    assert not any(grades[id]["waits"] for id in in_full)
