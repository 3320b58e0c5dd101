"""What every test gets: a journal of its own, no network, no screen. Who shares a process.

At the end a run says what it has proved, in words for somebody who knows nothing of its tests.
"""

import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import matplotlib as mpl
import pytest
from xdist.scheduler import LoadScopeScheduling

from courseware import words
from tests.offline import sitecustomize  # noqa: F401  cuts the network off, as in the kernels

mpl.use("Agg")

#: What takes longest begins first, so that no process is left alone with it.
LONGEST = (
    "browser-1",
    "browser-2",
    "test_site",
    "test_grading_isolation",
    "test_grading_cluster",
    "test_grading_class",
    "test_exercises",
    "test_explorers",
    "test_hub",
    "test_grading_attacks",
    "test_grading_sunday",
    "test_slides",
)
IS_ONE_OF_SEVERAL = "PYTEST_XDIST_WORKER" in os.environ

#: What is proved of the course, and of each claim, chart and so on by tests that pass.
PROVED = {
    "claims": "each has a verdict, its evidence, and a chapter that tries it",
    "charts": "each has a title that fits its numbers, and is described in words",
    "tables": "each says who published it and what each column means",
    "exercises": "each solution gets every point, and no answer that is a little wrong does",
    "honest answers": "each keeps the points that it is worth",
    "attacks": "none reaches the marks, the solutions or another student's work",
}


class TogetherScheduling(LoadScopeScheduling):
    """Keeps tests that share what is costly in one process.

    xdist's own way, the mark ``xdist_group``, is without effect from pytest 9.2 on.
    """

    def _split_scope(self, nodeid: str) -> str:
        return place(nodeid)


#: A test in the browser that goes through a chapter tells it in its name.
CHAPTER = re.compile(r"\[(\d\d)[_-][a-z]")


def place(nodeid: str) -> str:
    """Return what stays in one process: a file; of the browser's folder, what shares a JupyterLab.

    Chapters with an even number share one, all the others share another.
    """
    *_, folder, file = nodeid.partition("::")[0].split("/")
    if folder != "browser":
        return file.removesuffix(".py")
    chapter = CHAPTER.search(nodeid)
    return "browser-1" if chapter and int(chapter[1]) % 2 == 0 else "browser-2"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return TogetherScheduling(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    if IS_ONE_OF_SEVERAL:
        items.sort(key=lambda item: [*LONGEST, place(item.nodeid)].index(place(item.nodeid)))


# What a run says --------------------------------------------------------------------------------


def is_spread(config) -> bool:
    """Return whether this process hands the tests out to others, as ``start.py test`` does."""
    return bool(config.getoption("numprocesses", None))


class Progress:
    """Says how far the tests have come: a word for each tenth, not a dot for each test."""

    def __init__(self, reporter) -> None:
        self.reporter, self.session = reporter, None
        self.done = self.tenths = 0

    def pytest_sessionstart(self, session):
        self.session = session

    def pytest_report_teststatus(self, report):
        return ("passed", "", "") if report.passed and report.when == "call" else None

    def pytest_runtest_logfinish(self):
        self.done += 1
        tenths = self.done * 10 // max(self.session.testscollected, 1)
        if tenths > self.tenths:
            self.tenths = tenths
            self.reporter.write(f"{tenths * 10} % ", flush=True)


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    if is_spread(config) and config.option.verbose == 0:
        config.pluginmanager.register(Progress(config.pluginmanager.get_plugin("terminalreporter")))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter, config):
    """Say last what was proved; before it, with ``--durations``, how long each file took."""
    reports = [
        report
        for report in chain.from_iterable(terminalreporter.stats.values())
        if isinstance(report, pytest.TestReport)
    ]
    if is_spread(config) and config.option.durations is not None:
        _write_seconds(terminalreporter, reports)
    yield
    for line in told(terminalreporter.stats.get("passed", ())):
        terminalreporter.write_line(line)


def told(passed: Iterable[pytest.TestReport]) -> Iterator[str]:
    """Yield a line for each kind of thing that tests have proved something of."""
    found = defaultdict(set)
    for report in passed:
        for kind, names in report.user_properties:
            found[kind].update(names)
    for kind in [kind for kind in PROVED if kind in found]:
        number = f"{len(found[kind])} {kind}"
        yield f"{number:20}{PROVED[kind]}"


def _write_seconds(terminalreporter, reports):
    spent = Counter()
    for report in reports:
        spent[report.nodeid.partition("::")[0]] += report.duration
    terminalreporter.section("seconds of each file")
    for file, seconds in spent.most_common(20):
        terminalreporter.write_line(f"{seconds:7.0f}  {file}")
    terminalreporter.write_line(f"{spent.total():7.0f}  all {len(spent)} files")


@pytest.fixture
def proved(request) -> Callable[..., None]:
    """Return a function that notes what a test proves, if it passes: a kind, and which of it."""

    def note(kind: str, *names: str) -> None:
        assert kind in PROVED
        request.node.user_properties.append((kind, list(names)))

    return note


# What tests share -------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def folder_of_the_run(tmp_path_factory):
    """Name the folder of this test run, the same in every process that xdist starts."""
    own = tmp_path_factory.getbasetemp()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_LIMITS_TEST_RUN", str(own.parent if IS_ONE_OF_SEVERAL else own))
        yield


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


@pytest.fixture
def own_words(monkeypatch) -> Callable[[Path], None]:
    """Return a function that lets a test have words of its own, in a folder.

    They are read whenever they are asked for, and what is kept of the course's own words stays.
    """

    def use(folder: Path) -> None:
        monkeypatch.setattr(words, "FOLDER", folder)
        monkeypatch.setattr(words, "chapter", words.chapter.__wrapped__)

    return use
