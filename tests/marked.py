"""A small graded class for the tests of the marking sheet, made without running anything."""

import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from coursestaff.exercises.spec import read_notebook
from coursestaff.marking import provenance
from coursestaff.marking.cleaning import clean_text
from coursestaff.marking.gradebook import prepare, save
from coursestaff.marking.marks import Mark
from coursestaff.marking.marksheet import opening
from coursestaff.nbgrader_course import directory, gradebook
from tests import handins
from tests.browser.lab import end as end_server
from tests.browser.lab import free_port, is_up
from tests.exercises import exercise
from tests.graded import result
from tests.notebooks import ROOT

NAME = "02_the_trade_lifeline"


def course(folder: Path, texts: dict[str, str | None]) -> Path:
    """Make a course folder with a class whose written answers are these (None: left empty)."""
    handins.linked(folder, "solutions", "exercises", "data", "nbgrader_config.py")
    book = gradebook(directory(folder))
    prepare(book, exercise(NAME), read_notebook(ROOT / "exercises" / NAME / f"{NAME}.ipynb"))
    for student, text in texts.items():
        book.update_or_create_student(student, first_name="Ada", last_name="Example")
        hand_in(folder, book, student, text)
    book.close()
    return folder


def hand_in(folder, book, student, text, changed=None, doubtful=()):
    """Put one student's answer where grading puts it; ``changed`` as in a `Graded`."""
    marks = {q.id: Mark(q.id, q.points, q.points, "Right.") for q in exercise(NAME).checked}
    for question in doubtful:
        del marks[question]
    answered = {f"{name}-answer" for name in marks} | ({"q9"} if text is not None else set())
    marked = result(student, marks, answered, changed=changed, doubtful=set(doubtful))
    save(book, exercise(NAME), marked, directory(folder).config)
    notebook = handins.answered(NAME, {"q9": text} if text is not None else {})
    handins.write(folder / "submitted" / student / NAME, NAME, notebook)
    box = handins.cell(notebook, "q9")
    box |= clean_text(box)
    work = provenance.of_work(folder / "submitted" / student / NAME)
    made_of = provenance.Provenance(work, provenance.of_exercise(exercise(NAME)))
    notebook["metadata"][provenance.KEY] = provenance.write(made_of)
    shutil.rmtree(folder / "autograded" / student, ignore_errors=True)
    handins.write(folder / "autograded" / student / NAME, NAME, notebook)


@contextmanager
def running(course, home, settings):
    """Run a Jupyter server with a token and a folder of settings; yield its address."""
    port, token = free_port(), "a-token-of-the-tests"
    started = opening.command(course, NAME, "q9", browser=False, port=port)
    environment = os.environ | {"HOME": str(home), "JUPYTER_CONFIG_DIR": str(home / "config")}
    environment |= {"JUPYTER_CONFIG_PATH": str(settings), "JUPYTER_TOKEN": token}
    environment["PYTHONPATH"] = str(ROOT)
    silent = subprocess.DEVNULL
    with subprocess.Popen(started, env=environment, stdout=silent, stderr=silent) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            if not is_up(f"{address}/api", server):
                raise TimeoutError(f"the marking sheet did not answer at {address}")
            yield address, token
        finally:
            end_server(server)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_, **__):
        return None


def fetch(address, method="GET", body=None, **headers):
    """Return status, headers and text; status None where nobody answers."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data=data, method=method, headers=headers)
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=60) as reply:
            return reply.status, reply.headers, reply.read().decode()
    except urllib.error.HTTPError as problem:
        return problem.code, problem.headers, problem.read().decode()
    except OSError:
        return None, None, ""
