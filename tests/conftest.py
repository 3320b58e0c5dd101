"""What every test gets: a journal of its own, no network, no screen. Who shares a process."""

import os
import sys
from functools import cache
from pathlib import Path

import matplotlib as mpl
import pytest

from courseware.journal.store import Store
from tests.notebooks import executed
from tests.offline import sitecustomize  # noqa: F401  cuts the network off, as in the kernels

mpl.use("Agg")

#: Files and folders that take longest: they begin first, so that no process is left alone with one.
LONGEST = ("test_site", "browser", "test_slides", "test_grading_class", "test_grading_sunday")
IS_ONE_OF_SEVERAL = "PYTEST_XDIST_WORKER" in os.environ


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Keep the tests of a file in one process, because what they share is made once in each."""
    for item in items:
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(_file(item)))
    if IS_ONE_OF_SEVERAL:
        items.sort(key=lambda item: [*LONGEST, _file(item)].index(_file(item)))


def _file(item) -> str:
    """Return where a test stands; the browser's folder is one place, for it has one JupyterLab."""
    return "browser" if item.path.parent.name == "browser" else item.path.stem


@pytest.fixture(scope="session", autouse=True)
def alembic_is_asked_once():
    """Spare each new gradebook a process: nbgrader starts one to ask for what never changes."""
    if api := sys.modules.get("nbgrader.api"):
        api.get_alembic_version = cache(api.get_alembic_version)


@pytest.fixture(autouse=True)
def journal_dir(tmp_path, monkeypatch):
    """Give each test a journal folder of its own."""
    folder = tmp_path / "journal"
    monkeypatch.setenv("NO_LIMITS_JOURNAL", str(folder))
    return folder


@pytest.fixture(scope="session")
def shared(tmp_path_factory) -> Path:
    """Return the folder of this test run, the same in every process that xdist starts."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if IS_ONE_OF_SEVERAL else own


@pytest.fixture(scope="session")
def journals(shared):
    """Return the journal folder of a chapter; one for the whole test run, so it runs once."""
    folder = shared / "journals"
    folder.mkdir(exist_ok=True)
    return lambda path: folder / path.stem


@pytest.fixture(scope="session")
def outcomes(journals):
    """Return what a chapter, once run, says about each of its predictions."""

    def of(path) -> dict:
        executed(path, journals(path))
        entries = Store(journals(path)).all()
        return {entry.id: entry.outcome.value for entry in entries if entry.outcome}

    return of
