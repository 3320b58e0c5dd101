"""From release to feedback through nbgrader's exchange; the student has the wheel only."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from coursestaff.exercises.spec import read_notebook
from coursestaff.marking.gradebook import prepare
from coursestaff.nbgrader_course import directory, gradebook
from tests import handins
from tests.exercises import exercise, shown
from tests.graded import grades, new_course
from tests.isolated import needs_isolation
from tests.notebooks import OFFLINE, ROOT

NAME = "02_the_trade_lifeline"
pytestmark = [pytest.mark.sandbox, needs_isolation]

EXCHANGE = """
c.Exchange.root = {root!r}
c.Exchange.path_includes_course = False
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Return a folder with what a student has installed: the wheel, and nothing of the course."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = out.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(out / "installed")
    return out / "installed"


def call(folder: Path, python_path: Path, *arguments: str, **variables: str) -> str:
    """Run nbgrader or the course's command in a folder, and return what it says."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {k: v for k, v in os.environ.items() if k != "NO_LIMITS_DATA"}
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        text=True,
        capture_output=True,
        env=environment | {"PATH": path, "PYTHONPATH": str(python_path), **variables},
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout + done.stderr


@pytest.mark.matrix  # nbgrader moves the files; what is ours is proved file by file
def test_from_release_to_feedback_through_the_exchange(tmp_path, wheel):
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    text = EXCHANGE.format(root=str(exchange))
    course = new_course(tmp_path / "course")
    (course / "nbgrader_config.py").unlink()
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    (course / "nbgrader_config.py").write_text(config + text, encoding="utf-8")
    student = tmp_path / "student"
    student.mkdir()
    given = 'c = get_config()\nc.CourseDirectory.course_id = "no_limits"\n'
    (student / "nbgrader_config.py").write_text(given + text, encoding="utf-8")
    jupyter = {"JUPYTER_CONFIG_DIR": str(tmp_path / "config"), "JUPYTER_DATA_DIR": str(tmp_path)}

    book = gradebook(directory(course))
    prepare(book, exercise(NAME), read_notebook(ROOT / "exercises" / NAME / f"{NAME}.ipynb"))
    book.close()
    call(course, ROOT, "nbgrader", "release_assignment", NAME, **jupyter)
    call(student, wheel, "nbgrader", "fetch_assignment", NAME, **jupyter)
    folder = student / NAME
    assert {path.name for path in folder.iterdir()} == {f"{NAME}.ipynb", "checks.json"}

    fetched = json.loads((folder / f"{NAME}.ipynb").read_text(encoding="utf-8"))
    answers = handins.answered(NAME)
    for cell, solved in zip(fetched["cells"], answers["cells"], strict=True):
        cell["source"] = solved["source"]
    (folder / f"{NAME}.ipynb").write_text(json.dumps(fetched), encoding="utf-8")
    ran = nbformat.read(folder / f"{NAME}.ipynb", as_version=4)
    client = NotebookClient(ran, timeout=120, resources={"metadata": {"path": str(folder)}})
    only_wheel = {k: v for k, v in os.environ.items() if k != "NO_LIMITS_DATA"}
    paths = os.pathsep.join([str(wheel), str(OFFLINE)])
    client.execute(env=only_wheel | {"PYTHONPATH": paths})
    assert "billion dollars" in shown(ran, "q1"), "the check of the wheel knows the question"

    call(student, wheel, "nbgrader", "submit", NAME, **jupyter)
    call(course, ROOT, "nbgrader", "collect", NAME, **jupyter)
    call(course, ROOT, "coursestaff.cli", "grade", NAME, "--json")
    (handed_in,) = (course / "submitted").iterdir()
    scores, _ = grades(course, handed_in.name)
    assert sum(auto or 0 for auto, _, _ in scores.values()) == 16
    call(course, ROOT, "nbgrader", "generate_feedback", NAME, **jupyter)
    call(course, ROOT, "nbgrader", "release_feedback", NAME, **jupyter)
    call(student, wheel, "nbgrader", "fetch_feedback", NAME, **jupyter)
    assert list(folder.glob(f"feedback/*/{NAME}.html"))
