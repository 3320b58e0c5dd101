"""Every exercise holds together: solution, release, checks, rubric, and nothing leaks."""

import json
import re
import zipfile

import nbformat
import pytest
from nbgrader.validator import Validator

from courseware import data
from courseware.checks import problem
from courseware.grading import bundle as bundling
from courseware.grading import compare, spec
from courseware.grading import release as releasing
from courseware.grading.marking import mark, mark_all, public_part
from courseware.grading.running import answers_of
from tests import exercises
from tests.exercises import NAMES, exercise, shown, solution
from tests.notebooks import CHAPTERS, ROOT, outputs, read

each = pytest.mark.parametrize("name", NAMES)

VARIANTS = [
    pytest.param(name, number, id=f"{name}-{variant}")
    for name in NAMES
    for number, variant in enumerate(exercise(name).variants)
]


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Workers and kernels inherit an environment without network."""
    monkeypatch.setenv("PYTHONPATH", exercises.offline()["PYTHONPATH"])


@pytest.fixture(scope="module")
def releases(tmp_path_factory):
    """Return the folder with every exercise, freshly released."""
    folder = tmp_path_factory.mktemp("course") / "exercises"
    releasing.release(ROOT, (), folder)
    return folder


def notebook(name):
    return spec.read_notebook(exercise(name).notebook)


def questions_asked(name):
    """Return {question: (points, written)} as the text cells say."""
    asked = {}
    for cell in notebook(name).cells:
        if cell.cell_type == "markdown":
            for number, points, written in re.findall(
                r"\*\*Question (\d+) \((\d+) points?(, written)?\)\.\*\*", cell.source
            ):
                asked[f"q{number}"] = (int(points), bool(written))
    return asked


# --- What an exercise is made of -----------------------------------------------------------


def test_every_chapter_has_an_exercise():
    chapters = [path.stem for path in CHAPTERS if not path.stem.startswith("00")]
    assert [name for name in chapters if name not in NAMES] == []


@each
def test_first_cell_tells_minutes_points_and_tables(name):
    card = notebook(name).cells[0].source
    own = exercise(name)
    assert re.search(rf"\| Minutes \| (about )?{own.minutes} \|", card)
    machine = sum(q.points for q in own.checked)
    assert 45 <= own.minutes <= 60
    assert "| Points | 20" in card and f"({machine})" in card and f"({20 - machine})" in card
    told = set(re.findall(r"`([a-z_]+)`", re.search(r"\| Tables \|(.*)\|", card)[1]))
    code = "\n".join(cell.source for cell in notebook(name).cells if cell.cell_type == "code")
    assert told == set(re.findall(r'data\.load\("([a-z_]+)"\)', code))
    assert told <= set(data.tables()["name"])


@each
def test_questions_in_words_and_in_checks_yaml_agree(name):
    questions = exercise(name).questions
    assert questions_asked(name) == {q.id: (q.points, q.written) for q in questions.values()}
    assert list(questions) == [f"q{n}" for n in range(1, len(questions) + 1)]
    assert 6 <= len(exercise(name).checked) <= 8
    assert 1 <= len(questions) - len(exercise(name).checked) <= 2


@each
def test_every_question_has_a_hint_and_a_short_text(name):
    cells = notebook(name).cells
    for cell in cells:
        if cell.cell_type == "markdown" and not cell.metadata.get("nbgrader"):
            assert len(cell.source.split()) <= 140, cell.id
            if "**Question" in cell.source and ", written)" not in cell.source:
                assert "<details><summary>Hint</summary>" in cell.source, cell.id


def test_the_set_has_every_kind_of_task():
    kinds = {question.kind for name in NAMES for question in exercise(name).checked}
    assert kinds == {"number", "choice", "set", "order", "mapping", "table", "chart", "function"}


@each
def test_rubric_has_criteria_two_sides_a_weak_answer_and_comments(name):
    text = (exercise(name).folder / "rubric.md").read_text(encoding="utf-8")
    written = [q for q in exercise(name).questions.values() if q.written]
    parts = re.split(r"^## (q\d+) \((\d+) points\)$", text, flags=re.MULTILINE)[1:]
    assert parts[::3] == [q.id for q in written]
    for question, body in zip(written, parts[2::3], strict=True):
        rows = re.findall(r"^\| [A-Z].*\|$", body, re.MULTILINE)
        levels = [int(n) for n in re.findall(r"\d+", next(r for r in rows if "Criterion" in r))]
        assert max(levels) * (len(rows) - 1) == question.points
        models = re.findall(r"### Model answer: [^\n]*\n\n(.+?)(?=\n### )", body, re.DOTALL)
        low, high = asked_words(name, question.id)
        assert len(models) == 2
        for model in models:
            assert low <= len(model.split()) <= high
        weak = body.split("### A weak answer")[1].split("###")[0]
        got, of = map(int, re.findall(r"(\d+) of (\d+)", weak)[-1])
        assert weak.count("\n>") >= 1
        assert got < of == question.points
        assert body.split("### Comments to reuse")[1].count("\n- ") >= 5


def asked_words(name, id):
    """Return how many words a written answer should have, as the question says."""
    number = id[1:]
    text = next(c.source for c in notebook(name).cells if f"**Question {number} (" in c.source)
    low, high = re.search(r"(\d+) to (\d+) words", text).groups()
    return int(low), int(high)


# --- The solution --------------------------------------------------------------------------


@each
def test_solution_gets_every_point(name):
    own = exercise(name)
    run = answers_of(own, notebook(name), own.folder)
    marks = mark_all(own, solution(name), run)
    assert run.errors == {}
    assert [m.id for m in marks if m.points < m.of] == []


@each
def test_solution_runs_in_a_kernel_and_passes_its_public_checks(name, releases, tmp_path):
    checks = (releases / name / "checks.json").read_text(encoding="utf-8")
    (tmp_path / "checks.json").write_text(checks, encoding="utf-8")
    ran = exercises.run(notebook(name), tmp_path, NBGRADER_EXECUTION="validate")
    for cell, output in outputs(ran):
        assert output.output_type != "error", (cell.id, output.evalue)
        assert output.get("name") != "stderr", (cell.id, output.text)
    for question in exercise(name).checked:
        assert "Public checks passed" in shown(ran, question.id)


@each
def test_misconceptions_get_their_own_hint_and_no_mark(name):
    expected = solution(name)
    for question in exercise(name).checked:
        for number, known in enumerate(question.misconceptions):
            wrong = expected.answers[f"{question.id}.wrong.{number}"]
            got = mark(question, expected, wrong)
            assert (got.points, got.words) == (0, known.hint)


@pytest.mark.parametrize(("name", "number"), VARIANTS)
def test_variants_hold_together_and_ask_something_else(name, number):
    expected, other = solution(name), solution(name, number)
    ids = [question.id for question in exercise(name).checked]
    assert any(expected.answers[id] != other.answers[id] for id in ids)


def perturbed(question, answer):
    """Yield wrong answers near the right one: another factor, sign, unit, year or order."""
    kind, value = answer["type"], answer.get("value")
    if question.kind == "number":
        shift = max(question.within, abs(value) * question.tolerance, 1e-6) * 1.5
        others = {value * 100, value / 100, value * 1000, -value, value + shift, value - shift}
        for other in others - {value, -0.0 if value == 0 else value}:
            yield {"type": "number", "value": other}
        yield {"type": "number", "value": "nan"}
        yield {"type": "text", "value": str(value)}
        yield {"type": "table", "series": True, "columns": ["value"], "rows": [[answer]]}
    elif question.kind == "choice":
        options = question.public["options"]
        yield from (
            {"type": "text", "value": o} for o in options if o.casefold() != value.casefold()
        )
    elif question.kind == "set":
        yield {**answer, "items": answer["items"][1:]}
        yield {**answer, "items": [*answer["items"], {"type": "text", "value": "one more"}]}
    elif question.kind == "order":
        yield {**answer, "items": answer["items"][::-1]}
        yield {**answer, "items": [*answer["items"][1:], answer["items"][0]]}
        yield {**answer, "type": "set"}
    elif question.kind == "mapping":
        for key, item in answer["items"].items():
            other = next(o for o in question.public["options"] if o != item["value"])
            yield {**answer, "items": {**answer["items"], key: {"type": "text", "value": other}}}
    elif kind == "table":
        yield {**answer, "rows": answer["rows"][1:]}
        yield {**answer, "rows": [*answer["rows"], answer["rows"][0]]}
        yield from (scaled(question, answer, factor) for factor in (100, 0.01, -1, 1.03))
    elif kind == "chart":
        marks = question.public["marks"]
        yield {**answer, marks: answer[marks][1:]}
        yield {**answer, marks: [[[x, y * 1.03 + 1e-3] for x, y in s] for s in answer[marks]]}
        yield {**answer, marks: [s[1:] for s in answer[marks]]}
    elif kind == "function":
        for number, result in enumerate(answer["results"]):
            changed = list(answer["results"])
            changed[number] = {"type": "nothing"}
            yield {**answer, "results": changed}
            if result["type"] == "number" and result["value"]:
                changed = list(answer["results"])
                changed[number] = {"type": "number", "value": result["value"] * 1.02}
                yield {**answer, "results": changed}


def scaled(question, answer, factor):
    """Return a table whose first number column is off by a factor."""
    columns = [c for c in question.public["columns"] if c not in question.public["key"]]
    place = answer["columns"].index(columns[0]) if columns[0] in answer["columns"] else -1

    def cell(described):
        if isinstance(described.get("value"), float):
            return {**described, "value": described["value"] * factor + 1e-3}
        return {**described, "type": "text", "value": "something else"}

    rows = [
        [cell(c) if n == place % len(row) else c for n, c in enumerate(row)]
        for row in answer["rows"]
    ]
    return {**answer, "rows": rows}


@each
def test_no_answer_that_is_a_little_wrong_scores(name):
    expected = solution(name)
    for question in exercise(name).checked:
        wrong = list(perturbed(question, expected.answers[question.id]))
        assert len(wrong) >= 2
        for other in wrong:
            assert not compare.same(question, expected.answers[question.id], other), question.id


# --- The release ---------------------------------------------------------------------------


def test_exercises_folder_is_what_the_solutions_release(releases):
    kept = {
        path.relative_to(ROOT / "exercises"): path.read_bytes()
        for path in (ROOT / "exercises").rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.parts[-3:])
    }
    fresh = {p.relative_to(releases): p.read_bytes() for p in releases.rglob("*") if p.is_file()}
    assert sorted(kept) == sorted(fresh), "run `course release`"
    assert [path for path in fresh if kept[path] != fresh[path]] == [], "run `course release`"


@each
def test_fresh_release_runs_without_a_red_box_and_scores_nothing(name, releases):
    path = releases / name / f"{name}.ipynb"
    ran = exercises.run(read(path), path.parent)
    assert [cell.id for cell, output in outputs(ran) if output.output_type == "error"] == []
    for question in exercise(name).checked:
        said = shown(ran, question.id)
        assert said and "passed" not in said, question.id
    own = exercise(name)
    run = answers_of(own, read(path), path.parent)
    assert sum(m.points for m in mark_all(own, solution(name), run)) == 0


@each
def test_validate_names_every_unfinished_task(name, releases):
    found = Validator().validate(str(releases / name / f"{name}.ipynb"))
    named = "\n".join(str(failure["source"]) for failure in found["failed"])
    for question in exercise(name).checked:
        assert f'check("{question.id}")' in named


@each
def test_public_part_holds_neither_expected_values_nor_hints(name):
    expected = solution(name)
    for question in exercise(name).checked:
        public = public_part(question, expected)
        assert set(public) <= {"answer", "kind", *question.public}
        assert problem(public, {"type": "unfinished"})


def computed_texts(name):
    """Return the expected numbers as somebody would write them: four or more digits."""
    for question in exercise(name).checked:
        value = solution(name).answers[question.id].get("value")
        if isinstance(value, float):
            for digits in (1, 2, 3, 4):
                text = f"{abs(value):.{digits}f}"
                if len(text.replace(".", "").lstrip("0")) >= 5:
                    yield text


def test_bundle_holds_the_course_and_nothing_of_the_solutions(tmp_path):
    path = bundling.bundle(ROOT, tmp_path)
    with zipfile.ZipFile(path) as archive:
        assert archive.comment == b""
        contents = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    top = {name.split("/")[0] for name in contents}
    inside = {name.split("/", 1)[1]: content for name, content in contents.items()}
    assert top == {path.stem}
    assert {"start.py", "environment.yml", "data/datapackage.json"} <= set(inside)
    assert {f"notebooks/{chapter.name}" for chapter in CHAPTERS} <= set(inside)
    strangers = (
        "solutions/",
        "tests/",
        "courseware/grading",
        "rubric",
        "checks.yaml",
        "session.md",
    )
    assert [file for file in inside for word in strangers if word in file] == []
    assert list(bundling.leaks(ROOT, inside)) == []
    texts = {f: c.decode() for f, c in inside.items() if not f.startswith("data/")}
    for name in NAMES:
        assert f"exercises/{name}/{name}.ipynb" in inside
        for number in computed_texts(name):
            found = [
                f for f, text in texts.items() if re.search(rf"(?<![\d.]){number}(?!\d)", text)
            ]
            assert found == [], (name, number)
    for file, text in texts.items():
        if file.endswith(".ipynb"):
            cells = json.loads(text)["cells"]
            assert all(not cell.get("outputs") for cell in cells)


@pytest.mark.parametrize("place", ["cell", "metadata", "yaml", "helper"])
def test_a_leak_is_seen_wherever_it_is(place, tmp_path):
    name = NAMES[0]
    words, code = bundling.secrets(exercise(name))
    secret = {"cell": code[0], "metadata": words[0]}.get(place, words[-1])
    text = {"cell": json.dumps({"source": [secret]}), "metadata": json.dumps({"note": secret})}
    content = text.get(place, f"# {secret}\n").encode()
    assert list(bundling.leaks(ROOT, {f"exercises/{place}.x": content}))


@each
def test_solution_notebook_is_clean(name):
    stored = read(exercise(name).notebook)
    for cell in stored.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
    nbformat.validate(stored)
