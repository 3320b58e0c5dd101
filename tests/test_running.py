"""Chapters are run again when something that they show may have changed, and only then."""

import os

import nbformat
import pytest

from coursestaff.publishing import execution as running
from tests.notebooks import CHAPTERS

pytestmark = pytest.mark.publishing


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of little more than what the outputs of its chapters depend on."""
    for name in (
        "courseware/course.mplstyle",
        "courseware/data.py",
        "courseware/journal/records.py",
        "courseware/__pycache__/data.pyc",
        "data/datapackage.json",
        "requirements.lock",
        "coursestaff/publishing/mime_output.py",
        "README.md",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("first edition", encoding="utf-8")
    monkeypatch.setattr(running, "ROOT", tmp_path)
    monkeypatch.setattr(running, "FRAME", tmp_path)
    monkeypatch.setattr(running, "HERE", tmp_path / "coursestaff" / "publishing")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "matters"),
    [
        ("courseware/course.mplstyle", True),
        ("courseware/journal/records.py", True),
        ("data/datapackage.json", True),
        ("requirements.lock", True),
        ("coursestaff/publishing/mime_output.py", True),
        ("courseware/__pycache__/data.pyc", False),
        ("README.md", False),
    ],
)
def test_what_outputs_depend_on_is_known(course, file, matters):
    before = running.shared_state()
    (course / file).write_text("second edition", encoding="utf-8")
    assert (running.shared_state() != before) == matters


def test_the_digest_knows_every_file_of_the_package():
    assert {path.suffix for path in running.package_files()} >= {".mplstyle", ".py"}


@pytest.mark.parametrize(("cores", "at_a_time"), [(128, len(CHAPTERS)), (2, 2), (None, 1)])
def test_no_more_processes_than_chapters_or_cores(monkeypatch, cores, at_a_time):
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert running.processes(len(CHAPTERS)) == at_a_time <= 61


def test_a_chapter_is_run_once_and_again_when_it_changes(tmp_path, monkeypatch):
    chapter, store = tmp_path / "00_small.ipynb", tmp_path / "store"

    def run(source):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
        notebook.cells[0].id = "cell"
        nbformat.write(notebook, chapter)
        return running.run_all([chapter], store)[chapter].cells[0].outputs[0].text

    assert run("from courseware import ui\nprint(ui.LOOKS['day'])") == ' class="day"\n'
    (first,) = store.iterdir()
    assert run("print('changed')") == "changed\n"
    (second,) = store.iterdir()
    assert first != second
    monkeypatch.setattr(running, "ProcessPoolExecutor", None)
    assert run("print('changed')") == "changed\n"
