"""The two repositories that copies of the course come from, and how a new version gets in.

A home gets its copy with nbgitpuller, at every start of a server: new files arrive, and what
somebody has changed stays theirs. So a version is only ever added on top of the one before.
"""

import re
import tempfile
from pathlib import Path

import courseware
from coursestaff.hub.place import Place
from coursestaff.hub.programs import HubError, run
from coursestaff.releasing.bundle import RENAMED, START_SHEET, contents

BRANCH = "main"
#: What students get of the bundle: exercises come through the exchange, the package is installed.
STUDENTS = ("notebooks/", "data/", "CITATION.cff", "LICENSE", "LICENSE-CONTENT")
SHEET = RENAMED[START_SHEET]
HUBS_SHEET = Path(__file__).with_name("start_sheet.md")
WRITER = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "course hub"), ("EMAIL", "hub@localhost"))
}


def publish(course: Path, place: Place) -> None:
    """Put the course as it is now into both repositories.

    Raises:
        SpecError: something of a solution would reach the students' copy.
        HubError: git failed.

    """
    safe = (f"\tdirectory = {each}\n" for each in (place.students_copy, place.graders_copy))
    place.git_configuration.write_text("[safe]\n" + "".join(safe), encoding="utf-8")
    place.git_configuration.chmod(0o644)
    with tempfile.TemporaryDirectory(prefix="course-hub-") as scratch:
        tree = students_tree(course, Path(scratch))
        _commit(place.students_copy, tree)
    # The course's own .gitignore keeps out what an instructor's course folder holds of a class.
    _commit(place.graders_copy, course)
    run(["chgrp", "--recursive", place.graders_group, place.graders_copy])
    place.graders_copy.chmod(0o750)


def students_tree(course: Path, scratch: Path) -> Path:
    """Lay out what students get, and return the folder: of the bundle, what a hub needs."""
    bundled = contents(course)
    (scratch / SHEET).write_text(start_sheet(bundled[SHEET].decode()), encoding="utf-8")
    for file, content in bundled.items():
        if file.startswith(STUDENTS):
            path = scratch / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return scratch


def start_sheet(usual: str) -> str:
    """Return a student's first sheet in a hub's words: some of its parts are others here.

    Raises:
        HubError: a part of the hub's is none of the sheet's.

    """
    parts = _parts(usual)
    own = _parts(HUBS_SHEET.read_text(encoding="utf-8"))
    if strangers := own.keys() - parts.keys():
        raise HubError(f"{HUBS_SHEET.name} has parts that the sheet lacks: {sorted(strangers)}.")
    return "\n".join((parts | own).values())


def _parts(sheet: str) -> dict[str, str]:
    """Return a sheet's parts by their first lines, with their first lines."""
    parts = re.split(r"\n(?=## )", sheet)
    return {part.strip().splitlines()[0]: f"{part.strip()}\n" for part in parts}


def _commit(repository: Path, tree: Path) -> None:
    """Add a folder's files, as they are, on top of a repository, if they differ."""
    if not repository.exists():
        run(["git", "init", "--quiet", "--bare", f"--initial-branch={BRANCH}", repository])
    git = ["git", f"--git-dir={repository}", f"--work-tree={tree}"]
    run([*git, "add", "--all"], folder=tree)
    if run([*git, "status", "--porcelain", "--untracked-files=no"], folder=tree):
        message = f"Version {courseware.__version__}"
        run([*git, "commit", "--quiet", "-m", message], folder=tree, variables=WRITER)
