"""The ``course`` command: what is done to the course from a terminal."""

import argparse
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType

from coursestaff import chapters, owner
from courseware import CourseError, __version__, manifest


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status.

    0: done; 1: the message says what is wrong; 2: done, and a person has to look at something;
    130: stopped with Ctrl-C.
    """
    options = parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):  # Windows: a terminal that lacks some letters
        sys.stdout.reconfigure(errors="replace")
    try:
        with _only_owner(options.private):
            return options.run(options) or 0
    except CourseError as problem:
        print(problem, file=sys.stderr)  # what a script reads (`--json`) holds no other words
        return 1
    except OSError as problem:  # a full disk, a folder that cannot be written
        where = problem.filename2 or problem.filename
        print(f"{where}: {problem.strerror}" if where else problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        words = "\nStopped. What is done is kept: the same command goes on where it was."
        print(words, file=sys.stderr)
        return 130


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


def parser() -> argparse.ArgumentParser:
    """Return the commands and their options."""
    top = argparse.ArgumentParser(prog="course", description="Look after the course.")
    top.add_argument("--version", action="version", version=f"No Limits? {__version__}")
    commands = top.add_subparsers(dest="command", required=True)

    def add(
        name: str, run: Callable, words: str, to: argparse._SubParsersAction = commands
    ) -> argparse.ArgumentParser:
        command = to.add_parser(name, help=words, description=words)
        command.set_defaults(run=run, private=False)
        return command

    def private(name: str, run: Callable, words: str) -> argparse.ArgumentParser:
        """Add a command that writes students' work, names or marks."""
        command = add(name, run, words)
        command.set_defaults(private=True)
        return command

    _add_making(add, commands)
    _add_platforms(private)
    _add_grading(private)
    _add_hub(commands.add_parser("hub", help="a JupyterHub for a class, on a machine of its own"))
    _add_bundle(add)
    return top


def _add_making(add: Callable, commands: argparse._SubParsersAction) -> None:
    """Add what makes and changes the course, and what is made for one room."""
    add("data", refresh_data, "after editing a table: renew bytes and sha256 in the manifest")
    words = "after editing [tool.no-limits.owner]: write names, addresses and DOI into all files"
    add("owner", write_owner, words)
    new = commands.add_parser("new", help="enter a new table, or begin a new chapter")
    kinds = new.add_subparsers(dest="what", required=True)
    words = "enter a table of data/ in the manifest, as far as it tells"
    table = add("table", enter_table, words, kinds)
    table.add_argument("name", help="such as oil_flows, for data/oil_flows.csv")
    chapter = add("chapter", begin_chapter, "make the files of a chapter, to be filled in", kinds)
    chapter.add_argument("number", help="two digits, such as 10")
    chapter.add_argument("name", help="such as the_middle_corridor")
    check = add("check", check_exercise, "hold your exercise against the solution, in full")
    check.add_argument("exercise", type=Path, help="such as exercises/02_the_trade_lifeline")
    check.add_argument("--json", action="store_true", help="print the result for a script")
    add(
        "sheets",
        write_sheets,
        "after editing notes, verdicts or plans: write run sheets and plans",
    )
    counted = add("tally", write_tally, "for a class without computers: sheets to count guesses on")
    counted.add_argument("chapters", nargs="+", help="two digits each, such as 02")
    counted.add_argument("--to", type=Path, help="folder to write to (default: build/tally)")
    shared = add("room", make_room, "make a folder that a class sends its guesses to")
    shared.add_argument("folder", type=Path, help="a new folder on a drive that the class shares")
    release = add("release", release_exercises, "make exercises/ from solutions/")
    release.add_argument("names", nargs="*", help="such as 02_the_trade_lifeline (default: all)")


def _add_platforms(add: Callable) -> None:
    """Add what comes from a learning platform, and what goes back to it."""
    take = add("collect", collect_work, "take a platform's zip of submissions apart")
    take.add_argument("name", help="such as 02_the_trade_lifeline")
    take.add_argument("archive", type=Path, help="the zip that Canvas or Moodle gives")
    take.add_argument("--from", dest="system", required=True, choices=("canvas", "moodle"))
    take.add_argument("--class", dest="listed", type=Path, required=True, help="its class list")
    give = add("export", export_grades, "write one exercise's points for a platform, or as CSV")
    give.add_argument("name", help="such as 02_the_trade_lifeline")
    give.add_argument("--format", required=True, choices=("canvas", "moodle", "csv"))
    give.add_argument("--class", dest="listed", type=Path, help="the platform's class list")
    give.add_argument("--to", type=Path, help="file to write")
    give.add_argument("--column", help="what Canvas calls it, such as 'Exercise 2: Trade (77)'")
    words = "where the platform gives other points for it: scale, rounded to two decimals"
    give.add_argument("--scale", action="store_true", help=words)
    words = "make one exercise's feedback pages, and pack them (Moodle) or list them (Canvas)"
    back = add("feedback", give_back, words)
    back.add_argument("name", help="such as 02_the_trade_lifeline")
    back.add_argument("--for", dest="system", required=True, choices=("canvas", "moodle"))
    back.add_argument("--to", type=Path, help="zip to write (Moodle)")
    words = "send one exercise's points and feedback pages to Canvas, with a token in CANVAS_TOKEN"
    send = add("canvas", send_to_canvas, words)
    send.add_argument("name", help="such as 02_the_trade_lifeline")
    words = (
        "the assignment's address, such as https://canvas.example.org/courses/12/assignments/345"
    )
    send.add_argument("--at", dest="place", metavar="ADDRESS", required=True, help=words)
    send.add_argument("--only", choices=("points", "pages"), help="(default: both)")
    words = "where the assignment gives other points: scale, rounded to two decimals"
    send.add_argument("--scale", action="store_true", help=words)
    how = send.add_mutually_exclusive_group()
    how.add_argument("--dry-run", action="store_true", help="say what would be sent (the default)")
    how.add_argument("--send", action="store_true", help="send it")


def _add_grading(add: Callable) -> None:
    """Add what marks a class's work, tells how it did, and erases it."""
    told = add("report", report_class, "write a page on how a class did, without names")
    told.add_argument("name", help="such as 02_the_trade_lifeline")
    grade = add("grade", grade_class, "grade what a class has handed in (submitted/)")
    grade.add_argument("name", help="such as 02_the_trade_lifeline")
    where = grade.add_mutually_exclusive_group()
    where.add_argument("--processes", type=_count, help="how many at a time (default: all cores)")
    where.add_argument("--cluster", metavar="ADDRESS", help="of a Dask scheduler: grade there")
    words = "folder with ca.pem, cert.pem and key.pem, for a cluster's address tls://HOST:PORT"
    grade.add_argument("--certificates", type=Path, metavar="FOLDER", help=words)
    grade.add_argument(
        "--again",
        action="store_true",
        help="also what is graded already: may change marks, shows every lowered one and asks",
    )
    grade.add_argument("--yes", action="store_true", help="with --again: lower marks unasked")
    grade.add_argument("--json", action="store_true", help="print the result for a script")
    grade.add_argument(
        "--without-isolation",
        action="store_true",
        help="run students' code with your own rights: it can then read and change all you can",
    )
    words = "give points to answers that `course grade` lists as right but for their form"
    given = add("accept", accept_forms, words)
    given.add_argument("name", help="such as 02_the_trade_lifeline")
    given.add_argument("questions", nargs="+", metavar="QUESTION", help="such as q4")
    given.add_argument("--points", type=float, help="for each answer (default: all it can have)")
    gone = add("forget", forget, "erase a student, or a class, from this course folder")
    whom = gone.add_mutually_exclusive_group(required=True)
    whom.add_argument("student", nargs="?", help="the id, as formgrader shows it")
    whom.add_argument("--class", dest="everybody", action="store_true", help="all students")
    words = "with --class: erase this file, too, such as the class list; as often as needed"
    gone.add_argument("--also", type=Path, action="append", default=[], metavar="FILE", help=words)
    gone.add_argument("--yes", action="store_true", help="do not ask")
    mark = add("mark", mark_answers, "mark written answers in the browser, all on one page")
    mark.add_argument("name", help="such as 02_the_trade_lifeline")
    mark.add_argument("--question", metavar="qN", help="default: the first written one")
    mark.add_argument("--port", type=_count, help="default: the first free one from 8888 on")
    mark.add_argument("--no-browser", action="store_true", help="only say the address")


def _add_bundle(add: Callable) -> None:
    """Add how a student's copy is made."""
    pack = add("bundle", bundle_course, "pack the zip that a class gets, or lay it down unpacked")
    where = pack.add_mutually_exclusive_group()
    where.add_argument("--to", type=Path, help="folder to write the zip to (default: build)")
    where.add_argument(
        "--folder",
        type=Path,
        help="lay the copy down here instead, or renew it: for Binder, nbgitpuller, a hub",
    )
    pack.add_argument("--chapters", help="such as 00-04,06-09 (default: all)")


def _add_hub(hub: argparse.ArgumentParser) -> None:
    """Add what can be done with a hub."""
    steps = hub.add_subparsers(dest="what", required=True)

    def step(name: str, run: Callable, words: str) -> argparse.ArgumentParser:
        command = steps.add_parser(name, help=words, description=words)
        command.set_defaults(run=run, private=False)
        usual = Path("/srv/no-limits")
        command.add_argument("--in", dest="folder", type=Path, default=usual, help=f"({usual})")
        return command

    setup = step("setup", set_hub_up, "set a hub up, or bring class and course up to date")
    setup.add_argument("--class", dest="listed", type=Path, required=True, help="its class list")
    systems = ("plain", "canvas", "moodle")
    setup.add_argument("--from", dest="system", choices=systems, default="plain")
    words = "account of a grader; the first one keeps the marks (default: grader)"
    setup.add_argument("--grader", dest="graders", action="append", help=words)
    setup.add_argument("--python", type=Path, help="a Python that every account can run")
    start = step("start", start_hub, "start the hub, and stay with it until Ctrl-C")
    start.add_argument("--address", help="default: this machine only, all with a certificate")
    start.add_argument("--port", type=_count, help="default: 8000, 443 with a certificate")
    start.add_argument("--certificate", type=Path, help="file of it, with the chain (PEM)")
    start.add_argument("--key", type=Path, help="file of its key (PEM)")
    words = "first of four ports that only this machine uses (default: 8081)"
    start.add_argument("--inside", type=_count, default=8081, help=words)
    slip = step("slip", write_slips, "a new slip with a first password for who has lost it")
    slip.add_argument("accounts", nargs="+")
    gone = step("erase", erase_class, "delete the class: accounts, homes, hand-ins, log-ins")
    gone.add_argument("--everything", action="store_true", help="graders, marks and the hub, too")
    gone.add_argument("--yes", action="store_true", help="do not ask")


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 upwards")
    return int(text)


def refresh_data(options: argparse.Namespace) -> None:
    """Renew the manifest and say which tables had changed."""
    changed = manifest.refresh()
    if changed:
        print(f"Renewed in {manifest.root() / manifest.MANIFEST}: {', '.join(changed)}.")
        print("Next: look at the difference in git, and add a check figure for what is new")
        print("in tests/check_figures/, in the module of its subject.")
        if loading := _module("exercises.fingerprints").loading(
            manifest.course_root() / "solutions", changed
        ):
            print(f"Exercises load them: run `course release {' '.join(loading)}`.")
        if "claims" in changed:
            print("If a verdict or a dissent has changed: run `course sheets`.")
    else:
        print("Nothing has changed: every table matches the manifest.")


def write_owner(options: argparse.Namespace) -> None:
    """Write whose course this is into the files that give it."""
    changed = owner.write(manifest.course_root())
    print(f"Written: {', '.join(changed)}." if changed else "Every file says what it should.")


def enter_table(options: argparse.Namespace) -> None:
    """Enter a new table in the manifest, and say what is left to be written."""
    tables = _module("tables")
    left = tables.enter(manifest.course_root(), options.name)
    manifest.refresh(manifest.course_root() / "data")
    print(f"Entered in data/{manifest.MANIFEST}. Write there, under {options.name}:")
    print("".join(f"  {place}\n" for place in left), end="")
    print(f"Then add a figure that somebody else publishes to a file in {tables.FIGURES}.")


def begin_chapter(options: argparse.Namespace) -> None:
    """Make the files of a new chapter and what is made of them; say how to see what is left."""
    made = chapters.begin(manifest.course_root(), options.number, options.name)
    print("Made, to be filled in wherever something stands between ‹ and ›:")
    print("".join(f"  {file.as_posix()}\n" for file in made), end="")
    options.names = [f"{options.number}_{options.name}"]
    release_exercises(options)
    write_sheets(options)
    print("What is left to write: python3 start.py test tests/test_course.py -k left")


def check_exercise(options: argparse.Namespace) -> None:
    """Print the full result of one exercise."""
    checking = _module("marking.check")
    say = checking.as_json if options.json else checking.in_words
    print(say(*checking.check(options.exercise, manifest.course_root() / "solutions")))


def release_exercises(options: argparse.Namespace) -> None:
    """Make the students' exercises again."""
    made = _module("releasing.release").release(manifest.course_root(), options.names, tell=print)
    print(f"Released: {', '.join(folder.name for folder in made)}.")
    print("Next: look at the difference in git, in exercises/.")


def write_sheets(options: argparse.Namespace) -> None:
    """Write the run sheets and the plans that have changed, and say which."""
    sheets, guide = _module("publishing.run_sheets"), _module("publishing.guide")
    course = manifest.course_root()
    changed = [*sheets.write(course), *guide.write_plans(course)]
    names = ", ".join(file.relative_to(course).as_posix() for file in changed)
    print(f"Written: {names}." if changed else "Every run sheet says what it should.")


def write_tally(options: argparse.Namespace) -> None:
    """Write the sheets and the form of chapters, and say what to do with them."""
    folder = options.to or manifest.course_root() / "build" / "tally"
    for chapter in options.chapters:
        done = _module("publishing.tally_sheets").write(chapter, folder)
        print(f"To print: {done.sheets}.")
        stays = " It was there already, and stays as it is." * done.kept
        print(f"To type in how many said what: {done.form}.{stays}")
    print(f'Then, in a notebook: journal.read_class("our-class", "{done.form.name}")')
    print("or, where nobody had a computer, with the form alone.")


def make_room(options: argparse.Namespace) -> None:
    """Make a room, and say what to set."""
    folder = options.folder.resolve()
    _module("room").make(folder)
    print(f"Students can lay a guess into {folder}, and cannot see what lies there.")
    print("On every computer of the room, yours too, before JupyterLab starts:")
    print(f"  {_module('room').VARIABLE}={folder}")
    print('Then, in a notebook of yours: from coursestaff import room; room.show("02-tonnes")')


def grade_class(options: argparse.Namespace) -> int:
    """Grade one exercise of a class; return 2 if a person has to look at something."""
    if options.certificates and not options.cluster:
        raise CourseError("--certificates are for --cluster ADDRESS, and there is none.")
    workers = None
    if options.cluster:
        workers = _module("cluster.hands").Workers(options.cluster, options.certificates)
    else:
        _module("marking.executor").start_early()
    report = _module("marking.report")
    summary = _module("marking.coordinator").grade(
        manifest.course_root(),
        options.name,
        processes=options.processes,
        workers=workers,
        isolated=not options.without_isolation,
        again=options.again,
        agree=partial(report.agrees, unasked=options.yes),
        tell=report.Progress(),
    )
    kept = report.keep(manifest.course_root(), options.name, summary)
    if options.json:
        print(report.as_json(options.name, summary))
    else:
        print(report.in_words(options.name, summary))
        print(f"This list, for the whole class: {kept}. It is private.")
        print(f"How the class did, without names: `course report {options.name}`.")
    return 2 if summary.trouble else 0


def accept_forms(options: argparse.Namespace) -> None:
    """Mark answers that are right but for their form."""
    course, accepting = manifest.course_root(), _module("marking.accepting")
    print(accepting.accept(course, options.name, options.questions, options.points).in_words)


def report_class(options: argparse.Namespace) -> None:
    """Write the report on a class."""
    path = _module("returning.class_report").write(manifest.course_root(), options.name)
    print(f"Written: {path}. Open it in a browser; it works without a network.")


def mark_answers(options: argparse.Namespace) -> int:
    """Open the marking sheet of one question, and stay with it until Ctrl-C."""
    opening, course = _module("marking.marksheet.opening"), manifest.course_root()
    asked, found = opening.look(course, options.name, options.question)
    print(opening.in_words(options.name, asked, found))
    browser = not options.no_browser
    where = "The sheet opens in the browser" if browser else "Open the address below in a browser"
    print(f"{where}; here, Ctrl-C ends it.", flush=True)
    return opening.serve(
        opening.command(course, options.name, asked, browser=browser, port=options.port)
    )


def collect_work(options: argparse.Namespace) -> int:
    """Take an archive apart; return 2 if a person has to look at something in it."""
    listed = _module("collecting.classlist").read(options.listed, options.system)
    print(listed.found)
    collecting = _module("collecting.collect")
    done = collecting.collect(manifest.course_root(), options.name, options.archive, listed)
    print(collecting.in_words(done, listed))
    look_at = (done.unknown, done.left, done.several, done.anonymous, done.without_file)
    return 2 if any(look_at) else 0


def export_grades(options: argparse.Namespace) -> None:
    """Write one exercise's points."""
    exporting = _module("returning.export")
    path = exporting.export(
        manifest.course_root(),
        options.name,
        options.format,
        options.listed,
        options.to,
        column=options.column,
        scale=options.scale,
    )
    print(f"Written: {path}.")


def give_back(options: argparse.Namespace) -> int:
    """Pack or list one exercise's feedback; return 2 if somebody is left out."""
    returning = _module("returning.feedback")
    if options.system == "canvas":
        if options.to:
            raise CourseError("--to is for Moodle's zip; the list for Canvas lies by the pages.")
        print(f"Written: {returning.listed(manifest.course_root(), options.name)}. It is private.")
        return 0
    path, left_out = returning.pack(manifest.course_root(), options.name, options.to)
    print(f"Written: {path}.")
    if left_out:
        print(f"Not in it, for they have no number of Moodle's: {'; '.join(left_out)}.")
    return 2 if left_out else 0


def send_to_canvas(options: argparse.Namespace) -> int:
    """Say what would be sent, or send it; return 2 if somebody is left out."""
    course = manifest.course_root()
    sending = _module("canvas.sending")
    sending.look_first(options.place)
    made = _module("returning.feedback").make(course, options.name)
    points = {} if options.only == "pages" else made.points
    pages = {} if options.only == "points" else made.pages
    plan = sending.plan(options.place, points, made.most, pages, options.scale)
    print(sending.in_words(plan, made.names))
    if not options.send:
        print("Nothing has been sent. Look at this list; then the same with --send.")
        return 2 if plan.absent else 0
    failed = sending.send(plan, made.names)
    if failed:
        print("Not sent:", *failed, sep="\n  ")
    elif points and not plan.absent:
        _module("returning.exported").note(course, options.name)
    return 2 if failed or plan.absent else 0


def forget(options: argparse.Namespace) -> int:
    """Erase one student or a class, when somebody has typed whom."""
    if options.also and not options.everybody:
        raise CourseError("--also is for --class: such a file holds others, too. Edit it yourself.")
    course, forgetting = manifest.course_root(), _module("returning.forgetting")
    held = forgetting.find(course, options.student, options.also)
    print(forgetting.in_words(course, held))
    whom = options.student or "class"
    words = f"It cannot be undone, and no copy is made. Type {whom!r} to go on: "
    if not (held.empty or options.yes or _typed(words, whom)):
        print("Nothing has been erased.")
        return 1
    forgetting.erase(course, held)
    if not held.empty:
        print("Erased.")
    return 0


def _typed(words: str, wanted: str) -> bool:
    """Ask, and return whether somebody is there who types what is wanted."""
    try:
        return input(words).strip() == wanted.strip()
    except EOFError:  # a script without --yes
        print()
        return False


def bundle_course(options: argparse.Namespace) -> None:
    """Write the zip for a class, or the folder."""
    if options.folder:
        new, gone = _module("releasing.tree").write(
            manifest.course_root(), options.folder, options.chapters
        )
        print(f"{options.folder} is a student's copy: {new} files written, {gone} removed.")
        print("What else is in it was not touched. Next, in that folder: git add, commit and push.")
        return
    path = _module("releasing.bundle").bundle(manifest.course_root(), options.to, options.chapters)
    print(f"Written: {path} ({path.stat().st_size / 1e6:.1f} MB).")
    print("Give it to the class; each student unpacks it into a new folder.")


def set_hub_up(options: argparse.Namespace) -> None:
    """Set a hub up, or bring it up to date; say what to print, and how to start."""
    listed = _hub("accounts").read(options.listed, options.system)
    place = _hub("place").Place(options.folder.resolve())
    listed.graders = options.graders or []
    done = _hub("setting_up").set_up(
        manifest.course_root(), place, listed, options.python, partial(print, flush=True)
    )
    print(f"Accounts made: {len(done.made)}. On this hub: {len(place.read().students)} students.")
    if done.slips:
        print(f"Their first passwords, to print, cut and give out: {done.slips} (only for root).")
    if done.gone:
        print(f"No longer on the class list, and still on the hub: {', '.join(done.gone)}.")
    print(f"Next: course hub start --in {place.folder}")


def start_hub(options: argparse.Namespace) -> None:
    """Become the hub."""
    doors = _hub("doors")
    where = doors.doors(
        options.address, options.port, options.certificate, options.key, options.inside
    )
    print(doors.in_words(where), flush=True)
    _hub("starting").start(_hub("place").Place(options.folder.resolve()), where)


def write_slips(options: argparse.Namespace) -> None:
    """Give new first passwords."""
    place = _hub("place").Place(options.folder.resolve())
    print(f"To print: {_hub('setting_up').new_slips(place, options.accounts)} (only for root).")


def erase_class(options: argparse.Namespace) -> int:
    """Delete a class, when somebody has said yes."""
    place = _hub("place").Place(options.folder.resolve())
    members = place.read()
    people = [*members.students, *(members.graders if options.everything else [])]
    what = "and the hub with every mark" * options.everything or "(graders and marks stay)"
    print(f"This deletes {len(people)} accounts with all that is in their homes {what}.")
    if not (options.yes or _typed("It cannot be undone. Type yes to go on: ", "yes")):
        print("Nothing has been deleted.")
        return 1
    gone = _hub("erasing").erase(place, everything=options.everything)
    print(f"Deleted: {', '.join(gone) or 'nobody was there'}.")
    return 0


def _hub(name: str) -> ModuleType:
    """Import a module of the hub's."""
    if not sys.platform.startswith("linux"):
        raise CourseError("A hub runs on Linux only; on Windows in WSL2.")
    return _module(f"hub.{name}")


def _module(name: str) -> ModuleType:
    """Import a module which may need more packages than a student's desk has."""
    try:
        return import_module(f"coursestaff.{name}")
    except ModuleNotFoundError as problem:
        raise CourseError(
            f"This needs {problem.name}, which a student's desk does not have. In the course "
            "folder, type once `make setup` or `python3 start.py setup` (Windows: `py start.py "
            "setup`)."
        ) from problem


if __name__ == "__main__":
    raise SystemExit(main())
