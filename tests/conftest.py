"""What every test gets: a journal of its own, no network, no screen. Who shares a process."""

import os
import sys
from collections import Counter
from functools import cache
from itertools import chain
from pathlib import Path

import matplotlib as mpl
import pytest
from xdist.scheduler import LoadScopeScheduling

from coursestaff.publishing import execution
from courseware.journal.store import Store
from tests.notebooks import CHAPTERS, OFFLINE, executed, once
from tests.offline import sitecustomize  # noqa: F401  cuts the network off, as in the kernels

mpl.use("Agg")

#: What takes longest begins first, so that no process is left alone with it.
LONGEST = (
    "test_site",
    "browser",
    "test_grading_isolation",
    "test_grading_cluster",
    "test_grading_class",
    "test_exercises",
    "test_hub",
    "test_grading_attacks",
    "test_explorers",
    "test_grading_sunday",
    "test_course",
    "test_workbook",
    "test_turns",
    "test_run_sheets",
    "test_slides",
)
#: What asks for the same costly thing as another file: here every variant of every solution.
WITH = {"test_checks_rounding": "test_exercises"}
IS_ONE_OF_SEVERAL = "PYTEST_XDIST_WORKER" in os.environ


class TogetherScheduling(LoadScopeScheduling):
    """Keeps tests that share what is costly in one process.

    xdist's own way, the mark ``xdist_group``, is without effect from pytest 9.2 on.
    """

    def _split_scope(self, nodeid: str) -> str:
        return place(nodeid)


def place(nodeid: str) -> str:
    """Return the file of a test; the browser's folder is one place, for it has one JupyterLab."""
    *_, folder, file = nodeid.partition("::")[0].split("/")
    name = file.removesuffix(".py")
    return folder if folder == "browser" else WITH.get(name, name)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return TogetherScheduling(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    if IS_ONE_OF_SEVERAL:
        items.sort(key=lambda item: [*LONGEST, place(item.nodeid)].index(place(item.nodeid)))


def pytest_terminal_summary(terminalreporter, config):
    """Say which files took longest, where tests are spread: each slow one is seen as it grows."""
    if not config.getoption("numprocesses", None):
        return
    spent = Counter()
    for report in chain.from_iterable(terminalreporter.stats.values()):
        if isinstance(report, pytest.TestReport):
            spent[report.nodeid.partition("::")[0]] += report.duration
    terminalreporter.section("seconds of each file")
    for file, seconds in spent.most_common(20):
        terminalreporter.write_line(f"{seconds:7.0f}  {file}")
    terminalreporter.write_line(f"{spent.total():7.0f}  all {len(spent)} files")


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
def published(shared):
    """Return the folder of the chapters as publishing runs them: once, for site and slides."""

    def make(store: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PYTHONPATH", str(OFFLINE))
            execution.run_all(CHAPTERS, store)

    return once(shared / "published", make)


@pytest.fixture(scope="session")
def outcomes(journals):
    """Return what a chapter, once run, says about each of its predictions."""

    def of(path) -> dict:
        executed(path, journals(path))
        entries = Store(journals(path)).all()
        return {entry.id: entry.outcome.value for entry in entries if entry.outcome}

    return of
