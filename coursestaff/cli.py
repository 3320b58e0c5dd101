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

from courseware import CourseError, __version__, manifest

EXERCISE = "such as 02_the_trade_lifeline"
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
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 upwards")
    return int(text)


NAME = option("name", help=EXERCISE)
CLASS_LIST = option("--class", dest="listed", type=Path, required=True, help="its class list")
IN_HUB = option("--in", dest="folder", type=Path, default=HUB, help=f"({HUB})")
YES = flag("--yes", "do not ask")

GROUPS = {
    "new": "a new table, chapter or question",
    "hub": "a JupyterHub for a class, on a machine of its own",
}
COMMANDS = (
    command(
        "data", "tables:renew", "after editing a table: renew bytes and sha256 in the manifest"
    ),
    command(
        "owner",
        "owner:renew",
        "after editing [tool.no-limits.owner]: write names, addresses and DOI into all files",
    ),
    command(
        "new table",
        "tables:begin",
        "enter a table of data/ in the manifest, as far as it tells",
        option("name", help="such as oil_flows, for data/oil_flows.csv"),
    ),
    command(
        "new chapter",
        "cli:begin_chapter",
        "make the files of a chapter, to be filled in",
        option("number", help="two digits, such as 10"),
        option("name", help="such as the_middle_corridor"),
    ),
    command(
        "new question",
        "releasing.adding:add_question",
        "ask for a question of your own, and add it to an exercise",
        option("number", help="of the exercise, such as 04"),
    ),
    command(
        "check",
        "marking.check:show",
        "hold your exercise against the solution, in full",
        option("exercise", type=Path, help="such as exercises/02_the_trade_lifeline"),
        flag("--json", "print the result for a script"),
    ),
    command(
        "sheets",
        "publishing.guide:renew",
        "after editing notes, verdicts or plans: write run sheets and plans",
    ),
    command(
        "tally",
        "publishing.tally_sheets:print_forms",
        "for a class without computers: sheets to count guesses on",
        option("chapters", nargs="+", help="two digits each, such as 02"),
        option("--to", type=Path, help="folder to write to (default: build/tally)"),
    ),
    command(
        "room",
        "room:begin",
        "make a folder that a class sends its guesses to",
        option("folder", type=Path, help="a new folder on a drive that the class shares"),
    ),
    command(
        "release",
        "releasing.release:renew",
        "make exercises/ from solutions/",
        option("names", nargs="*", help=f"{EXERCISE} (default: all)"),
    ),
    command(
        "collect",
        "collecting.collect:take_apart",
        "take a platform's zip of submissions apart",
        NAME,
        option("archive", type=Path, help="the zip that Canvas or Moodle gives"),
        option("--from", dest="system", required=True, choices=("canvas", "moodle")),
        CLASS_LIST,
        private=True,
    ),
    command(
        "export",
        "returning.export:write",
        "write one exercise's points for a platform, or as CSV",
        NAME,
        option("--format", required=True, choices=("canvas", "moodle", "csv")),
        option("--class", dest="listed", type=Path, help="the platform's class list"),
        option("--to", type=Path, help="file to write"),
        option("--column", help="what Canvas calls it, such as 'Exercise 2: Trade (77)'"),
        flag(
            "--scale",
            "where the platform gives other points for it: scale, rounded to two decimals",
        ),
        private=True,
    ),
    command(
        "feedback",
        "returning.feedback:give_back",
        "make one exercise's feedback pages, and pack them (Moodle) or list them (Canvas)",
        NAME,
        option("--for", dest="system", required=True, choices=("canvas", "moodle")),
        option("--to", type=Path, help="zip to write (Moodle)"),
        private=True,
    ),
    command(
        "canvas",
        "canvas.sending:show_or_send",
        "send one exercise's points and feedback pages to Canvas, with a token in CANVAS_TOKEN",
        NAME,
        option(
            "--at",
            dest="place",
            metavar="ADDRESS",
            required=True,
            help="the assignment's address, such as https://canvas.example.org/courses/12/assignments/345",
        ),
        option(
            "--title",
            help="what Canvas calls the assignment, where that does not begin with the "
            "exercise's number",
        ),
        option("--only", choices=("points", "pages"), help="(default: both)"),
        flag("--scale", "where the assignment gives other points: scale, rounded to two decimals"),
        one_of(
            flag("--dry-run", "say what would be sent (the default)"), flag("--send", "send it")
        ),
        private=True,
    ),
    command(
        "report",
        "cli:report_class",
        "write a page on how a class did, without names",
        NAME,
        option(
            "--private",
            action="store_true",
            dest="named",
            help="a page for yourself alone: every count, names, and wrong answers as they "
            "were typed",
        ),
        private=True,
    ),
    command(
        "grade",
        "marking.class_grading:grade_class",
        "grade what a class has handed in (submitted/)",
        NAME,
        one_of(
            option("--processes", type=count, help="how many at a time (default: all cores)"),
            option("--cluster", metavar="ADDRESS", help="of a Dask scheduler: grade there"),
        ),
        option(
            "--certificates",
            type=Path,
            metavar="FOLDER",
            help="folder with ca.pem, cert.pem and key.pem, for a cluster's address tls://HOST:PORT",
        ),
        flag(
            "--again",
            "also what is graded already: may change marks, shows every lowered one and asks",
        ),
        flag("--yes", "with --again: lower marks unasked"),
        flag("--json", "print the result for a script"),
        flag(
            "--without-isolation",
            "run students' code with your own rights: it can then read and change all you can",
        ),
        private=True,
    ),
    command(
        "accept",
        "marking.accepting:give_points",
        "give points to answers that `course grade` lists as right but for their form",
        NAME,
        option("questions", nargs="+", metavar="QUESTION", help="such as q4"),
        option("--points", type=float, help="for each answer (default: all it can have)"),
        private=True,
    ),
    command(
        "excuse",
        "roster:excuse_students",
        "excuse students from an exercise: no points and no zero, blank where it is exported",
        NAME,
        option("students", nargs="+", metavar="ID", help="as the lists have it"),
        flag("--back", "they are not excused after all"),
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
            help="with --class: erase this file, too, such as the class list; as often as needed",
        ),
        YES,
        private=True,
    ),
    command(
        "mark",
        "marking.marksheet.opening:stay_open",
        "mark written answers in the browser, all on one page",
        NAME,
        option("--question", metavar="qN", help="default: the first written one"),
        option("--port", type=count, help="default: the first free one from 8888 on"),
        flag("--no-browser", "only say the address"),
        private=True,
    ),
    command(
        "hub setup",
        "hub.setting_up:set_up_class",
        "set a hub up, or bring class and course up to date",
        IN_HUB,
        CLASS_LIST,
        option("--from", dest="system", choices=("plain", "canvas", "moodle"), default="plain"),
        option(
            "--grader",
            dest="graders",
            action="append",
            help="account of a grader; the first one keeps the marks (default: grader)",
        ),
        option("--python", type=Path, help="a Python that every account can run"),
    ),
    command(
        "hub start",
        "hub.starting:start_here",
        "start the hub, and stay with it until Ctrl-C",
        IN_HUB,
        option("--address", help="default: this machine only, all with a certificate"),
        option("--port", type=count, help="default: 8000, 443 with a certificate"),
        option("--certificate", type=Path, help="file of it, with the chain (PEM)"),
        option("--key", type=Path, help="file of its key (PEM)"),
        option(
            "--subdomains",
            default="",
            metavar="ADDRESS",
            help="the hub's address (https://NAME): each server gets a subdomain of it",
        ),
        option(
            "--inside",
            type=count,
            default=8081,
            help="first of four ports that only this machine uses (default: 8081)",
        ),
    ),
    command(
        "hub slip",
        "hub.setting_up:write_slips",
        "a new slip with a first password for who has lost it",
        IN_HUB,
        option("accounts", nargs="+"),
    ),
    command(
        "hub erase",
        "hub.delete_class:erase_class",
        "delete the class: accounts, homes, hand-ins, log-ins",
        IN_HUB,
        flag("--everything", "graders, marks and the hub, too"),
        YES,
    ),
    command(
        "bundle",
        "releasing.tree:hand_out",
        "pack the zip that a class gets, or lay it down unpacked",
        one_of(
            option("--to", type=Path, help="folder to write the zip to (default: build)"),
            option(
                "--folder",
                type=Path,
                help="lay the copy down here instead, or renew it: for Binder, nbgitpuller, a hub",
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
    except KeyboardInterrupt:
        words = "\nStopped. What is done is kept: the same command goes on where it was."
        print(words, file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    """Return the commands and their options."""
    top = argparse.ArgumentParser(prog="course", description="Look after the course.")
    top.add_argument("--version", action="version", version=f"No Limits? {__version__}")
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
        raise CourseError("A hub runs on Linux only; on Windows in WSL2.")
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
            f"This needs {problem.name}, which a student's desk does not have. In the course "
            "folder, type once `make setup` or `python3 start.py setup` (Windows: `py start.py "
            "setup`)."
        ) from problem


def begin_chapter(course: Path, options: argparse.Namespace) -> None:
    """Make the files of a new chapter and what is made of them; say how to see what is left."""
    made = import_module("coursestaff.chapters").begin(course, options.number, options.name)
    print("Made, to be filled in wherever something stands between ‹ and ›:")
    print("".join(f"  {file.as_posix()}\n" for file in made), end="")
    for arguments in (["release", f"{options.number}_{options.name}"], ["sheets"]):
        run(parser().parse_args(arguments))
    print("What is left to write: python3 start.py test tests/test_course.py -k left")


def report_class(course: Path, options: argparse.Namespace) -> None:
    """Write the report on a class."""
    report = import_module("coursestaff.returning.class_report")
    path = report.write(course, options.name, private=options.named)
    print(f"Written: {path}. Open it in a browser; it works without a network.")
    if options.named:
        print("It is private: it holds names, and what students typed.")


if __name__ == "__main__":
    raise SystemExit(main())
