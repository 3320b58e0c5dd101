"""What the marking sheet's page asks of the Jupyter server that it lives in.

Every address needs a log-in, every change Jupyter's token against forgery as well. What students
wrote goes out as JSON and is put into the page as text, never as HTML; it stands in no log, and the
page may load nothing but the files of this package.
"""

import contextlib
import json
import math
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import mistune
from jupyter_server.base.handlers import APIHandler, AuthenticatedFileHandler, JupyterHandler
from jupyter_server.utils import url_path_join
from nbgrader.api import Gradebook
from tornado.template import Loader
from tornado.web import Application, HTTPError, authenticated

from coursestaff.exercises import spec
from coursestaff.exercises.spec import Exercise, Question
from coursestaff.marking.marksheet import alike, answers, marks, rubric
from coursestaff.marking.marksheet.answers import Answer, NotSavedError
from coursestaff.marking.marksheet.marks import Mark, MarkError
from coursestaff.marking.marksheet.rubric import Rubric
from coursestaff.nbgrader_course import GradebookError, directory, gradebook
from courseware import CourseError

ROOT = "course/mark"  # below the server's own address
PAGE = Path(__file__).with_name("page")
SHOWN = 3_000  # letters of an answer, until somebody asks for all
ONLY_OURS = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
MOST_AT_ONCE = 2_000  # marks in one request

#: Turns a question's Markdown, which is the course's own, into HTML.
ASKED = mistune.create_markdown(escape=True)


def add(application: Application, course: Path | str) -> None:
    """Add the marking sheet to a Jupyter server whose files are the course folder."""
    base = url_path_join(application.settings["base_url"], ROOT)
    sheet = rf"{base}/(?P<name>[0-9]{{2}}_[a-z0-9_]+)/(?P<asked>q[0-9]+)"
    about = {"course": Path(course)}
    application.add_handlers(
        ".*$",
        [
            (rf"{base}/?", Contents, about),
            (rf"{base}/page/(.*)", Files, {"path": str(PAGE)}),
            (sheet, Page, about),
            (rf"{sheet}/answers", Answers, about),
            (rf"{sheet}/answers/(?P<answer>[0-9a-f]{{32}})", OneAnswer, about),
        ],
    )


class Course:
    """What all handlers of the course do: find the question, and open the gradebook."""

    def initialize(self, course: Path) -> None:
        """Take the course folder that the server was started in."""
        self.course = course

    def question(self, name: str, asked: str) -> tuple[Exercise, Question, Rubric]:
        """Return a written question and what it is marked by."""
        try:
            return find(self.course, name, asked)
        except CourseError as problem:
            raise HTTPError(HTTPStatus.NOT_FOUND, str(problem)) from problem

    @contextlib.contextmanager
    def book(self) -> Iterator[Gradebook]:
        """Open the gradebook for one request: others write in it meanwhile."""
        if not (self.course / "nbgrader_config.py").is_file():
            raise HTTPError(
                HTTPStatus.NOT_FOUND,
                "This page was not started in a course folder. Run `course mark` in a course "
                "folder.",
            )
        try:
            with contextlib.closing(gradebook(directory(self.course), tries=1)) as book:
                yield book
        except GradebookError as problem:
            raise HTTPError(HTTPStatus.SERVICE_UNAVAILABLE, str(problem)) from problem


def find(course: Path, name: str, asked: str | None) -> tuple[Exercise, Question, Rubric]:
    """Return a written question of an exercise, the first one if none is named, and its rubric.

    Raises:
        CourseError: there is no such exercise or question, or its rubric does not fit.

    """
    exercise = spec.load(spec.find(course / "solutions", name))
    written = [question.id for question in exercise.questions.values() if question.written]
    if not written or (asked and asked not in written):
        if not written:
            raise CourseError(f"The exercise {name} has no questions with written answers.")
        raise CourseError(
            f"In {name}, {asked} is not a question with a written answer. Choose one of these with "
            f"--question: {', '.join(written)}."
        )
    question = exercise.questions[asked or written[0]]
    text = (exercise.folder / rubric.FILE).read_text(encoding="utf-8")
    return exercise, question, rubric.read(text, question)


class Html(Course, JupyterHandler):
    """A page of ours: its scripts and styles are files of this package."""

    @property
    def content_security_policy(self) -> str:
        """Return what the page may load."""
        return ONLY_OURS

    def write_page(self, file: str, **about: Any) -> None:
        """Write one of the templates, everything in it escaped."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "same-origin")
        root = url_path_join(self.base_url, ROOT)
        words = Loader(str(PAGE)).load(file).generate(root=root, base=self.base_url, **about)
        self.finish(words)


class Contents(Html):
    """The list of what there is to mark."""

    @authenticated
    def get(self) -> None:
        """Write it."""
        found = []
        with self.book() as book:
            for folder in spec.exercise_folders(self.course / "solutions"):
                exercise = spec.load(folder)
                for question in exercise.questions.values():
                    if question.written:
                        number = answers.count(book, exercise, question)
                        found.append((exercise.name, question.id, number))
        self.write_page("contents.html", found=found)


class Page(Html):
    """The sheet of one question, still empty: its script asks for the answers."""

    @authenticated
    def get(self, name: str, asked: str) -> None:
        """Write it."""
        exercise, question, by = self.question(name, asked)
        token = self.xsrf_token.decode("ascii")
        html = "".join(map(ASKED, answers.asked(exercise, question)))
        about = {"name": name, "question": question, "rubric": by, "token": token}
        self.write_page("sheet.html", **about, question_html=html)


class Files(AuthenticatedFileHandler):
    """The page's script and styles."""

    @property
    def content_security_policy(self) -> str:
        """Return what they may load: nothing by themselves."""
        return ONLY_OURS


class Answers(Course, APIHandler):
    """All answers to one question."""

    @authenticated
    def get(self, name: str, asked: str) -> None:
        """Write them, with what waits elsewhere."""
        exercise, question, by = self.question(name, asked)
        with self.book() as book:
            found = answers.read(book, exercise, question)
            numbers = answers.count(book, exercise, question)
            comments = marks.offered(by, answers.comments(book, exercise, question))
        pairs = alike.pairs([answer.written for answer in found])
        together = [
            [as_json(found[n], by) | {"alike": _named(pairs[n], found)} for n in group]
            for group in alike.groups(pairs)
        ]
        self.set_header("Cache-Control", "no-store")
        self.finish(
            {
                "groups": together,
                "comments": comments,
                "empty": numbers.empty,
                "elsewhere": numbers.elsewhere,
                "excused": numbers.excused,
            }
        )

    @authenticated
    def put(self, name: str, asked: str) -> None:
        """Save what has changed since the last request: by rows and words, or as before (undo)."""
        exercise, question, by = self.question(name, asked)
        try:
            new, refused, together = wanted(self.request.body, by)
            with self.book() as book:
                saved = answers.save(book, exercise, question, new, together=together)
                comments = marks.offered(by, answers.comments(book, exercise, question))
        except MarkError as problem:
            raise HTTPError(HTTPStatus.BAD_REQUEST, str(problem)) from problem
        except NotSavedError as problem:
            raise HTTPError(HTTPStatus.SERVICE_UNAVAILABLE, str(problem)) from problem
        told = {
            id: {"why": each.why, "answer": each.now and as_json(each.now, by)}
            for id, each in saved.items()
        }
        told |= {id: {"why": words, "answer": None} for id, words in refused.items()}
        self.finish({"answers": told, "comments": comments})


class OneAnswer(Course, APIHandler):
    """One answer, the whole of it."""

    @authenticated
    def get(self, name: str, asked: str, answer: str) -> None:
        """Write it, however long it is."""
        exercise, question, by = self.question(name, asked)
        try:
            with self.book() as book:
                found = answers.one(book, exercise, question, answer)
        except NotSavedError as problem:
            raise HTTPError(HTTPStatus.NOT_FOUND, str(problem)) from problem
        self.set_header("Cache-Control", "no-store")
        self.finish({"answer": as_json(found, by, whole=True)})


def wanted(body: bytes, by: Rubric) -> tuple[dict[str, tuple[str, Mark]], dict[str, str], bool]:
    """Return what a request wants: marks by answer, with what was seen; refused ones; all or none.

    Raises:
        MarkError: the request is none that the page sends.

    """
    found, refused = {}, {}
    try:
        told = json.loads(body)
        for id, each in told["answers"].items():
            try:
                found[str(id)] = (each["seen"], _mark(each, by))
            except MarkError as problem:
                refused[str(id)] = str(problem)
        together = told.get("together") is True
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise MarkError("The page cannot give such a mark. Load the page again.") from problem
    if len(found) > MOST_AT_ONCE:
        raise MarkError("The page sent too many marks at the same time. Load the page again.")
    return ({}, refused, True) if together and refused else (found, refused, together)


def _mark(told: dict, by: Rubric) -> Mark:
    if "mark" not in told:
        return marks.give(by, dict(told["rows"]), str(told["words"]))
    before = Mark(**told["mark"])
    fits = before.points is None or (
        type(before.points) in (int, float)
        and math.isfinite(before.points)
        and 0 <= before.points <= by.most
    )
    if not fits or not isinstance(before.waits, bool):
        raise MarkError("This mark cannot be restored. Load the page again.")
    if not isinstance(before.comment, str | None):
        raise MarkError("This comment cannot be restored. Load the page again.")
    return before


def as_json(answer: Answer, by: Rubric, *, whole: bool = False) -> dict[str, Any]:
    """Return an answer as the page gets it."""
    told = marks.read(by, answer.mark)
    text = answer.written
    return {
        "id": answer.id,
        "text": None if answer.text is None else text if whole else text[:SHOWN],
        "letters": len(text),
        "refused": answer.refused,
        "notes": [*answer.notes, *filter(None, [told.note])],
        "rows": told.rows,
        "words": told.words,
        "mark": answer.mark._asdict(),
        "seen": answer.seen,
        "notebook": answer.notebook,
    }


def _named(near: dict[int, int], found: list[Answer]) -> list[dict[str, Any]]:
    """Return which answers are alike to one, the most alike first."""
    nearest = sorted(near.items(), key=lambda pair: -pair[1])
    return [{"id": found[n].id, "percent": percent} for n, percent in nearest]
