"""The ``course`` command: what is done to the course from a terminal.

`COMMANDS` is the only list of its commands. What a command prints stands beside what it does, in
the module that the list names; that module is loaded when its command is given.
"""

import argparse
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from courseware import CourseError, __version__, article, manifest

EXERCISE = "exercise, such as 02_the_trade_lifeline"
HUB = Path("/srv/no-limits")

#: Adds an option to a command, or to a group of options.
Adder = Callable[[argparse._ActionsContainer], object]


class Command(NamedTuple):
    """One command; the first of two words in its name is a group of `GROUPS`.

    ``run`` is ``module:function`` in this package. The function gets the course folder and the
    options, and returns the exit status, or None for 0. ``private`` says that it writes students'
    work, names or marks.
    """

    name: str
    run: str
    words: str
    options: tuple[Adder, ...]
    private: bool


def command(name: str, run: str, words: str, *options: Adder, private: bool = False) -> Command:
    """Return a command with these options."""
    return Command(name, run, words, options, private)


def option(*names: str, **settings: Any) -> Adder:
    """Return what adds an option, or an argument, of these names to a command."""
    return lambda to: to.add_argument(*names, **settings)


def flag(name: str, words: str) -> Adder:
    """Return what adds an option that is given or not."""
    return option(name, action="store_true", help=words)


def one_of(*options: Adder, required: bool = False) -> Adder:
    """Return what adds options of which at most one is given, or exactly one."""

    def add(to: argparse._ActionsContainer) -> None:
        group = to.add_mutually_exclusive_group(required=required)
        for each in options:
            each(group)

    return add


def count(text: str) -> int:
    """Return a whole number from 1 upwards.

    Raises:
        argparse.ArgumentTypeError: the text is none.

    """
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number that is at least 1")
    return int(text)


NAME = option("name", help=EXERCISE)
CLASS_LIST = option("--class", dest="listed", type=Path, required=True, help="the class list")
IN_HUB = option("--in", dest="folder", type=Path, default=HUB, help=f"({HUB})")
YES = flag("--yes", "go ahead without asking for confirmation")

GROUPS = {
    "new": "start a new article or question",
    "hub": "set up and maintain a JupyterHub for a class",
}
COMMANDS = (
    command("data", "tables:renew", "update the size and checksum of a table that you have edited"),
    command(
        "missing",
        "whole_article:show_faults",
        "say what is missing or wrong in the article, its tables, chapters and exercises",
    ),
    command(
        "new article",
        "whole_article:begin_article",
        "copy a small course about another article, which you turn into one about yours",
        option("folder", type=Path, help="a new folder, such as ../my_article"),
    ),
    command(
        "new question",
        "releasing.adding:add_question",
        "ask you for the parts of a new question and add it to an exercise",
        option("number", help="number of the exercise, such as 04"),
    ),
    command(
        "check",
        "marking.check:show",
        "compare your answers to an exercise with the solution",
        option("exercise", type=Path, help="such as exercises/02_the_trade_lifeline"),
        flag("--json", "print the result as JSON, for a script"),
    ),
    command(
        "sheets",
        "publishing.guide:renew",
        "write the run sheets and plans after you have edited notes, verdicts or plans",
    ),
    command(
        "release",
        "releasing.release:renew",
        "make the students' exercises from the solutions",
        option("names", nargs="*", help=f"{EXERCISE} (default: all)"),
    ),
    command(
        "collect",
        "collecting.collect:take_apart",
        "sort the work in a learning platform's zip into one folder for each student",
        NAME,
        option("archive", type=Path, help="the zip that you downloaded from Canvas or Moodle"),
        option("--from", dest="system", required=True, choices=("canvas", "moodle")),
        CLASS_LIST,
        private=True,
    ),
    command(
        "export",
        "returning.export:write",
        "write the points of an exercise into a file for a platform, or into a plain CSV file",
        NAME,
        option("--format", required=True, choices=("canvas", "moodle", "csv")),
        option("--class", dest="listed", type=Path, help="the platform's class list"),
        option("--to", type=Path, help="file to write"),
        option("--column", help="the column in Canvas, such as 'Exercise 2: Trade (77)'"),
        flag(
            "--scale",
            "convert the points if the assignment has a different maximum on the platform, "
            "rounded to two decimal places",
        ),
        private=True,
    ),
    command(
        "feedback",
        "returning.feedback:give_back",
        "make the feedback pages of an exercise, as a zip for Moodle or with a list for Canvas",
        NAME,
        option("--for", dest="system", required=True, choices=("canvas", "moodle")),
        option("--to", type=Path, help="zip to write (for Moodle only)"),
        private=True,
    ),
    command(
        "report",
        "cli:report_class",
        "write a page that shows how a class did, without names",
        NAME,
        option(
            "--private",
            action="store_true",
            dest="named",
            help=(
                "write a private page with names, every number, and wrong answers as they were "
                "typed"
            ),
        ),
        private=True,
    ),
    command(
        "grade",
        "marking.class_grading:grade_class",
        "grade the work of a class that `course collect` has put into submitted/",
        NAME,
        one_of(
            option(
                "--processes",
                type=count,
                help="how many notebooks to grade at the same time (default: one for each core)",
            ),
            option(
                "--cluster",
                metavar="ADDRESS",
                help="address of a Dask scheduler, to grade on its cluster",
            ),
        ),
        option(
            "--certificates",
            type=Path,
            metavar="FOLDER",
            help="folder with ca.pem, cert.pem and key.pem, for a cluster's address tls://HOST:PORT",
        ),
        flag(
            "--again",
            "also grade work that has already been graded, after showing every mark that would go "
            "down",
        ),
        flag("--yes", "with --again, record marks that go down without asking"),
        flag("--json", "print the result as JSON, for a script"),
        flag(
            "--without-isolation",
            "run students' code with your own rights, so that it can read and change everything "
            "that you can",
        ),
        private=True,
    ),
    command(
        "accept",
        "marking.accepting:give_points",
        "give points for answers that `course grade` lists as right except for their form",
        NAME,
        option("questions", nargs="+", metavar="QUESTION", help="such as q4"),
        option("--points", type=float, help="points for each answer (default: full points)"),
        private=True,
    ),
    command(
        "excuse",
        "roster:excuse_students",
        "excuse students from an exercise, so that their points stay blank instead of becoming 0",
        NAME,
        option("students", nargs="+", metavar="ID", help="the student's id, as the lists show it"),
        flag("--back", "withdraw the excuse"),
        private=True,
    ),
    command(
        "forget",
        "returning.forgetting:forget",
        "erase a student, or a class, from this course folder",
        one_of(
            option("student", nargs="?", help="the id, as formgrader shows it"),
            option("--class", dest="everybody", action="store_true", help="all students"),
            required=True,
        ),
        option(
            "--also",
            type=Path,
            action="append",
            default=[],
            metavar="FILE",
            help=(
                "with --class, also erase this file, such as the class list (repeat this option "
                "for each file)"
            ),
        ),
        YES,
        private=True,
    ),
    command(
        "mark",
        "marking.marksheet.opening:stay_open",
        "open the page on which you mark the written answers",
        NAME,
        option(
            "--question", metavar="qN", help="the written question to mark (default: the first)"
        ),
        option(
            "--port", type=count, help="port of the page (default: the first free one from 8888)"
        ),
        flag("--no-browser", "print the address without opening a browser"),
        private=True,
    ),
    command(
        "hub setup",
        "hub.setting_up:set_up_class",
        "set up a hub, or bring its class and course up to date",
        IN_HUB,
        CLASS_LIST,
        option("--from", dest="system", choices=("plain", "canvas", "moodle"), default="plain"),
        option(
            "--grader",
            dest="graders",
            action="append",
            help=(
                "account of a grader (repeat this option for each grader; the marks are kept in "
                "the first grader's account; default: grader)"
            ),
        ),
        option("--python", type=Path, help="path of a Python that every account can run"),
    ),
    command(
        "hub start",
        "hub.starting:start_here",
        "start the hub, which runs until you press Ctrl-C",
        IN_HUB,
        option(
            "--address",
            help=(
                "address on which the hub listens (default: this machine only, or all addresses "
                "if there is a certificate)"
            ),
        ),
        option(
            "--port", type=count, help="port of the hub (default: 8000; 443 with a certificate)"
        ),
        option("--certificate", type=Path, help="file of the certificate, with its chain (PEM)"),
        option("--key", type=Path, help="file of the certificate's key (PEM)"),
        option(
            "--subdomains",
            default="",
            metavar="ADDRESS",
            help="the hub's address (https://NAME), if each server is to have a subdomain of it",
        ),
        option(
            "--inside",
            type=count,
            default=8081,
            help=(
                "first of the four ports that the hub's own programs use among themselves "
                "(default: 8081)"
            ),
        ),
    ),
    command(
        "hub slip",
        "hub.setting_up:write_slips",
        "make new slips with first passwords for students who have lost their passwords",
        IN_HUB,
        option("accounts", nargs="+"),
    ),
    command(
        "hub erase",
        "hub.delete_class:erase_class",
        "delete the class: its accounts, home folders, and everything that was handed in",
        IN_HUB,
        flag("--everything", "also delete the graders, the marks and the hub"),
        YES,
    ),
    command(
        "bundle",
        "releasing.tree:hand_out",
        "write a student's copy of the course as a zip, or into a folder",
        one_of(
            option("--to", type=Path, help="folder to write the zip to (default: build)"),
            option(
                "--folder",
                type=Path,
                help=(
                    "write the copy into this folder, or update it there, for Binder, nbgitpuller "
                    "or a hub"
                ),
            ),
        ),
        option("--chapters", help="such as 00-04,06-09 (default: all)"),
    ),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status.

    0: done; 1: the message says what is wrong; 2: done, and a person has to look at something;
    130: stopped with Ctrl-C.
    """
    options = parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):  # Windows: a terminal that lacks some letters
        sys.stdout.reconfigure(errors="replace")
    try:
        with _only_owner(options.command.private), _missing_packages_in_words():
            return run(options) or 0
    except CourseError as problem:
        print(problem, file=sys.stderr)  # what a script reads (`--json`) holds no other words
        return 1
    except OSError as problem:  # a full disk, a folder that cannot be written
        where = problem.filename2 or problem.filename
        print(f"{where}: {problem.strerror}" if where else problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        words = "\nStopped. The work done so far is kept. Run the same command again to continue."
        print(words, file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    """Return the commands and their options."""
    top = argparse.ArgumentParser(
        prog="course", description="Teach the course and grade its exercises."
    )
    top.add_argument(
        "--version", action="version", version=f"{article.facts()['course']} {__version__}"
    )
    places = {"": top.add_subparsers(required=True)}
    for command in COMMANDS:
        group, _, name = command.name.rpartition(" ")
        if group not in places:
            made = places[""].add_parser(group, help=GROUPS[group])
            places[group] = made.add_subparsers(dest="what", required=True)
        made = places[group].add_parser(name, help=command.words, description=command.words)
        made.set_defaults(command=command)
        for each in command.options:
            each(made)
    return top


def run(options: argparse.Namespace) -> int | None:
    """Load what a command needs, and run it."""
    module, _, function = options.command.run.partition(":")
    if module.startswith("hub.") and not sys.platform.startswith("linux"):
        raise CourseError("A hub runs only on Linux. On Windows, run this command in WSL2.")
    return getattr(import_module(f"coursestaff.{module}"), function)(
        manifest.course_root(), options
    )


@contextmanager
def _only_owner(private: bool) -> Iterator[None]:
    """Make files that only their owner can read: a machine may be shared, and homes open."""
    before = os.umask(0o077)
    if not private:
        os.umask(before)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def _missing_packages_in_words() -> Iterator[None]:
    """Say what is not installed: a command may need more packages than a student's desk has."""
    try:
        yield
    except ModuleNotFoundError as problem:
        raise CourseError(
            f"This command needs {problem.name}, which is not installed in a student's copy of the "
            "course. In the course folder, run `make setup` or `python3 start.py setup` once (on "
            "Windows `py start.py setup`). Then run the same command again."
        ) from problem


def report_class(course: Path, options: argparse.Namespace) -> None:
    """Write the report on a class."""
    report = import_module("coursestaff.returning.class_report")
    path = report.write(course, options.name, private=options.named)
    print(f"The page was written to {path}. Open it in a browser. It needs no internet.")
    if options.named:
        print("Keep the page private, because it holds names and the answers that students typed.")


if __name__ == "__main__":
    raise SystemExit(main())
