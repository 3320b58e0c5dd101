"""The course where Python itself runs in a browser: a stand-in for that platform.

What is known of it: no processes, an ``fcntl`` with nothing in it, the drive at one place, a
storage that takes a folder of another mode than its own for a file, no configuration of IPython.
"""

import subprocess
import sys
from types import ModuleType, SimpleNamespace

import pytest

from courseware import journal, manifest, mistakes
from courseware.checks import full
from courseware.journal import store
from courseware.journal.store import IN_MEMORY
from courseware.locking import lock, unlock
from tests.test_journal import polled, restart


def no_process(*_: object, **__: object) -> None:
    raise OSError("emscripten does not support processes.")


@pytest.fixture
def drive(monkeypatch, tmp_path):
    """Make this the browser's Python; return the drive."""
    monkeypatch.delenv("NO_LIMITS_JOURNAL", raising=False)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.setitem(sys.modules, "fcntl", ModuleType("fcntl"))
    monkeypatch.setattr(subprocess, "run", no_process)
    monkeypatch.setattr(manifest, "DRIVE", tmp_path)
    restart()
    yield tmp_path
    restart()


def test_an_answer_is_saved_and_there_the_next_day(drive):
    polled(40)
    restart()
    assert journal.read("T1").answer == 40
    assert (drive / "journal" / "entries").is_dir()


@pytest.mark.parametrize("loses", ["the file", "its content"])
def test_what_the_storage_did_not_keep_is_never_called_saved(drive, monkeypatch, loses):
    def silently(temporary, path):
        if loses == "its content":
            path.write_bytes(b"")

    monkeypatch.setattr(store, "_put_in_place", silently)
    form = journal.confidence("T1", "China gains", moment="opening")
    form.control.value = 40
    form.save_button.click()
    assert IN_MEMORY in form.status.value
    assert "cannot be written" in form.status.value
    assert journal.read("T1").answer == 40, "until the notebook is closed"


def test_folders_have_the_mode_that_the_storage_knows(drive):
    polled(40)
    plain = drive / "plain"
    plain.mkdir()
    assert (drive / "journal").stat().st_mode == plain.stat().st_mode


def test_elsewhere_a_journal_s_folder_is_its_owner_s(journal_dir):
    restart()
    polled(40)
    if sys.platform != "win32":
        assert journal_dir.stat().st_mode & 0o777 == 0o700


def test_files_are_locked_where_there_is_nobody_to_lock_out(drive):
    with (drive / "file").open("w") as handle:
        assert lock(handle.fileno())
        unlock(handle.fileno())


def test_notebooks_and_exercises_share_one_journal_and_the_wheel_s_tables(drive, monkeypatch):
    exercise = drive / "exercises" / "02"
    exercise.mkdir(parents=True)
    monkeypatch.chdir(exercise)
    assert manifest.course_root() == drive


def test_errors_are_said_in_words_without_a_server(drive):
    assert mistakes.somebody_is_there(SimpleNamespace(kernel=object()))
    assert not mistakes.somebody_is_there(SimpleNamespace())


def test_the_kernel_is_set_up_by_importing_the_course():
    code = (
        "import sys; from IPython.core.interactiveshell import InteractiveShell; import pandas;"
        "shell = InteractiveShell.instance(); shell.kernel = None; sys.platform = 'emscripten';"
        "import courseware; print(hasattr(shell, 'plain_showtraceback'));"
        "from matplotlib import font_manager as m; m._log.warning('building the font cache')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
    assert "font cache" not in done.stderr


def test_the_whole_check_says_in_words_that_it_cannot_run(drive, monkeypatch):
    folder = drive / "exercises" / "own"
    folder.mkdir(parents=True)
    (folder / "own.ipynb").write_text("{}")
    monkeypatch.chdir(folder)
    assert full.full("q1", "answer", None).words == full.NOT_HERE
