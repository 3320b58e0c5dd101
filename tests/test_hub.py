"""A hub for a class: its rules one by one, and a class of three on a real one."""

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("jupyterhub", reason="the extra `hub` is not installed")
if not sys.platform.startswith("linux"):
    pytest.skip("a hub runs on Linux only", allow_module_level=True)

import fcntl
import pwd

from jupyter_server.services.config import ConfigManager
from nbgrader.api import Gradebook
from tornado.web import HTTPError
from traitlets.config import Config

from benchmarks import bench
from benchmarks import hub as load
from coursestaff.hub import (
    accounts,
    copies,
    delete_class,
    environment,
    exchange,
    logging_in,
    network,
    own_server,
    password_slips,
    processes,
)
from coursestaff.hub.configuration import configure
from coursestaff.hub.network import Network
from coursestaff.hub.place import COURSE, FORMGRADER, Class, Place, home
from coursestaff.hub.programs import HubError, check_machine
from coursestaff.hub.running import STOPPED
from coursestaff.hub.sizes import Sizes
from coursestaff.marking import marksheet
from coursestaff.releasing.bundle import START_SHEET
from courseware import CourseError
from tests import hub_origins
from tests.browser.lab import needs_browser, running_browser, starter
from tests.notebooks import COMPANIONS

pytestmark = pytest.mark.sandbox
#: What the marking sheet calls itself.
SHEET = re.search(
    "<title>(.+)</title>", (Path(marksheet.__file__).parent / "page" / "contents.html").read_text()
)[1]
GRADING = f"services/{FORMGRADER}"
PREFIX = "nlhubtest"  # of the accounts that these tests make and remove


@pytest.fixture
def place(tmp_path):
    """Return the folders of a hub, made."""
    made = Place(tmp_path / "hub")
    made.make()
    return made


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
LOCAL = (None, None, None, None, 8081)  # a hub that only this machine reaches


# --- Who is in the class ---------------------------------------------------------------------


def listed(folder: Path, text: str) -> Path:
    path = folder / "class.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_class_list_gives_accounts_names_and_what_a_platform_calls_them(tmp_path):
    def read(text, system="plain"):
        return accounts.read(listed(tmp_path, text), system)

    found = read('account,name\nana,"Ángeles, Ana"\nben-2,Ben\n')
    assert found == Class({"ana": "Ángeles, Ana", "ben-2": "Ben"})
    found = read("account,name,number,email\nana,Ana,101,\nben,Ben,,ben@example.org\n")
    assert found.numbers == {"ana": "101"} and found.emails == {"ben": "ben@example.org"}
    found = read('Student,ID,Section\n"Example, Ada",101,A\n"Student, Test",104,A\n', "canvas")
    assert found == Class({"s101": "Example, Ada"}, numbers={"s101": "101"})
    rows = "Identifier,Full name,Email address,Grade\nParticipant 201,Ada,ada@example.org,\n"
    known = {"numbers": {"s201": "201"}, "emails": {"s201": "ada@example.org"}}
    assert read(rows, "moodle") == Class({"s201": "Ada"}, **known)


def test_a_newer_class_list_adds_and_takes_nobody_away():
    before = Class({"ana": "Ana"}, ["grader"], {"ana": "101"})
    after = before.with_more(Class({"ben": "Ben"}, ["second", "grader"], emails={"ben": "b@x.org"}))
    assert after == Class(
        {"ana": "Ana", "ben": "Ben"}, ["grader", "second"], {"ana": "101"}, {"ben": "b@x.org"}
    )


def test_a_plain_class_list_may_have_been_saved_by_a_spreadsheet(tmp_path):
    (tmp_path / "class.csv").write_bytes("account;name\r\nana;Müller\r\n".encode("cp1252"))
    assert accounts.read(tmp_path / "class.csv", "plain") == Class({"ana": "Müller"})
    with pytest.raises(CourseError, match=r"there\.csv"):
        accounts.read(tmp_path / "there.csv", "plain")


NAMES = ["Ana", "2ana", "root:x", "a b", "../ana", "", "a" * 32]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("account,names\nana,A\n", r"class\.csv"),
        ("account,name\nana,A\nana,B\n", ": ana"),
        ("account,name,number\nana,Ana,101\nben,Ben,101\n", ": 101"),
        *((f"account,name\n{name},Somebody\n", re.escape(name) or None) for name in NAMES),
    ],
)
def test_a_class_list_with_what_cannot_be_an_account_or_stands_twice_is_refused(
    tmp_path, text, words
):
    with pytest.raises(HubError, match=words):
        accounts.read(listed(tmp_path, text), "plain")


def test_an_account_that_the_hub_did_not_make_is_not_touched():
    with pytest.raises(HubError, match="root"):
        accounts.check_ours("root", "a-group-of-no-hub")
    with pytest.raises(HubError, match="root"):
        accounts.remove("root", "a-group-of-no-hub")


def test_a_first_password_is_long_and_never_the_same():
    made = {accounts._password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(each) == 14 and set(each) <= {*accounts.LETTERS, "-"} for each in made)


def test_a_password_with_a_second_line_sets_nothing(monkeypatch):
    monkeypatch.setattr(accounts, "run", lambda *_, **__: pytest.fail("chpasswd was called"))
    with pytest.raises(HubError):
        accounts.set_passwords({"ana": "long enough\nroot:mine"})


@pytest.mark.parametrize(
    ("field", "has"), [("!", False), ("!!", False), ("$y$j9T$x", True), ("!$y$j9T$x", True)]
)
def test_who_never_had_a_password_is_known(monkeypatch, field, has):
    monkeypatch.setattr(accounts, "run", lambda _: f"ana:{field}:20000:0:99999:7:::\n")
    assert accounts.has_password("ana") is has


# --- Passwords -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("new", "again", "number"),
    [
        ("", "", ""),
        ("of my own words", "of my own word", ""),
        ("short", "short", "10"),
        ("slip-slip-slip", "slip-slip-slip", ""),
        ("two lines\nroot:x", "two lines\nroot:x", ""),
    ],
)
def test_a_password_of_one_s_own_that_will_not_do_is_told(new, again, number, snapshot):
    with pytest.raises(HTTPError) as told:
        logging_in.chosen("slip-slip-slip", new, again)
    assert number in told.value.log_message
    assert told.value.log_message == snapshot


def test_a_page_of_slips_is_for_its_owner_only_and_shows_names_as_they_are(place):
    page = password_slips.write(place, {"ana": "Ana <b>A</b>"}, {"ana": "abcd-efgh-jkmn"})
    assert mode(page) == 0o600
    text = page.read_text(encoding="utf-8")
    assert "Ana &lt;b&gt;A&lt;/b&gt;" in text and "abcd-efgh-jkmn" in text
    assert "://" not in text, "the page must work offline"


def test_folders_have_the_rights_that_they_must_have_and_the_class_is_remembered(place):
    assert (mode(place.exchange), mode(place.private)) == (0o1777, 0o700)
    assert place.read() == Class()
    place.write(Class({"ana": "Ana"}, ["grader"], {"ana": "101"}))
    assert place.read() == Class({"ana": "Ana"}, ["grader"], {"ana": "101"})
    assert mode(place.record) == 0o600
    place.record.write_text("{", encoding="utf-8")
    with pytest.raises(HubError, match=re.escape(str(place.record))):
        place.read()


def test_a_class_of_the_first_record_is_still_known(tmp_path):
    place = Place(tmp_path)
    place.private.mkdir()
    place.record.write_text('{"version": 1, "students": {"ana": "Ana"}, "graders": ["grader"]}')
    assert place.read() == Class({"ana": "Ana"}, ["grader"])


# --- What a home gets ------------------------------------------------------------------------


def test_the_first_sheet_says_what_is_true_on_a_hub(tmp_path):
    sheet = (copies.students_tree(load.ROOT, tmp_path) / "START.md").read_text(encoding="utf-8")
    usual = (load.ROOT / START_SHEET).read_text(encoding="utf-8")
    assert re.findall("^#.*", sheet, re.MULTILINE) == re.findall("^#.*", usual, re.MULTILINE)
    assert "*Submit*" in sheet
    assert not [words for words in ("zip", "py start.py") if words in sheet]
    assert {"START.md", "notebooks", "data"} <= {each.name for each in tmp_path.iterdir()}
    for path in COMPANIONS:
        assert (tmp_path / path.relative_to(load.ROOT)).is_file()
    assert not {"exercises", "solutions", "README.md"} & {each.name for each in tmp_path.iterdir()}


@pytest.mark.parametrize("grades", [False, True], ids=["a student", "a grader"])
def test_letters_are_commands_for_graders_only(tmp_path, monkeypatch, grades):
    variables = {}
    own_server.furnish(variables, grades, Place(tmp_path))
    # What the wheel brings to everybody on the hub comes last: there the first one wins.
    wheel = tmp_path / "labconfig"
    shutil.copytree(load.ROOT / "courseware" / "lab" / "students" / "labconfig", wheel)
    (wheel / "page_config.json").unlink()
    paths = os.pathsep.join([variables["JUPYTER_CONFIG_PATH"], str(tmp_path)])
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", paths)
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "none"))
    settings = ConfigManager(config_dir_name="labconfig")
    (off,) = settings.get("default_setting_overrides").values()
    assert bool(off["shortcuts"]) is not grades
    parts = settings.get("page_config").get("disabledExtensions", {})
    disabled = {part for part, is_off in parts.items() if is_off}
    fetched = {f"@jupyter/nbgrader:{part}" for part in ("assignment-list", "menu")}
    assert not fetched & disabled, "students fetch and hand in there"
    assert ("@jupyter/nbgrader:formgrader" in disabled) is not grades


# --- The environment -------------------------------------------------------------------------


def test_only_what_start_py_made_of_the_hub_s_lock_lends_its_packages(tmp_path, monkeypatch):
    start, python = starter(load.ROOT), Path(sys.executable)
    stamp = tmp_path / ".venv" / start.STAMP.name
    stamp.parent.mkdir()
    monkeypatch.setattr(sys, "prefix", str(stamp.parent))
    assert not environment.can_lend(tmp_path, python)
    for lock, lends in ((start.HUB, True), (start.DESK, False)):
        stamp.write_text(json.dumps(start.wanted(lock, "3.11.7")), encoding="utf-8")
        assert environment.can_lend(tmp_path, python) is lends
        assert not environment.can_lend(tmp_path / "another", python)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_that_is_not_root_s_is_copied_and_never_linked(tmp_path):
    for name, owner in (("root's", 0), ("theirs", pwd.getpwnam("nobody").pw_uid)):
        (tmp_path / name).write_text(name, encoding="utf-8")
        os.chown(tmp_path / name, owner, -1)
        environment._link(str(tmp_path / name), str(tmp_path / f"lent {name}"))
    found = {each: (tmp_path / f"lent {each}").stat() for each in ("root's", "theirs")}
    assert {name: (lent.st_uid, lent.st_nlink) for name, lent in found.items()} == {
        "root's": (0, 2),
        "theirs": (0, 1),
    }


# --- Network and sizes -------------------------------------------------------------------------


def test_without_a_certificate_only_this_machine_comes_in():
    assert network.choose(*LOCAL).address == "127.0.0.1"
    with pytest.raises(HubError, match=r"0\.0\.0\.0|certificate"):
        network.choose("0.0.0.0", *LOCAL[1:])


def test_with_a_certificate_the_hub_opens_to_all(tmp_path):
    files = [listed(tmp_path, ""), listed(tmp_path, "")]
    assert network.choose(None, None, *files, 8081)[:2] == ("0.0.0.0", 443)
    for key in (None, tmp_path / "no.key"):
        with pytest.raises(HubError, match=r"no\.key" if key else "key"):
            network.choose(None, None, files[0], key, 8081)


@pytest.mark.parametrize(
    "address", ["hub.example.org", "http://hub.example.org", "https://hub", "https://192.0.2.1"]
)
def test_what_can_have_no_subdomains_is_refused(address):
    with pytest.raises(HubError, match=re.escape(address)):
        network.choose(*LOCAL, address)


def test_each_server_gets_a_subdomain_where_the_hub_has_a_name(place):
    place.write(Class({}, ["root"]))
    told = Config()
    where = network.choose(*LOCAL, "https://hub.example.org/")
    configure(told, place, where)
    assert told.JupyterHub.subdomain_host == "https://hub.example.org"
    assert network.in_words(where) != network.in_words(network.choose(*LOCAL))


def test_where_the_hub_is_reached_is_handed_on_as_it_is(tmp_path):
    for where in (
        Network("127.0.0.1", 8000, None, None, 8081),
        Network("::", 1, tmp_path, tmp_path, 2, "https://hub.example.org"),
    ):
        assert Network.of_text(where.as_text()) == where


def test_what_the_hub_is_told(place, tmp_path):
    place.write(Class({}, ["root"]))
    told = Config()
    files = (tmp_path / "chain.pem", tmp_path / "key.pem")
    configure(told, place, Network("0.0.0.0", 443, *files, 8081))
    hub = told.JupyterHub
    assert (hub.bind_url, hub.ssl_cert, hub.ssl_key) == ("https://0.0.0.0:443", *map(str, files))
    assert hub.hub_bind_url == "http://127.0.0.1:8081"
    services = {service["name"]: service for service in hub.services}
    assert "--timeout=3600" in services["idle-culler"]["command"]
    rights = {scope for role in hub.load_roles for scope in role["scopes"]}
    assert not [scope for scope in rights if scope.startswith("admin")]


def test_of_a_hub_that_was_killed_all_ends_but_the_students_servers(tmp_path):
    place = Place(tmp_path / "hub")
    server = f"{place.environment}/bin/jupyterhub-singleuser"
    service = os.environ | {"JUPYTERHUB_SERVICE_NAME": "grading"}
    with contextlib.ExitStack() as stack:
        proxy, formgrader, student = (
            stack.enter_context(subprocess.Popen([*SLEEP, word], env=variables))
            for word, variables in (
                (f"{place.proxy}/node_modules/proxy", None),
                (server, service),
                (server, None),
            )
        )
        stack.callback(student.kill)
        processes.end_leftovers(place)
        assert {proxy.wait(5), formgrader.wait(5)} == {-signal.SIGKILL}
        assert student.poll() is None
        assert not processes.is_running(place)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a hub")
def test_whether_a_hub_runs_is_seen_by_its_own_process(tmp_path):
    place = Place(tmp_path / "hub")
    with subprocess.Popen([*SLEEP, place.python, processes.HUB]) as hub:
        try:
            end = time.monotonic() + 10
            while not processes.is_running(place):  # its own name comes a moment after it
                assert time.monotonic() < end
            assert not processes.is_running(Place(tmp_path / "another"))
        finally:
            hub.kill()
    assert not processes.is_running(place)


def test_a_larger_machine_lets_more_happen():
    small, large = Sizes.of(2, 8 * 10**9), Sizes.of(16, 64 * 10**9)
    assert (small.servers, small.starts) == (25, 4)
    assert Sizes.of(2, 24 * 10**9).servers >= 60
    assert all(more >= less for more, less in zip(large, small, strict=True))


# --- The exchange ----------------------------------------------------------------------------


def test_of_a_record_only_plain_files_are_collected(tmp_path):
    secret, record = tmp_path / "solution.ipynb", tmp_path / "record"
    secret.write_text("the solution", encoding="utf-8")
    (record / "inside").mkdir(parents=True)
    (record / "inside" / "own.ipynb").write_text("own", encoding="utf-8")
    (record / "sent_instead.json").write_text("what only collecting writes", encoding="utf-8")
    (record / "linked.ipynb").symlink_to(secret)
    (record / "folder").symlink_to(tmp_path)
    os.mkfifo(record / "pipe.ipynb")
    exchange.copy_own(record, tmp_path / "to")
    files = [each for each in (tmp_path / "to").rglob("*") if not each.is_dir()]
    assert [each.name for each in files] == ["own.ipynb"]


def test_a_link_to_a_record_belongs_to_nobody(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path)
    assert exchange.owner_of(str(tmp_path / "link")) == "nobody"


# --- The load of a class ---------------------------------------------------------------------


def found(students: int) -> tuple:
    times = load.Times([4.0] * students, [0.3] * 5 * students, [270.0] * students, [], [2000.0])
    went = dict.fromkeys(("collect", "grade", "give back"), 1.0)
    went |= {"lost": [], "forged": [], "told": ["Not collected"], "kernels": students}
    return times, {"the slips": "PermissionError"}, went | {"feedback": students}


def test_where_a_class_does_not_hold_a_smaller_one_is_tried(monkeypatch, tmp_path, capsys):
    tried = []

    def attempt(students, options):
        tried.append(students)
        return (None, "memory ran out") if students > 5 else (found(students), "")

    results = tmp_path / "RESULTS.md"
    results.write_text(f"# Benchmarks\n\n{load.TITLE}\n\nan earlier class\n\n## Another\n\nstays\n")
    monkeypatch.setattr(load, "RESULTS", results)
    monkeypatch.setattr(load, "attempt", attempt)
    assert load.main(["--students", "8", "--spread", "10"]) == 1
    assert tried == [8, 6, 4]
    assert load.TITLE in bench.KEPT, "make bench leaves it alone"
    text = results.read_text(encoding="utf-8")
    assert "4 students (" in text and " 10 s" in text
    assert re.findall(r"^- (\d) .*: memory ran out$", text, re.MULTILINE) == ["8", "6"]
    assert text.endswith("\n\n## Another\n\nstays\n") and "earlier" not in text
    assert load.main(["--students", "4", "--keep"]) == 0


@pytest.mark.parametrize(
    ("left", "longest", "why"), [(500, 60, "memory ran out"), (9000, 0.1, ".*0.1 s")]
)
def test_a_lesson_ends_before_the_machine_does(monkeypatch, left, longest, why):
    ended = []

    async def lesson(*_):
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    monkeypatch.setattr(load, "available", lambda: left)
    monkeypatch.setattr(load, "LONGEST", longest)
    monkeypatch.setattr(load, "_lesson", lesson)
    hub = load.Bench(Place(Path("nowhere")), 3, 18100)
    with pytest.raises(load.HubFailureError, match=f"3 students: {why}"):
        asyncio.run(load.lesson(hub, 1))
    assert ended == [True]


def test_a_try_that_proves_nothing_counts_as_read():
    assert load.read_by({"a": "PermissionError", "b": "x READ", "c": "no such file VOID"}) == [
        "b",
        "c",
    ]


# --- A class of three on a real hub ----------------------------------------------------------


def system_python() -> Path | None:
    """Return a Python of the system's, of our version, which every account can run."""
    python = Path(f"/usr/bin/python3.{sys.version_info.minor}")
    try:
        return environment.find_python(python)
    except (HubError, OSError):
        return None


@pytest.fixture(scope="module")
def class_hub():
    """Return a running hub with three students and a grader; all of it is taken away again."""
    try:
        check_machine()
    except HubError as problem:
        pytest.skip(str(problem))
    if not all(folder.stat().st_mode & 0o001 for folder in [load.ROOT, *load.ROOT.parents]):
        pytest.skip("other accounts cannot enter the folder that the course lies in")
    python = system_python()
    if python is None:
        pytest.skip(f"no Python 3.{sys.version_info.minor} that every account can run")
    with Path(tempfile.gettempdir(), f"{PREFIX}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another run's accounts have the same names
        yield from running_hub(python)


def running_hub(python: Path) -> Iterator[load.Bench]:
    """Yield a hub with a class; first and last take away what there is of one."""
    place = Place(Path("/srv") / PREFIX)
    load.take_down(place, keep_environment=False, prefix=PREFIX)
    made = load.Bench(place, 3, 18100, python, PREFIX)
    try:
        place.make()
        try:
            environment.make_proxy(place)
        except HubError as problem:
            pytest.skip(f"the proxy cannot be installed from npm here: {problem}")
        environment.lend(place, python)  # of all that developers have: no network, no minutes
        wanted = environment.lock_fingerprint()
        (place.environment / environment.STAMP).write_text(wanted + "\n", encoding="utf-8")
        made.set_up()
        made.start()
        yield made
    finally:
        made.stop()
        load.take_down(place, keep_environment=False, prefix=PREFIX)
        assert not any(accounts.exists(each) for each in [*made.students, made.grader, made.second])


async def sheets(hub) -> dict[str, tuple[int, bool]]:
    """Return what graders and a student see of the marking sheet: status, and whether it is it."""
    student, grader = hub.students[0], hub.grader
    found = {}

    async def look(visitor, whose, address):
        status, page = await visitor.ask_at("GET", address)
        found[whose] = status, SHEET in str(page)

    accounts.set_passwords({grader: f"of my own {grader}"})
    async with load.Visitor(hub.address, grader) as visitor:
        await visitor.log_in(f"of my own {grader}")
        await visitor.start()
        await look(visitor, "the service's", visitor.url(f"{GRADING}/course/mark"))
        await look(visitor, "a grader's", visitor.own("course/mark"))
    async with load.Visitor(hub.address, student) as visitor:
        await visitor.log_in(f"of my own {student}")
        await visitor.start()
        await look(visitor, "a student's", visitor.own("course/mark"))
        address = visitor.url(f"{GRADING}/course/mark")
        await look(visitor, "the service's, to a student", address)
    return found


@pytest.fixture(scope="module")
def taught(class_hub):
    """Return what came of a lesson on that hub, and its log; the class is erased in the end."""
    came = asyncio.run(load.lesson(class_hub, 1))
    yield *came, (class_hub.place.private / "hub.log").read_text(encoding="utf-8")
    erasing_a_class_leaves_graders_and_marks(class_hub)


@pytest.fixture
def hub(class_hub, taught):
    """Return that hub as lessons leave it: running, without a certificate and subdomains."""
    if class_hub.certificate:
        class_hub.stop()
        class_hub.certificate, class_hub.subdomains = None, ""
    if class_hub.process.poll() is not None:
        class_hub.start()
    return class_hub


@pytest.mark.matrix
def test_a_class_of_three(hub, taught):
    times, tried, back, log = taught
    assert times.failed == []
    assert load.read_by(tried) == []
    assert (back["lost"], back["forged"], back["feedback"]) == ([], [], 3)
    assert len(back["told"]) == 1, "the forged hand-in is listed"
    assert not any(password in log for password in hub.passwords.values())
    assert "ipynb" not in log and "/user/" not in log
    assert asyncio.run(sheets(hub)) == {
        "the service's": (200, True),
        "a grader's": (200, True),
        "a student's": (404, False),
        "the service's, to a student": (403, False),
    }


@pytest.mark.matrix
@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_the_class_goes_on_when_a_killed_hub_starts_again_with_a_certificate(hub, tmp_path):
    asyncio.run(goes_on(hub, self_signed(tmp_path)))
    listening = Path("/proc/net/tcp").read_text(encoding="ascii")
    assert f" 00000000:{hub.port:04X} " in listening, "it opens to the network, too"


def self_signed(folder: Path) -> tuple[Path, Path]:
    """Return a certificate for this machine, signed by itself, and its key."""
    files = (folder / "hub.pem", folder / "hub.key")
    words = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=hub"
    names = ["-addext", "subjectAltName=IP:127.0.0.1"]
    where = ["-out", files[0], "-keyout", files[1]]
    subprocess.run([*words.split(), *names, *where], check=True, capture_output=True)
    return files


async def goes_on(hub, files):
    account = hub.students[0]
    user = pwd.getpwnam(account).pw_uid
    async with load.Visitor(hub.address, account) as before:
        assert (await before.log_in(f"of my own {account}"))[0] == 200
        await before.start()
        async with before.kernel(load.CHAPTER) as kernel:
            await kernel.run("kept = 41")
        before.session.cookie_jar.save(files[0].with_name("cookies"))
    servers = set(accounts.processes(user))
    hub.process.kill()
    hub.process.wait()
    hub.certificate = files
    hub.start()
    assert servers <= set(accounts.processes(user)), "server and kernel live on"
    async with load.Visitor(hub.address, account, hub.trust) as after:
        after.session.cookie_jar.load(files[0].with_name("cookies"))
        async with after.talk(kernel.number, kernel.session) as kernel:
            assert await kernel.run("print(kept + 1)") == "42\n"
        assert (await after.ask_at("GET", after.url(f"hub/api/users/{account}")))[0] == 200


@pytest.mark.matrix
def test_a_second_grader_adds_marks_and_reads_no_secret(hub):
    asyncio.run(marks(hub))
    words = {"other": hub.students[0], "grader": hub.grader, "exercise": load.EXERCISE}
    words |= {"exchange": hub.place.exchange / COURSE, "private": hub.place.private}
    closed = set(load.TRIES) - {
        "solutions in the repository",  # a grader's own copy comes from there
        "solutions anywhere",
        "the hub's list of people",
    }
    for name in closed:
        code = load.TRIES[name].format(**words)
        done = subprocess.run(
            ["runuser", "-u", hub.second, "--", hub.place.python, "-c", code],
            cwd="/",
            capture_output=True,
            text=True,
        )
        assert "READ" not in done.stdout, name


async def marks(hub):
    account = hub.students[0]
    book = Gradebook(f"sqlite:///{home(hub.grader) / COURSE / 'gradebook.db'}")
    with contextlib.closing(book):
        grade = book.find_grade("q9", load.EXERCISE, load.EXERCISE, account)
        async with load.Visitor(hub.address, hub.second, hub.trust) as visitor:
            status, _ = await visitor.log_in(hub.passwords[hub.second], "of the second's own")
            assert status == 200
            status, _ = await visitor.ask_at("GET", visitor.url(f"{GRADING}/formgrader/"))
            assert status == 200
            address = visitor.url(f"{GRADING}/formgrader/api/grade/{grade.id}")
            status, answer = await visitor.ask_at("PUT", address, json={"manual_score": 1.0})
            assert status == 200, answer
        book.db.expire_all()
        assert book.find_grade("q9", load.EXERCISE, load.EXERCISE, account).manual_score == 1.0


@pytest.mark.matrix
def test_an_update_brings_what_is_new_and_leaves_what_a_student_changed(hub, tmp_path):
    account, name = hub.students[1], "notebooks/02_the_trade_lifeline.ipynb"
    copy = home(account) / COURSE
    own_server.as_account(hub.place, account)  # as every start of a server does
    change(copy / name, first="mine = 1", owner=account)
    tree = copies.students_tree(load.ROOT, tmp_path)
    change(tree / name, last="ours = 2")
    (tree / "notebooks" / "99_new.ipynb").write_text("{}", encoding="utf-8")
    copies._commit(hub.place.students_copy, tree)
    own_server.as_account(hub.place, account)
    cells = json.loads((copy / name).read_text(encoding="utf-8"))["cells"]
    assert (copy / "notebooks" / "99_new.ipynb").is_file()
    assert [cells[place]["source"] for place in (0, -1)] == ["mine = 1", "ours = 2"]


def change(path: Path, first: str = "", last: str = "", owner: str = "") -> None:
    """Write another text into the first cell of a notebook, or into the last."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for place, text in ((0, first), (-1, last)):
        if text:
            notebook["cells"][place]["source"] = text
    text = json.dumps(notebook, indent=1, ensure_ascii=False)  # as Jupyter writes it
    path.write_text(text + "\n", encoding="utf-8")
    if owner:
        shutil.chown(path, owner)


@pytest.mark.matrix
def test_an_idle_server_is_stopped_and_what_is_saved_stays(hub):
    account = hub.students[2]
    asyncio.run(works(hub, account))
    user = pwd.getpwnam(account).pw_uid
    assert accounts.processes(user)
    # The hub's own culler waits an hour; this one has its rights, and does not.
    command = [hub.place.python, "-m", "jupyterhub_idle_culler", "--timeout=1", "--cull-every=1"]
    variables = os.environ | load.culler(hub.place)
    with subprocess.Popen(command, env=variables, cwd="/", stderr=subprocess.DEVNULL) as culler:
        end = time.monotonic() + 120
        while accounts.processes(user) and time.monotonic() < end:
            time.sleep(0.2)
        culler.kill()
    assert accounts.processes(user) == []
    work = home(account) / COURSE / "exercises" / load.EXERCISE / f"{load.EXERCISE}.ipynb"
    assert load.signature(account) in work.read_text(encoding="utf-8")


@pytest.mark.matrix
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_hub_that_is_stopped_ends_the_servers_and_says_so_once(hub, how):
    account = hub.students[1]
    asyncio.run(works(hub, account))
    assert accounts.processes(pwd.getpwnam(account).pw_uid)
    log = hub.place.private / "hub.log"
    before = len(log.read_text(encoding="utf-8"))
    for _ in range(2):  # who is impatient asks again
        hub.process.send_signal(how)
    assert hub.process.wait(60) == 0
    assert not [each for each in hub.students if accounts.processes(pwd.getpwnam(each).pw_uid)]
    assert log.read_text(encoding="utf-8")[before:].splitlines() == [STOPPED]
    assert not load.running(hub.place), "proxy and services have ended, too"


async def works(hub, account):
    async with load.Visitor(hub.address, account, hub.trust) as visitor:
        assert (await visitor.log_in(f"of my own {account}"))[0] == 200
        await visitor.start()
        async with visitor.kernel(load.CHAPTER) as kernel:
            assert await kernel.run("print(41 + 1)") == "42\n"


@pytest.mark.matrix
@needs_browser
@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
@pytest.mark.parametrize("subdomains", ["", "https://hub.localhost"])
def test_what_a_page_of_a_student_s_can_do_to_a_grader(hub, subdomains, tmp_path):
    student, grader = hub.students[0], hub.grader
    accounts.set_passwords({each: f"of my own {each}" for each in (student, grader)})
    hub.stop()
    hub.certificate = self_signed(tmp_path)
    hub.subdomains = subdomains and f"{subdomains}:{hub.port}"
    hub.start()
    base = hub.subdomains or hub.address
    at = base.replace("//", "//{}.").format if subdomains else lambda _: base
    own = home(student) / ".jupyter" / "jupyter_server_config.py"
    own.parent.mkdir(exist_ok=True)
    own.write_text("from pathlib import Path; (Path.home() / 'ran').touch()", encoding="utf-8")
    wanted = [
        f"{at('grading--service')}/{GRADING}/course/mark",
        f"{at(grader)}/user/{grader}/api/contents",
        f"{base}/hub/home",
    ]
    with running_browser() as browser:
        context = browser.new_context(ignore_https_errors=True)
        for account in (student, grader):
            context.clear_cookies()
            hub_origins.log_in(context, base, account, f"of my own {account}")
        page = context.new_page()
        page.goto(wanted[0])
        assert SHEET in page.inner_text("body")
        assert not (home(student) / "ran").exists(), "what lies in a home changes no server"
        with hub_origins.own_server(student):
            got = hub_origins.visit(context, f"{at(student)}/user/{student}/", wanted)
    assert [each.framed for each in got] == ["SecurityError"] * 3
    assert SHEET not in got[0].asked and "last_modified" not in got[1].asked
    opened = [each.opened for each in got]
    if subdomains:
        assert opened == [each.token for each in got] == ["SecurityError"] * 3
    else:  # the known limit, and the proof that there is something to get at
        assert SHEET in opened[0] and "last_modified" in opened[1]


def erasing_a_class_leaves_graders_and_marks(hub):
    if hub.process.poll() is not None:
        hub.start()
    with pytest.raises(HubError, match="Stop it first"):
        delete_class.erase(hub.place)
    hub.stop()
    homes = [home(each) for each in hub.students]
    assert delete_class.erase(hub.place) == hub.students
    assert not [each for each in hub.students if accounts.exists(each)]
    assert not [each for each in homes if each.exists()]
    assert (home(hub.grader) / COURSE / "gradebook.db").is_file()
    assert hub.place.read() == Class({}, [hub.grader, hub.second])
    assert not list((hub.place.exchange / COURSE).glob("*/*"))
    assert not list(hub.place.slips.iterdir())
