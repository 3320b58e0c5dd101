"""Open the marking sheet: a Jupyter server on this machine only, and the browser."""

import contextlib
import os
import subprocess
import sys
from argparse import Namespace
from collections.abc import MutableMapping
from pathlib import Path

from coursestaff import roster
from coursestaff.marking.marksheet import answers, handlers
from coursestaff.marking.marksheet.answers import Counts
from coursestaff.nbgrader_course import directory, gradebook
from courseware import CourseError

#: Jupyter's configuration that loads the sheet; students' JupyterLab never gets it.
GRADERS = Path(__file__).with_name("graders")
VARIABLE = "JUPYTER_CONFIG_PATH"
PATIENCE = 15  # seconds for a server that Ctrl-C has reached to end by itself


def look(course: Path, name: str, asked: str | None) -> tuple[str, Counts]:
    """Return the written question to mark, and how far its marking is.

    Raises:
        CourseError: there is no such question, or nobody's work on it is graded.

    """
    exercise, question, _ = handlers.find(course, name, asked)
    with contextlib.closing(gradebook(directory(course))) as book:
        found = answers.count(book, exercise, question)
    if not found.answers and not found.empty:
        raise CourseError(
            f"No work on {name} has been graded yet. Run `course grade {name}` first."
        )
    return question.id, found


def in_words(name: str, asked: str, found: Counts) -> str:
    """Return how far marking is, and what waits that the sheet does not show."""
    lines = [f"{name}, {asked}: {found.marked} of {found.answers} answers are marked."]
    if found.empty:
        lines.append(f"Answers that were left empty and have 0 points: {found.empty}.")
    if found.excused:
        lines.append(f"Excused students, who are not on the marking sheet: {found.excused}.")
    if found.elsewhere:
        listed = ", ".join(f"{question}: {n}" for question, n in sorted(found.elsewhere.items()))
        lines.append(
            f"Other answers also wait for a person ({listed}). Mark these in formgrader, where a "
            "search for 'needs manual' finds them."
        )
    return "\n".join(lines)


def enable(variables: MutableMapping[str, str]) -> None:
    """Say that a Jupyter server started with these variables is to have the sheet."""
    others = filter(None, [variables.get(VARIABLE)])
    variables[VARIABLE] = os.pathsep.join([str(GRADERS), *others])


def command(course: Path, name: str, asked: str, *, browser: bool, port: int | None) -> list[str]:
    """Return how to start a Jupyter server that opens the sheet."""
    arguments = [
        *("-m", "jupyter_server", f"--ServerApp.root_dir={course}", "--Application.log_level=WARN"),
        f"--ServerApp.default_url=/{handlers.ROOT}/{name}/{asked}",
        f"--ServerApp.open_browser={browser}",
        "--ServerApp.answer_yes=True",  # Ctrl-C is not asked about: everything is saved
    ]
    if port:
        arguments.append(f"--ServerApp.port={port}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--allow-root")
    return [sys.executable, *arguments]


def serve(started: list[str]) -> int:
    """Run the server until Ctrl-C; return its exit status.

    Ctrl-C reaches the server, too: it is waited for, since killed it would leave its files behind.
    """
    variables = dict(os.environ)
    enable(variables)
    server = subprocess.Popen(started, env=variables)
    try:
        return server.wait()
    except KeyboardInterrupt:
        with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            return server.wait(PATIENCE)
        server.terminate()  # only this program was told, or somebody is impatient
        with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            return server.wait(PATIENCE)
        server.kill()  # it waits for itself, or somebody has no patience left
        return server.wait()


def stay_open(course: Path, options: Namespace) -> int:
    """Open the marking sheet of one question, and stay with it until Ctrl-C: ``course mark``."""
    asked, found = look(course, options.name, options.question)
    print(in_words(options.name, asked, found))
    browser = not options.no_browser
    where = (
        "The marking sheet opens in the browser"
        if browser
        else "To see the marking sheet, open the address below in a browser"
    )
    print(f"{where}. To close the marking sheet, press Ctrl-C here.", flush=True)
    started = command(course, options.name, asked, browser=browser, port=options.port)
    with roster.step(course, options.name, "mark"):
        return serve(started)
