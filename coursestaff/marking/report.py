"""Say how grading goes: a line of progress, a summary for people, and one for scripts."""

import json
import sys
import time
from collections.abc import Callable, Iterable
from statistics import mean

from coursestaff.collecting.classlist import who
from coursestaff.marking.coordinator import Summary
from coursestaff.marking.gradebook import Lowered
from coursestaff.marking.submission import Graded
from coursestaff.roster import AGAIN, LOOK
from coursestaff.terminal import one_line

BAR = 24  # characters
RIGHT = "Problems that were put right"


class Progress:
    """A line with a bar, the rate and the time left; only where somebody watches."""

    def __init__(self) -> None:
        """Start the clock."""
        self.started = time.monotonic()

    def __call__(self, graded: Graded, done: int, of: int) -> None:
        """Show that one more submission is graded."""
        if not sys.stderr.isatty():
            return
        rate = done / max(time.monotonic() - self.started, 1e-6)
        filled = "#" * (BAR * done // of)
        left = (of - done) / rate
        line = f"{filled:.<{BAR}} {done}/{of}, {rate:.1f} a second, {left:.0f} s left"
        print(f"\r{line}", end="" if done < of else "\n", file=sys.stderr, flush=True)


def agrees(lowered: list[Lowered], names: dict[str, str], unasked: bool = False) -> bool:
    """Show every mark that would be lower, and ask whether it may be; only where somebody is.

    Args:
        lowered: these marks.
        names: of the class, by student id.
        unasked: it has been said already that they may.

    """
    lines = [f"Marks that would be lower than before ({len(lowered)}):"]
    for mark in lowered:
        points = f"{mark.before:g} → {mark.after or 0:g}"
        lines.append(f"  {who(mark.student, names)}: {mark.question}, {points}")
    print("\n".join(lines), file=sys.stderr)
    if unasked or not sys.stdin.isatty():
        return unasked
    print("Record these lower marks? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().casefold() in ("y", "yes")


def in_words(name: str, summary: Summary) -> str:
    """Return what was done, what was put right, and what a person has to look at."""
    count = len(summary.graded)
    notebooks = "1 notebook" if count == 1 else f"{count} notebooks"
    lines = [f"{name}: {notebooks} graded in {summary.seconds:.0f} s."]
    if summary.lost:
        lines.append(
            f"{len(summary.lost)} of these notebooks had been graded before, but the gradebook did "
            "not hold their marks, because it is new or an older copy. Marks and comments that "
            "people have given since then are only in the copies of the gradebook "
            "(gradebook.db.before-…)."
        )
    if summary.skipped:
        lines.append(
            f"Notebooks that were graded before and have not changed since: {len(summary.skipped)}."
        )
    if summary.outdated:
        lines.append(
            f"The solution or checks.yaml has changed since {len(summary.outdated)} of these "
            "notebooks were graded, but their marks stay as they are. To apply the change, run "
            f"`course grade {name} --again`."
        )
    scores = [sum(m.points for m in each.marks.values()) for each in summary.graded if each.marks]
    if scores:
        lines.append(
            f"On average, the computer gave the graded notebooks {mean(scores):.1f} points."
        )
    again = [each for each in summary.graded if each.again]
    right = [each for each in summary.repaired if not each.trouble]
    lines += _listed(AGAIN, again, _questions, summary.names)
    lines += _listed(RIGHT, right, _notes, summary.names)
    lines += _listed(LOOK, summary.trouble, _trouble, summary.names)
    lines.append(f"\n{_next(name, summary.to_mark)}")
    return "\n".join(lines)


def _listed(
    head: str, found: Iterable[Graded], words: Callable[[Graded], str], names: dict[str, str]
) -> list[str]:
    """Return a heading with its number, and a line for each; nothing if there is none."""
    lines = [f"  {who(each.student, names)}: {words(each)}" for each in found]
    return [f"\n{head} ({len(lines)}):", *lines] if lines else []


def _questions(graded: Graded) -> str:
    return ", ".join(graded.again)


def _notes(graded: Graded) -> str:
    return one_line("; ".join(graded.notes))


def _trouble(graded: Graded) -> str:
    notes = f" ({_notes(graded)})" if graded.notes else ""
    return one_line(graded.trouble or "") + notes


def _next(name: str, to_mark: int) -> str:
    """Say what comes next: marking, as long as something waits."""
    first = "No answers are waiting to be marked. Next, run"
    if to_mark:
        students = "1 student" if to_mark == 1 else f"{to_mark} students"
        first = (
            f"Next, mark the waiting answers of {students}. Use `course mark {name}` for written "
            "answers and formgrader for the rest. Then run"
        )
    return (
        f"{first} `course export {name} …` and `course feedback {name} --for …` (with nbgrader's "
        f"exchange, `nbgrader generate_feedback {name} --force`)."
    )


def as_json(name: str, summary: Summary) -> str:
    """Return the same for scripts."""
    return json.dumps(
        {
            "exercise": name,
            "seconds": round(summary.seconds, 2),
            "skipped": summary.skipped,
            "outdated": summary.outdated,
            "lost": summary.lost,
            "waiting": {each.student: each.trouble for each in summary.waiting},
            "graded": [
                {
                    "student": each.student,
                    "marks": {name: mark.points for name, mark in each.marks.items()},
                    "notes": each.notes,
                    "trouble": each.trouble,
                    "again": each.again,
                }
                for each in summary.graded
            ],
        },
        indent=1,  # in ASCII: nothing in it commands a terminal
    )
