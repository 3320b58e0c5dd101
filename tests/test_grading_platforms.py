"""Work comes from a learning platform's zip, and points go back in the columns that it imports."""

import contextlib
import csv
import json
import os
import re
import shutil
import zipfile

import pytest

from coursestaff import cli, roster
from coursestaff.collecting import classlist, handed_in
from coursestaff.collecting.collect import collect, in_words
from coursestaff.collecting.releases import Setup
from coursestaff.exercises.cells import released
from coursestaff.exercises.spec import read_notebook
from coursestaff.marking.gradebook import prepare, save
from coursestaff.nbgrader_course import directory, gradebook
from coursestaff.returning import export as exporting
from coursestaff.returning import feedback
from coursestaff.returning.export import ExportError, export
from courseware import CourseError
from tests import handins
from tests.exercises import exercise
from tests.graded import new_course, result
from tests.notebooks import ROOT

pytestmark = pytest.mark.sandbox

NAME = "02_the_trade_lifeline"
BOM = "\ufeff"

CANVAS = f"""{BOM}Student,ID,SIS User ID,SIS Login ID,Section,{NAME} (77),Other (78)
    Points Possible,,,,,20.00,5.00
"Example, Ada",101,S101,ada,Group 1,,3
"Sample, Bo",102,S102,bo,Group 1,,
"Third, Cy",103,S103,cy,Group 1,,
"Student, Test",104,,test,Group 1,,
"""
MOODLE = """Identifier,Full name,Email address,Status,Grade,Maximum Grade,Feedback comments
Participant 201,Ada Example,ada@example.org,Submitted for grading,,20.00,
Participant 202,Bo van der Sample,bo@example.org,No submission,,20.00,
"""
LISTS = {"canvas": CANVAS, "moodle": MOODLE}
FILES = {
    "canvas": {
        f"exampleada_101_9001_{NAME}.ipynb": b"{}",
        f"samplebo_LATE_102_9002_{NAME}-1.ipynb": b'{"a": 1}',
        "strangereve_999_9003_mine.ipynb": b"{}",
        "no number here.ipynb": b"{}",
    },
    "moodle": {
        f"Ada Example_201_assignsubmission_file_/{NAME}.ipynb": b"{}",
        "Bo van der Sample_202_assignsubmission_file/my work.ipynb": b'{"a": 1}',
        "Eve Stranger_999_assignsubmission_file_/mine.ipynb": b"{}",
        "../../etc/Bo_202_assignsubmission_file_/up.ipynb": b"{}",
    },
}
IDS = {"canvas": ("101", "102", "103"), "moodle": ("201", "202")}
systems = pytest.mark.parametrize("system", ["canvas", "moodle"])


@pytest.fixture
def course(tmp_path):
    return new_course(tmp_path / "course")


def class_file(tmp_path, system):
    path = tmp_path / f"{system}.csv"
    path.write_text(LISTS[system], encoding="utf-8")
    return path


def class_list(tmp_path, system):
    return classlist.read(class_file(tmp_path, system), system)


def archive(tmp_path, system, files=None):
    return handins.zipped(tmp_path / f"{system}.zip", files or FILES[system])


@systems
def test_work_goes_to_its_student_and_strangers_are_listed(course, tmp_path, system):
    listed = class_list(tmp_path, system)
    done = collect(course, NAME, archive(tmp_path, system), listed)
    ada, bo = IDS[system][:2]
    assert done.students == [ada, bo]
    assert len(done.unknown) == 2
    assert done.missing == list(IDS[system][2:])
    assert (course / "submitted" / ada / NAME / f"{NAME}.ipynb").read_bytes() == b"{}"
    (only,) = (course / "submitted" / bo / NAME).iterdir()
    assert only.read_bytes() == b'{"a": 1}'
    assert {path.name for path in (course / "submitted").iterdir()} == {ada, bo}
    book = gradebook(directory(course))
    names = {s.id: (s.first_name, s.last_name) for s in book.students}
    book.close()
    assert names[ada] == ("Ada", "Example")


@systems
def test_earlier_work_is_set_aside_and_not_overwritten(course, tmp_path, system):
    listed = class_list(tmp_path, system)
    ada = IDS[system][0]
    collect(course, NAME, archive(tmp_path, system), listed)
    again = collect(course, NAME, archive(tmp_path, system), listed)
    assert again.set_aside == []
    first = next(iter(FILES[system]))
    done = collect(course, NAME, archive(tmp_path, system, {first: b'{"new": 1}'}), listed)
    assert done.set_aside == [ada]
    assert (course / "submitted" / ada / NAME / f"{NAME}.ipynb").read_bytes() == b'{"new": 1}'
    kept = course / "submitted" / ".earlier" / ada / f"{NAME}-1" / f"{NAME}.ipynb"
    assert kept.read_bytes() == b"{}"


def test_earlier_work_that_somebody_removed_leaves_a_free_number(course, tmp_path):
    listed = class_list(tmp_path, "canvas")
    first = f"exampleada_101_9001_{NAME}.ipynb"
    for number in range(3):
        collect(course, NAME, archive(tmp_path, "canvas", {first: b"%d" % number}), listed)
    earlier = course / "submitted" / ".earlier" / "101"
    shutil.rmtree(earlier / f"{NAME}-1")
    files = {first: b"3", f"samplebo_102_9002_{NAME}.ipynb": b"{}"}
    done = collect(course, NAME, archive(tmp_path, "canvas", files), listed)
    assert done.students == ["101", "102"]
    kept = {path.parent.name: path.read_bytes() for path in earlier.glob("*/*.ipynb")}
    assert kept == {f"{NAME}-1": b"2", f"{NAME}-2": b"1"}


def test_what_is_in_the_way_is_named(course, tmp_path, monkeypatch):
    listed = class_list(tmp_path, "canvas")
    first = f"exampleada_101_9001_{NAME}.ipynb"
    for number in range(2):
        collect(course, NAME, archive(tmp_path, "canvas", {first: b"%d" % number}), listed)
    monkeypatch.setattr(os.path, "lexists", lambda path: False)
    with pytest.raises(CourseError, match=rf"\.earlier.101.{NAME}-1: "):
        collect(course, NAME, archive(tmp_path, "canvas", {first: b"2"}), listed)


@systems
def test_who_was_late_is_told_where_the_zip_tells(course, tmp_path, system):
    done = collect(course, NAME, archive(tmp_path, system), class_list(tmp_path, system))
    assert done.late == {"canvas": ["102"], "moodle": []}[system]
    assert not list((course / "submitted").rglob("timestamp.txt"))


def test_hostile_and_damaged_archives_lose_only_themselves(course, tmp_path):
    listed, ada = class_list(tmp_path, "canvas"), "exampleada_101"
    long = "x" * 300 + ".ipynb"
    files = {
        f"{ada}_9001_{NAME}.ipynb": b"{}",
        f"{ada}_9002_{NAME}-1.ipynb": b'{"second": 1}',
        f"{ada}_9003_{long}": b'{"long": 1}',
        f"{ada}_9004_essay.pdf": b"%PDF",
        "samplebo_102_9005_..\\..\\up.IPYNB": b'{"up": 1}',
        "evil\x1b[2J_999_1_x.ipynb": b"{}",
        "studenttest_103_9006_bad.ipynb": b"the checksum of this will be wrong",
    }
    zipped = archive(tmp_path, "canvas", files)
    zipped.write_bytes(zipped.read_bytes().replace(b"of this will be", b"of this was not"))
    done = collect(course, NAME, zipped, listed)
    submitted = course / "submitted"
    own = {path.name: path.read_bytes() for path in (submitted / "101" / NAME).iterdir()}
    assert own.pop(f"{NAME}.ipynb") == b"{}"
    assert own.pop(f"{NAME}-1.ipynb") == b'{"second": 1}'
    assert list(own.values()) == [b'{"long": 1}']
    assert [path.name for path in (submitted / "102" / NAME).iterdir()] == ["up.IPYNB"]
    assert done.students == ["101", "102"] and done.other == {"103": ["bad.ipynb"]}
    assert done.unknown == ["evil?[2J_999_1_x.ipynb"]
    assert done.left == [f"{ada}_9004_essay.pdf", "studenttest_103_9006_bad.ipynb"]
    assert not list(submitted.rglob(".collect-*"))
    assert not list((submitted / "103").rglob("*.ipynb"))


@systems
@pytest.mark.parametrize("order", [1, -1])
def test_of_two_notebooks_none_is_overwritten(course, tmp_path, system, order):
    ada = IDS[system][0]
    names = {
        "canvas": [f"exampleada_101_{n}_{file}.ipynb" for n, file in ((1, NAME), (2, f"{NAME}-1"))],
        "moodle": [
            f"Ada Example_201_assignsubmission_file_/{folder}{NAME}.ipynb"
            for folder in ("", "old/")
        ],
    }[system]
    work = [handins.release(NAME), handins.answered(NAME)]
    files = dict(zip(names, (json.dumps(each).encode() for each in work), strict=True))
    listed = class_list(tmp_path, system)
    zipped = archive(tmp_path, system, dict(list(files.items())[::order]))
    done = collect(course, NAME, zipped, listed)
    folder = course / "submitted" / ada / NAME
    there = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert sorted(there.values()) == sorted(files.values())
    assert done.several == {ada: sorted(there)} and not done.left
    said = in_words(done, listed)
    assert f"{ada} " in said and all(name in said for name in there)
    release = read_notebook(exercise(NAME).notebook).cells
    chosen = handed_in.work(Setup(exercise(NAME), released(release), {}), folder)
    assert chosen.path.read_bytes() == json.dumps(handins.answered(NAME)).encode()
    assert chosen.why is None


def test_what_a_notebook_may_read_comes_along(course, tmp_path):
    listed, ada = class_list(tmp_path, "canvas"), "exampleada_101"
    files = {
        f"{ada}_1_{NAME}.ipynb": b"{}",
        f"{ada}_2_helper.py": b"x = 1",
        f"{ada}_3_large.csv": b"0" * (handed_in.MOST_BYTES + 1),
        f"{ada}_4_checks.json": b"{}",
        "samplebo_102_5_alone.py": b"x = 1",
    }
    done = collect(course, NAME, archive(tmp_path, "canvas", files), listed)
    folder = course / "submitted" / "101" / NAME
    assert {path.name for path in folder.iterdir()} == {f"{NAME}.ipynb", "helper.py"}
    assert [each.split("_")[2] for each in done.left] == ["3", "4", "5"]
    assert done.students == ["101"]
    again = collect(course, NAME, archive(tmp_path, "canvas", files), listed)
    assert again.set_aside == []


def test_an_unknown_exercise_is_not_collected(course, tmp_path):
    with pytest.raises(CourseError, match="no exercise '02_typo'"):
        collect(course, "02_typo", archive(tmp_path, "canvas"), class_list(tmp_path, "canvas"))
    assert not (course / "submitted").exists()


def test_a_bomb_is_refused_before_it_is_unpacked(course, tmp_path, monkeypatch):
    from coursestaff.collecting import collect as collecting

    monkeypatch.setattr(collecting, "MAX_ALL", 10)
    files = {f"exampleada_101_9001_{NAME}.ipynb": b"0" * 11}
    with pytest.raises(CourseError, match="unpacks to more"):
        collect(course, NAME, archive(tmp_path, "canvas", files), class_list(tmp_path, "canvas"))
    assert not (course / "submitted").exists()


def test_a_line_break_of_another_alphabet_makes_no_new_row(tmp_path):
    path = tmp_path / "list.csv"
    text = CANVAS.replace('"Sample, Bo"', "Sample\u2028Example\x85Bo")
    path.write_text(text, encoding="utf-8")
    assert set(classlist.read(path, "canvas").people) == {"101", "102", "103", "104"}


@pytest.mark.parametrize("first", "=+-@\t\r\n")
def test_whatever_a_spreadsheet_takes_for_the_beginning_of_a_formula_is_disarmed(first):
    assert exporting._no_formula(f"{first}1") == f"'{first}1"
    assert exporting._no_formula(f"1{first}") == f"1{first}"


def test_no_name_becomes_a_formula(course, tmp_path):
    record(course, "=1+1", written=4)
    book = gradebook(directory(course))
    names = {"first_name": "=cmd|' /C calc'!A0", "last_name": "-2, Bo", "email": "@x"}
    book.update_or_create_student("=1+1", **names)
    book.update_or_create_student("eve", first_name="Eve")
    book.close()
    to = export(course, NAME, "csv", to=tmp_path / "out.csv")
    rows = {
        row["student_id"]: row
        for row in csv.DictReader(to.read_text(encoding="utf-8").splitlines())
    }
    row = rows["'=1+1"]
    assert (row["first_name"], row["last_name"]) == ("'=cmd|' /C calc'!A0", "'-2, Bo")
    assert (row["email"], row["score"], row["needs_marking"]) == ("'@x", "20.0", "no")
    assert rows["eve"]["score"] == ""  # nothing handed in is not zero


def test_what_is_no_zip_or_no_class_list_is_refused_in_words(course, tmp_path):
    bad = tmp_path / "bad.zip"
    bad.write_bytes(b"not a zip")
    with pytest.raises(CourseError, match="not a zip file"):
        collect(course, NAME, bad, class_list(tmp_path, "canvas"))
    path = tmp_path / "list.csv"
    path.write_text("Name,Number\nAda,1\n", encoding="utf-8")
    with pytest.raises(CourseError, match="lacks the columns ID, Section, Student"):
        classlist.read(path, "canvas")
    path.write_text(LISTS["moodle"].splitlines()[0], encoding="utf-8")
    with pytest.raises(CourseError, match="lists no students"):
        classlist.read(path, "moodle")


def record(course, student, written=None, trouble=None):
    """Put a graded submission into the gradebook: all points of the machine, or trouble."""
    book = gradebook(directory(course))
    release = read_notebook(ROOT / "exercises" / NAME / f"{NAME}.ipynb")
    prepare(book, exercise(NAME), release)
    from coursestaff.marking.marks import Mark

    marks = {q.id: Mark(q.id, q.points, q.points, "Right.") for q in exercise(NAME).checked}
    answered = {f"{id}-answer" for id in marks} | ({"q9"} if written is not None else set())
    right = result(student, marks, answered)
    unreadable = result(student, {}, set(), doubtful={"q9"})
    save(book, exercise(NAME), unreadable if trouble else right, directory(course).config)
    if written:
        grade = book.find_grade("q9", NAME, NAME, student)
        grade.manual_score, grade.needs_manual_grade = written, False
        book.db.commit()
    book.close()


@systems
def test_points_go_back_in_the_columns_that_the_platform_imports(course, tmp_path, system):
    class_list(tmp_path, system)
    ada, bo = IDS[system][:2]
    record(course, ada, written=3)
    to = export(course, NAME, system, tmp_path / f"{system}.csv", tmp_path / "out.csv")
    rows = list(csv.DictReader(to.read_text(encoding="utf-8").splitlines()))
    if system == "canvas":
        column = f"{NAME} (77)"
        assert list(rows[0]) == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", column]
        assert rows[0]["Student"].strip() == "Points Possible" and rows[0][column] == "20.00"
        by_id = {row["ID"]: row[column] for row in rows[1:]}
    else:
        assert list(rows[0]) == LISTS[system].splitlines()[0].split(",")
        by_id = {row["Identifier"].split()[1]: row["Grade"] for row in rows}
    assert by_id[ada] == "19"
    assert by_id[bo] == ""  # nothing handed in is not nought


@pytest.mark.parametrize(("penalty", "left"), [(2.5, 16.5), (25, 0)])
def test_a_late_penalty_is_taken_off_and_nobody_goes_below_nothing(course, penalty, left):
    record(course, "ada", written=3)
    with contextlib.closing(gradebook(directory(course))) as book:
        book.find_submission_notebook(NAME, NAME, "ada").late_submission_penalty = penalty
        book.db.commit()
        assert exporting.marked(book, NAME, roster.entries(book, course, NAME)) == {"ada": left}
        export(course, NAME, "csv", to=course / "out.csv")
    (row,) = csv.DictReader((course / "out.csv").read_text(encoding="utf-8").splitlines())
    assert [float(row[it]) for it in ("raw_score", "late_submission_penalty", "score")] == [
        19,
        penalty,
        left,
    ]


def test_unmarked_answers_and_ungraded_exercises_are_not_exported(course, tmp_path):
    class_list(tmp_path, "canvas")
    with pytest.raises(ExportError, match="course grade"):
        export(course, NAME, "canvas", tmp_path / "canvas.csv", tmp_path / "out.csv")
    record(course, "101", written=0)
    record(course, "102", trouble="The file is empty.")
    book = gradebook(directory(course))
    book.update_or_create_student("101", first_name="Ada", last_name="Example")
    book.close()
    with pytest.raises(ExportError, match=r"  101 Example, Ada: q9\n  102: q9\n"):
        export(course, NAME, "canvas", tmp_path / "canvas.csv", tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("format", ["canvas", "csv"])
def test_before_grading_nothing_is_written_and_an_old_file_is_called_old(course, tmp_path, format):
    class_list(tmp_path, "canvas")
    to = tmp_path / "out.csv"
    with pytest.raises(
        ExportError, match=rf"No work on {NAME} has been graded yet. Run `course grade"
    ):
        export(course, NAME, format, tmp_path / "canvas.csv", to)
    book = gradebook(directory(course))
    book.update_or_create_assignment(NAME)  # as formgrader does where a due date is set
    book.close()
    assert not to.exists()
    to.write_text("old")
    with pytest.raises(
        ExportError,
        match=r"has been graded.*\n.*out\.csv was written by an earlier export and is out of date",
    ):
        export(course, NAME, format, tmp_path / "canvas.csv", to)
    assert to.read_text() == "old"


def test_canvas_gets_no_second_column_for_an_exercise_it_calls_otherwise(course, tmp_path, capsys):
    path, to = tmp_path / "canvas.csv", tmp_path / "out.csv"
    path.write_text(CANVAS.replace(NAME, "Trade of week 2"), encoding="utf-8")
    record(course, "101", written=3)
    with pytest.raises(
        ExportError, match=r"No column of the class list matches.*\n  Trade of week 2 \(77\)\n"
    ):
        export(course, NAME, "canvas", path, to)
    with pytest.raises(ExportError, match=r"no column 'Trade'.*\n  Trade of week 2 \(77\)\n"):
        export(course, NAME, "canvas", path, to, column="Trade")
    assert not to.exists()
    export(course, NAME, "canvas", path, to, column="Trade of week 2 (77)")
    assert "Points of 1 student in the column 'Trade of week 2 (77)'." in capsys.readouterr().out
    rows = list(csv.DictReader(to.read_text(encoding="utf-8").splitlines()))
    assert list(rows[0])[-1] == "Trade of week 2 (77)"
    assert {row["ID"]: row["Trade of week 2 (77)"] for row in rows}["101"] == "19"
    with pytest.raises(ExportError, match="Only a Canvas list"):
        export(course, NAME, "moodle", class_file(tmp_path, "moodle"), to, column="Trade")


@systems
def test_other_points_are_refused_and_scaled_where_that_is_asked_for(course, tmp_path, system):
    path, to = tmp_path / f"{system}.csv", tmp_path / "out.csv"
    path.write_text(LISTS[system].replace("20.00", '"100,00"'), encoding="utf-8")
    student = IDS[system][0]
    record(course, student, written=3)
    with pytest.raises(
        ExportError, match=r"allows 100 points, but the exercise has 20. Use --scale"
    ):
        export(course, NAME, system, path, to)
    assert not to.exists()
    said = []
    export(course, NAME, system, path, to, scale=True, tell=said.append)
    assert "scaled from 20 to 100 (two decimals)" in said[-2]
    text = to.read_text(encoding="utf-8")
    assert '"100,00"' in text  # what the platform gives stays what it is
    assert ",95" in next(line for line in text.splitlines() if student in line)


HUB = {  # of a class with accounts: what the hub enters in the gradebook
    "canvas": {"ada": {"lms_user_id": "101"}, "bo": {"lms_user_id": "102"}},
    # Moodle's numbers are those of another assignment: the address tells who it is.
    "moodle": {
        "ada": {"lms_user_id": "901", "email": "Ada@example.org"},
        "bo": {"lms_user_id": "902", "email": "bo@example.org"},
    },
}


@systems
def test_points_of_a_hubs_accounts_get_to_their_lines(course, tmp_path, system, capsys):
    to = tmp_path / "out.csv"
    for account in ("ada", "bo", "guest"):
        record(course, account, written={"ada": 3, "bo": 1, "guest": 2}[account])
    with pytest.raises(ExportError, match=r"Nobody who has points .* For example, ada is missing"):
        export(course, NAME, system, class_file(tmp_path, system), to)
    book = gradebook(directory(course))
    for account, known in HUB[system].items():
        book.update_or_create_student(account, **known)
    book.close()
    export(course, NAME, system, class_file(tmp_path, system), to)
    told = capsys.readouterr().out
    assert "not in the file: guest." in told
    nobody = {"canvas": ["103 Third, Cy"], "moodle": []}[system]
    assert re.findall("  (.+): Nothing handed in", told) == nobody  # the others have points
    assert f"stay blank ({len(nobody)} of {3 + len(nobody)}):" in told
    rows = list(csv.DictReader(to.read_text(encoding="utf-8").splitlines()))
    column = list(rows[0])[-1] if system == "canvas" else "Grade"
    points = {row["Student" if system == "canvas" else "Full name"]: row[column] for row in rows}
    ada, bo = ("Example, Ada", "Sample, Bo")
    if system == "moodle":
        ada, bo = ("Ada Example", "Bo van der Sample")
    assert (points[ada], points[bo]) == ("19", "17")


def test_two_accounts_never_get_one_line(course, tmp_path):
    book = gradebook(directory(course))
    for account in ("ada", "eve"):
        book.update_or_create_student(account, lms_user_id="101")
    book.close()
    for account in ("ada", "eve"):
        record(course, account, written=2)
    with pytest.raises(ExportError, match="its own number"):
        export(course, NAME, "canvas", class_file(tmp_path, "canvas"), tmp_path / "out.csv")


def hand_in_right(course, *students):
    """Grade right work without running it: the gradebook, and what formgrader shows."""
    text = (ROOT / "exercises" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")
    for student in students:
        record(course, student, written=4)
        folder = course / "autograded" / student / NAME
        folder.mkdir(parents=True)
        (folder / f"{NAME}.ipynb").write_text(text, encoding="utf-8")


def test_pages_of_a_hubs_accounts_go_by_the_platforms_number(course):
    hand_in_right(course, "ada")
    book = gradebook(directory(course))
    book.update_or_create_student("ada", lms_user_id="101", first_name="Ada")
    book.close()
    made = feedback.make(course, NAME)
    assert made.called == {"101": "Ada"}
    assert made.pages == {"101": course / "feedback" / "ada" / NAME / f"{NAME}.html"}
    book = gradebook(directory(course))
    book.update_or_create_student("eve", lms_user_id="101")
    book.close()
    hand_in_right(course, "eve")
    with pytest.raises(feedback.ReturnError, match="the same number"):
        feedback.make(course, NAME)


def test_feedback_goes_back_in_the_folders_that_moodle_looks_for(course, monkeypatch, capsys):
    monkeypatch.chdir(course)
    arguments = ["feedback", NAME, "--for", "moodle"]
    assert cli.main(arguments) == 1
    hand_in_right(course, "201", "ann")
    book = gradebook(directory(course))
    book.update_or_create_student("201", first_name="Bo_9_/..", last_name="van der Sample")
    book.close()
    old = course / "feedback" / "201" / NAME / f"{NAME}.html"
    old.parent.mkdir(parents=True)
    old.write_text("old")
    assert cli.main(arguments) == 2
    assert "no Moodle number: ann." in capsys.readouterr().out
    with zipfile.ZipFile(course / f"{NAME}-feedback-moodle.zip") as packed:
        (entry,) = packed.namelist()
        page = packed.read(entry).decode()
    folder, file = entry.split("/")
    assert folder.split("_")[1:] == ["201", "assignsubmission", "file", ""]  # as Moodle takes it
    assert file == f"{NAME}.html" and "<b>20 of 20 points</b>" in page
    record(course, "202", written=0)
    with pytest.raises(ExportError, match="have not been marked yet"):
        feedback.pack(course, NAME)


def test_the_list_has_speedgrader_s_order_and_nothing_of_names_as_html(tmp_path, monkeypatch):
    names = {"1": "Zimmer, Ada", "2": "älter, Bo", "3": "Ämter <b>, Cy", "4": "Abel, Di", "5": ""}
    pages = {each: tmp_path / "feedback" / each / NAME / f"{NAME}.html" for each in names}
    monkeypatch.setattr(feedback, "make", lambda course, name: feedback.Pages(pages, names, {}))
    (tmp_path / "feedback").mkdir()
    for _ in range(2):  # a second list takes the place of the first
        to = feedback.listed(tmp_path, NAME)
    assert to == tmp_path / "feedback" / f"{NAME}.canvas.html"
    assert os.name == "nt" or to.stat().st_mode & 0o077 == 0
    page = to.read_text(encoding="utf-8")
    order = [page.index(f"<td>{student}</td><td><a") for student in "54231"]
    assert order == sorted(order)
    assert "Ämter &lt;b&gt;, Cy" in page and "<b>" not in page
    assert f'<a href="3/{NAME}/{NAME}.html">3/{NAME}/{NAME}.html</a>' in page
    assert "http" not in page and "<script" not in page


@systems
def test_who_has_handed_in_before_is_not_called_missing(course, tmp_path, system):
    listed = class_list(tmp_path, system)
    collect(course, NAME, archive(tmp_path, system), listed)
    first = next(iter(FILES[system]))
    done = collect(course, NAME, archive(tmp_path, system, {first: b'{"new": 1}'}), listed)
    assert done.before == [IDS[system][1]]
    assert done.missing == list(IDS[system][2:])  # without the student whom Canvas makes up
    said = in_words(done, listed)
    assert "Students whose work is not in this zip but was collected before: 1.\n" in said
    assert "104" not in said
    if system == "canvas":
        assert "Handed in nothing so far (1): 103 Third, Cy.\n" in said
        assert "submitted/.earlier (1): 101 Example, Ada." in said


def test_the_commands_say_what_they_did(course, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(course)
    class_list(tmp_path, "canvas")
    zipped = archive(tmp_path, "canvas")
    listed = str(tmp_path / "canvas.csv")
    arguments = ["collect", NAME, str(zipped), "--from", "canvas", "--class", listed]
    assert cli.main(arguments) == 2
    said = capsys.readouterr().out
    assert "Work was collected from 2 of 3 students" in said and "strangereve_999" in said
    assert "Handed in late, according to Canvas (1): 102 Sample, Bo." in said
    record(course, "101", written=4)
    assert cli.main(["export", NAME, "--format", "csv", "--to", str(tmp_path / "all.csv")]) == 0
    assert "Written" in capsys.readouterr().out
    rows = list(csv.DictReader((tmp_path / "all.csv").read_text().splitlines()))
    assert {row["student_id"]: row["score"] for row in rows}["101"] == "20.0"
