"""A student's copy as a folder: what it holds, what it leaves alone, and chapters left out."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from coursestaff import chapter_selection, cli
from coursestaff.chapters import own_name
from coursestaff.exercises import kept, spec
from coursestaff.exercises.spec import SpecError
from coursestaff.publishing import claims_page, data_dictionary, guide, home_page, reader
from coursestaff.releasing import bundle, tree
from courseware import CourseError
from tests.notebooks import CHAPTERS, COMPANIONS, NOTEBOOKS, ROOT, git, offline, read
from tests.notebooks import NAMES as CHAPTER_NAMES

WITHOUT_05 = "00-04,06-09"
THERE = [name[:2] for name in CHAPTER_NAMES]
RECIPE = re.compile(r"`course bundle ([^`]+)`")


# Which chapters -----------------------------------------------------------------------------


def test_chapters_are_chosen_by_spans():
    assert chapter_selection.chosen(None, THERE) == THERE
    assert chapter_selection.chosen(WITHOUT_05, THERE) == [n for n in THERE if n != "05"]
    assert chapter_selection.chosen(" 0, 2 , 02-04", THERE) == ["00", "02", "03", "04"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "as in 00-04,06-09"),
        ("00-", "'00-' is not a list of chapters"),
        ("00,trade", "'trade' is not a list of chapters"),
        ("00-12", "Its chapters are 00, 01"),
        ("04-00", "Its chapters are"),
        ("01-09", "Chapter 00 cannot be left out"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(text, said):
    with pytest.raises(CourseError, match=said):
        chapter_selection.chosen(text, THERE)


def bridged(name: str, names: list[str]) -> list[str]:
    notebook = read(ROOT / "notebooks" / f"{name}.ipynb")
    chapter_selection.bridge(notebook, name, names)
    return [cell.source for cell in notebook.cells]


def test_a_chapter_leads_over_a_gap_and_says_what_is_left_out():
    names = [name for name in CHAPTER_NAMES if name[:2] != "05"]
    before = "\n".join(bridged("04_the_xian_summit", names))
    assert "Chapter 05 (left out here) follows the old" in before
    assert before.endswith("Go on with [chapter 06](06_the_belt_and_road_at_ten.ipynb).")
    after = bridged("06_the_belt_and_road_at_ten", names)
    assert after[0].endswith("\n\n*Left out here: chapter 05.*")
    assert not [text for text in after[1:] if "left out here" in text]
    assert "This is the end." in bridged("04_the_xian_summit", names[:5])[-1]
    first = bridged("00_start_here", [CHAPTER_NAMES[0], *CHAPTER_NAMES[2:]])
    assert "exercise 01 (left out here)" in "\n".join(first)


def test_a_companion_leads_over_a_gap_too():
    name = own_name(COMPANIONS[0])
    onwards, *_ = after = [each for each in CHAPTER_NAMES if each > COMPANIONS[0].stem][1:]
    text = bridged(name, [CHAPTER_NAMES[0], COMPANIONS[0].stem, *after])[-1]
    assert "(left out here)" in text
    assert text.endswith(f"Go on with [chapter {onwards[:2]}](../{onwards}.ipynb).")


@pytest.mark.parametrize("name", [own_name(path) for path in NOTEBOOKS])
def test_nothing_changes_where_nothing_is_left_out(name):
    cells = read(ROOT / "notebooks" / f"{name}.ipynb").cells
    assert bridged(name, CHAPTER_NAMES) == [cell.source for cell in cells]


# What the folder holds ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A course whose instructor keeps earlier solutions, a gradebook and hand-ins."""
    course = tmp_path_factory.mktemp("course")
    skip = shutil.ignore_patterns("__pycache__")
    for folder in (
        "notebooks",
        "data",
        "courseware",
        "no_limits",
        "solutions",
        "exercises",
        ".binder",
    ):
        shutil.copytree(ROOT / folder, course / folder, ignore=skip)
    (course / bundle.START_SHEET).parent.mkdir(parents=True)
    for file in (*bundle.FILES, bundle.START_SHEET, *tree.REPOSITORY):
        shutil.copy(ROOT / file, course / file)
    for file in (
        "solutions/02_the_trade_lifeline/released/0123456789abcdef/exercise/earlier.ipynb",
        "solutions/earlier/02_the_trade_lifeline.ipynb",
        "exercises/02_the_trade_lifeline/earlier/old.ipynb",
        "submitted/somebody/02_the_trade_lifeline/02_the_trade_lifeline.ipynb",
        ".binder/earlier/old.ipynb",
        "gradebook.db",
    ):
        (course / file).parent.mkdir(parents=True, exist_ok=True)
        (course / file).write_text("secret of somebody", encoding="utf-8")
    return course


@pytest.fixture(scope="module")
def handed_out(course, tmp_path_factory) -> Path:
    """The folder, without chapter 05."""
    folder = tmp_path_factory.mktemp("student") / "copy"
    tree.write(course, folder, WITHOUT_05)
    return folder


@pytest.fixture
def copy(handed_out, tmp_path) -> Path:
    """One for each test, as what runs in it leaves files behind."""
    return shutil.copytree(handed_out, tmp_path / "copy")


def files_in(folder: Path) -> dict[str, bytes]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_the_folder_holds_what_a_class_gets_and_nothing_of_the_solutions(course, copy):
    inside = files_in(copy)
    assert set(inside) == {
        *bundle.contents(course, WITHOUT_05, (*tree.BINDER, *tree.REPOSITORY)),
        tree.LIST,
    }
    assert {"START.md", "start.py", ".binder/postBuild", ".gitignore"} <= set(inside)
    strangers = ("solutions/", "coursestaff", "earlier", "rubric", "notes.yaml", "session.md")
    assert [file for file in inside for word in strangers if word in file] == []
    assert [file for file, content in inside.items() if b"secret of somebody" in content] == []
    assert list(bundle.leaks(ROOT, inside)) == []


def test_a_chapter_that_is_left_out_takes_its_exercise_along_and_no_link_is_lost(copy):
    inside = files_in(copy)
    kept = [name for name in CHAPTER_NAMES if name[:2] != "05"]
    assert {file for file in inside if file.startswith("notebooks/")} == {
        f"notebooks/{own_name(path)}.ipynb" for path in NOTEBOOKS if path.stem in kept
    }
    assert not [file for file in inside if file.startswith("exercises/05")]
    assert {f"exercises/{name}/{name}.ipynb" for name in kept[1:]} <= set(inside)
    for file in (file for file in inside if file.endswith(".ipynb")):
        cells = nbformat.reads(inside[file].decode(), as_version=4).cells
        for link in re.findall(r"\]\(([^)]+\.ipynb)\)", "\n".join(c.source for c in cells)):
            assert (copy / file).parent.joinpath(link).resolve().is_file(), (file, link)
    readme = inside["README.md"].decode()
    assert "Left out of this copy: chapter 05." in readme
    assert "05_silk" not in readme


def test_the_package_travels_whole(handed_out):
    """A script or a typeface that stays behind is missed only when a student needs it."""
    stored = git("ls-files", "courseware", "no_limits").decode().split()
    assert len(stored) > 150
    stored = [name for name in stored if not name.startswith("no_limits/pages/")]  # the site's
    assert [name for name in stored if not (handed_out / name).is_file()] == []


def test_words_and_tables_stay_for_journals_from_elsewhere_and_for_the_register(copy):
    assert (copy / "no_limits" / "words" / "05.yaml").is_file()
    tables = json.loads((ROOT / "data" / "datapackage.json").read_text("utf-8"))["resources"]
    assert all((copy / "data" / table["path"]).is_file() for table in tables)


OPEN = """
import os, sys
from pathlib import Path
import nbformat
from nbclient import NotebookClient
for path in map(Path, sys.argv[1:]):
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("import courseware; courseware.__file__"))
    where = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=300, resources=where).execute()
    print(notebook.cells[-1].outputs[0].data["text/plain"])
"""


@pytest.mark.publishing
@pytest.mark.matrix
def test_the_map_of_the_argument_and_the_verdicts_bear_the_gap(copy, journal_dir):
    """Chapters 01, 06 and 09 run to their end in the copy, with the copy's own package."""
    chosen = [copy / "notebooks" / f"{CHAPTER_NAMES[n]}.ipynb" for n in (1, 6, 9)]
    paths = os.pathsep.join([str(copy), offline()["PYTHONPATH"]])
    done = subprocess.run(
        [sys.executable, "-c", OPEN, *map(str, chosen)],
        env=os.environ | {"PYTHONPATH": paths, "NO_LIMITS_JOURNAL": str(journal_dir)},
        cwd=copy,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines() == [repr(str(copy / "courseware" / "__init__.py"))] * 3


# What it leaves alone -----------------------------------------------------------------------


@pytest.fixture
def holds(monkeypatch):
    """Return a way to say what the copy is to hold: few files, without looking at the course."""

    def say(**files: str) -> dict[str, bytes]:
        wanted = {name.replace("__", "/"): text.encode() for name, text in files.items()}
        monkeypatch.setattr(bundle, "contents", lambda *_: wanted)
        return wanted

    return say


def test_a_newer_version_renews_its_own_files_and_touches_no_other(holds, tmp_path):
    folder = tmp_path / "copy"
    holds(start="1", notebooks__05="five", notebooks__06="six")
    assert tree.write(ROOT, folder) == (3, 0)
    own = {".git/HEAD": "ref", "notebooks/mine.txt": "mine", "README of ours.md": "ours"}
    for file, text in own.items():
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")
    before = (folder / "notebooks" / "06").stat().st_mtime_ns
    holds(start="2", notebooks__06="six", data__new="table")
    assert tree.write(ROOT, folder) == (2, 1)
    inside = files_in(folder)
    assert inside.pop(tree.LIST)
    assert inside == {
        **{file: text.encode() for file, text in own.items()},
        "start": b"2",
        "notebooks/06": b"six",
        "data/new": b"table",
    }
    assert (folder / "notebooks" / "06").stat().st_mtime_ns == before
    assert tree.write(ROOT, folder) == (0, 0)


def test_a_folder_that_is_empty_afterwards_goes_too(holds, tmp_path):
    holds(start="1", exercises__05__x="five")
    tree.write(ROOT, tmp_path)
    holds(start="1")
    assert tree.write(ROOT, tmp_path) == (0, 1)
    assert set(files_in(tmp_path)) == {"start", tree.LIST}
    assert not (tmp_path / "exercises").exists()


@pytest.mark.parametrize("changed", ["start", "notebooks/05", "data"])
def test_what_somebody_changed_stops_it_before_anything_is_written(holds, tmp_path, changed):
    holds(start="1", notebooks__05="five")
    tree.write(ROOT, tmp_path)
    (tmp_path / changed).write_text("changed by hand", encoding="utf-8")
    there = files_in(tmp_path)
    holds(start="2", data__new="table")
    with pytest.raises(CourseError, match=rf"Nothing was written, .*: {changed}\. Rename"):
        tree.write(ROOT, tmp_path)
    assert files_in(tmp_path) == there


def test_a_folder_with_files_of_the_same_names_is_not_taken_over(holds, tmp_path):
    (tmp_path / "README").write_text("of somebody", encoding="utf-8")
    holds(README="of the course")
    with pytest.raises(CourseError, match="README"):
        tree.write(ROOT, tmp_path)
    assert files_in(tmp_path) == {"README": b"of somebody"}


@pytest.mark.skipif(os.name == "nt", reason="Windows may not allow links")
def test_nothing_is_written_through_a_link(holds, tmp_path):
    away, folder = tmp_path / "away", tmp_path / "copy"
    away.mkdir()
    folder.mkdir()
    (folder / "data").symlink_to(away)
    holds(data__new="table")
    with pytest.raises(CourseError, match="data"):
        tree.write(ROOT, folder)
    assert list(away.iterdir()) == []


def test_one_that_was_stopped_half_way_goes_on(holds, tmp_path, monkeypatch):
    holds(a="1", b="1")
    tree.write(ROOT, tmp_path)
    wanted = holds(a="2", b="2")

    def full(path, content):
        if path.name == "b":
            raise OSError("no space left")
        path.write_bytes(content)

    with monkeypatch.context() as patch:
        patch.setattr(tree, "write_atomically", full)
        with pytest.raises(OSError, match="no space"):
            tree.write(ROOT, tmp_path)
    assert tree.write(ROOT, tmp_path) == (1, 0)
    assert files_in(tmp_path).items() >= wanted.items()


@pytest.mark.parametrize("content", ["{", "[]", '{"files": ["../x"]}', '{"files": {"../x": "1"}}'])
def test_a_list_that_cannot_be_trusted_is_refused(holds, tmp_path, content):
    folder = tmp_path / "copy"
    folder.mkdir()
    (tmp_path / "x").write_text("outside", encoding="utf-8")
    (folder / tree.LIST).write_text(content, encoding="utf-8")
    holds(start="1")
    with pytest.raises(CourseError, match="cannot be read"):
        tree.write(ROOT, folder)
    assert (tmp_path / "x").exists()


def test_handing_out_keeps_a_copy_of_every_exercise(course, tmp_path, monkeypatch):
    monkeypatch.chdir(course)
    folders = spec.exercise_folders(course / "solutions")
    for folder in folders:  # a checkout that is used keeps copies of earlier releases
        shutil.rmtree(folder / spec.RELEASED, ignore_errors=True)
    assert cli.main(["bundle", "--folder", str(tmp_path / "copy"), "--chapters", "00-01"]) == 0
    assert [len(kept.copies(folder)) for folder in folders] == [1] * 9


def test_the_whole_course_is_never_taken_for_a_students_copy(course, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(course)
    assert cli.main(["bundle", "--folder", str(ROOT)]) == 1
    assert "students must not get" in capsys.readouterr().err
    (tmp_path / "solutions").mkdir()
    with pytest.raises(CourseError, match="solutions/"):
        tree.write(ROOT, tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(CourseError, match="is a file"):
        tree.write(ROOT, tmp_path / "file")


def test_a_folder_that_lacks_binder_s_files_is_not_written(course, tmp_path):
    aside = course / ".binder" / "start"
    there = aside.rename(course / "start.aside")
    try:
        with pytest.raises(SpecError, match="binder/start is missing"):
            tree.write(course, tmp_path / "copy")
    finally:
        there.rename(aside)
    assert not (tmp_path / "copy").exists()


# Binder -------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="Binder's programs run on Linux")
def test_binder_starts_with_the_settings_that_a_reader_has_at_home(copy):
    show = "import os; print(os.environ['JUPYTERLAB_SETTINGS_DIR'], os.environ['MARK'])"
    done = subprocess.run(
        [copy / ".binder" / "start", sys.executable, "-c", show],
        env={"PATH": f"{Path(sys.executable).parent}{os.pathsep}/usr/bin:/bin", "MARK": "here"},
        capture_output=True,
        text=True,
    )
    assert (done.stderr, done.stdout) == ("", f"{copy / '.lab' / 'reading' / 'settings'} here\n")


def test_binder_s_python_and_packages_are_those_of_the_course(copy):
    version = (copy / ".binder" / "runtime.txt").read_text("utf-8").strip().removeprefix("python-")
    site = (ROOT / ".github" / "workflows" / "site.yml").read_text("utf-8")
    assert f'python-version: "{version}"' in site  # what the printed course is made with
    (line,) = [
        each
        for each in (copy / ".binder" / "requirements.txt").read_text("utf-8").splitlines()
        if not each.startswith("#")
    ]
    lock = (copy / ".binder" / line.removeprefix("-r ")).resolve()
    assert lock.read_bytes() == (ROOT / "requirements.lock").read_bytes()


def test_repo2docker_reads_the_folder(copy, tmp_path):
    """The recipe of the image, without building it: that takes Docker."""
    beside = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    program = shutil.which("jupyter-repo2docker", path=beside)
    done = subprocess.run(
        [program, "--no-build", "--debug", "--user-id", "1000", "--user-name", "jovyan", str(copy)],
        env=os.environ | {"HOME": str(tmp_path), "PYTHONPATH": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    recipe = done.stdout + done.stderr
    steps = [
        "environment-2epy-2d3-2e13",  # the Python that binder/runtime.txt names
        "COPY --chown=1000:1000 src/ ${REPO_DIR}/",
        'pip install --no-cache-dir -r ".binder/requirements.txt"',
        "RUN ./.binder/postBuild",
        'ENV R2D_ENTRYPOINT="${REPO_DIR}/.binder/start"',
    ]
    places = [recipe.find(step) for step in steps]
    assert -1 not in places, recipe[-4000:]
    assert places == sorted(places), "the lock is part of the folder, so it is copied first"


# What the guide says ------------------------------------------------------------------------


def test_the_command_that_a_plan_names_leaves_out_what_the_plan_leaves_out():
    five = guide.plans()[1]
    (command,) = RECIPE.findall(five["about"])
    taught = {e["chapter"] for s in five["sessions"] for e in s["class"] if "chapter" in e}
    options = cli.parser().parse_args(["bundle", *command.split()])
    assert chapter_selection.chosen(options.chapters, THERE) == sorted(taught)


def test_every_bundle_command_of_the_guide_is_understood():
    found = [
        command
        for page in (*guide._written(), guide._own() / "plans.yaml", ROOT / "README.md")
        for command in RECIPE.findall(page.read_text(encoding="utf-8"))
    ]
    assert any("--folder" in command for command in found)
    for command in found:
        cli.parser().parse_args(["bundle", *command.split()])


def test_chapters_are_those_of_the_course():
    assert bundle.names(ROOT) == [path.stem for path in CHAPTERS]


# The printed course and the guide without a chapter ------------------------------------------


def test_tables_and_claims_of_a_chapter_that_is_left_out_keep_their_pages():
    titles = {number: f"Title {number}" for number in THERE if number != "05"}
    made = data_dictionary.pages(titles)
    assert "The chapter is left out here." in made["tables/05.md"]
    assert "(table-pipelines)=" in made["tables/05.md"]
    whole = data_dictionary.pages(dict.fromkeys(THERE, "a title"))
    named = [
        re.findall(r"^\(table-.+\)=$", "".join(p.values()), re.MULTILINE) for p in (made, whole)
    ]
    assert sorted(named[0]) == sorted(named[1])
    page = claims_page.pages(titles)["claims.md"]
    assert "## Chapter 05: left out here" in page
    assert "## Chapter 06: Title 06" in page


def test_the_first_page_and_the_guide_have_the_chapters_that_are_taught():
    taught = [number for number in THERE if number != "05"]
    assert [*home_page.make(chosen=WITHOUT_05).chapters] == taught
    made = guide.pages(chapters=reader.chapters(chosen=WITHOUT_05))
    assert "guide/chapter_05.md" not in made
    assert not [name for name, text in made.items() if "chapter_05" in text]
    assert "without chapter 05" in made["guide/plans.md"]


def test_a_plan_loses_what_belongs_to_a_chapter_left_out_and_says_so():
    taught = [number for number in THERE if number != "05"]
    one, five, ten = guide.plans()
    assert guide.bridged(one, taught) is one
    assert guide.bridged(five, taught) is five
    shorter = guide.bridged(ten, taught)
    assert len(shorter["sessions"]) == len(ten["sessions"]) - 1
    assert "without chapter 05" in shorter["about"]
    assert guide.bridged(ten, THERE) is ten


def test_a_chapter_whose_notebook_was_removed_is_left_out(course):
    removed = course / "notebooks" / f"{CHAPTER_NAMES[5]}.ipynb"
    kept = removed.rename(course / "aside.ipynb")
    try:
        assert [path.stem[:2] for path in reader.chapters(course)] == [
            number for number in THERE if number != "05"
        ]
    finally:
        kept.rename(removed)
