"""What lies in a platform's zip besides plain notebooks is taken if it is one, and named if not."""

import io
import json
import zipfile
from contextlib import ExitStack, suppress

import pytest

from coursestaff.collecting import classlist, collect, handed_in
from courseware import CourseError, zips
from tests.notebooks import ROOT

NAME = "02_the_trade_lifeline"
NOTEBOOK = {"cells": [{"cell_type": "markdown", "metadata": {}, "source": "mine"}], "nbformat": 4}
CONTENT = json.dumps(NOTEBOOK).encode()
LISTS = {
    "canvas": 'Student,ID,Section\n"Example, Ada",101,\n"Sample, Bo",102,\n"Third, Cy",103,\n',
    "moodle": (
        "Identifier,Full name,Grade\n"
        + "".join(f"Participant {number},{name},\n" for number, name in ((101, "Ada"), (102, "Bo")))
    ),
}
SUBMITTED = {"canvas": "exampleada_101_9_{}", "moodle": "Ada_101_assignsubmission_file_/{}"}
systems = pytest.mark.parametrize("system", ["canvas", "moodle"])


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Return a course folder; that names go to the gradebook is tested elsewhere."""
    monkeypatch.setattr(collect, "_enter", lambda course, listed: None)
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "solutions").symlink_to(ROOT / "solutions")
    return tmp_path / "course"


def zipped(files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, text in files.items():
            opened.writestr(name, text)
    return content.getvalue()


def collected(course, system, files):
    """Return what collecting says of these files, and the student's folder."""
    archive, listed = course.parent / "all.zip", course.parent / "list.csv"
    archive.write_bytes(zipped(files))
    listed.write_text(LISTS[system], encoding="utf-8")
    listed = classlist.read(listed, system)
    done = collect.collect(course, NAME, archive, listed)
    folder = course / "submitted" / "101" / NAME
    there = {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}
    return done, there, collect.in_words(done, listed)


@systems
@pytest.mark.parametrize(
    ("called", "kept"),
    [
        (f"{NAME}.ipynb.txt", f"{NAME}.ipynb.txt"),
        (f"{NAME}.ipynb.json", f"{NAME}.ipynb.json"),
        (f"{NAME}.json", f"{NAME}.ipynb"),
        ("my work.txt", "my work.ipynb"),
    ],
)
def test_a_notebook_is_taken_whatever_it_is_called(course, system, called, kept):
    done, there, _ = collected(course, system, {SUBMITTED[system].format(called): CONTENT})
    assert done.students == ["101"] and there == {kept: CONTENT}


def test_a_table_in_json_is_no_notebook(course):
    data = b'{"cells": [1, 2]}'
    files = {SUBMITTED["canvas"].format(name): data for name in ("data.json", "checks.json")}
    done, there, _ = collected(course, "canvas", files)
    assert not done.students and {*there} == {handed_in.SENT} and len(done.left) == 2
    files[SUBMITTED["canvas"].format("x.ipynb")] = CONTENT
    done, there, _ = collected(course, "canvas", files)
    assert there == {"data.json": data, "x.ipynb": CONTENT}


def test_what_came_instead_is_known_from_the_note_of_collecting_alone(tmp_path):
    handed_in.note_sent(tmp_path / "ours", ["essay.docx", "a text"])
    (tmp_path / "ours" / ".DS_Store").touch()
    assert handed_in.sent_instead(tmp_path / "ours") == "essay.docx and a text"
    handed_in.note_sent(tmp_path / "theirs", ["full marks, agreed by mail"])
    (tmp_path / "theirs" / "timestamp.txt").touch()  # it came through nbgrader's exchange
    assert handed_in.sent_instead(tmp_path / "theirs") == ""
    assert handed_in.sent_instead(tmp_path / "nobody") == ""
    assert [*handed_in.pack(tmp_path / "theirs")] == [] and len(
        handed_in.pack(tmp_path / "ours")
    ) == 1


def test_a_note_that_cannot_be_read_does_not_stop_grading(tmp_path, monkeypatch):
    note = tmp_path / handed_in.SENT
    note.write_text("[" * 100_000, encoding="utf-8")
    assert handed_in.sent_instead(tmp_path) == ""
    note.write_text(json.dumps({"version": 1, "sent": ["a page"]}), encoding="utf-8")
    assert handed_in.sent_instead(tmp_path) == "a page"

    def too_much(_):
        raise MemoryError

    monkeypatch.setattr(handed_in.json, "loads", too_much)
    assert handed_in.sent_instead(tmp_path) == ""


@systems
def test_of_a_zip_of_the_whole_folder_the_exercise_is_taken(course, system):
    inner = zipped(
        {
            f"course/exercises/{NAME}/{NAME}.ipynb": CONTENT,
            f"course/exercises/{NAME}/helper.py": b"x = 1",
            f"course/exercises/{NAME}/checks.json": b"{}",
            f"course/exercises/{NAME}/.ipynb_checkpoints/{NAME}-checkpoint.ipynb": b"{}",
            f"__MACOSX/course/exercises/{NAME}/._{NAME}.ipynb": b"mac",
            "course/notebooks/02_chapter.ipynb": b"{}",
            "course/notebooks/other.py": b"y = 1",
            "course/inner.zip": zipped({f"{NAME}.ipynb": b"deeper"}),
        }
    )
    done, there, _ = collected(course, system, {SUBMITTED[system].format("all.zip"): inner})
    assert done.students == ["101"] and not done.left
    assert there == {f"{NAME}.ipynb": CONTENT, "helper.py": b"x = 1"}


def test_a_zip_without_the_exercise_s_name_gives_its_notebooks_and_none_leaves_its_folder(course):
    inner = zipped({"../../up.ipynb": CONTENT, "C:\\work\\mine.ipynb": b"{}", "a/essay.pdf": b"%"})
    done, there, said = collected(course, "canvas", {SUBMITTED["canvas"].format("w.zip"): inner})
    assert sorted(there) == ["mine.ipynb", "up.ipynb"]
    assert done.several == {"101": ["mine.ipynb", "up.ipynb"]} and "mine.ipynb" in said
    assert [path.name for path in (course / "submitted").iterdir()] == ["101"]
    inner = zipped({f"Downloads/{NAME}.json": CONTENT})
    done, there, _ = collected(course, "canvas", {SUBMITTED["canvas"].format("w.zip"): inner})
    assert there == {f"{NAME}.ipynb": CONTENT}


def test_a_zip_that_is_a_bomb_damaged_or_empty_is_left_and_named(course, monkeypatch):
    good = SUBMITTED["canvas"].format(f"{NAME}.ipynb")
    for inner in (b"no zip", zipped({"essay.pdf": b"%"}), zipped({f"{NAME}.ipynb": CONTENT})[:-30]):
        name = SUBMITTED["canvas"].format("work.zip")
        done, there, _ = collected(course, "canvas", {name: inner, good: CONTENT})
        assert done.left == [name] and there == {f"{NAME}.ipynb": CONTENT}
    monkeypatch.setattr(handed_in, "MAX_FILE", 1_000)
    bombs = {
        "together": zipped({f"{n}.ipynb": b"0" * 600 for n in range(2)}),
        "one file": zipped({"1.ipynb": b"0" * 2_000}),
    }
    for inner in bombs.values():
        done, there, _ = collected(course, "canvas", {name: inner, good: CONTENT})
        assert done.left == [name] and there == {f"{NAME}.ipynb": CONTENT}
    monkeypatch.setattr(zips, "MAX_INSIDE", 2)
    inner = zipped({f"{n}.ipynb": b"{}" for n in range(3)})
    assert collected(course, "canvas", {name: inner, good: CONTENT})[0].left == [name]
    monkeypatch.setattr(zips, "MAX_ZIP", 10)
    inner = zipped({f"{NAME}.ipynb": CONTENT})
    assert collected(course, "canvas", {name: inner, good: CONTENT})[0].left == [name]


def test_whatever_byte_of_a_student_s_zip_is_wrong_the_others_are_collected(tmp_path):
    """A fault that stopped collecting would stop it for the whole class."""
    whole, raised = zipped({f"é/{NAME}.ipynb": CONTENT, "é/data.json": b"{}"}), []
    for place in range(len(whole)):
        inner = whole[:place] + b"\xff" + whole[place + 1 :]
        outer = io.BytesIO(zipped({"work.zip": inner}))
        with zipfile.ZipFile(outer) as opened, ExitStack() as stack:
            own = [("work.zip", opened.infolist()[0])]
            files, left = handed_in.taken(opened, own, NAME, stack)
            raised += left
            for packed in files.values():
                with suppress(zips.Damaged):
                    zips.unpack(packed.archive, packed.entry, tmp_path / "file")
    assert raised  # some of them could not be read at all


def test_whatever_byte_of_the_platform_s_zip_is_wrong_it_is_said_in_words(course):
    archive = course.parent / "all.zip"
    (course.parent / "list.csv").write_text(LISTS["canvas"], encoding="utf-8")
    listed = classlist.read(course.parent / "list.csv", "canvas")
    whole, refused = zipped({SUBMITTED["canvas"].format("é.ipynb"): b"{}"}), 0
    for place in range(whole.index(b"PK\1\2"), len(whole)):  # its list of contents
        archive.write_bytes(whole[:place] + b"\xff" + whole[place + 1 :])
        try:
            collect.collect(course, NAME, archive, listed)
        except collect.CollectError as problem:
            refused += "not a zip file that can be read" in str(problem)
    assert refused > 10


@pytest.mark.parametrize(
    ("system", "files", "said"),
    [
        (
            "canvas",
            ["exampleada_101_text.html", "samplebo_LATE_102_link.html", "eve_999_text.html"],
            [
                "Handed in a text that was typed into Canvas instead of a notebook (1): "
                "101 Example, Ada.",
                "Handed in a link instead of a notebook (1): 102 Sample, Bo.",
                "Handed in nothing so far (1): 103 Third, Cy.",
                "Files left in the zip, because they belong to nobody on the class list: "
                "eve_999_text.html.",
            ],
        ),
        (
            "moodle",
            [
                "Ada_101_assignsubmission_onlinetext_/onlinetext.html",
                "Bo_102_assignsubmission_onlinetext_onlinetext.html",
            ],
            [
                "Handed in a text that was typed into Moodle instead of a notebook (2): "
                "101 Ada; 102 Bo."
            ],
        ),
    ],
)
def test_texts_and_links_are_called_what_they_are(course, system, files, said):
    done, _, words = collected(course, system, dict.fromkeys(files, b"<p>my answer</p>"))
    assert not done.students
    assert set(said) <= set(words.splitlines())
    assert "my answer" not in words


@systems
def test_who_hands_in_a_notebook_and_a_text_has_handed_in_a_notebook(course, system):
    text = {
        "canvas": "exampleada_101_text.html",
        "moodle": "Ada_101_assignsubmission_onlinetext_/o",
    }
    files = {text[system]: b"", SUBMITTED[system].format("x.ipynb"): CONTENT}
    done, _, words = collected(course, system, files)
    assert done.students == ["101"] and "no notebook" not in words


def test_anonymous_files_are_counted_and_given_to_nobody(course):
    files = [f"anon_aB3x9_9001_{NAME}.ipynb", f"LATE_anon_101_9002_{NAME}.ipynb"]
    done, there, words = collected(course, "canvas", dict.fromkeys(files, CONTENT))
    assert not done.students and not there and not done.unknown
    assert "Anonymous files that were left in the zip: 2." in words


def test_moodle_s_zip_without_folders_is_read(course):
    files = {f"Ada Example_101_assignsubmission_file_{NAME}.ipynb": CONTENT}
    done, there, _ = collected(course, "moodle", files)
    assert done.students == ["101"] and there == {f"{NAME}.ipynb": CONTENT}


@pytest.mark.parametrize(("system", "other"), [("canvas", "moodle"), ("moodle", "canvas")])
def test_the_other_platform_s_zip_is_refused(course, system, other):
    with pytest.raises(CourseError, match=f"from {other}, but the option --from names {system}"):
        collected(course, system, {SUBMITTED[other].format("x.ipynb"): CONTENT})
    assert not (course / "submitted").exists()


@systems
def test_a_zip_that_a_browser_unpacked_and_somebody_packed_again_is_read(course, system):
    name = f"submissions/{SUBMITTED[system].format('x.ipynb')}"
    done, there, _ = collected(course, system, {name: CONTENT, f"__MACOSX/._{name}": b"mac"})
    assert done.students == ["101"] and there == {"x.ipynb": CONTENT} and not done.unknown
