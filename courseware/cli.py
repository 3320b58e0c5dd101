"""The ``course`` command: what is done to the course from a terminal."""

import argparse
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

from courseware import CourseError, data


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status (0: done, 1: the message says what is wrong)."""
    options = parser().parse_args(arguments)
    try:
        options.run(options)
    except CourseError as problem:
        print(problem)
        return 1
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the commands and their options."""
    top = argparse.ArgumentParser(prog="course", description="Look after the course.")
    commands = top.add_subparsers(dest="command", required=True)

    def add(name: str, run: Callable, words: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=words, description=words)
        command.set_defaults(run=run)
        return command

    add("data", refresh_data, "after editing a table: renew bytes and sha256 in the manifest")
    check = add("check", check_exercise, "hold your exercise against the solution, in full")
    check.add_argument("exercise", type=Path, help="such as exercises/02_the_trade_lifeline")
    release = add("release", release_exercises, "make exercises/ from solutions/")
    release.add_argument("names", nargs="*", help="such as 02_the_trade_lifeline (default: all)")
    pack = add("bundle", bundle_course, "pack the zip that a class gets")
    pack.add_argument("--to", type=Path, help="folder to write to (default: dist)")
    return top


def refresh_data(options: argparse.Namespace) -> None:
    """Renew the manifest and say which tables had changed."""
    changed = data.refresh_manifest()
    if changed:
        print(f"Renewed in {data.root() / data.MANIFEST}: {', '.join(changed)}.")
        print("Next: look at the difference in git, and add a check figure for what is new.")
    else:
        print("Nothing has changed: every table matches the manifest.")


def check_exercise(options: argparse.Namespace) -> None:
    """Print the full result of one exercise."""
    print(_grading("alone").check(options.exercise, data.course_root() / "solutions"))


def release_exercises(options: argparse.Namespace) -> None:
    """Make the students' exercises again."""
    made = _grading("release").release(data.course_root(), options.names)
    print(f"Released: {', '.join(folder.name for folder in made)}.")
    print("Next: look at the difference in git.")


def bundle_course(options: argparse.Namespace) -> None:
    """Write the zip for a class."""
    path = _grading("bundle").bundle(data.course_root(), options.to)
    print(f"Written: {path} ({path.stat().st_size / 1e6:.1f} MB).")
    print("Give it to the class; each student unpacks it into a new folder.")


def _grading(name: str) -> ModuleType:
    """Import a module of the instructor's side, which a student's copy does not have."""
    try:
        return import_module(f"courseware.grading.{name}")
    except ModuleNotFoundError as problem:
        if not (problem.name or "").startswith("courseware.grading"):
            raise CourseError(
                f"{problem.name} is not installed. Set up again: python3 start.py setup"
            ) from problem
        raise CourseError(
            "This copy of the course is a student's: it can neither check in full nor release. "
            "Ask your instructor, or get the whole course."
        ) from problem


if __name__ == "__main__":
    raise SystemExit(main())
