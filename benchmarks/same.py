"""Grade every kind of submission with this checkout and with another, and name what differs.

``python -m benchmarks.same OTHER`` after a change that is to make grading quicker: marks, flags,
comments and all that is shown have to be the same, and pictures but for a few dots of margin.
"""

import json
import os
import re
import struct
import subprocess
import sys
import tempfile
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import create_engine, text

from benchmarks.grading import NAMES, ROOT, environment, new_course
from tests import corpus

MOST = 6  # dots by which a picture may be wider or higher
ADDRESS = re.compile(r"0x[0-9a-f]+")  # of an object in memory: another one in each run
GRADES = (
    "SELECT student_id, name, auto_score, needs_manual_grade, late_submission_penalty FROM grade "
    "JOIN base_cell ON base_cell.id = cell_id"
)
COMMENTS = (
    "SELECT student_id, name, auto_comment FROM comment JOIN base_cell ON base_cell.id = cell_id"
)
OF_WHOM = (
    " JOIN submitted_notebook AS s ON s.id = {0}.notebook_id"
    " JOIN submitted_assignment AS a ON a.id = s.assignment_id"
)


def graded(root: Path, folder: Path, name: str) -> Path:
    """Grade one submission of every kind with the checkout in ``root``; return the course."""
    course = new_course(folder, name, corpus.kinds(name))
    command = [sys.executable, "-m", "coursestaff.cli", "grade", name]
    done = subprocess.run(
        command, cwd=course, env=environment() | {"PYTHONPATH": str(root)}, capture_output=True
    )
    assert done.returncode in (0, 2), done.stderr.decode()
    return course


def rows(course: Path) -> dict[str, list[str]]:
    """Return what the gradebook holds, by student: grades, flags and comments."""
    found: dict[str, list[str]] = {}
    engine = create_engine(f"sqlite:///{course / 'gradebook.db'}")
    with engine.connect() as book:
        for query, table in ((GRADES, "grade"), (COMMENTS, "comment")):
            for student, *row in book.execute(text(query + OF_WHOM.format(table))):
                found.setdefault(student, []).append(repr(row))
    return {student: sorted(each) for student, each in found.items()}


def notebooks(course: Path, name: str) -> dict[str, dict]:
    """Return the autograded notebooks, by student."""
    paths = (course / "autograded").glob(f"*/{name}/{name}.ipynb")
    return {path.parts[-3]: json.loads(path.read_text(encoding="utf-8")) for path in paths}


def parted(notebook: dict) -> tuple[str, list[tuple[int, int]]]:
    """Return a notebook without its pictures, and their sizes in dots."""
    sizes = []
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            picture = output.get("data", {}).pop("image/png", None)
            if picture:
                sizes.append(struct.unpack(">II", b64decode(picture)[16:24]))
    return ADDRESS.sub("0x", json.dumps(notebook, sort_keys=True)), sizes


def differences(name: str, kinds: list[str], one: Path, other: Path) -> Iterator[str]:
    """Yield in words what two graded courses do not have in common."""
    recorded, recorded_there = rows(one), rows(other)
    shown, shown_there = notebooks(one, name), notebooks(other, name)
    for number, kind in enumerate(kinds):
        student = f"s{number:04d}"
        if recorded.get(student) != recorded_there.get(student):
            yield f"{kind}: grades, flags or comments"
        if student not in shown or student not in shown_there:
            yield f"{kind}: not graded"
            continue
        (words, sizes), (words_there, sizes_there) = map(
            parted, (shown[student], shown_there[student])
        )
        if words != words_there:
            yield f"{kind}: what is shown or told"
        if len(sizes) != len(sizes_there):
            yield f"{kind}: {len(sizes)} pictures and {len(sizes_there)}"
        for size, there in zip(sizes, sizes_there, strict=False):
            if max(abs(mine - theirs) for mine, theirs in zip(size, there, strict=True)) > MOST:
                yield f"{kind}: a picture of {size} dots and one of {there}"


def main(other: Path) -> int:
    """Compare both exercises; return 1 if anything differs."""
    os.environ["NO_LIMITS_DATA"] = str(ROOT / "data")
    found = 0
    for name in NAMES:
        kinds = [kind.name for kind in corpus.kinds(name)]
        with tempfile.TemporaryDirectory() as scratch:
            one = graded(ROOT, Path(scratch, "one"), name)
            there = graded(other.resolve(), Path(scratch, "other"), name)
            words = list(differences(name, kinds, one, there))
        pictures = "and no difference" if not words else "\n  ".join(["", *words])
        print(f"{name}: {len(kinds)} kinds, {pictures}", flush=True)
        found += len(words)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
