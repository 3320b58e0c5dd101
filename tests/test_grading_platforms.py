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
from coursestaff.collecting import collect as collecting
from coursestaff.collecting.collect import collect, in_words
from coursestaff.collecting.releases import Setup
from coursestaff.exercises.cells import released
from coursestaff.exercises.spec import read_notebook
from coursestaff.marking.gradebook import prepare, save
from coursestaff.marking.marks import Mark
from coursestaff.nbgrader_course import directory, gradebook
from coursestaff.returning import export as exporting
from coursestaff.returning import feedback
from coursestaff.returning.export import ExportError, export
from courseware import CourseError
from tests import handins
from tests.exercises import exercise
from tests.graded import result
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
    """Return a course folder: nothing is graded here, so links will do."""
    parts = ("solutions", "exercises", "data", "nbgrader_config.py")
    return handins.linked(tmp_path / "course", *parts)


@contextlib.contextmanager
def opened(course):
    """Give the gradebook of a course folder."""
    with contextlib.closing(gradebook(directory(course))) as book:
        yield book


def rows_of(path):
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


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
    ada, bo, *others = IDS[system]
    assert done.students == [ada, bo]
    assert len(done.unknown) == 2
    assert done.missing == others
    assert done.late == {"canvas": ["102"], "moodle": []}[system]
    assert not list((course / "submitted").rglob("timestamp.txt"))
    assert (course / "submitted" / ada / NAME / f"{NAME}.ipynb").read_bytes() == b"{}"
    (only,) = (course / "submitted" / bo / NAME).iterdir()
    assert only.read_bytes() == b'{"a": 1}'
    assert {path.name for path in (course / "submitted").iterdir()} == {ada, bo}
    with opened(course) as book:
        student = book.find_student(ada)
        assert (student.first_name, student.last_name) == ("Ada", "Example")


@systems
def test_earlier_work_is_set_aside_and_its_student_is_not_called_missing(course, tmp_path, system):
    listed = class_list(tmp_path, system)
    ada, bo, *others = IDS[system]
    for _ in range(2):
        again = collect(course, NAME, archive(tmp_path, system), listed)
        assert again.set_aside == []
    first = next(iter(FILES[system]))
    done = collect(course, NAME, archive(tmp_path, system, {first: b'{"new": 1}'}), listed)
    assert (done.set_aside, done.before) == ([ada], [bo])
    assert done.missing == others  # without the student whom Canvas makes up
    assert (course / "submitted" / ada / NAME / f"{NAME}.ipynb").read_bytes() == b'{"new": 1}'
    kept = course / "submitted" / ".earlier" / ada / f"{NAME}-1" / f"{NAME}.ipynb"
    assert kept.read_bytes() == b"{}"
    said = in_words(done, listed)
    assert "104" not in said and ": 1.\n" in said
    if system == "canvas":
        assert "(1): 103 Third, Cy.\n" in said and "submitted/.earlier (1): 101 Example" in said


def test_earlier_work_gets_a_free_number_and_what_is_in_the_way_is_named(
    course, tmp_path, monkeypatch
):
    listed = class_list(tmp_path, "canvas")
    first = f"exampleada_101_9001_{NAME}.ipynb"
    for number in range(3):
        collect(course, NAME, archive(tmp_path, "canvas", {first: b"%d" % number}), listed)
    earlier = course / "submitted" / ".earlier" / "101"
    shutil.rmtree(earlier / f"{NAME}-1")  # somebody removed it
    files = {first: b"3", f"samplebo_102_9002_{NAME}.ipynb": b"{}"}
    done = collect(course, NAME, archive(tmp_path, "canvas", files), listed)
    assert done.students == ["101", "102"]
    kept = {path.parent.name: path.read_bytes() for path in earlier.glob("*/*.ipynb")}
    assert kept == {f"{NAME}-1": b"2", f"{NAME}-2": b"1"}
    monkeypatch.setattr(os.path, "lexists", lambda path: False)
    with pytest.raises(CourseError, match=rf"\.earlier.101.{NAME}-1: "):
        collect(course, NAME, archive(tmp_path, "canvas", {first: b"4"}), listed)


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


def test_what_cannot_be_collected_is_refused_before_anything_is_unpacked(
    course, tmp_path, monkeypatch
):
    listed, bad = class_list(tmp_path, "canvas"), tmp_path / "bad.zip"
    bad.write_bytes(b"not a zip")
    with pytest.raises(CourseError, match=r"bad\.zip"):
        collect(course, NAME, bad, listed)
    with pytest.raises(CourseError, match="'02_typo'"):
        collect(course, "02_typo", archive(tmp_path, "canvas"), listed)
    monkeypatch.setattr(collecting, "MAX_ALL", 10)
    files = {f"exampleada_101_9001_{NAME}.ipynb": b"0" * 11}
    with pytest.raises(CourseError, match=r"canvas\.zip"):
        collect(course, NAME, archive(tmp_path, "canvas", files), listed)
    assert not (course / "submitted").exists()


@pytest.mark.parametrize(
    ("system", "text", "words"),
    [
        ("canvas", "Name,Number\nAda,1\n", "ID, Section, Student"),
        ("moodle", MOODLE.splitlines()[0], r"list\.csv"),
    ],
)
def test_what_is_no_class_list_is_refused(system, text, words, tmp_path):
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match=words):
        classlist.read(tmp_path / "list.csv", system)


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
    names = {"first_name": "=cmd|' /C calc'!A0", "last_name": "-2, Bo", "email": "@x"}
    with opened(course) as book:
        book.update_or_create_student("=1+1", **names)
        book.update_or_create_student("eve", first_name="Eve")
    to = export(course, NAME, "csv", to=tmp_path / "out.csv")
    rows = {row["student_id"]: row for row in rows_of(to)}
    row = rows["'=1+1"]
    assert (row["first_name"], row["last_name"]) == ("'=cmd|' /C calc'!A0", "'-2, Bo")
    assert (row["email"], row["score"], row["needs_marking"]) == ("'@x", "20.0", "no")
    assert rows["eve"]["score"] == ""  # nothing handed in is not zero


def record(course, student, written=None, trouble=False):
    """Put a graded submission into the gradebook: all points of the machine, or trouble."""
    marks = {q.id: Mark(q.id, q.points, q.points, "Right.") for q in exercise(NAME).checked}
    answered = {f"{id}-answer" for id in marks} | ({"q9"} if written is not None else set())
    graded = result(student, marks, answered)
    if trouble:
        graded = result(student, {}, set(), doubtful={"q9"})
    with opened(course) as book:
        prepare(book, exercise(NAME), read_notebook(handed_out()))
        save(book, exercise(NAME), graded, directory(course).config)
        if written:
            grade = book.find_grade("q9", NAME, NAME, student)
            grade.manual_score, grade.needs_manual_grade = written, False
            book.db.commit()


def handed_out():
    return ROOT / "exercises" / NAME / f"{NAME}.ipynb"


@systems
def test_points_go_back_in_the_columns_that_the_platform_imports(course, tmp_path, system):
    ada, bo = IDS[system][:2]
    record(course, ada, written=3)
    rows = rows_of(export(course, NAME, system, class_file(tmp_path, system), tmp_path / "out.csv"))
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
    with opened(course) as book:
        book.find_submission_notebook(NAME, NAME, "ada").late_submission_penalty = penalty
        book.db.commit()
        assert exporting.marked(book, NAME, roster.entries(book, course, NAME)) == {"ada": left}
        export(course, NAME, "csv", to=course / "out.csv")
    (row,) = rows_of(course / "out.csv")
    found = [float(row[it]) for it in ("raw_score", "late_submission_penalty", "score")]
    assert found == [19, penalty, left]


def test_unmarked_answers_are_not_exported(course, tmp_path):
    record(course, "101", written=0)
    record(course, "102", trouble=True)
    with opened(course) as book:
        book.update_or_create_student("101", first_name="Ada", last_name="Example")
    with pytest.raises(ExportError, match=r"  101 Example, Ada: q9\n  102: q9\n"):
        export(course, NAME, "canvas", class_file(tmp_path, "canvas"), tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("format", ["canvas", "csv"])
def test_before_grading_nothing_is_written_and_an_old_file_is_called_old(course, tmp_path, format):
    listed, to = class_file(tmp_path, "canvas"), tmp_path / "out.csv"
    with pytest.raises(ExportError, match=rf"{NAME}.*`course grade") as told:
        export(course, NAME, format, listed, to)
    assert to.name not in str(told.value) and not to.exists()
    with opened(course) as book:
        book.update_or_create_assignment(NAME)  # as formgrader does where a due date is set
    to.write_text("old")
    with pytest.raises(ExportError, match=r"\n.*out\.csv"):
        export(course, NAME, format, listed, to)
    assert to.read_text() == "old"


def test_canvas_gets_no_second_column_for_an_exercise_it_calls_otherwise(course, tmp_path, capsys):
    path, to = tmp_path / "canvas.csv", tmp_path / "out.csv"
    path.write_text(CANVAS.replace(NAME, "Trade of week 2"), encoding="utf-8")
    record(course, "101", written=3)
    with pytest.raises(ExportError, match=r"\n  Trade of week 2 \(77\)\n"):
        export(course, NAME, "canvas", path, to)
    with pytest.raises(ExportError, match=r"'Trade'.*\n  Trade of week 2 \(77\)\n"):
        export(course, NAME, "canvas", path, to, column="Trade")
    assert not to.exists()
    export(course, NAME, "canvas", path, to, column="Trade of week 2 (77)")
    assert "'Trade of week 2 (77)'" in capsys.readouterr().out
    rows = rows_of(to)
    assert list(rows[0])[-1] == "Trade of week 2 (77)"
    assert {row["ID"]: row["Trade of week 2 (77)"] for row in rows}["101"] == "19"
    with pytest.raises(ExportError, match="Canvas"):
        export(course, NAME, "moodle", class_file(tmp_path, "moodle"), to, column="Trade")


@systems
def test_other_points_are_refused_and_scaled_where_that_is_asked_for(course, tmp_path, system):
    path, to = tmp_path / f"{system}.csv", tmp_path / "out.csv"
    path.write_text(LISTS[system].replace("20.00", '"100,00"'), encoding="utf-8")
    student = IDS[system][0]
    record(course, student, written=3)
    with pytest.raises(ExportError, match=r"100 .*20.*--scale"):
        export(course, NAME, system, path, to)
    assert not to.exists()
    said = []
    export(course, NAME, system, path, to, scale=True, tell=said.append)
    assert "from 20 to 100" in said[-2]
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
    with pytest.raises(ExportError, match=r"\bada\b"):
        export(course, NAME, system, class_file(tmp_path, system), to)
    with opened(course) as book:
        for account, known in HUB[system].items():
            book.update_or_create_student(account, **known)
    export(course, NAME, system, class_file(tmp_path, system), to)
    told = capsys.readouterr().out
    assert ": guest." in told
    nobody = {"canvas": ["103 Third, Cy"], "moodle": []}[system]
    assert re.findall(f"  (.+): {roster.NOTHING}", told) == nobody  # the others have points
    assert f"({len(nobody)} of {3 + len(nobody)}):" in told
    rows = rows_of(to)
    column = list(rows[0])[-1] if system == "canvas" else "Grade"
    points = {row["Student" if system == "canvas" else "Full name"]: row[column] for row in rows}
    ada, bo = ("Example, Ada", "Sample, Bo")
    if system == "moodle":
        ada, bo = ("Ada Example", "Bo van der Sample")
    assert (points[ada], points[bo]) == ("19", "17")


def test_two_accounts_never_get_one_line(course, tmp_path):
    for account in ("ada", "eve"):
        with opened(course) as book:
            book.update_or_create_student(account, lms_user_id="101")
        record(course, account, written=2)
    with pytest.raises(ExportError, match="101"):
        export(course, NAME, "canvas", class_file(tmp_path, "canvas"), tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def hand_in_right(course, *students):
    """Grade right work without running it: the gradebook, and what formgrader shows."""
    for student in students:
        record(course, student, written=4)
        handins.write(course / "autograded" / student / NAME, NAME, handins.release(NAME))


def test_pages_of_a_hubs_accounts_go_by_the_platforms_number(course):
    hand_in_right(course, "ada")
    with opened(course) as book:
        book.update_or_create_student("ada", lms_user_id="101", first_name="Ada")
    made = feedback.make(course, NAME)
    assert made.called == {"101": "Ada"}
    assert made.pages == {"101": course / "feedback" / "ada" / NAME / f"{NAME}.html"}
    with opened(course) as book:
        book.update_or_create_student("eve", lms_user_id="101")
    hand_in_right(course, "eve")
    with pytest.raises(feedback.ReturnError):
        feedback.make(course, NAME)


def test_feedback_goes_back_in_the_folders_that_moodle_looks_for(course, monkeypatch, capsys):
    monkeypatch.chdir(course)
    arguments = ["feedback", NAME, "--for", "moodle"]
    assert cli.main(arguments) == 1
    hand_in_right(course, "201", "ann")
    with opened(course) as book:
        book.update_or_create_student("201", first_name="Bo_9_/..", last_name="van der Sample")
    old = course / "feedback" / "201" / NAME / f"{NAME}.html"
    old.parent.mkdir(parents=True)
    old.write_text("old")
    assert cli.main(arguments) == 2
    assert ": ann." in capsys.readouterr().out
    with zipfile.ZipFile(course / f"{NAME}-feedback-moodle.zip") as packed:
        (entry,) = packed.namelist()
        page = packed.read(entry).decode()
    folder, file = entry.split("/")
    assert folder.split("_")[1:] == ["201", "assignsubmission", "file", ""]  # as Moodle takes it
    assert file == f"{NAME}.html" and "<b>20 of 20 points</b>" in page
    record(course, "202", written=0)
    with pytest.raises(ExportError, match="202: q9"):
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


def test_the_commands_say_what_they_did(course, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(course)
    zipped, listed = archive(tmp_path, "canvas"), class_file(tmp_path, "canvas")
    arguments = ["collect", NAME, str(zipped), "--from", "canvas", "--class", str(listed)]
    assert cli.main(arguments) == 2
    said = capsys.readouterr().out
    assert " 2 of 3 " in said and "strangereve_999" in said and "(1): 102 Sample, Bo." in said
    record(course, "101", written=4)
    assert cli.main(["export", NAME, "--format", "csv", "--to", str(tmp_path / "all.csv")]) == 0
    assert "all.csv" in capsys.readouterr().out
    scores = {row["student_id"]: row["score"] for row in rows_of(tmp_path / "all.csv")}
    assert scores["101"] == "20.0"
