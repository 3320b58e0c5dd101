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

from courseware import manifest, views, words
from tests import seconds
from tests.notebooks import CHAPTERS, NOTEBOOKS
from tests.offline import sitecustomize  # noqa: F401  cuts the network off, as in the kernels

mpl.use("Agg")

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


def expected(config, places: Iterable[str]) -> dict[str, float]:
    """Return the seconds that each place will take in this run."""
    return seconds.expected(seconds.read(), seconds.kinds(config.option.markexpr), places)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Begin with what takes long; the rest stays in order, or in random order."""
    if config.option.of_any_course:
        items[:] = filter(is_of_any_course, items)
    if IS_ONE_OF_SEVERAL:
        first = seconds.long(expected(config, {place(item.nodeid) for item in items}))
        items.sort(key=lambda item: [*first, place(item.nodeid)].index(place(item.nodeid)))


# What a run says --------------------------------------------------------------------------------


def is_spread(config) -> bool:
    """Return whether this process hands the tests out to others, as ``start.py test`` does."""
    return bool(config.getoption("numprocesses", None))


def pytest_addoption(parser):
    text = "after a whole run: note how long each place took, in tests/seconds.csv"
    parser.addoption("--renew-seconds", action="store_true", help=text)
    text = "only what is asked of each chapter, exercise, table and view of a course"
    parser.addoption("--of-any-course", action="store_true", help=text)


def is_of_any_course(item) -> bool:
    """Return whether a test asks something of one of the things that a course lists."""
    given = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return any(isinstance(value, Path | str | dict) and value in listed() for value in given)


@cache
def listed() -> list:
    """Return the chapters, companions, exercises, tables and views of the course that is tested."""
    resources, exercises = manifest.package()["resources"], [path.stem for path in CHAPTERS]
    return [*NOTEBOOKS, *exercises, *resources, *views.names()]


class Progress:
    """Says how far the tests have come, in time: a line for some per cents, no dots."""

    def __init__(self, config, reporter) -> None:
        self.config, self.reporter, self.way = config, reporter, None

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids):
        if not self.way and ids:  # each process finds the same tests
            places = [place(nodeid) for nodeid in ids]
            self.way = seconds.Way(places, expected(self.config, {*places}))
            processes = len(self.config.option.tx)
            minutes = max(1, round(self.way.minutes(processes)))
            self.reporter.write_line(f"about {minutes} min on {processes} processes")

    def pytest_report_teststatus(self, report):
        return ("passed", "", "") if report.passed and report.when == "call" else None

    def pytest_runtest_logfinish(self, nodeid):
        if per_cent := self.way.go_on(place(nodeid)):
            self.reporter.write_line(f"{per_cent:3} %", flush=True)


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    if is_spread(config) and config.option.verbose == 0:
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        config.pluginmanager.register(Progress(config, reporter))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter, config):
    """Say last what was proved, and note how long it took if that is asked for."""
    if is_spread(config) and config.option.renew_seconds:
        reports = chain.from_iterable(terminalreporter.stats.values())
        renew(config, [each for each in reports if isinstance(each, pytest.TestReport)])
    yield
    for line in told(terminalreporter.stats.get("passed", ())):
        terminalreporter.write_line(line)


def renew(config, reports: Iterable[pytest.TestReport]) -> None:
    """Write how long each place took."""
    spent = Counter()
    for report in reports:
        spent[place(report.nodeid), seconds.kind(report.keywords)] += report.duration
    tried = seconds.kinds(config.option.markexpr)
    seconds.write(seconds.renewed(seconds.read(), tried, spent))


def told(passed: Iterable[pytest.TestReport]) -> Iterator[str]:
    """Yield a line for each kind of thing that tests have proved something of."""
    found = defaultdict(set)
    for report in passed:
        for kind, names in report.user_properties:
            found[kind].update(names)
    for kind in [kind for kind in PROVED if kind in found]:
        number = f"{len(found[kind])} {kind}"
        yield f"{number:20}{PROVED[kind]}"


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
        monkeypatch.setattr(words, "folder", lambda: folder)
        monkeypatch.setattr(words, "chapter", words.chapter.__wrapped__)

    return use
