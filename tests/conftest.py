"""What every test gets: a journal of its own, no network, no screen."""

import matplotlib as mpl
import pytest

from courseware.journal.store import Store
from instructor.publishing import execution
from tests.notebooks import CHAPTERS, OFFLINE, executed
from tests.offline import sitecustomize  # noqa: F401  cuts the network off, as in the kernels

mpl.use("Agg")


@pytest.fixture(autouse=True)
def journal_dir(tmp_path, monkeypatch):
    """Give each test a journal folder of its own."""
    folder = tmp_path / "journal"
    monkeypatch.setenv("NO_LIMITS_JOURNAL", str(folder))
    return folder


@pytest.fixture(scope="session")
def journals(tmp_path_factory):
    """Return the journal folder of a chapter; one for the whole session, so it runs once."""
    folder = tmp_path_factory.mktemp("journals")
    return lambda path: folder / path.stem


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    """Return the folder of the chapters as publishing runs them: once, for site and slides."""
    store = tmp_path_factory.mktemp("published")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(OFFLINE))
        execution.run_all(CHAPTERS, store)
    return store


@pytest.fixture(scope="session")
def outcomes(journals):
    """Return what a chapter, once run, says about each of its predictions."""

    def of(path) -> dict:
        executed(path, journals(path))
        entries = Store(journals(path)).all()
        return {entry.id: entry.outcome.value for entry in entries if entry.outcome}

    return of
