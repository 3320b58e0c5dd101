"""A hub for a class: its rules one by one, and a class of three on a real one."""

import asyncio
import os
import shutil
import stat
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

pytest.importorskip("jupyterhub", reason="the extra `hub` is not installed")
if not sys.platform.startswith("linux"):
    pytest.skip("a hub runs on Linux only", allow_module_level=True)

from tornado.web import HTTPError

from benchmarks import hub as load
from courseware import CourseError
from instructor.hub import accounts, doors, environment, exchange, logging_in, slips
from instructor.hub.doors import Doors
from instructor.hub.place import Class, Place
from instructor.hub.programs import HubError, check_machine
from instructor.hub.sizes import Sizes

pytestmark = pytest.mark.sandbox
PREFIX = "nlhubtest"  # of the accounts that these tests make and remove


# --- Who is in the class ---------------------------------------------------------------------


def listed(folder: Path, text: str) -> Path:
    path = folder / "class.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_plain_class_list_gives_accounts_and_names(tmp_path):
    path = listed(tmp_path, 'account,name\nana,"Ángeles, Ana"\nben-2,Ben\n')
    assert accounts.read(path, "plain") == {"ana": "Ángeles, Ana", "ben-2": "Ben"}


def test_a_plain_class_list_may_have_been_saved_by_a_spreadsheet(tmp_path):
    (tmp_path / "class.csv").write_bytes("account;name\r\nana;Müller\r\n".encode("cp1252"))
    assert accounts.read(tmp_path / "class.csv", "plain") == {"ana": "Müller"}
    with pytest.raises(CourseError, match=r"there\.csv cannot be read"):
        accounts.read(tmp_path / "there.csv", "plain")
    with pytest.raises(HubError, match="must have the columns"):
        accounts.read(listed(tmp_path, "account,names\nana,A\n"), "plain")


@pytest.mark.parametrize("name", ["Ana", "2ana", "root:x", "a b", "../ana", "", "a" * 32])
def test_what_cannot_be_an_account_is_refused(tmp_path, name):
    with pytest.raises(HubError, match="cannot be names of accounts"):
        accounts.read(listed(tmp_path, f"account,name\n{name},Somebody\n"), "plain")


def test_nobody_stands_twice_in_a_class_list(tmp_path):
    with pytest.raises(HubError, match=r"Twice in .*: ana"):
        accounts.read(listed(tmp_path, "account,name\nana,A\nana,B\n"), "plain")


def test_an_account_that_the_hub_did_not_make_is_not_touched():
    with pytest.raises(HubError, match="did not make"):
        accounts.check_ours("root", "a-group-of-no-hub")
    with pytest.raises(HubError, match="not the hub's"):
        accounts.remove("root", "a-group-of-no-hub")


def test_a_first_password_is_long_and_never_the_same():
    made = {accounts._password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(each) == 14 and set(each) <= {*accounts.LETTERS, "-"} for each in made)


def test_a_password_with_a_second_line_sets_nothing(monkeypatch):
    monkeypatch.setattr(accounts, "run", lambda *_, **__: pytest.fail("chpasswd was called"))
    with pytest.raises(HubError, match="cannot be typed"):
        accounts.set_passwords({"ana": "long enough\nroot:mine"})


# --- Passwords -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("new", "again", "words"),
    [
        ("", "", "choose one of your own"),
        ("of my own words", "of my own word", "not the same"),
        ("short", "short", "10 characters or more"),
        ("slip-slip-slip", "slip-slip-slip", "not the one of the slip"),
        ("two lines\nroot:x", "two lines\nroot:x", "Choose another"),
    ],
)
def test_a_password_of_one_s_own_that_will_not_do_is_told(new, again, words):
    with pytest.raises(HTTPError) as told:
        logging_in.chosen("slip-slip-slip", new, again)
    assert words in told.value.log_message


def test_a_page_of_slips_is_for_its_owner_only_and_shows_names_as_they_are(tmp_path):
    place = Place(tmp_path / "hub")
    place.make()
    page = slips.write(place, {"ana": "Ana <b>A</b>"}, {"ana": "abcd-efgh-jkmn"})
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    text = page.read_text(encoding="utf-8")
    assert "Ana &lt;b&gt;A&lt;/b&gt;" in text and "abcd-efgh-jkmn" in text
    assert "://" not in text, "the page must work offline"


def test_folders_have_the_rights_that_they_must_have(tmp_path):
    place = Place(tmp_path / "hub")
    place.make()
    modes = {each: stat.S_IMODE(each.stat().st_mode) for each in (place.exchange, place.private)}
    assert modes == {place.exchange: 0o1777, place.private: 0o700}


def test_the_class_is_remembered(tmp_path):
    place = Place(tmp_path / "hub")
    place.make()
    assert place.read() == Class()
    place.write(Class({"ana": "Ana"}, ["grader"]))
    assert place.read() == Class({"ana": "Ana"}, ["grader"])
    assert stat.S_IMODE(place.record.stat().st_mode) == 0o600
    place.record.write_text("{", encoding="utf-8")
    with pytest.raises(HubError, match="cannot be read"):
        place.read()


# --- Doors and sizes -------------------------------------------------------------------------


def test_without_a_certificate_only_this_machine_comes_in():
    assert doors.doors(None, None, None, None, 8081).address == "127.0.0.1"
    with pytest.raises(HubError, match="passwords would cross the network"):
        doors.doors("0.0.0.0", None, None, None, 8081)


def test_with_a_certificate_the_hub_opens_to_all(tmp_path):
    files = [listed(tmp_path, ""), listed(tmp_path, "")]
    assert doors.doors(None, None, *files, 8081)[:2] == ("0.0.0.0", 443)
    with pytest.raises(HubError, match="give both"):
        doors.doors(None, None, files[0], None, 8081)
    with pytest.raises(HubError, match="not there"):
        doors.doors(None, None, files[0], tmp_path / "no.key", 8081)


def test_doors_are_handed_on_as_they_are(tmp_path):
    for where in (
        Doors("127.0.0.1", 8000, None, None, 8081),
        Doors("::", 1, tmp_path, tmp_path, 2),
    ):
        assert Doors.of_text(where.as_text()) == where


def test_a_larger_machine_lets_more_happen():
    small, large = Sizes.of(2, 8 * 10**9), Sizes.of(16, 64 * 10**9)
    assert (small.servers, small.starts) == (25, 4)
    assert all(more >= less for more, less in zip(large, small, strict=True))


# --- The exchange ----------------------------------------------------------------------------


def test_of_a_record_only_plain_files_are_collected(tmp_path):
    secret, record = tmp_path / "solution.ipynb", tmp_path / "record"
    secret.write_text("the solution", encoding="utf-8")
    (record / "inside").mkdir(parents=True)
    (record / "inside" / "own.ipynb").write_text("own", encoding="utf-8")
    (record / "linked.ipynb").symlink_to(secret)
    (record / "folder").symlink_to(tmp_path)
    os.mkfifo(record / "pipe.ipynb")
    exchange.copy_own(record, tmp_path / "to")
    files = [each for each in (tmp_path / "to").rglob("*") if not each.is_dir()]
    assert [each.name for each in files] == ["own.ipynb"]


def test_a_link_to_a_record_belongs_to_nobody(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path)
    assert exchange.owner_of(str(tmp_path / "link")) == "nobody"


# --- A class of three on a real hub ----------------------------------------------------------


def system_python() -> Path | None:
    """Return a Python of the system's, of our version, which every account can run."""
    python = Path(f"/usr/bin/python3.{sys.version_info.minor}")
    try:
        return environment.find_python(python)
    except (HubError, OSError):
        return None


def lend(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copy2(source, target)


def lend_environment(place: Place, python: Path) -> None:
    """Make the environment of what is installed here, as links: no network, no minutes."""
    subprocess.run([python, "-m", "venv", "--without-pip", place.environment], check=True)
    (theirs,) = (place.environment / "lib").glob("python3*/site-packages")
    theirs.rmdir()
    shutil.copytree(sysconfig.get_path("purelib"), theirs, copy_function=lend, symlinks=True)
    for editable in theirs.glob("*no_limits*"):
        shutil.rmtree(editable) if editable.is_dir() else editable.unlink()
    scripts = Path(sysconfig.get_path("scripts"))
    for name in (
        "alembic",
        "gitpuller",
        "jupyterhub",
        "jupyterhub-singleuser",
        "nbgrader",
        "jupyter",
    ):
        text = (scripts / name).read_text(encoding="utf-8").split("\n", 1)[1]
        program = place.environment / "bin" / name
        program.write_text(f"#!{place.python}\n{text}", encoding="utf-8")
        program.chmod(0o755)
    for folder in ("etc", "share"):
        shutil.copytree(Path(sys.prefix) / folder, place.environment / folder, dirs_exist_ok=True)
    wanted = environment.lock_fingerprint()
    (place.environment / environment.STAMP).write_text(wanted + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """Return a running hub with three students and a grader; all of it is taken away again."""
    try:
        check_machine()
    except HubError as problem:
        pytest.skip(str(problem))
    python = system_python()
    if python is None:
        pytest.skip(f"no Python 3.{sys.version_info.minor} that every account can run")
    place = Place(Path("/srv/nlhubtest"))
    load.take_down(place, keep_environment=False, prefix=PREFIX)
    made = load.Bench(place, 3, 18100, python, PREFIX)
    try:
        place.make()
        try:
            environment.make_proxy(place)
        except HubError as problem:
            pytest.skip(f"the proxy cannot be installed from npm here: {problem}")
        lend_environment(place, python)
        made.set_up()
        made.start()
        yield made
    finally:
        made.stop()
        load.take_down(place, keep_environment=False, prefix=PREFIX)
        assert not any(accounts.exists(each) for each in [*made.students, made.grader])


def test_a_class_of_three(hub):
    times, tried, back = asyncio.run(load.lesson(hub, 1))
    assert times.failed == []
    assert load.read_by(tried) == []
    assert (back["lost"], back["forged"], back["feedback"]) == ([], [], 3)
    assert len(back["told"]) == 1, "the forged hand-in is listed"
    log = (hub.place.private / "hub.log").read_text(encoding="utf-8")
    assert not any(password in log for password in hub.passwords.values())
    assert "ipynb" not in log
