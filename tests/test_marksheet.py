"""The marking sheet: what it shows of an answer, what it saves, and who gets to see it."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from nbgrader.api import Comment, Grade, SubmittedAssignment
from nbgrader.server_extensions import formgrader
from sqlalchemy import text as sql

from coursestaff import cli
from coursestaff.exercises.cells import BOX
from coursestaff.exercises.spec import Question
from coursestaff.marking import excused
from coursestaff.marking.cleaning import clean_markdown, for_text_only
from coursestaff.marking.marksheet import alike, answers, handlers, marks, opening, rubric
from coursestaff.marking.marksheet.answers import NotSavedError
from coursestaff.marking.marksheet.marks import Mark, MarkError
from coursestaff.marking.marksheet.rubric import RubricError
from coursestaff.nbgrader_course import directory, gradebook
from courseware import CourseError
from tests import marked
from tests.exercises import NAMES, exercise
from tests.marked import NAME
from tests.notebooks import ROOT

LONG = "By China's customs trade grew by two fifths, which says nothing of how large the base was. "
TEXTS = {
    "ada": LONG * 2 + "I argue for it.",
    "bo": (LONG * 2 + "I argue for it.").upper().replace(" ", " \n "),
    "cy": LONG * 2 + "I argue against it.",
    "dee": "Tonnes are no dollars <b>, & &lt; is typed like this. [x](javascript:1)",
    "eve": "word " * 1_000,
    "finn": None,
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return marked.course(tmp_path_factory.mktemp("marksheet") / "course", TEXTS)


@pytest.fixture
def course(made, tmp_path):
    """The class, graded and not marked."""
    folder = tmp_path / "course"
    shutil.copytree(made, folder, symlinks=True)
    return folder


@pytest.fixture
def sheet(course):
    with closing(gradebook(directory(course))) as book:
        yield Sheet(course, book)


class Sheet:
    """One person's sheet, in Python: what is shown, and saving."""

    def __init__(self, course, book):
        self.exercise, self.question, self.rubric = handlers.find(course, NAME, "q9")
        self.course, self.book = course, book

    def read(self):
        self.book.db.expire_all()
        return answers.read(self.book, self.exercise, self.question)

    def of(self, student):
        notebook = self.book.find_submission_notebook(NAME, NAME, student).id
        return next(each for each in self.read() if each.notebook == notebook)

    def save(self, answer, mark):
        """Save one mark; return what is there instead, if it was not saved."""
        saved = self.save_all({answer.id: (answer.seen, mark)})[answer.id]
        if saved.why and saved.why != answers.CHANGED:
            raise NotSavedError(saved.why)
        return saved.now if saved.why else None

    def save_all(self, wanted, **how):
        return answers.save(self.book, self.exercise, self.question, wanted, **how)

    def everything(self):
        """Return all that the gradebook has of grades and comments, by id."""
        self.book.db.expire_all()
        kept = ("auto_score", "manual_score", "extra_credit", "needs_manual_grade")
        kept += ("auto_comment", "manual_comment")
        rows = [*self.book.db.query(Grade), *self.book.db.query(Comment)]
        return {
            (row.id, name): getattr(row, name)
            for row in rows
            for name in kept
            if hasattr(row, name)
        }


# --- The rubric and the comments ------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_rubric_gives_rows_worth_the_question_and_comments(name):
    for question in exercise(name).questions.values():
        if question.written:
            found = handlers.find(ROOT, name, question.id)[2]
            assert found.most == question.points and len(found.rows) == 2
            assert all(row.name and all(row.levels) for row in found.rows)
            assert len(found.comments) >= 6 and all(found.comments)


def test_a_rubric_that_does_not_fit_says_how():
    question = Question("q9", "written", 4)
    text = "## q9\n\n| Criterion | 0 | 1 |\n|---|---|---|\n| A | no | yes |\n"
    with pytest.raises(RubricError, match="1 points, but the question is worth 4"):
        rubric.read(text, question)
    with pytest.raises(RubricError, match="no table for marking"):
        rubric.read(text.replace("q9", "q10"), question)


def test_words_of_a_rubric_are_plain():
    text = "## q9\n\n| Criterion | 0 | 1 |\n|---|---|---|\n| A *b* | `no` | [y](z) |\n"
    text += "\n### Comments to reuse\n\n- Say **which**,\n  and how.\n\n## q10\n\n- No.\n"
    found = rubric.read(text, Question("q9", "written", 1))
    assert found.rows == (rubric.Row("A b", ("no", "y")),)
    assert found.comments == ("Say which, and how.",)


def test_rows_and_words_come_back_as_they_were_given():
    by = handlers.find(ROOT, NAME, "q9")[2]
    part = marks.give(by, {"Reasoning": 1}, "")
    assert part == Mark(None, True, "Reasoning 1 of 2")
    assert marks.read(by, part).rows == {"Reasoning": 1}
    whole = marks.give(by, {"Evidence": 2, "Reasoning": 1}, " Which months?\n\nAda: well done. ")
    assert whole.points == 3 and not whole.waits
    assert whole.comment.startswith("Evidence 2 of 2 · Reasoning 1 of 2\n\nWhich months?")
    told = marks.read(by, whole)
    assert told.rows == {"Evidence": 2, "Reasoning": 1} and not told.note
    assert told.words == "Which months?\n\nAda: well done."


def test_what_formgrader_gave_is_told_and_kept_as_words():
    by = handlers.find(ROOT, NAME, "q9")[2]
    told = marks.read(by, Mark(3.0, False, "E2 R1"))
    assert (
        told.rows == {}
        and told.words == "E2 R1"
        and "without the rows of the rubric, and has 3 points" in told.note
    )
    line = "Evidence 2 of 2 · Reasoning 1 of 2"
    assert "2 points" in marks.read(by, Mark(2.0, False, line)).note  # points changed there
    again = marks.read(by, Mark(3.0, True, f"{line}\n\nWhich?"))
    assert again.rows == {} and again.words == "Which?" and line in again.note
    assert marks.read(by, Mark(None, True, line)).rows == {}  # points taken back there


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"Evidence": 3}, ""),
        ({"Evidence": -1}, ""),
        ({"Evidence": True}, ""),
        ({"Evidence": 1.5}, ""),
        ({"Else": 1}, ""),
        ({}, "x" * (marks.MOST_WORDS + 1)),
    ],
)
def test_what_cannot_be_given_is_refused(rows, words):
    with pytest.raises(MarkError):
        marks.give(handlers.find(ROOT, NAME, "q9")[2], rows, words)


def test_comments_used_most_come_first_and_the_rubric_s_follow():
    by = handlers.find(ROOT, NAME, "q9")[2]
    second = by.comments[1]
    used = [f"Evidence 2 of 2\n\nOwn.\n\n{second}", f"{second}\n\n{'long ' * 99}", None]
    assert marks.offered(by, used) == [second, "Own.", by.comments[0], *by.comments[2:]]


# --- Alike ----------------------------------------------------------------------------------


def test_blanks_capitals_and_what_cannot_be_seen_make_no_difference():
    text = LONG * 3
    hidden = "\u200b".join(text).upper().replace(" ", "\u00a0\n\t")
    assert alike.pairs([text, hidden, "Something else."]) == [{1: 100}, {0: 100}, {}]


def test_near_answers_are_found_and_others_are_not():
    model = [
        LONG * 4,
        LONG * 3 + "But what would prove this wrong?",
        "No. " * 40,
        "",
        "",
        "yes",
        "Yes.",
    ]
    found = alike.pairs(model)
    assert 80 <= found[0][1] < 100 and found[1] == {0: found[0][1]}
    assert found[2] == found[3] == found[4] == found[5] == {}


def test_two_model_answers_are_not_called_alike():
    for name in NAMES:
        text = (exercise(name).folder / "rubric.md").read_text(encoding="utf-8")
        models = [part.split("\n### ")[0] for part in text.split("### Model answer: ")[1:]]
        assert len(models) == 2 and alike.pairs(models) == [{}, {}], name


def test_alike_answers_stand_together_once_each():
    found = [{2: 90}, {}, {0: 90, 4: 85}, {}, {2: 85}]
    assert alike.groups(found) == [[0, 2, 4], [1], [3]]


def test_of_long_answers_the_beginning_is_compared():
    same = "word " * alike.COMPARED
    assert alike.pairs([same + "This.", same + "Not that, by no means."]) == [{1: 99}, {0: 99}]


# --- What is shown --------------------------------------------------------------------------


def test_text_comes_back_as_it_was_typed():
    for typed in ("a < b & c", "<script>", "&lt; &amp; &#60;", "x<y>", "&amp;lt;", "R&D <!--"):
        assert for_text_only(clean_markdown(typed)) == typed


def test_answers_have_no_names_and_an_order_of_their_own(sheet):
    found = sheet.read()
    assert len(found) == 5  # an empty box is none
    said = json.dumps([handlers.as_json(each, sheet.rubric) for each in found])
    for name in (*TEXTS, "Ada", "Example"):
        assert f'"{name}"' not in said and f"/{name}" not in said
    assert [each.id for each in found] == [each.id for each in sheet.read()]
    assert [each.id for each in found] != sorted(each.id for each in found)
    assert sheet.of("dee").text == TEXTS["dee"].replace("](", "] (")


def rewrite(course, student, change):
    """Change an autograded notebook on disk."""
    path = course / "autograded" / student / NAME / f"{NAME}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    change(notebook)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def box_of(notebook):
    return next(
        cell
        for cell in notebook["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "q9"
    )


def test_what_cannot_be_seen_here_is_said(sheet):
    picture = {"a.png": {"image/png": "aGk="}}
    rewrite(sheet.course, "ada", lambda n: box_of(n).update(attachments=picture))
    rewrite(sheet.course, "bo", lambda n: box_of(n).update(source=BOX))
    why = {"trouble": "Cut off."}
    rewrite(sheet.course, "cy", lambda n: n["metadata"]["course_grade"].update(why))
    rewrite(sheet.course, "dee", lambda n: n["cells"].remove(box_of(n)))
    shutil.rmtree(sheet.course / "autograded" / "eve")
    assert sheet.of("ada").notes == (answers.PICTURES.format(1),)
    assert sheet.of("bo").notes == (answers.ELSEWHERE,)
    assert handlers.as_json(sheet.of("bo"), sheet.rubric)["text"] == ""
    assert sheet.of("cy").notes == (answers.LOOK.format("Cut off."),)
    assert (sheet.of("dee").text, sheet.of("dee").notes) == (None, (answers.NO_BOX,))
    assert (sheet.of("eve").text, sheet.of("eve").notes) == (None, (answers.NOT_THERE,))
    for student in ("dee", "eve"):
        with pytest.raises(NotSavedError, match="Not saved"):
            sheet.save(sheet.of(student), Mark(4.0, False, None))


def test_of_what_could_not_be_marked_the_sheet_says_why_and_leaves_the_choice(sheet):
    why = {"trouble": "This notebook does not belong to this exercise.", "refused": True}
    rewrite(sheet.course, "ada", lambda n: n["metadata"]["course_grade"].update(why))
    (said,) = sheet.of("ada").notes
    assert said == answers.REFUSED.format("This notebook does not belong to this exercise.")
    assert sheet.of("ada").refused and not sheet.of("bo").refused


def test_why_a_person_has_to_look_is_said_without_the_student_s_name_or_files(sheet):
    folder = sheet.course / "submitted" / "ada" / NAME
    (folder / "Example-2.ipynb").write_text("{}", encoding="utf-8")
    said = "Example-2.ipynb (3 answers) was graded. ADA, exampled: Ada's own."
    rewrite(sheet.course, "ada", lambda n: n["metadata"]["course_grade"].update(trouble=said))
    (note,) = sheet.of("ada").notes
    assert note.endswith("[…] (3 answers) was graded. […], exampled: […]'s own.")


def test_an_excused_student_has_nothing_to_mark_and_no_zero(sheet):
    before = [each.id for each in sheet.read()]
    gone = sheet.of("ada").id
    marked.hand_in(sheet.course, sheet.book, "bo", TEXTS["bo"], set(), doubtful=("q2",))
    assert excused.excuse(sheet.course, NAME, ["ada", "bo", "finn"]) == [
        f"{student} Example, Ada" for student in ("ada", "bo", "finn")
    ]
    assert len(sheet.read()) == 3 and gone not in [each.id for each in sheet.read()]
    found = answers.count(sheet.book, sheet.exercise, sheet.question)
    assert found == answers.Counts(3, 0, 0, {}, 3)
    assert "Excused students, who are not on the marking sheet: 3" in opening.in_words(
        NAME, "q9", found
    )
    assert excused.excuse(sheet.course, NAME, ["ada", "bo", "finn"], back=True) == []
    assert [each.id for each in sheet.read()] == before
    with pytest.raises(CourseError, match="not in the gradebook, so nobody was excused: zoe"):
        excused.excuse(sheet.course, NAME, ["ada", "zoe"])
    assert not excused.students(sheet.course, NAME)


def test_the_question_and_the_model_answers_are_there_to_be_shown():
    for name in NAMES:
        for question in exercise(name).questions.values():
            if question.written:
                (asked, *rest) = answers.asked(exercise(name), question)
                assert asked.startswith(f"**Question {question.id[1:]} ({question.points} points")
                by = handlers.find(ROOT, name, question.id)[2]
                assert [each.name for each in by.models][2:] == ["A weak answer"]
                assert all(each.paragraphs for each in by.models)
                assert len(rest) <= 1  # how it is marked, and how to write


def test_a_mark_nested_without_end_is_none(sheet):
    with pytest.raises(marks.MarkError, match="cannot give such a mark"):
        handlers.wanted(b"[" * 100_000, sheet.rubric)


def test_what_waits_elsewhere_is_counted(sheet):
    marked.hand_in(sheet.course, sheet.book, "ada", TEXTS["ada"], set(), doubtful=("q2",))
    sheet.save(sheet.of("bo"), Mark(4.0, False, None))
    found = answers.count(sheet.book, sheet.exercise, sheet.question)
    assert found == answers.Counts(5, 1, 1, {"q2": 1})
    said = opening.in_words(NAME, "q9", found)
    assert "1 of 5 answers are marked" in said
    assert "(q2: 1). Mark these in formgrader" in said and "left empty and have 0 points: 1" in said
    (word,) = re.findall("search for '(.+)' finds", said)
    script = Path(formgrader.__file__).parent / "static/js/gradebook_notebook_submissions.js"
    assert f'attr("data-search", "{word}' in script.read_text(encoding="utf-8")


# --- What is saved --------------------------------------------------------------------------


def test_a_mark_touches_its_own_fields_only(sheet):
    before, answer = sheet.everything(), sheet.of("ada")
    mark = marks.give(sheet.rubric, {"Evidence": 2, "Reasoning": 1}, "Which months?")
    assert sheet.save(answer, mark) is None
    after = sheet.everything()
    changed = {key for key in before if before[key] != after[key]}
    comment = sheet.book.find_comment("q9", NAME, NAME, "ada")
    assert changed == {
        (answer.id, "manual_score"),
        (answer.id, "needs_manual_grade"),
        (comment.id, "manual_comment"),
    }
    grade = sheet.book.find_grade("q9", NAME, NAME, "ada")
    assert (grade.score, grade.needs_manual_grade) == (3, False)
    assert comment.comment == mark.comment  # what feedback shows
    assert sheet.of("ada").mark == mark
    total = sheet.book.find_submission(NAME, "ada").score
    assert total == 19


def test_undo_puts_back_exactly_what_was(sheet):
    grade = sheet.book.find_grade("q9", NAME, NAME, "ada")
    grade.manual_score, grade.needs_manual_grade = 2.0, True  # changed since it was marked
    sheet.book.find_comment("q9", NAME, NAME, "ada").manual_comment = "Old."
    sheet.book.db.commit()
    before, answer = sheet.everything(), sheet.of("ada")
    assert sheet.save(answer, Mark(4.0, False, "New.")) is None
    assert sheet.save(sheet.of("ada"), answer.mark) is None
    assert sheet.everything() == before


def test_many_marks_go_at_once_and_what_has_changed_stays(sheet):
    ada, bo, cy = (sheet.of(student) for student in ("ada", "bo", "cy"))
    assert sheet.save(bo, Mark(1.0, False, "Theirs.")) is None
    new = Mark(3.0, False, None)
    saved = sheet.save_all({each.id: (each.seen, new) for each in (ada, bo, cy)})
    assert [saved[each.id].why for each in (ada, bo, cy)] == ["", answers.CHANGED, ""]
    assert saved[ada.id].now.mark == sheet.of("cy").mark == new
    assert saved[bo.id].now.mark == sheet.of("bo").mark == Mark(1.0, False, "Theirs.")


def test_a_row_marked_anew_for_all_moves_all_or_none(sheet):
    ada, bo = sheet.of("ada"), sheet.of("bo")
    assert sheet.save(bo, Mark(1.0, False, None)) is None
    new = Mark(3.0, False, None)
    wanted = {each.id: (each.seen, new) for each in (ada, bo)}
    saved = sheet.save_all(wanted, together=True)
    assert (saved[ada.id].why, saved[bo.id].why) == (answers.TOGETHER, answers.CHANGED)
    assert sheet.of("ada").mark == ada.mark
    wanted = {each.id: (sheet.of(who).seen, new) for each, who in ((ada, "ada"), (bo, "bo"))}
    assert not any(each.why for each in sheet.save_all(wanted, together=True).values())
    assert sheet.of("ada").mark == sheet.of("bo").mark == new


def test_what_formgrader_changed_meanwhile_stays(sheet):
    answer = sheet.of("ada")
    sheet.book.find_comment("q9", NAME, NAME, "ada").manual_comment = "Theirs."
    sheet.book.db.commit()
    assert sheet.save(answer, Mark(4.0, False, None)).mark == Mark(None, True, "Theirs.")


def test_an_answer_that_came_anew_is_shown_and_not_marked_unseen(sheet):
    first = sheet.of("ada")
    assert sheet.save(first, marks.give(sheet.rubric, {"Evidence": 2, "Reasoning": 2}, "")) is None
    seen = sheet.of("ada")
    marked.hand_in(sheet.course, sheet.book, "ada", "Another answer.", {"q9"})
    now = sheet.save(seen, Mark(1.0, False, None))
    assert now.text == "Another answer." and now.mark.waits and now.mark.points == 4
    assert "mark it again" in handlers.as_json(now, sheet.rubric)["notes"][-1]


def test_what_is_handed_in_anew_has_to_be_graded_before_it_is_marked(sheet):
    answer = sheet.of("ada")
    path = sheet.course / "submitted" / "ada" / NAME / f"{NAME}.ipynb"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(NotSavedError, match="handed in again"):
        sheet.save(answer, Mark(1.0, False, None))
    assert sheet.of("ada").mark.waits


def test_of_many_at_once_one_is_saved(course, sheet):
    answer, won = sheet.of("ada"), []

    def give(points):
        with closing(gradebook(directory(course))) as book:
            if Sheet(course, book).save(answer, Mark(points, False, None)) is None:
                won.append(points)

    threads = [threading.Thread(target=give, args=(float(n),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [sheet.of("ada").mark.points] == won


def test_a_gradebook_that_another_program_holds_is_told(course, sheet):
    answer = sheet.of("ada")
    with closing(gradebook(directory(course))) as other:
        other.db.execute(sql("UPDATE grade SET extra_credit = 1"))
        sheet.book.db.execute(sql("PRAGMA busy_timeout = 50"))
        with pytest.raises(
            NotSavedError, match=r"another program, perhaps .* is using the gradebook"
        ):
            sheet.save(answer, Mark(1.0, False, None))
        other.db.rollback()
    assert sheet.save(answer, Mark(1.0, False, None)) is None


def test_an_answer_that_is_gone_is_told(sheet):
    answer = sheet.of("ada")._replace(id="0" * 32)
    with pytest.raises(NotSavedError, match="no longer in the gradebook"):
        sheet.save(answer, Mark(1.0, False, None))


def test_a_mark_of_another_question_cannot_be_changed(sheet):
    other = sheet.book.find_grade("q2", NAME, NAME, "ada")
    with pytest.raises(NotSavedError, match="no longer"):
        sheet.save(sheet.of("ada")._replace(id=other.id), Mark(0.0, False, None))
    assert sheet.book.db.query(SubmittedAssignment).count() == len(TEXTS)


@pytest.mark.parametrize(
    "told",
    [
        {"rows": {}, "words": ""},
        {"seen": "x", "rows": ["Evidence"], "words": ""},
        {"seen": "x", "mark": {"points": 1}},
        [],
        7,
    ],
)
def test_a_request_that_is_no_mark_is_refused(told):
    by = handlers.find(ROOT, NAME, "q9")[2]
    for body in (told, {"answers": told}, {"answers": {"a": told}}):
        with pytest.raises(MarkError):
            handlers.wanted(json.dumps(body).encode(), by)


@pytest.mark.parametrize("points", [5, -1, float("nan"), True])
def test_a_mark_that_cannot_be_is_refused_and_the_others_are_not(points):
    by, fine = handlers.find(ROOT, NAME, "q9")[2], {"points": 1, "waits": False, "comment": None}
    odd = [fine | {"points": points}, fine | {"waits": 1}, fine | {"comment": 7}]
    told = {f"{n}": {"seen": "x", "mark": mark} for n, mark in enumerate([*odd, fine])}
    new, refused, together = handlers.wanted(json.dumps({"answers": told}).encode(), by)
    assert [*new] == ["3"] and [*refused] == ["0", "1", "2"] and not together
    body = {"answers": told, "together": True}
    assert handlers.wanted(json.dumps(body).encode(), by)[0] == {}


def test_boxes_that_are_as_they_were_are_not_called_alike(course, sheet):
    for student, text in (("gus", BOX), ("hal", BOX), ("ida", f"{BOX} No.")):
        sheet.book.update_or_create_student(student, first_name="Ada", last_name="Example")
        marked.hand_in(course, sheet.book, student, text)
    written = [sheet.of(student).written for student in ("gus", "hal", "ida")]
    assert written == ["", "", f"{BOX} No."]
    assert alike.pairs(written) == [{}, {}, {}]


# --- Who gets to see it ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(made, folder / "course", symlinks=True)
    with marked.running(folder / "course", folder / "home", opening.GRADERS) as (address, token):
        sheet = f"{address}/course/mark/{NAME}/q9"
        yield sheet, {"Authorization": f"token {token}"}


def test_who_has_not_logged_in_sees_and_changes_nothing(served):
    sheet, _ = served
    root = sheet.removesuffix(f"/{NAME}/q9")
    for place in (f"{sheet}/answers", f"{sheet}/answers/{'0' * 32}"):
        assert marked.fetch(place)[0] == 403
    assert marked.fetch(f"{sheet}/answers", "PUT", {})[0] == 403
    for place in (root, sheet, f"{root}/page/sheet.js"):
        status, headers, text = marked.fetch(place)
        assert status in (302, 403) and "Evidence" not in text
        assert status == 403 or "/login" in headers["Location"]


def test_a_log_in_alone_changes_nothing_without_the_page_s_token(served):
    sheet, own = served
    address = sheet.partition("/course")[0]
    headers = marked.fetch(f"{sheet}?token={own['Authorization'].split()[1]}")[1]
    cookies = "; ".join(each.split(";")[0] for each in headers.get_all("Set-Cookie"))
    answer = json.loads(marked.fetch(f"{sheet}/answers", **own)[2])["groups"][0][0]
    place = f"{sheet}/answers"
    body = {"answers": {answer["id"]: {"seen": answer["seen"], "rows": {}, "words": ""}}}
    told = {"Cookie": cookies, "Origin": address}
    assert marked.fetch(place, "PUT", body, **told)[0] == 403
    page = marked.fetch(sheet, **told)[2]
    token = page.partition('data-token="')[2].partition('"')[0]
    assert marked.fetch(place, "PUT", body, **told, **{"X-XSRFToken": token})[0] == 200


def test_the_page_may_load_our_own_files_only_and_holds_no_answer(served):
    sheet, own = served
    status, headers, text = marked.fetch(sheet, **own)
    assert status == 200 and headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "://" not in policy
    assert "Tonnes are no dollars <b>" not in text and "://" not in text
    for kind in (".html", ".js", ".css"):
        (file,) = handlers.PAGE.glob(f"sheet{kind}")
        words = file.read_text(encoding="utf-8")
        assert "://" not in words and "innerHTML" not in words and "onclick" not in words


def put_one(sheet, own, id, body):
    """Send one mark; return the status, what is told of it, and the comments."""
    status, _, text = marked.fetch(f"{sheet}/answers", "PUT", {"answers": {id: body}}, **own)
    told = json.loads(text)
    return status, told["answers"][id], told["comments"]


def test_answers_and_marks_travel_and_a_conflict_is_told(served):
    sheet, own = served
    told = json.loads(marked.fetch(f"{sheet}/answers", **own)[2])
    together = [group for group in told["groups"] if len(group) > 1]
    assert len(together) == 1 and len(together[0]) == 3 and told["empty"] == 1
    percents = sorted(near["percent"] for each in together[0] for near in each["alike"])
    assert percents[-2:] == [100, 100] and percents[0] >= alike.LEAST
    answer = together[0][0]
    put = partial(put_one, sheet, own, answer["id"])
    body = {"seen": answer["seen"], "rows": {"Evidence": 1, "Reasoning": 2}, "words": "Own."}
    status, told, comments = put(body)
    now = told["answer"]
    assert (status, told["why"], now["mark"]["points"], now["words"]) == (200, "", 3, "Own.")
    assert comments[0] == "Own."
    status, told, _ = put(body | {"words": "Other."})
    assert status == 200 and told == {"why": answers.CHANGED, "answer": now}
    status, told, _ = put({"seen": now["seen"], "mark": answer["mark"]})
    assert told["why"] == "" and told["answer"]["mark"] == answer["mark"]
    _, told, _ = put({"seen": "x", "rows": {"Else": 1}, "words": ""})
    assert "Load the page again" in told["why"] and told["answer"] is None
    assert marked.fetch(f"{sheet}/answers", "PUT", {"answers": []}, **own)[0] == 400
    assert marked.fetch(f"{sheet}/answers/{'0' * 32}", **own)[0] == 404
    assert f'/course/mark/{NAME}/q9"' in marked.fetch(sheet.removesuffix(f"/{NAME}/q9"), **own)[2]


def test_what_is_no_written_question_is_not_found(served):
    sheet, own = served
    assert marked.fetch(sheet.replace("q9", "q2"), **own)[0] == 404
    assert marked.fetch(f"{sheet.replace(NAME, '77_no_such')}/answers", **own)[0] == 404


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a hub runs on Linux only")
def test_students_servers_on_a_hub_have_no_sheet(made, tmp_path):
    from coursestaff.hub import own_server
    from coursestaff.hub.place import Place

    variables, place = {}, Place(tmp_path / "hub")
    own_server.furnish(variables, True, place)
    assert variables["JUPYTER_CONFIG_PATH"] == str(opening.GRADERS)
    own_server.furnish(variables, False, place)
    settings = variables["JUPYTER_CONFIG_PATH"]
    with marked.running(made, tmp_path, settings) as (address, token):
        own = {"Authorization": f"token {token}"}
        assert marked.fetch(f"{address}/api/status", **own)[0] == 200
        for place in ("", f"/{NAME}/q9", f"/{NAME}/q9/answers", "/page/sheet.js"):
            assert marked.fetch(f"{address}/course/mark{place}", **own)[0] == 404, place


# --- The command ----------------------------------------------------------------------------


def test_the_command_says_what_is_missing(course, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(course)
    assert cli.main(["mark", NAME, "--question", "q2"]) == 1
    assert (
        "q2 is not a question with a written answer. Choose one of these with --question: q9."
        in capsys.readouterr().err
    )
    assert cli.main(["mark", "03_friends_or_partners"]) == 1
    assert "Run `course grade 03_friends_or_partners` first" in capsys.readouterr().err
    with pytest.raises(CourseError, match="no exercise '02_typo'"):
        opening.look(course, "02_typo", None)


def test_the_command_starts_a_server_with_the_sheet(course, monkeypatch, capsys):
    monkeypatch.chdir(course)
    seen = []
    monkeypatch.setattr(opening.subprocess, "Popen", lambda *a, **k: seen.append((a, k)) or Done())
    assert cli.main(["mark", NAME, "--no-browser"]) == 0
    assert "0 of 5 answers are marked" in capsys.readouterr().out
    ((command,), options) = seen[0]
    assert f"--ServerApp.default_url=/course/mark/{NAME}/q9" in command
    assert options["env"]["JUPYTER_CONFIG_PATH"].split(os.pathsep)[0] == str(opening.GRADERS)

    assert "--ServerApp.answer_yes=True" in command


class Done:
    """A server that Ctrl-C has reached, and that ends by itself."""

    waited = 0

    def wait(self, timeout=None):
        self.waited += 1
        if self.waited == 1:
            raise KeyboardInterrupt
        return 0


def test_a_server_that_waits_for_itself_is_ended_all_the_same(monkeypatch):
    monkeypatch.setattr(opening.subprocess, "Popen", lambda *a, **k: Deaf())
    assert opening.serve(["jupyter"]) == -9


class Deaf:
    """A server that Ctrl-C has reached, and that ends only if it is killed."""

    told = ""

    def wait(self, timeout=None):
        if self.told == "kill":
            return -9
        if timeout is None:
            raise KeyboardInterrupt
        raise subprocess.TimeoutExpired("jupyter", timeout)

    def terminate(self):
        self.told = "terminate"

    def kill(self):
        assert self.told == "terminate"
        self.told = "kill"
