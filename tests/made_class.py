"""A graded class made for the tests: entered as `course grade` enters it, and nothing is run."""

import copy
import shutil

import nbformat

from coursestaff.exercises.cells import grade_id, source
from coursestaff.marking import autograded
from coursestaff.marking.gradebook import prepare, save
from coursestaff.marking.marks import Mark
from coursestaff.marking.provenance import Provenance
from coursestaff.marking.submission import Graded
from coursestaff.nbgrader_course import configuration, directory, gradebook
from tests import handins
from tests.exercises import exercise
from tests.notebooks import ROOT

NAME = "02_the_trade_lifeline"
SECRET = "<script>alert('Zoe Quill')</script>"  #: stands wherever a student may write


def hint(question, number=0):
    """Return what the feedback says of a known mistake."""
    return exercise(NAME).questions[question].misconceptions[number].hint


class Made:
    """A course folder with a gradebook; `add` enters a student as `course grade` does."""

    def __init__(self, folder, empty=None):
        self.course = folder
        parts = ("solutions", "exercises", "data", "notebooks", "nbgrader_config.py")
        handins.linked(folder, *parts)
        if empty:  # to make one takes a second or more
            shutil.copyfile(empty / "gradebook.db", folder / "gradebook.db")
        self.exercise = exercise(NAME)
        self.release = nbformat.read(ROOT / "exercises" / NAME / f"{NAME}.ipynb", as_version=4)
        self.config = configuration(folder)
        self.book = gradebook(directory(folder))
        prepare(self.book, self.exercise, copy.deepcopy(self.release))
        self.number = 0

    def add(self, *, wrong=(), blank=(), partly=(), errors=(), essay=None, said=None, times=1):
        """Enter students; ``wrong`` maps questions to hints, ``essay`` is a person's mark."""
        for _ in range(times):
            self._add(dict(wrong), set(blank), set(partly), errors, essay, said)

    def _add(self, wrong, blank, partly, errors, essay, said):
        self.number += 1
        student, marks = f"quill-{self.number:03}", {}
        for q in self.exercise.checked:
            points = 0 if q.id in {*wrong, *blank} else q.points - (q.id in partly)
            marks[q.id] = Mark(q.id, points, q.points, wrong.get(q.id) or "It differs.")
        cells, answered = [], set()
        for cell in handins.release(NAME)["cells"]:
            name = grade_id(cell) or ""
            if cell["metadata"].get("nbgrader", {}).get("solution"):
                if name.removesuffix("-answer") not in blank and (
                    name != "q9" or essay is not None
                ):
                    cell["source"] = f"{source(cell)}\n# {SECRET}"
                    answered.add(name)
                if cell["cell_type"] == "code":
                    cell["outputs"] = [
                        {"output_type": "error", "ename": e, "evalue": SECRET, "traceback": []}
                        for e in errors
                    ]
            cells.append(cell)
        graded = Graded(student, cells, marks, answered, [], None, {})
        save(self.book, self.exercise, graded, self.config)
        if essay is not None:
            grade = self.book.find_grade("q9", NAME, NAME, student)
            grade.manual_score, grade.needs_manual_grade = essay, False
            self.book.find_comment("q9", NAME, NAME, student).manual_comment = said or SECRET
            self.book.db.commit()
        folder = self.course / "submitted" / student / NAME
        autograded.write(folder, graded, Provenance("work", "exercise"))
