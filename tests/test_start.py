"""start.py: which Python it takes, what it sets up, how it opens JupyterLab, what it runs."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

import start
from tests.notebooks import ROOT

DESK, HUB, DEVELOPMENT = start.LOCKS


def test_start_can_be_read_by_an_old_python_on_any_console():
    source = (ROOT / "start.py").read_text(encoding="utf-8")
    assert source.isascii()
    imported = set()
    for node in ast.walk(ast.parse(source, feature_version=(3, 6))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module)
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names


# --- A Python that is new enough -----------------------------------------------------------


@pytest.mark.parametrize(
    ("installed", "chosen"),
    [
        ({"me": ("3.12", True), "python3.14": ("3.14", True)}, ["me"]),
        ({"me": ("3.9", True), "python3.13": ("3.13", True)}, ["python3.13"]),
        ({"me": ("3.11", False), "python3.12": ("3.12", True)}, ["python3.12"]),
        ({"me": ("3.8", True), "py -3.11": ("3.11", True)}, ["py", "-3.11"]),
    ],
    ids=["the one in use", "one on PATH", "one that can make environments", "Windows' launcher"],
)
def test_find_python_takes_the_first_that_will_do(installed, chosen):
    ask = lambda command: installed.get(" ".join(command))  # noqa: E731
    assert start.find_python("win32", "me", ask) == chosen


#: What is asked, what the only Python there answers, and what it says to install.
PYTHONS = [
    ("darwin", ("3.9", True), ["3.11", "3.9"]),
    ("linux", None, ["3.11", "sudo apt install python3 python3-venv"]),
    ("linux", ("3.12", False), ["3.12", "sudo apt install python3-venv"]),
    ("win32", None, ["3.11"]),
]
NETWORK = (
    "after connection broken by 'NewConnectionError(",
    "HTTPSConnectionPool(host='example.org', port=443): Read timed out.",
    "[Errno -3] Temporary failure in name resolution",
)


def test_without_a_python_it_says_what_to_install(snapshot):
    told = []
    for platform, answer, words in PYTHONS:
        with pytest.raises(start.SetUpError) as caught:
            start.find_python(platform, "python3", lambda _, answer=answer: answer)
        told.append(str(caught.value))
        assert all(word in told[-1] for word in words)
    assert told == snapshot


def test_probe_knows_this_python_and_survives_what_is_none(tmp_path):
    version, _ = start.probe([sys.executable])
    assert version == "{}.{}".format(*sys.version_info[:2])
    assert start.probe([str(tmp_path / "vanished")]) is None
    for broken in ("print('no version')", "raise SystemExit(127)"):
        assert start.probe([sys.executable, "-c", broken]) is None


# --- Setting up ----------------------------------------------------------------------------


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Make a course folder with nothing in it but what the stamp depends on."""
    (tmp_path / ".venv").mkdir()
    (tmp_path / HUB).parent.mkdir(parents=True)
    for name in start.LOCKS:
        (tmp_path / name).write_text(f"{name}, first edition", encoding="utf-8")
    monkeypatch.setattr(start, "ROOT", tmp_path)
    monkeypatch.setattr(start, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(start, "STAMP", tmp_path / ".venv" / "stamp.json")
    return tmp_path


class Rehearsal(list):
    """What ``set_up`` asked for; ``version`` is that of the environment's Python."""

    version: str | None = "3.11"


@pytest.fixture
def rehearsal(course, monkeypatch):
    """Replace venv and pip by a list of what ``set_up`` asks of them; set up a desk."""
    asked = Rehearsal()

    def make_venv():
        asked.version = "3.13"
        asked.append("venv")

    def pip(command, arguments, message):
        assert start.read_stamp() is None, "while packages change there must be no stamp"
        asked.append(arguments[-1])

    monkeypatch.setattr(start, "probe", lambda command: asked.version and (asked.version, True))
    monkeypatch.setattr(start, "make_venv", make_venv)
    monkeypatch.setattr(start, "pip", pip)
    monkeypatch.setattr(start, "link", lambda python: asked.append("link"))
    start.set_up(DESK)
    assert asked == ALL
    asked.clear()
    return asked


ALL = ["venv", DESK, "link"]
BROKEN = ("", "{", "[]", "null", '{"lock": "requirements.lock"}', '{"lock": "unknown"}')


@pytest.mark.parametrize(
    ("changed", "text", "locks", "asked"),
    [
        (DESK, None, [DESK], ["link"]),
        (DESK, "second edition", [DESK], [DESK, "link"]),
        ("pyproject.toml", "second edition", [DESK], ["link"]),
        (HUB, "second edition", [DESK], ["link"]),
        # a larger set-up serves for a smaller one, but not the reverse
        (DESK, None, [HUB, DESK], [HUB, "link", "link"]),
        (DESK, None, [HUB, DEVELOPMENT, HUB], [HUB, "link", DEVELOPMENT, "link", "link"]),
        *((".venv/stamp.json", text, [DESK], ALL) for text in BROKEN),
    ],
)
def test_only_what_changed_is_done_again(rehearsal, course, changed, text, locks, asked):
    if text is not None:
        (course / changed).write_text(text, encoding="utf-8")
    for lock in locks:
        start.set_up(lock)
    assert rehearsal == asked


@pytest.mark.parametrize("version", [None, "3.14"], ids=["vanished", "another"])
def test_an_environment_whose_python_changed_is_made_again(rehearsal, version):
    rehearsal.version = version
    start.set_up(DESK)
    assert rehearsal == ALL


@pytest.mark.parametrize(
    ("error", "stands"),
    [(start.SetUpError("no network"), True), (KeyboardInterrupt(), False)],
    ids=["failed: the earlier set-up stands", "interrupted: the next start rebuilds"],
)
def test_an_update_that_did_not_end(rehearsal, course, monkeypatch, error, stands):
    before = start.read_stamp()
    (course / DESK).write_text("second edition", encoding="utf-8")

    def pip(*asked):
        raise error

    monkeypatch.setattr(start, "pip", pip)
    with pytest.raises(type(error)):
        start.set_up(DESK)
    assert start.read_stamp() == (before if stands else None)


def test_a_students_copy_is_only_opened(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(start, "ROOT", tmp_path)
    monkeypatch.setattr(start, "set_up", lambda lock: pytest.fail("it is set up"))
    for command in set(start.COMMANDS) - {"lab"}:
        assert start.main([command]) == 1
        assert "`lab`" in capsys.readouterr().err


def test_why_a_set_up_failed_is_said_and_its_output_kept(course, monkeypatch, capsys, snapshot):
    monkeypatch.setattr(start, "LOG", course / "with a space.log")
    start.logged([sys.executable, "-c", "print('done')"], "Working.")
    assert capsys.readouterr().out.startswith("Working.\n")
    assert start.LOG.read_text(encoding="utf-8") == "done\n"
    fails = "print('something nobody foresaw'); raise SystemExit(3)"
    with pytest.raises(start.SetUpError, match="something nobody foresaw"):
        start.logged([sys.executable, "-c", fails], "Working.")
    (network,) = {start.failure_advice(output) for output in NETWORK}
    full = start.failure_advice("OSError: [Errno 28] No space left on device")
    assert "HTTPS_PROXY" in network and "2 GB" in full
    assert [network, full] == snapshot


def typed(folder, *words):
    """Return what `course`, typed outside of the folder, prints."""
    inside = "Scripts" if os.name == "nt" else "bin"
    command = [shutil.which("course", path=str(folder / ".venv" / inside)), *words]
    return subprocess.check_output(command, cwd=folder.parent, text=True).strip()


def test_the_course_is_linked_into_its_environment_with_its_command(tmp_path, monkeypatch):
    folder = tmp_path / "ein Kurs"
    for package in ("courseware", "coursestaff"):
        (folder / package).mkdir(parents=True)
        (folder / package / "__init__.py").touch()
    (folder / "coursestaff" / "cli.py").write_text(
        "import sys, courseware; print(courseware.__file__, *sys.argv[1:])", encoding="utf-8"
    )
    shutil.copytree(ROOT / "courseware" / "etc", folder / "courseware" / "etc")
    made = [sys.executable, "-m", "venv", "--without-pip", folder / ".venv"]
    subprocess.run(made, check=True, cwd=tmp_path)
    monkeypatch.setattr(start, "ROOT", folder)
    monkeypatch.setattr(start, "VENV", folder / ".venv")
    start.link(start.venv_python())
    (tmp_path / "courseware.py").write_text("raise SystemExit('not this one')")
    package = folder / "courseware" / "__init__.py"
    assert typed(folder, "grade", "two words") == f"{package} grade two words"
    assert (folder / ".venv/etc/ipython/ipython_config.py").is_file()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", lambda *_, **__: pytest.fail("written again"))
        start.link(start.venv_python())
    moved = folder.rename(folder.with_name("moved"))
    assert typed(moved) == str(moved / "courseware" / "__init__.py")


# --- JupyterLab ----------------------------------------------------------------------------


def test_lab_opens_a_page_of_this_folder_with_extra_words():
    plain = start.lab_arguments([], start.last_page(None))
    assert plain[:3] == ["-m", "jupyterlab", f"--ServerApp.root_dir={ROOT}"]
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in plain
    words = start.lab_arguments(["--port", "8899"], "notebooks/a b.ipynb")
    assert "--LabApp.default_url=/lab/tree/notebooks/a%20b.ipynb" in words
    assert words[-2:] == ["--port", "8899"]


@pytest.mark.parametrize(
    ("current", "opened", "comes"),
    [
        ("notebook:notebooks/03 own.ipynb", ["notebooks/02.ipynb"], "notebooks/03 own.ipynb"),
        ("notebook:notebooks/gone.ipynb", ["notebooks/02.ipynb"], "notebooks/02.ipynb"),
        (
            "csvtable:data/trade.csv",
            ["notebooks/gone.ipynb", "notebooks/02.ipynb"],
            "notebooks/02.ipynb",
        ),
        (None, [], "notebooks/02.ipynb"),
    ],
    ids=["in front", "deleted since", "a table in front", "never used"],
)
def test_lab_opens_where_one_was(course, current, opened, comes):
    start.lab_environment({}, "reading")
    workspaces = course / ".lab" / "reading" / "workspaces"
    assert start.last_page(workspaces) == ""
    (course / "notebooks").mkdir()
    for name in ("02", "03 own"):
        (course / "notebooks" / f"{name}.ipynb").write_text("{}", encoding="utf-8")
    recent = [{"path": path, "contentType": "notebook"} for path in opened]
    layout = {"main": {"dock": None, "current": current}}
    noted = {"layout-restorer:data": layout, "docmanager:recents": {"opened": recent}}
    (workspaces / start.WORKSPACE).write_text(json.dumps({"data": noted}), encoding="utf-8")
    assert start.last_page(workspaces) == comes


@pytest.mark.parametrize("content", [None, b"{half", b"\xff", b"[]", b'{"data": {}}'])
def test_lab_opens_all_the_same_where_nothing_can_be_read_or_written(course, monkeypatch, content):
    (course / ".lab").write_text("a file in the way", encoding="utf-8")
    assert set(start.lab_environment({}, "reading")) == {"JUPYTER_CONFIG_PATH"}
    monkeypatch.setattr(start, "DESKS", course)
    if content is not None:
        (course / start.WORKSPACE).write_bytes(content)
        (course / "reading.json").write_bytes(content[:5])
    assert start.last_page(course) == ""
    (course / ".lab").unlink()
    assert start.furnish("reading") is None


def test_lab_s_settings_are_copied_once_and_stay_the_reader_s(course):
    themes = "settings/@jupyterlab/apputils-extension/themes.jupyterlab-settings"
    folder = course / ".lab" / "reading"
    added = start.lab_environment({"HOME": "h"}, "reading")
    shown = json.loads((folder / themes).read_text(encoding="utf-8"))
    assert shown["overrides"]["content-font-size1"] == "16px"
    assert added["JUPYTERLAB_SETTINGS_DIR"] == str(folder / "settings")
    assert (folder / "workspaces" / start.WORKSPACE).exists()
    (folder / themes).write_text("mine", encoding="utf-8")
    assert start.lab_environment({"HOME": "h"}, "reading") == added
    assert (folder / themes).read_text(encoding="utf-8") == "mine"


def test_lab_s_settings_give_way_to_somebody_s_own(course):
    own = {"JUPYTERLAB_SETTINGS_DIR": "here", "JUPYTER_CONFIG_PATH": "mine"}
    added = start.lab_environment(own, "reading")
    assert added["JUPYTERLAB_SETTINGS_DIR"] == "here"
    first, second = added["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert first == "mine"  # the first one wins
    config = json.loads((Path(second) / "labconfig" / "page_config.json").read_text("utf-8"))
    assert all(config["disabledExtensions"].values())
    assert "@jupyter/nbgrader:validate-assignment" not in config["disabledExtensions"]


def test_no_list_is_kept_of_the_cells_that_were_run(course, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    added = start.lab_environment({**os.environ, "HOME": str(home)}, "reading")
    cells = [new_code_cell("answer = 'WORDS'"), new_code_cell("answer")]
    NotebookClient(new_notebook(cells=cells), timeout=60).execute(env=added)
    assert [cell.execution_count for cell in cells] == [1, 2], "they are counted all the same"
    files = [path for place in (home, course) for path in place.rglob("*") if path.is_file()]
    assert [path for path in files if b"WORDS" in path.read_bytes()] == []


@pytest.mark.parametrize(
    ("extra", "desk", "kept"),
    [([], "reading", True), ([start.PROJECT], "projecting", False)],
    ids=["where one teaches", "on a wall, from a student's copy"],
)
def test_project_is_our_own_word_and_an_instructor_s_releases_are_kept(
    course, monkeypatch, extra, desk, kept
):
    calls = []
    monkeypatch.setattr(start.os, "environ", {})
    monkeypatch.setattr(start.os, "chdir", lambda folder: None)
    monkeypatch.setattr(start.os, "execv", lambda _, words: calls.append(words), raising=False)
    monkeypatch.setattr(start, "run", lambda *words: calls.append(words))
    if not kept:
        (course / "coursestaff").rename(course / "aside")
    start.lab([*extra, "--port", "8899"])
    assert (calls[0] == ("-m", "coursestaff.exercises.kept")) == kept
    assert [*calls[-1][-2:]] == ["--port", "8899"] and start.PROJECT not in calls[-1]
    assert Path(start.os.environ["JUPYTERLAB_SETTINGS_DIR"]).parts[-2:] == (desk, "settings")


# --- The other commands --------------------------------------------------------------------


@pytest.fixture
def ran(monkeypatch):
    """Replace what start.py runs: return its words, call by call, and a list of exit codes."""
    calls, codes = [], {}

    def run(*arguments):
        calls.append(" ".join(arguments[1:]))
        return next((code for words, code in codes.items() if calls[-1].startswith(words)), 0)

    monkeypatch.setattr(start, "run", run)
    monkeypatch.setattr(start, "set_up", lambda lock: None)
    return calls, codes


@pytest.mark.parametrize("command", ["test", "check", "test-all"])
@pytest.mark.parametrize(("fails", "code"), [("ruff check", 1), ("pytest", 5)])
def test_style_is_checked_first_and_the_tests_run_all_the_same(ran, command, fails, code):
    calls, codes = ran
    codes.update({fails: code})
    assert start.main([command]) == code
    assert [call.split(" -")[0] for call in calls] == ["ruff check", "ruff format", "pytest"]


@pytest.mark.parametrize(
    ("words", "runs"),
    [
        ("check", [f"-m {start.NOT_SLOW}"]),
        ("test --renew-seconds", ["--renew-seconds -m not matrix"]),
        ("test-all --randomly-seed=7", ["seed=7 -m not matrix", "seed=7 -m matrix"]),
    ],
)
def test_check_leaves_out_what_is_slow_and_test_the_rest_which_follows_in_test_all(
    ran, words, runs
):
    calls, _ = ran
    assert start.main(words.split()) == 0
    assert [call.startswith("ruff") for call in calls[:2]] == [True, True]
    for call, end in zip(calls[2:], runs, strict=True):
        assert call.startswith(f"pytest -n {start.WORKERS}") and call.endswith(end)
        assert ("-p randomly" in call) == (words.startswith("test-all")), "a seed repeats its order"
    assert all(mark in start.NOT_SLOW for mark in ("browser", "sandbox", "publishing", "matrix"))


def test_named_tests_run_alone(ran):
    calls, _ = ran
    assert start.main(["test", "tests/test_start.py", "-k", "x"]) == 0
    assert calls == ["pytest tests/test_start.py -k x"]


def test_every_command_is_in_the_usage_and_in_the_makefile(capsys):
    assert start.main(["lap"]) == 2
    told = capsys.readouterr().err
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in start.COMMANDS:
        assert f"start.py {command} " in told
        assert f"\n{command}:" in makefile and f"start.py {command}" in makefile
    assert start.main(["--help"]) == 0
