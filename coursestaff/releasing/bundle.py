"""Pack what an instructor gives to a class: one zip, with nothing of the solutions in it.

``contents`` says what a class gets, and refuses what may not travel; ``tree`` lays the same down as
a folder. A class gets what the course lists (notes the chapters, ``checks.yaml`` the exercises, the
manifest the tables), not what lies in its folders, so an instructor's own files stay at home.
"""

import json
import re
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat
import yaml

import courseware
from coursestaff import chapter_selection
from coursestaff.chapters import companion, own_name
from coursestaff.collecting.load import is_own_file
from coursestaff.exercises import spec
from coursestaff.exercises.cells import cut, released
from coursestaff.exercises.spec import SpecError
from courseware import article, checks

FILES = (
    "LICENSE",
    "LICENSE-CONTENT",
    "README.md",
    "environment.yml",
    "pyproject.toml",
    "requirements.lock",
    "start.py",
)
#: They speak of one course: the copy of another has its own, or none.
OF_ONE_COURSE = ("CHANGELOG.md", "CITATION.cff", "data/README.md")
START_SHEET = "coursestaff/publishing/guide_pages/start_sheet.md"
RENAMED = {START_SHEET: "START.md"}  # it lies at the top of a student's copy
PROJECT = "pyproject.toml"
README = "README.md"
FRAME = Path(__file__).parents[2]  #: what is the same for every article lies there
HOW_TO_RUN = Path(__file__).parents[1] / "publishing" / "pages" / "run.md"
TROUBLE = re.compile(r"^## If it does not start\n\n(.+?)\n\n## ", re.MULTILINE | re.DOTALL)
#: A chapter's first cell: its title and, below the line of facts, its question in bold.
TITLE = re.compile(r"# (?P<title>.+)\n(?:.*\n)*?\*\*(?P<question>.+)\*\*")
#: What a student's README says below its chapters where some are left out.
LEFT_OUT = """

Left out of this copy: {}. Other chapters sometimes mention what was left out, but they can be
understood without it. The claims of what was left out stay in the register and on the argument
map, but nobody is asked to judge them."""
#: Of the package's files; the typefaces' licence travels with them.
ENDINGS = (
    ".css",
    ".ico",
    ".js",
    ".json",
    ".md",
    ".mplstyle",
    ".py",
    ".txt",
    ".yaml",
    ".ttf",
    ".woff2",
)
ANY_DAY = (1980, 1, 1, 0, 0, 0)  # a zip's first: the same content always gives the same bytes
NOTES = "notes.yaml"  # what facilitators know of a chapter
NOTED = ("answers", "discussions", "hard", "hold", "parts", "without_computers", "wrong_turns")
SENTENCE = re.compile(r"(?<=[.?!])[*\"”]*\s+")
LEAST_NOTE = 35  # letters: shorter sentences are common sayings
LEAST_LINE = 12  # letters: shorter lines of a solution may stand in a question too
LIKE_LINES = 2


def bundle(course: Path, target: Path | None = None, chapters: str | None = None) -> Path:
    """Write the article's ``no_limits-VERSION.zip`` and return where it is.

    Everything lies in a folder of the same name, so that a newer version never lands on top of a
    student's work.

    Args:
        course: the course folder.
        target: the folder to write to; ``build/`` of the course if left out.
        chapters: those that travel, such as "00-04,06-09"; all if left out.

    Raises:
        CourseError: ``chapters`` names none, or leaves out chapter 00.
        SpecError: an exercise is not released, or something of a solution would travel along.

    """
    packed = contents(course, chapters)
    name = f"{article.package()}-{courseware.__version__}"
    target = target or course / "build"
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target, prefix=".bundle-") as scratch:
        made = Path(scratch) / f"{name}.zip"
        pack(made, name, packed)
        return made.replace(target / made.name)


def contents(
    course: Path, chapters: str | None = None, more: Sequence[str] = ()
) -> dict[str, bytes]:
    """Return what a class gets: the bytes of each file by its path in a student's copy.

    Only what the course lists travels: chapters and exercises by the folders in ``solutions/``,
    tables by the manifest. Whatever else somebody keeps in these folders stays there. Notebooks
    have no outputs. ``more`` names files of the course that go along.

    Raises:
        CourseError: ``chapters`` names none, or leaves out chapter 00.
        SpecError: an exercise is not released, or something of a solution would travel along.

    """
    whole = names(course)
    taken = chapter_selection.chosen(chapters, [name[:2] for name in whole])
    files = sorted({*_files(course, taken), *more})
    lacking = [file for file in files if not is_own_file(_place(course, file))]
    faults = [f"{file} is missing.{_remedy(file)}" for file in lacking]
    found = {} if faults else {file: _content(course, file, taken) for file in files}
    faults += [*_written_in(course, found), *leaks(course, found)]
    if faults:
        raise SpecError(
            "The bundle was not written.\n" + "\n".join(f"  {fault}" for fault in faults)
        )
    return {RENAMED.get(file, file): content for file, content in found.items()}


def pack(path: Path, name: str, packed: dict[str, bytes]) -> None:
    """Write the zip: these files in one folder."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for inside, content in packed.items():
            entry = zipfile.ZipInfo(f"{name}/{inside}", ANY_DAY)
            entry.create_system = 3  # Unix, also when packed on Windows
            entry.external_attr = (0o755 if inside == "start.py" else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)


def names(course: Path) -> list[str]:
    """Return the names of the course's chapters, in order: each has notes."""
    return sorted(file.parent.name for file in (course / "solutions").glob(f"*/{NOTES}"))


def _files(course: Path, taken: Sequence[str]) -> Iterator[str]:
    """Yield every file that students get of the chapters ``taken``, by its path in the course."""
    yield from (*FILES, START_SHEET)
    yield from (file for file in OF_ONE_COURSE if (course / file).is_file())
    for name in names(course):
        if name[:2] in taken:
            chapter = f"notebooks/{name}.ipynb"
            yield chapter
            if further := companion(course / chapter):
                yield further.relative_to(course).as_posix()
    for folder in spec.exercise_folders(course / "solutions"):
        if folder.name[:2] in taken:
            yield f"exercises/{folder.name}/{folder.name}.ipynb"
            yield f"exercises/{folder.name}/{checks.FILE}"
    manifest = course / "data" / "datapackage.json"
    yield "data/datapackage.json"
    for table in json.loads(manifest.read_text(encoding="utf-8"))["resources"]:
        yield f"data/{table['path']}"
    packages = ("courseware", article.package())
    places = [_place(course, package) for package in packages]
    found = ((path, place.parent) for place in places for path in place.rglob("*"))
    for path, around in found:
        inside = path.relative_to(around)
        hidden = (
            any(part.startswith(".") for part in inside.parts) or inside.parts[1] == article.PAGES
        )
        ours = path.suffix in ENDINGS
        if ours and not hidden and not path.is_symlink():
            yield inside.as_posix()


def _place(course: Path, file: str) -> Path:
    """Return where a file or folder is: in the course, or beside the frame if that is elsewhere."""
    elsewhere = not (course / "courseware").is_dir() and not (course / file).exists()
    return (FRAME if elsewhere else course) / file


def _remedy(file: str) -> str:
    folder, _, name = file.partition("/")
    if folder == "notebooks":
        return " To leave a chapter out, name the other chapters, as in --chapters 00-04,06-09"
    return f" Run `course release {name.split('/')[0]}` first." if folder == "exercises" else ""


def _content(course: Path, file: str, taken: Sequence[str]) -> bytes:
    """Return what students get of a file."""
    if file == PROJECT:
        return _project(_place(course, file).read_text(encoding="utf-8")).encode()
    if file == README:
        return _readme(course, taken).encode()
    if file.endswith(".ipynb"):
        return _notebook(course, file, taken)
    return _place(course, file).read_bytes()


def _project(whole: str) -> str:
    """Return the project file of a student's copy: it has no `coursestaff`, and so no command."""
    without = re.sub(r"^\[project\.scripts\]\n(?:.+\n)*\n", "", whole, flags=re.MULTILINE)
    return re.sub(r'(packages = \[.*), "coursestaff"\]', r"\1]", without)


def _readme(course: Path, taken: Sequence[str]) -> str:
    """Return the README of a student's copy, with the chapters that travel and first aid."""
    rows = []
    for name in (name for name in names(course) if name[:2] in taken):
        file = f"notebooks/{name}.ipynb"
        opening = TITLE.match(spec.read_notebook(course / file).cells[0].source)
        title, question = opening.groups() if opening else (name[3:], "")
        further = companion(course / file)
        to = further.relative_to(course).as_posix() if further else ""
        more = f" · [Further {name[:2]}]({to})" if further else ""
        rows.append(f"| {name[:2]} | [{title}]({file}){more} | {question} |")
    written = (article.pages() / "student_readme.md").read_text(encoding="utf-8")
    missing = [name[:2] for name in names(course) if name[:2] not in taken]
    told = LEFT_OUT.format(chapter_selection.in_words(missing)) if missing else ""
    trouble = TROUBLE.search(HOW_TO_RUN.read_text(encoding="utf-8"))[1]
    written = written.replace("{chapters}", "\n".join(rows) + told)
    return written.replace("{trouble}", trouble)


def _notebook(course: Path, file: str, taken: Sequence[str]) -> bytes:
    """Return a notebook without outputs and counts; a chapter leads over those left out."""
    notebook = spec.read_notebook(course / file)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.metadata.pop("widgets", None)  # what sliders have shown
    if file.startswith("notebooks/"):
        there = [name for name in names(course) if name[:2] in taken]
        chapter_selection.bridge(notebook, own_name(Path(file)), there)
    return (nbformat.writes(notebook).rstrip("\n") + "\n").encode()


def _written_in(course: Path, contents: dict[str, bytes]) -> Iterator[str]:
    """Yield the exercises whose code is not what their solutions release."""
    for folder in spec.exercise_folders(course / "solutions"):
        inside = f"exercises/{folder.name}/{folder.name}.ipynb"
        if inside in contents:
            there = nbformat.reads(contents[inside].decode(), as_version=4).cells
            cells = spec.read_notebook(folder / f"{folder.name}.ipynb").cells
            code = [each["source"] for each in released(cells) if each["cell_type"] == "code"]
            if [cell.source for cell in there if cell.cell_type == "code"] != code:
                yield f"{inside} is out of date or holds somebody's answers.{_remedy(inside)}"


def leaks(course: Path, contents: dict[str, bytes]) -> Iterator[str]:
    """Yield what of the solutions stands anywhere in ``contents`` (path → bytes)."""
    texts = {
        inside: _plain(content.decode("utf-8", errors="replace"))
        for inside, content in contents.items()
        if not inside.endswith((".csv", ".geojson", ".ttf", ".woff2"))
    }
    for folder in spec.exercise_folders(course / "solutions"):
        exercise = spec.load(folder)
        words, code = ({each: _plain(each) for each in those} for those in secrets(exercise))
        for inside, text in texts.items():
            found = [secret for secret, plain in words.items() if plain in text]
            lines = [secret for secret, plain in code.items() if plain in text]
            # A chapter and a solution may use a line or two alike; a release may not.
            if inside.startswith("exercises/") or len(lines) > LIKE_LINES:
                found += lines
            for secret in found:
                yield f"{inside} holds a line of {exercise.name}'s solution: {secret[:40]!r}"
    for file in sorted((course / "solutions").glob(f"*/{NOTES}")):
        for secret in noted(file):
            plain = _plain(secret)
            for inside in (inside for inside, text in texts.items() if plain in text):
                yield f"{inside} holds a sentence of {file.parent.name}'s notes: {secret[:40]!r}"


def noted(file: Path) -> list[str]:
    """Return the texts of a chapter's notes that no student may find, whole and by sentences.

    What a part of the session is called may stand in a chapter too, as may what is short.
    """
    notes = yaml.safe_load(file.read_text(encoding="utf-8"))
    told = {key: notes[key] for key in NOTED if key in notes}
    told["parts"] = [part.get("note", "") for part in told.get("parts", {}).values()]
    found = {each for text in _texts(told) for each in (text, *SENTENCE.split(text))}
    return sorted(each for each in found if len(_plain(each)) >= LEAST_NOTE)


def _texts(thing: object) -> list[str]:
    """Return every text in dictionaries and lists."""
    if isinstance(thing, dict):
        thing = list(thing.values())
    if isinstance(thing, list):
        return [text for part in thing for text in _texts(part)]
    return [str(thing)]


def secrets(exercise: spec.Exercise) -> tuple[list[str], list[str]]:
    """Return what no student may find: in words (hints, rubric), and in code (solutions)."""
    given, code = "", []
    for cell in exercise.solution.cells:
        kept, solved = cut(cell)
        given += _plain("\n".join(kept))
        code += solved
    misconceptions = [m for q in exercise.questions.values() for m in q.misconceptions]
    code += [each.wrong for each in misconceptions]
    words = [each.hint for each in misconceptions]
    rubric = exercise.folder / "rubric.md"
    words += rubric.read_text(encoding="utf-8").splitlines() if rubric.exists() else []

    def secret(lines: list[str]) -> list[str]:
        plain = {line.strip(): _plain(line) for line in lines}
        return sorted(line for line, p in plain.items() if len(p) >= LEAST_LINE and p not in given)

    return secret(words), secret(code)


def _plain(text: str) -> str:
    """Return letters and digits only, so that quoting and layout hide nothing."""
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), text)
    return re.sub(r"[\W_]+", "", re.sub(r"\\[nrt\"]", "", text)).casefold()
