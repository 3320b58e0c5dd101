"""A class on a hub of its own: ``make bench-hub``.

Sets a hub up with accounts of its own, lets a class log in, work and hand in, grades, and takes
everything away again, also after Ctrl-C. All of it on this machine's loopback, bounded in number
and time. ``--students 8`` says how many; where so many do not hold, three quarters of them are
tried, and again, until a class holds. ``--clean`` only takes away what a killed run has left.
With make: ``make bench-hub HUB="--students 8 --spread 10"``.
"""

import argparse
import asyncio
import json
import os
import platform
import pwd
import re
import shutil
import signal
import ssl
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from html import unescape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote
from uuid import uuid4

import aiohttp
from yarl import URL

from coursestaff.hub import accounts, delete_class, setting_up
from coursestaff.hub.place import COURSE, Class, Place, home
from coursestaff.hub.programs import HubError, run
from tests import corpus

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).with_name("RESULTS.md")
TITLE = "## A class on a hub"
PREFIX = "nlbench"  # of every account that this makes: no class has such names
FOLDER = Path("/srv/nlbench-hub")
CHAPTER, EXERCISE = "notebooks/02_the_trade_lifeline.ipynb", "02_the_trade_lifeline"
CELLS = 5  # run of the chapter
VERDICT = 'from courseware import journal; journal.save_verdict("C09", "02", None)'
MINUTE = 60  # seconds, over which a class logs in, and hands in
MOST = 200  # students: this is a test of one machine, not a flood
PATIENCE = 900  # seconds for a server, a cell, or a command of the grader's
LONGEST = 3600  # seconds for a whole class
LEAST_MEMORY = 1000  # MB that the machine must have left, or a class does not hold
FEWER = 0.75  # of the students, where all do not hold
ENDS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class HubFailureError(Exception):
    """The hub did something else than it should; the message says what."""


#: What one student may meet without ending the lesson of all.
FAULTS = (HubFailureError, aiohttp.ClientError, OSError, ValueError, LookupError, TypeError)


# --- A visitor with a browser's manners --------------------------------------------------------


class Visitor:
    """Somebody with a browser: cookies, redirects, the token that forms need, a websocket."""

    def __init__(self, address: str, account: str, trust: ssl.SSLContext | None = None) -> None:
        """Know where the hub is, who one is, and which certificate to believe."""
        self.address, self.account, self.trust = address, account, trust
        self.session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Visitor":
        """Open the browser."""
        jar = aiohttp.CookieJar(unsafe=True)  # cookies of an address in numbers, too
        limit = aiohttp.ClientTimeout(total=PATIENCE)
        lines = aiohttp.TCPConnector(ssl=self.trust or True)
        self.session = aiohttp.ClientSession(cookie_jar=jar, timeout=limit, connector=lines)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        await self.session.close()
        if self.trust:  # encrypted connections take a moment longer to close
            await asyncio.sleep(0.25)

    def url(self, path: str) -> str:
        """Return an address on the hub."""
        return f"{self.address}/{path.lstrip('/')}"

    def own(self, path: str) -> str:
        """Return an address on one's own server."""
        return self.url(f"user/{self.account}/{path.lstrip('/')}")

    async def log_in(self, password: str, new: str = "") -> tuple[int, str]:
        """Send the log-in form; return the answer's status and page."""
        async with self.session.get(self.url("hub/login")) as page:
            token = re.search(r'name="_xsrf" value="([^"]+)"', await page.text())[1]
        form = {"username": self.account, "password": password, "_xsrf": token}
        form |= {"new": new, "again": new} if new else {}
        address = self.url("hub/login?next=/hub/home")
        async with self.session.post(address, data=form) as answer:
            return answer.status, await answer.text()

    async def start(self) -> None:
        """Ask for one's server, and wait until JupyterLab shows its page.

        Like a browser: the hub's page that says how far it is listens, and does not ask again and
        again. That would be a load of the bench's own.
        """
        async with asyncio.timeout(PATIENCE):
            text = await self._page(self.url("hub/spawn"))
            while text and (found := re.search(r'EventSource\("([^"]+)"', text)):
                await self._listen(URL(self.address).join(URL(unescape(found[1]))))
                text = await self._page(self.own("lab"))
        if text:
            raise HubFailureError(f"{self.account}: no JupyterLab, but {_heading(text)}")

    async def _page(self, address: str) -> str:
        """Return a page of the hub's; nothing where JupyterLab's came."""
        async with self.session.get(address) as page:
            text = await page.text()
            if page.status == 200 and page.url.path.startswith(f"/user/{self.account}/lab"):
                return ""
            if page.status >= 400:
                raise HubFailureError(f"{self.account}: {page.status}, {_heading(text)}")
            return text

    async def _listen(self, address: URL) -> None:
        """Hear how a server starts, until it is there."""
        async with self.session.get(address) as events:
            async for line in events.content:
                event = json.loads(line[5:]) if line.startswith(b"data:") else {}
                if event.get("failed"):
                    raise HubFailureError(f"{self.account}: {event.get('message')}")
                if event.get("ready"):
                    return

    async def ask(self, method: str, path: str, **data: object) -> tuple[int, object]:
        """Ask one's own server; return the status and the answer, read as JSON where it is."""
        return await self.ask_at(method, self.own(path), **data)

    async def ask_at(self, method: str, address: str, **data: object) -> tuple[int, object]:
        """Ask any address with the cookies that go there."""
        cookies = self.session.cookie_jar.filter_cookies(URL(address))
        headers = {"X-XSRFToken": cookies["_xsrf"].value} if "_xsrf" in cookies else {}
        async with self.session.request(method, address, headers=headers, **data) as answer:
            text = await answer.text()
            try:
                return answer.status, json.loads(text)
            except ValueError:
                return answer.status, text

    @asynccontextmanager
    async def kernel(self, path: str) -> AsyncIterator["Kernel"]:
        """Open a notebook with its kernel."""
        wanted = {"path": path, "type": "notebook", "name": "", "kernel": {"name": "python3"}}
        status, session = await self.ask("POST", "api/sessions", json=wanted)
        if status != 201:
            raise HubFailureError(f"{self.account}: no kernel ({status}, {session})")
        async with self.talk(session["kernel"]["id"], session["id"]) as kernel:
            yield kernel

    @asynccontextmanager
    async def talk(self, kernel: str, session: str) -> AsyncIterator["Kernel"]:
        """Talk to a kernel that runs."""
        channel = self.own(f"api/kernels/{kernel}/channels?session_id={session}")
        origin = self.address  # as a browser says; a server listens to its own pages only
        async with self.session.ws_connect(channel, max_msg_size=0, origin=origin) as socket:
            talk = Kernel(socket, kernel, session)
            listening = asyncio.create_task(talk.listen())
            try:
                yield talk
            finally:
                listening.cancel()

    async def notebook(self, path: str) -> list[str]:
        """Return the code cells of a notebook."""
        status, model = await self.ask("GET", f"api/contents/{quote(path)}?content=1")
        if status != 200:
            raise HubFailureError(f"{self.account}: {path} does not open ({status})")
        cells = model["content"]["cells"]
        return [cell["source"] for cell in cells if cell["cell_type"] == "code"]

    async def assignments(self, step: str) -> dict:
        """Fetch, hand in or fetch feedback, as JupyterLab's list of assignments does."""
        form = {"course_id": COURSE, "assignment_id": EXERCISE}
        status, answer = await self.ask("POST", f"assignments/{step}", data=form)
        if status != 200 or not isinstance(answer, dict) or not answer.get("success"):
            raise HubFailureError(f"{self.account}: {step} failed ({status}, {answer})")
        return answer


class Kernel:
    """The kernel of an open notebook."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, number: str, session: str) -> None:
        """Talk over this websocket."""
        self.socket, self.number, self.session = socket, number, session
        self.heard: asyncio.Queue[dict | None] = asyncio.Queue()

    async def listen(self) -> None:
        """Hear what comes, also between cells: a server lets go of a page that does not answer."""
        async for frame in self.socket:
            if frame.type == aiohttp.WSMsgType.TEXT:
                self.heard.put_nowait(json.loads(frame.data))
        self.heard.put_nowait(None)

    async def run(self, code: str) -> str:
        """Run a cell to its end and return what it printed or raised."""
        async with asyncio.timeout(PATIENCE):
            return await self._run(code)

    async def _run(self, code: str) -> str:
        name = uuid4().hex
        header = {"msg_id": name, "msg_type": "execute_request", "version": "5.3"}
        header |= {"session": self.session, "username": "", "date": ""}
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        await self.socket.send_json(message | {"channel": "shell"})
        said: list[str] = []
        while heard := await self.heard.get():
            if heard["parent_header"].get("msg_id") != name:
                continue
            match heard["msg_type"], heard["content"]:
                case "stream", {"text": text}:
                    said.append(text)
                case "error", {"ename": kind, "evalue": value}:
                    said.append(f"{kind}: {value}")
                case "status", {"execution_state": "idle"}:
                    return "".join(said)
        raise HubFailureError("the connection to a kernel broke off")


def _heading(text: str) -> str:
    found = re.search(r"<(?:h1|title)>\s*(.*?)\s*</", text, re.DOTALL)
    return found[1] if found else text[:200]


# --- A hub with a class on it ----------------------------------------------------------------


class Times(NamedTuple):
    """What was measured: seconds, megabytes, and what went wrong."""

    starts: list[float]
    cells: list[float]
    memory: list[float]
    failed: list[str]  #: servers that did not start, or did not answer as they should
    taken: list[float]  #: of the machine's memory by the whole class, over and over


class Bench:
    """A hub with accounts of its own, for as long as it is needed."""

    def __init__(
        self,
        place: Place,
        students: int,
        port: int,
        python: Path | None = None,
        prefix: str = PREFIX,
    ) -> None:
        """Choose where it lies, and how many students there are."""
        self.place, self.port, self.python = place, port, python
        self.students = [f"{prefix}{n:03d}" for n in range(1, students + 1)]
        self.grader, self.second = f"{prefix}-grader", f"{prefix}-second"
        self.passwords: dict[str, str] = {}
        self.process: subprocess.Popen | None = None
        self.certificate: tuple[Path, Path] | None = None  #: signed by itself, and its key
        self.subdomains = ""  #: the address whose subdomains the servers have

    @property
    def address(self) -> str:
        """Where the hub opens."""
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self.port}"

    @property
    def trust(self) -> ssl.SSLContext | None:
        """What a browser must believe, to come in."""
        return self.certificate and ssl.create_default_context(cafile=self.certificate[0])

    def set_up(self) -> None:
        """Make hub and accounts, with an exercise handed out."""
        names = {account: f"Student {account[-3:]}" for account in self.students}
        listed = Class(names, [self.grader, self.second])
        done = setting_up.set_up(ROOT, self.place, listed, self.python, lambda words: None)
        self.passwords = slip_passwords(done.slips) if done.slips else {}
        self.as_grader("nbgrader", "release_assignment", EXERCISE)

    def start(self) -> None:
        """Start the hub, and wait for its log-in page."""
        command = [sys.executable, "-m", "coursestaff.cli", "hub", "start"]
        command += ["--in", str(self.place.folder), "--port", str(self.port)]
        command += ["--inside", str(self.port + 1)]
        if self.certificate:
            command += ["--certificate", *self.certificate[:1], "--key", *self.certificate[1:]]
        if self.subdomains:
            command += ["--subdomains", self.subdomains]
        with (self.place.private / "hub.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )
        end = time.monotonic() + PATIENCE
        address, trust = f"{self.address}/hub/login", self.trust
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with urllib.request.urlopen(address, context=trust):
                    return
            except urllib.error.HTTPError as answer:  # of the proxy, which is there before the hub
                answer.close()
            except OSError:
                pass
            time.sleep(0.5)
        text = (self.place.private / "hub.log").read_text(encoding="utf-8", errors="replace")
        raise HubFailureError(f"the hub did not start:\n{text[-2000:]}")

    def stop(self) -> None:
        """Stop the hub, and with it the servers of students."""
        if self.process:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(60)
            self.process.kill()
            self.process.wait()

    def as_grader(self, *command: str) -> str:
        """Run a command of the environment in the grader's course folder; return what it says."""
        folder = home(self.grader)
        programs = self.place.environment / "bin"
        variables = {"HOME": str(folder), "PATH": f"{programs}:/usr/bin:/bin"}
        words = ["sh", "-c", 'exec "$0" "$@" 2>&1', str(programs / command[0]), *command[1:]]
        words = ["timeout", "--kill-after=10", str(PATIENCE), *words]
        return run(words, account=self.grader, folder=folder / COURSE, variables=variables)

    def collected(self, account: str) -> str:
        """Return what was collected of a student; empty where there is nothing."""
        folder = home(self.grader) / COURSE / "submitted" / account / EXERCISE
        path = folder / f"{EXERCISE}.ipynb"
        return path.read_text(encoding="utf-8") if path.is_file() else ""


def slip_passwords(page: Path) -> dict[str, str]:
    """Return the first passwords that stand on a page of slips."""
    found = re.findall(r'<dd class="secret">(.*?)</dd>', page.read_text(encoding="utf-8"))
    return dict(zip(found[::2], found[1::2], strict=True))


def take_down(place: Place, keep_environment: bool, prefix: str = PREFIX) -> None:
    """Remove hub, accounts and processes of a bench, whatever state it is in."""
    for process in running(place):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    if keep_environment and place.environment.exists():
        shutil.rmtree(kept_environment(place), ignore_errors=True)
        place.environment.rename(kept_environment(place))
    members = place.read()
    for account in [*members.students, *members.graders]:
        if not account.startswith(prefix):
            raise HubError(f"{account} is not this bench's: nothing more is removed.")
    for account in [each.pw_name for each in pwd.getpwall() if each.pw_name.startswith(prefix)]:
        for group in (place.students_group, place.graders_group):
            if accounts.is_ours(account, group):  # also one that no record names yet
                accounts.remove(account, group)
    if place.folder.exists():
        delete_class.erase(place, everything=True)
    if not keep_environment:
        shutil.rmtree(kept_environment(place), ignore_errors=True)


def running(place: Place) -> list[int]:
    """Return the processes whose command names the bench's folder: hub, proxy, services."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if os.fsencode(f"{place.folder}/") in file.read_bytes():
                found.append(int(file.parent.name))
    return [process for process in found if process != os.getpid()]


def kept_environment(place: Place) -> Path:
    """Return where the environment waits for the next run: making it takes minutes."""
    return place.folder.with_name(f"{place.name}-env")


@contextmanager
def bench(students: int, port: int, python: Path | None = None) -> Iterator[Bench]:
    """Set a hub up and take it down again, whatever happens in between."""
    place = Place(FOLDER)
    for each in ENDS:
        signal.signal(each, _stop)
    take_down(place, keep_environment=True)
    made = Bench(place, students, port, python)
    try:
        if kept_environment(place).exists():
            place.make()
            kept_environment(place).rename(place.environment)
        made.set_up()
        made.start()
        yield made
    finally:
        for each in ENDS:
            signal.signal(each, signal.SIG_IGN)  # who is impatient now would leave accounts behind
        made.stop()
        take_down(place, keep_environment=True)


# --- The class -------------------------------------------------------------------------------


async def lesson(hub: Bench, spread: float) -> tuple[Times, dict[str, str], dict]:
    """Let the class log in, work, hand in; let one try what is not allowed; grade.

    Args:
        hub: the hub, running.
        spread: seconds over which the class logs in, and later hands in.

    Returns:
        what was measured; what each try of the one came to; what came back to the class.

    """
    times = Times([], [], [], [], [])
    watching = asyncio.create_task(watch(times))
    learning = asyncio.create_task(_lesson(hub, spread, times))
    done, _ = await asyncio.wait(
        {watching, learning}, timeout=LONGEST, return_when=asyncio.FIRST_COMPLETED
    )
    if learning in done:
        watching.cancel()
        return learning.result()
    learning.cancel()
    with suppress(asyncio.CancelledError):
        await learning
    why = "memory ran out" if watching in done else f"not done within {LONGEST} s"
    raise HubFailureError(f"{len(hub.students)} students: {why}")


async def watch(times: Times) -> None:
    """Write down how much memory is taken, and end where the machine has nearly none left."""
    before = available()
    while (left := available()) > LEAST_MEMORY:
        times.taken.append(before - left)
        await asyncio.sleep(1)


def available() -> float:
    """Return the memory that this machine could still give, in MB."""
    text = Path("/proc/meminfo").read_text(encoding="ascii")
    return int(re.search(r"^MemAvailable:\s+(\d+)", text, re.MULTILINE)[1]) / 1024


async def _lesson(hub: Bench, spread: float, times: Times) -> tuple[Times, dict[str, str], dict]:
    async with AsyncExitStack() as stack:
        ready = asyncio.Barrier(len(hub.students))
        turns = [spread * n / len(hub.students) for n in range(len(hub.students))]
        pupils = await asyncio.gather(
            *(
                pupil(hub, account, turn, ready, times, stack)
                for account, turn in zip(hub.students, turns, strict=True)
            )
        )
        visitor, kernel = pupils[0]
        tried = await tries(hub, visitor, kernel) if kernel else {}
        back = await _graded(hub)
        back["kernels"] = sum(kernel is not None for _, kernel in pupils)
        came = [await _came_back(visitor) for visitor, kernel in pupils if kernel]
        back["feedback"] = sum(came)
    return times, tried, back


async def _graded(hub: Bench) -> dict:
    try:
        return await asyncio.to_thread(grade, hub)
    except asyncio.CancelledError:  # a thread cannot be stopped, but what it waits for
        accounts.end_processes(hub.grader)
        raise


async def pupil(
    hub: Bench,
    account: str,
    turn: float,
    ready: asyncio.Barrier,
    times: Times,
    stack: AsyncExitStack,
) -> tuple[Visitor, Kernel | None]:
    """Do what one student does in a lesson; the kernel stays until the stack is closed."""
    visitor = await stack.enter_async_context(Visitor(hub.address, account))
    kernel = None
    await asyncio.sleep(turn)
    try:
        status, page = await visitor.log_in(hub.passwords[account], f"of my own {account}")
        if status != 200:
            raise HubFailureError(f"{account}: log-in {status}, {_heading(page)}")
        began = time.perf_counter()
        await visitor.start()
        times.starts.append(time.perf_counter() - began)
        kernel = await stack.enter_async_context(visitor.kernel(CHAPTER))
        for cell in (await visitor.notebook(CHAPTER))[:CELLS]:
            began = time.perf_counter()
            await kernel.run(cell)
            times.cells.append(time.perf_counter() - began)
        await kernel.run(VERDICT)
        await visitor.assignments("fetch")
        await write_answers(visitor)
        times.memory.append(memory(account))
    except FAULTS as problem:
        times.failed.append(f"{account}: {type(problem).__name__}: {problem}")
    await ready.wait()
    await asyncio.sleep(turn)
    try:
        if kernel:
            await visitor.assignments("submit")
    except FAULTS as problem:
        times.failed.append(f"{account}: {type(problem).__name__}: {problem}")
    return visitor, kernel


def signature(account: str) -> str:
    """Return what a student writes into the hand-in, to be known by."""
    return f"Written by {account}."


async def write_answers(visitor: Visitor) -> None:
    """Answer the exercise as its solution does, and sign it."""
    path = f"api/contents/exercises/{EXERCISE}/{EXERCISE}.ipynb"
    _, model = await visitor.ask("GET", f"{path}?content=1")
    for cell, solved in zip(
        model["content"]["cells"], corpus.answered(EXERCISE)["cells"], strict=True
    ):
        cell["source"] = "".join(solved["source"])
        if cell["cell_type"] == "markdown" and cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = signature(visitor.account)
    wanted = {"type": "notebook", "content": model["content"]}
    status, answer = await visitor.ask("PUT", path, json=wanted)
    if status != 200:
        raise HubFailureError(f"{visitor.account}: not saved ({status}, {answer})")


async def _came_back(visitor: Visitor) -> bool:
    with suppress(*FAULTS):
        await visitor.assignments("fetch_feedback")
        folder = f"api/contents/exercises/{EXERCISE}/feedback"
        status, model = await visitor.ask("GET", f"{folder}?content=1")
        return status == 200 and bool(model["content"])
    return False


def memory(account: str) -> float:
    """Return what an account's processes hold, in MB; what several share is shared out (PSS)."""
    held = 0
    for process in accounts.processes(pwd.getpwnam(account).pw_uid):
        with suppress(OSError):
            text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
            held += int(re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)[1])
    return held / 1024


def grade(hub: Bench) -> dict:
    """Collect, grade and give feedback back, as the grader; return how it went."""
    began = time.perf_counter()
    said = hub.as_grader("nbgrader", "collect", EXERCISE)
    after = time.perf_counter()
    try:
        hub.as_grader("course", "grade", EXERCISE, "--json")
    except HubError as problem:  # 2: a person has to look at something
        said += str(problem)
    graded = time.perf_counter()
    hub.as_grader("nbgrader", "generate_feedback", EXERCISE, "--force")
    hub.as_grader("nbgrader", "release_feedback", EXERCISE)
    whose = {account: hub.collected(account) for account in hub.students}
    return {
        "lost": [account for account, text in whose.items() if not text],
        "forged": [each for each, text in whose.items() if text and signature(each) not in text],
        "told": [line for line in said.splitlines() if "Not collected" in line],
        "collect": after - began,
        "grade": graded - after,
        "give back": time.perf_counter() - graded,
    }


# --- What one student tries ------------------------------------------------------------------

#: Code that prints READ where it got at something; each stands for one way in. Run by root it has
#: to print it: else there was nothing to get at, and a student's failure would prove nothing.
TRIES = {
    "a neighbour's home": "import os; print(os.listdir('/home/{other}'), 'READ')",
    "a neighbour's work": (
        "print(open('/home/{other}/no_limits/exercises/{exercise}/checks.json').read(), 'READ')"
    ),
    "a neighbour's journal": (
        "import os; print(os.listdir('/home/{other}/no_limits/journal/entries'), 'READ')"
    ),
    "what others handed in": "import os; print(os.listdir('{exchange}/inbound'), 'READ')",
    "solutions of the grader": (
        "import os; print(os.listdir('/home/{grader}/no_limits/solutions'), 'READ')"
    ),
    "solutions in the repository": "import os; print(os.listdir('{graders}'), 'READ')",
    "solutions anywhere": (
        "import os, sys\n"
        "for top in ('/srv', '/home', sys.prefix):\n"
        "    for folder, _, names in os.walk(top):\n"
        "        if '/solutions/{exercise}' in folder: print(folder, 'READ')\n"
    ),
    "the hub's database": "print(open('{private}/jupyterhub.sqlite', 'rb').read(), 'READ')",
    "the slips": "import os; print(os.listdir('{private}/slips'), 'READ')",
    "the secrets of a neighbour's server": (
        "import os\n"
        "for number in filter(str.isdigit, os.listdir('/proc')):\n"
        "    try:\n"
        "        if b'JUPYTERHUB_USER={other}' in open(f'/proc/{{number}}/environ', 'rb').read():\n"
        "            print('READ')\n"
        "    except OSError: pass\n"
    ),
    "the hub's list of people": (
        "import os, urllib.request as u\n"
        "ask = u.Request(os.environ['JUPYTERHUB_API_URL'] + '/users')\n"
        "ask.add_header('Authorization', 'token ' + os.environ['JUPYTERHUB_API_TOKEN'])\n"
        "print('READ' if b'{other}' in u.urlopen(ask).read() else '')\n"
    ),
}
#: Hands a notebook in as the neighbour's.
FORGE = """
import os, subprocess
os.chdir(os.path.expanduser('~/no_limits/exercises'))
print(subprocess.run(['nbgrader', 'submit', '{exercise}', '--student={other}'],
                     capture_output=True, text=True))
"""


async def tries(hub: Bench, visitor: Visitor, kernel: Kernel) -> dict[str, str]:
    """Let the first student try to get at what is not theirs; return what came of each try.

    It holds READ where they got at it, and VOID where there was nothing that root could get at.
    """
    other = hub.students[1]
    words = {
        "other": other,
        "grader": hub.grader,
        "exercise": EXERCISE,
        "exchange": hub.place.exchange / COURSE,
        "graders": hub.place.graders_copy,
        "private": hub.place.private,
    }
    codes = {name: code.format(**words) for name, code in TRIES.items()}
    came = {name: await kernel.run(code) for name, code in codes.items()}
    for name, code in codes.items():
        if "READ" not in await asyncio.to_thread(_as_root, hub.place, code):
            came[name] += " VOID"
    for name, path in (
        ("a neighbour's server", f"user/{other}/api/contents"),
        ("formgrader", "services/grading/formgrader/"),
    ):
        status, _ = await visitor.ask_at("GET", visitor.url(path))
        came[name] = "READ" if status == 200 else str(status)
    came["hand in for another"] = await kernel.run(FORGE.format(**words))
    return came


def _as_root(place: Place, code: str) -> str:
    """Run a try as root, with the culler's way into the hub; return what it prints."""
    try:
        return run([place.python, "-c", code], folder=place.folder, variables=culler(place))
    except HubError as problem:
        return str(problem).replace("READ", "")  # the words of its code


def culler(place: Place) -> dict[str, str]:
    """Return what the hub has told its culler: address and token."""
    for process in running(place):
        with suppress(OSError):
            if b"jupyterhub_idle_culler" in Path(f"/proc/{process}/cmdline").read_bytes():
                lines = Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
                told = dict(os.fsdecode(line).split("=", 1) for line in lines if b"=" in line)
                return {key: told[key] for key in ("JUPYTERHUB_API_URL", "JUPYTERHUB_API_TOKEN")}
    raise HubFailureError("the hub has no culler")


# --- The command -----------------------------------------------------------------------------


def main(words: Sequence[str] | None = None) -> int:
    """Run the class, print the figures and write them down; return the exit status."""
    parser = argparse.ArgumentParser(prog="make bench-hub", description=__doc__)
    parser.add_argument("--students", type=int, default=60, help=f"2 to {MOST}; (default: 60)")
    parser.add_argument("--spread", type=float, default=MINUTE, help="seconds of log-ins")
    parser.add_argument("--port", type=int, default=18000)
    parser.add_argument("--python", type=Path, help="that every account can run")
    parser.add_argument("--keep", action="store_true", help="do not write benchmarks/RESULTS.md")
    parser.add_argument("--clean", action="store_true", help="remove what a killed run has left")
    options = parser.parse_args(words)
    if options.clean:
        take_down(Place(FOLDER), keep_environment=False)
        return 0
    if not 2 <= options.students <= MOST:
        parser.error(f"--students: from 2 to {MOST}")
    found, students, fell = None, options.students, []
    while students >= 2 and len(fell) < 3:
        found, why = attempt(students, options)
        if found and not options.keep:
            write_section(report(students, options.spread, fell, *found))
        print("\n".join(report(students, options.spread, fell, *found)) if found else why)
        if not why:
            break
        fell.append(f"{students} did not hold: {why}")
        students = int(students * FEWER)
    _, tried, back = found or (None, {}, {"forged": []})
    return 0 if found and not (fell or back["forged"] or read_by(tried)) else 1


def attempt(students: int, options: argparse.Namespace) -> tuple[tuple | None, str]:
    """Let a class of so many try; return what was found, and why it did not hold."""
    try:
        with bench(students, options.port, options.python) as hub:
            found = asyncio.run(lesson(hub, options.spread))
    except (HubError, HubFailureError) as problem:
        return None, str(problem)
    times, _, back = found
    short = students - back["feedback"]
    why = [f"{len(times.failed)} failed"] * bool(times.failed)
    why += [f"{len(back['lost'])} hand-ins lost"] * bool(back["lost"])
    why += [f"{short} without feedback"] * bool(short)
    return found, ", ".join(why)


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def read_by(tried: dict[str, str]) -> list[str]:
    """Return the tries that got at something, or prove nothing."""
    return [name for name, came in tried.items() if "READ" in came or "VOID" in came]


def report(
    students: int,
    spread: float,
    fell: list[str],
    times: Times,
    tried: dict[str, str],
    back: dict,
) -> list[str]:
    """Return the figures as a section of RESULTS.md."""
    rows = [
        ("start of a server, p50 / p95", _quantiles(times.starts, "s")),
        ("starts that failed", str(students - len(times.starts))),
        ("anything else that failed", str(len(times.failed) - students + len(times.starts))),
        ("cell to answer, p50 / p95", _quantiles(times.cells, "s")),
        ("memory of a student, p50 / p95", _quantiles(times.memory, "MB")),
        ("memory of the machine, taken at most", f"{max(times.taken) / 1000:.1f} GB"),
        ("kernels alive while grading", str(back["kernels"])),
        ("collect", f"{back['collect']:.1f} s"),
        ("grade", f"{back['grade']:.1f} s"),
        ("feedback made and released", f"{back['give back']:.1f} s"),
        ("feedback that came back", f"{back['feedback']} of {students}"),
        ("hand-ins lost", str(len(back["lost"]))),
        ("read by one who must not, of " + str(len(tried)) + " tries", str(len(read_by(tried)))),
        ("forged and collected", str(len(back["forged"]))),
        ("forged and listed", str(len(back["told"]))),
    ]
    told = [f"read, or nothing to read: {name}" for name in read_by(tried)]
    told += [*fell, *times.failed[:5]]
    machine = f"{os.cpu_count()} cores, {_gigabytes():.0f} GB, Python {platform.python_version()}"
    machine += f"; {time.strftime('%Y-%m-%d')}"
    return [
        TITLE,
        "",
        f"{students} students ({machine}): all log in over {spread:g} s, run {CELLS} cells of "
        f"chapter 02, and hand in exercise 02 over {spread:g} s; then all is collected and graded.",
        "",
        "| what | figure |",
        "|---|---|",
        *(f"| {name} | {figure} |" for name, figure in rows),
        *([""] if told else []),
        *(f"- {each}" for each in told),
    ]


def _gigabytes() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def _quantiles(values: list[float], unit: str) -> str:
    if len(values) < 2:
        return "–"
    cut = statistics.quantiles(values, n=20, method="inclusive")
    return (
        f"{cut[9]:.2f} / {cut[18]:.2f} {unit}"
        if unit == "s"
        else f"{cut[9]:.0f} / {cut[18]:.0f} {unit}"
    )


def write_section(lines: list[str]) -> None:
    """Put the section into RESULTS.md, in place of the one before."""
    text = RESULTS.read_text(encoding="utf-8")
    before, _, rest = text.partition(f"{TITLE}\n")
    _, mark, after = rest.partition("\n## ")
    text = before.rstrip() + "\n\n" + "\n".join(lines) + "\n" + (mark + after)
    RESULTS.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    raise SystemExit(main())
