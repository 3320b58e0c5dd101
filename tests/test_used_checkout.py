"""Where somebody works with the course, the tests pass as on a fresh clone.

A copy of the course is used as people use it. Then those tests run in it that read what is stored.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.notebooks import NAMES, NOTEBOOKS, ROOT, git

STORED = [
    "tests/test_guide.py",
    "tests/test_notebooks.py::test_nothing_volatile_is_stored",
    "tests/test_notebooks.py::test_no_other_notebook_is_stored",
    "tests/test_setup.py::test_nothing_else_stands_at_the_top_level",
    "tests/test_exercises.py::test_solution_notebook_is_clean",
]


@pytest.fixture(scope="module")
def used(tmp_path_factory):
    """Return a copy of the course, as a git checkout, that people have worked in."""
    course = tmp_path_factory.mktemp("used") / "course"
    git("checkout-index", "--all", f"--prefix={course}/")
    for name in git("ls-files", "-z", "--modified", "--others", "--exclude-standard").split(b"\0"):
        path = ROOT / name.decode()
        if path.suffix == ".py" and path.is_file():  # what is being worked on
            (course / name.decode()).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, course / name.decode())
    for words in (["init", "-q"], ["add", "--all"]):
        subprocess.run(["git", *words], cwd=course, check=True, capture_output=True)
    use(course)
    return course


def use(course):
    """Do to a course folder what students and instructors do."""
    for path in NOTEBOOKS:
        saved(course / path.relative_to(ROOT))
    for name in NAMES[1:]:
        saved(course / "exercises" / name / f"{name}.ipynb")
        saved(course / "solutions" / name / f"{name}.ipynb")
    shutil.copy(
        course / f"notebooks/{NAMES[0]}.ipynb", course / f"notebooks/{NAMES[0]}-Copy1.ipynb"
    )
    for made in (
        "journal/02-tonnes.json",
        "submitted/ann/02_the_trade_lifeline/02_the_trade_lifeline.ipynb",
        "autograded/ann/02_the_trade_lifeline/02_the_trade_lifeline.ipynb",
        "feedback/ann/02_the_trade_lifeline/02_the_trade_lifeline.html",
        "gradebook.db",
        "Untitled.ipynb",
        "class.csv",
    ):
        (course / made).parent.mkdir(parents=True, exist_ok=True)
        (course / made).write_text("{}", encoding="utf-8")


def saved(path):
    """Do as JupyterLab: keep outputs and execution counts, and a checkpoint beside the notebook."""
    checkpoint = path.parent / ".ipynb_checkpoints" / f"{path.stem}-checkpoint.ipynb"
    checkpoint.parent.mkdir(exist_ok=True)
    shutil.copy(path, checkpoint)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for number, cell in enumerate(c for c in notebook["cells"] if c["cell_type"] == "code"):
        cell["execution_count"] = number + 1
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["seen\n"]}]
    notebook["metadata"]["language_info"]["version"] = "3.12.1"
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def python(course, *arguments):
    """Run Python in a course folder; return how it ended and what it said."""
    alone = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=course, env=alone, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def test_what_is_stored_is_found_clean(used):
    code, said = python(used, "pytest", "-q", "-p", "no:cacheprovider", *STORED)
    assert code == 0, said


def test_style_checks_look_at_no_checkpoint_and_at_nobodys_work(used):
    code, said = python(used, "ruff", "check", "--show-files")
    looked_at = {Path(line).relative_to(used).as_posix() for line in said.splitlines()}
    assert code == 0 and f"notebooks/{NAMES[0]}.ipynb" in looked_at
    made = (".ipynb_checkpoints", "submitted/", "autograded/")
    assert [name for name in looked_at if any(place in name for place in made)] == []
