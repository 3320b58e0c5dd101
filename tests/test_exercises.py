"""Every exercise holds together: solution, release, checks, rubric, and nothing leaks."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbgrader.validator import Validator

from coursestaff.exercises import spec
from coursestaff.exercises.cells import cut, source
from coursestaff.exercises.spec import SpecError
from coursestaff.marking import compare
from coursestaff.marking.marks import mark, public_part
from coursestaff.nbgrader_course import configuration
from coursestaff.releasing import bundle as bundling
from coursestaff.releasing import release as releasing
from courseware import data, views
from courseware.answers.kinds.table import as_table
from courseware.explorers.argument_map.graph import graph, what_falls
from tests import corpus, exercises
from tests.cases import cases
from tests.exercises import NAMES, checked, exercise, shown, solution
from tests.notebooks import CHAPTERS, NOTEBOOKS, ROOT, git, offline, outputs, read

runs = pytest.mark.sandbox
each = pytest.mark.parametrize("name", NAMES)
#: One exercise, and the others in the matrix: for what is the same code for all of them.
one = pytest.mark.parametrize("name", cases(NAMES, NAMES[:1]))


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Workers and kernels inherit an environment without network."""
    monkeypatch.setenv("PYTHONPATH", offline()["PYTHONPATH"])


@pytest.fixture(scope="module")
def releases(tmp_path_factory):
    """Return the folder with every exercise, freshly released."""
    folder = tmp_path_factory.mktemp("course") / "exercises"
    with pytest.MonkeyPatch.context() as patch:  # each has been solved in this test run
        patch.setattr(releasing, "solve", lambda own, _: solution(own.name))
        releasing.release(ROOT, (), folder)
    return folder


def notebook(name):
    return spec.read_notebook(exercise(name).notebook)


def questions_asked(name):
    """Return {question: (points, written)} as the text cells say that students get."""
    asked = {}
    for cell in corpus.release(name)["cells"]:
        if cell["cell_type"] == "markdown":
            for number, points, written in re.findall(
                r"\*\*Question (\d+) \((\d+) points?(, written)?\)\.\*\*", source(cell)
            ):
                asked[f"q{number}"] = (int(points), bool(written))
    return asked


# --- What an exercise is made of -----------------------------------------------------------


def test_every_chapter_has_an_exercise():
    chapters = [path.stem for path in CHAPTERS if not path.stem.startswith("00")]
    assert [name for name in chapters if name not in NAMES] == []


@each
def test_first_cell_tells_minutes_and_tables(name):
    card = notebook(name).cells[0].source
    own = exercise(name)
    minutes = re.search(r"\| Minutes \|(.*)\|", card)[1]
    usual, of_beginners = map(int, re.findall(r"\d+", minutes))
    assert own.minutes == usual < of_beginners <= 90
    assert 45 <= own.minutes <= 70
    told = set(re.findall(r"`([a-z_]+)`", re.search(r"\| Tables \|(.*)\|", card)[1]))
    code = "\n".join(cell.source for cell in notebook(name).cells if cell.cell_type == "code")
    assert told == set(re.findall(r'data\.load\("([a-z_]+)"\)', code))
    assert told <= {*data.tables()["name"], *views.names()}


@each
def test_questions_in_words_and_in_checks_yaml_agree(name):
    questions = exercise(name).questions
    assert questions_asked(name) == {q.id: (q.points, q.written) for q in questions.values()}
    assert list(questions) == [f"q{n}" for n in range(1, len(questions) + 1)]
    assert 6 <= len(exercise(name).checked) <= 8
    assert 1 <= len(questions) - len(exercise(name).checked) <= 2


@each
def test_every_question_has_a_hint_and_a_short_text(name):
    for cell in notebook(name).cells:
        if cell.cell_type == "markdown" and not cell.metadata.get("nbgrader"):
            most = 220 if cell.id == "ex-title" else 145  # the card, and how one hands in
            assert len(cell.source.split()) <= most, cell.id
            asks = re.search(r"\*\*Question (\d+)", cell.source)
            if asks and not exercise(name).questions[f"q{asks[1]}"].written:
                assert "<details><summary>" in cell.source, cell.id


def test_the_set_has_every_kind_of_task():
    kinds = {question.kind for name in NAMES for question in exercise(name).checked}
    assert kinds == {"number", "choice", "set", "order", "mapping", "table", "chart", "function"}


@each
def test_rubric_has_criteria_two_sides_a_weak_answer_and_comments(name):
    text = (exercise(name).folder / "rubric.md").read_text(encoding="utf-8")
    written = [q for q in exercise(name).questions.values() if q.written]
    parts = re.split(r"^## (q\d+)$", text, flags=re.MULTILINE)[1:]
    assert parts[::2] == [q.id for q in written]
    for question, body in zip(written, parts[1::2], strict=True):
        rows = re.findall(r"^\| [A-Z].*\|$", body, re.MULTILINE)
        levels = [int(n) for n in re.findall(r"\d+", next(r for r in rows if "Criterion" in r))]
        assert max(levels) * (len(rows) - 1) == question.points
        models = re.findall(r"### Model answer: [^\n]*\n\n(.+?)(?=\n### )", body, re.DOTALL)
        low, high = asked_words(name, question.id)
        assert len(models) == 2
        for model in models:
            advice = f"solutions/{name}/rubric.md, {question.id}: the model answers"
            assert low <= len(model.split()) <= high, advice
        weak = body.split("### A weak answer")[1].split("###")[0]
        got, of = map(int, re.findall(r"(\d+) of (\d+)", weak)[-1])
        assert weak.count("\n>") >= 1
        assert got < of == question.points
        assert body.split("### Comments to reuse")[1].count("\n- ") >= 5


def figures(name):
    """Return the numbers in a rubric and in the model answer of question 9."""
    rubric = (exercise(name).folder / "rubric.md").read_text(encoding="utf-8")
    model = next((cell.source for cell in notebook(name).cells if cell.id == "q9"), "")
    return set(re.findall(r"\d+(?:\.\d+)?", rubric + model))


def test_what_is_argued_of_the_lifeline_rests_on_figures_that_the_tables_give():
    half = data.load("trade_since_january").loc["06"]
    grown = (half.loc[2023] / half.loc[2022] - 1) * 100
    assert f"{grown['total']:.0f}" in figures("02_the_trade_lifeline")  # the weak answer
    assert 38 < grown["total"] < 43  # about two fifths
    assert 75 < grown["China sold"] < 80
    assert grown["China sold"] > 2 * grown["China bought"]
    long = data.load("china_trade_and_dollars")
    constant = long["China sold"] * long["worth of a dollar"]
    assert 1.2 < constant[2022] / constant[2013] < 1.25  # more than a fifth
    products = data.load("oil_products_by_buyer")
    change = products[2023] - products[2021]
    assert 12.5 < change["China"] < 13.5
    assert -40 < change["Europe"] < -38
    assert -change["China"] / change["Europe"] == pytest.approx(1 / 3, abs=0.02)
    assert all(change[buyer] > 0 for buyer in ("India", "Africa", "South and Central America"))


def test_what_exercise_01_has_typed_is_what_the_register_and_the_evidence_say():
    cells = {cell.id: cell.source for cell in notebook("01_the_argument").cells}
    nearness = data.load("evidence_pages")["page"].loc[data.load("seven_pages").index]
    lines = re.findall(r"^\| \*\*([A-D])\*\* \|(.*)\|$", cells["ex-q4-ask"], re.MULTILINE)
    sorted_ = {
        letter: [set(re.findall(r"E\d+", part)) for part in row.split("|")] for letter, row in lines
    }
    right = [set(nearness.index[nearness == kind]) for kind in ("own text", "report", "copy")]
    assert [letter for letter, row in sorted_.items() if row == right] == ["B"]
    assert 'sorts = "B"' in cells["q4-answer"]
    assert what_falls(graph(), "C72").fallen == ("C73", "C74")  # and no thesis: answer C
    assert 'follows = "C"' in cells["q8-answer"]
    assert what_falls(graph(), "C62").fallen == ("C64",)


def test_what_is_argued_of_the_poll_rests_on_figures_that_the_tables_give():
    sides, margins = data.load("sides_in_the_war"), data.load("margins_in_the_war_poll")
    march, november, may = (sides.loc[month] for month in ("2022-03", "2022-11", "2023-05"))
    assert (march["Russia"], november["Russia"], may["Russia"]) == (39, 13, 12.8)
    squares = margins.loc["2022-03", "Russia"] ** 2 + margins.loc["2022-11", "Russia"] ** 2
    assert round(squares**0.5, 1) == 3.5
    assert (march["Russia"] - november["Russia"]) / 3.5 == pytest.approx(7, abs=0.5)
    assert (march["in Russian"], november["in Russian"]) == (77, 75)
    mix, groups = may["in Russian"] / 100, data.load("sides_by_language")["Russia"]
    assert round(mix * groups["Russian"] + (1 - mix) * groups["Kazakh"]) == 30  # the same minds
    told = {"39", "13", "12.8", "3.5", "77", "75", "30"}
    assert told <= figures("07_kazakhstans_long_border")
    assert abs(may - november)[["Russia", "Ukraine", "neither"]].max() < 1  # no side gains a point
    assert may["neither"] == pytest.approx(60, abs=1)  # three in five


def test_what_exercise_09_has_typed_is_what_the_register_says():
    name = "09_the_verdict"
    source = next(cell.source for cell in notebook(name).cells if cell.id == "q6-answer")
    typed = dict(re.findall(r'"(E\d+)": "(known|later)"', source))
    evidence = data.load("evidence").set_index("evidence_id")
    assert list(typed) == ["E004", "E035", "E086", "E090", "E184", "E193"]
    for page, word in typed.items():
        row = evidence.loc[page]
        assert row["date"] > "2023-05-28", "each page is later than the article"
        assert (word == "later") == (row["relation"] == "later outcome"), page
        of_the_fact = row["date"] if pd.isna(row["fact_date"]) else row["fact_date"]
        assert (word == "later") == (of_the_fact > "2023-05-28"), page
    trade = evidence.loc[["E022", "E192", "E202"]]  # said to have one count behind them
    assert trade["finding"].str.contains("2025").all()
    assert (trade["date"] == trade["date"].iloc[0]).all() and "GACC" in trade["publisher"].iloc[0]


def asked_words(name, question):
    """Return how many words a written answer should have, as the question says."""
    number = question[1:]
    text = next(c.source for c in notebook(name).cells if f"**Question {number} (" in c.source)
    low, high = re.search(r"(\d+) to (\d+) words", text).groups()
    return int(low), int(high)


# --- The solution --------------------------------------------------------------------------


@each
@runs
def test_solution_gets_every_point(name, proved):
    seen = checked(name, exercise(name).notebook)
    assert (seen.errors, seen.notes, seen.trouble) == ({}, [], None)
    assert [m.id for m in seen.marks.values() if m.points < m.of] == []
    proved("exercises", name)


@one
@runs
def test_solution_runs_in_a_kernel_and_passes_its_public_checks(name, releases, tmp_path):
    checks = (releases / name / "checks.json").read_text(encoding="utf-8")
    (tmp_path / "checks.json").write_text(checks, encoding="utf-8")
    ran = exercises.run(notebook(name), tmp_path, NBGRADER_EXECUTION="validate")
    for cell, output in outputs(ran):
        assert output.output_type != "error", (cell.id, output.evalue)
        assert output.get("name") != "stderr", (cell.id, output.text)
    assert all(shown(ran, question.id) for question in exercise(name).checked)


@each
@runs
def test_misconceptions_get_their_own_hint_and_no_mark(name):
    expected = solution(name)
    for question in exercise(name).checked:
        for number, known in enumerate(question.misconceptions):
            wrong = expected.answers[f"{question.id}.wrong.{number}"]
            got = mark(question, expected, wrong)
            assert (got.points, got.words) == (0, known.hint)


@pytest.mark.parametrize(("name", "number"), exercises.variants())
@runs
def test_variants_hold_together_and_ask_something_else(name, number):
    expected, other = solution(name), solution(name, number)
    ids = [question.id for question in exercise(name).checked]
    assert any(expected.answers[id] != other.answers[id] for id in ids)


def perturbed(question, answer):
    """Yield wrong answers near the right one: another factor, sign, unit, year, word or order."""
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
        yield from (moved(question, answer, number) for number in range(len(answer["rows"])))
        yield {**answer, "rows": answer["rows"][1:]}
        yield {**answer, "rows": [*answer["rows"], answer["rows"][0]]}
        yield from (scaled(question, answer, factor) for factor in (100, 0.01, -1, 1.03))
    elif kind == "chart":
        marks = question.public["marks"]
        yield {**answer, marks: answer[marks][1:]}
        yield {**answer, marks: [[[x, y * 1.03 + 1e-3] for x, y in s] for s in answer[marks]]}
        yield {**answer, marks: [s[1:] for s in answer[marks]]}
        yield {**answer, marks: [[[another(x), y] for x, y in s] for s in answer[marks]]}
    elif kind == "function":
        for number, result in enumerate(answer["results"]):
            changed = list(answer["results"])
            changed[number] = {"type": "nothing"}
            yield {**answer, "results": changed}
            if result["type"] == "number" and result["value"]:
                changed = list(answer["results"])
                changed[number] = {"type": "number", "value": result["value"] * 1.02}
                yield {**answer, "results": changed}


def another(value):
    """Return another year, or another word."""
    return value + 1 if isinstance(value, float) else f"not {value}"


def moved(question, answer, number):
    """Return a table in which one row stands under another key, such as the next year."""
    table = as_table(question.public, answer)
    place = table["columns"].index(question.public["key"][0])
    rows = [list(row) for row in table["rows"]]
    rows[number][place] = {**rows[number][place], "value": another(rows[number][place]["value"])}
    return {**table, "rows": rows}


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
@runs
def test_no_answer_that_is_a_little_wrong_scores(name):
    expected = solution(name)
    for question in exercise(name).checked:
        wrong = list(perturbed(question, expected.answers[question.id]))
        assert len(wrong) >= 2
        for other in wrong:
            assert not compare.same(question, expected.answers[question.id], other), question.id


@pytest.mark.parametrize("name", NAMES)
def test_a_slip_in_one_task_costs_nothing_in_another(name):
    """No answer needs an earlier one: each stands on given cells."""
    whole = {f"without {q.id}": {q.id: 0} for q in exercise(name).checked}
    whole |= {
        f"misconception {q.id}.{n}": {q.id: 0}
        for q in exercise(name).checked
        for n in range(len(q.misconceptions))
    }
    lost = {kind.name: kind.marks for kind in corpus.kinds(name) if kind.name in whole}
    assert lost == whole


def test_what_is_argued_of_kazakhstan_rests_on_figures_that_the_tables_give():
    year = data.load("kazakhstan_sells_to_china").loc[2019]
    sold = year["Kazakhstan counts"] / year["all that Kazakhstan sold"]
    bought = year["China counts"] / year["all that China bought"]
    assert {"14", f"{sold * 100:.1f}"} <= figures("03_friends_or_partners")
    assert round(sold * 100) == 14 and bought < 0.005
    lists = data.load("listed_buyers").query("year == 2022").set_index(["state", "buyer"])["share"]
    rest = 100 - lists.groupby("state").sum()
    assert rest["Kazakhstan"] == 50 and rest["Kyrgyzstan"] < 20
    assert lists["Kyrgyzstan"].max() > 40
    assert lists["Kazakhstan"].idxmax() == "China"
    assert lists["Kazakhstan", "China"] == pytest.approx(100 / 7, abs=0.5)
    assert lists["Kazakhstan", "China"] - lists["Kazakhstan", "Italy"] == 1


def test_the_table_of_exercise_02_supports_one_sentence_only():
    products = data.load("oil_products_by_buyer")
    change = products[2023] - products[2021]
    dropped = -(change["Europe"] + change["United States"])
    assert change["India"] < -change["Europe"] / 2  # A
    assert change[change > 0].sum() < dropped / 2  # B, and the sums fell by a third, as C has it
    assert products[2023].sum() / products[2021].sum() == pytest.approx(2 / 3, abs=0.03)
    diesel = data.load("russian_oil_products").query("year == 2023").set_index("destination_name")
    assert diesel.loc["Africa", "volume_mt"] > products.loc["Africa", 2023]  # C: it lacks some


def test_the_order_of_exercise_04_is_that_of_the_table():
    met = data.load("leaders_met_the_five")
    in_person = met[met["how"] == "in person"]
    firsts = in_person.groupby("partner")["date"].min().sort_values()
    typed = solution("04_the_xian_summit").answers["q2"]["items"]
    assert [item["value"] for item in typed] == firsts.index.tolist()
    road = data.load("trade_by_road")
    rest = road["all trade"] * (100 - road["share by road"])
    assert road["share by road"].is_monotonic_increasing and rest.is_monotonic_increasing  # B


# --- The release ---------------------------------------------------------------------------


@runs
def test_exercises_folder_is_what_the_solutions_release(releases):
    names = git("ls-files", "exercises").decode().split()
    kept = {Path(name).relative_to("exercises"): git("show", f":{name}") for name in names}
    fresh = {p.relative_to(releases): p.read_bytes() for p in releases.rglob("*") if p.is_file()}
    advice = "run `course release`, then `git add exercises`"
    assert sorted(kept) == sorted(fresh), advice
    assert [path for path in fresh if kept[path] != fresh[path]] == [], advice


@one
@runs
def test_fresh_release_runs_without_a_red_box_and_scores_nothing(name, releases):
    path = releases / name / f"{name}.ipynb"
    ran = exercises.run(read(path), path.parent)
    assert [cell.id for cell, output in outputs(ran) if output.output_type == "error"] == []
    for question in exercise(name).checked:
        assert f"`{question.answer}" in shown(ran, question.id)
    assert sum(mark.points for mark in checked(name, path).marks.values()) == 0


@one
@runs
def test_validate_names_every_unfinished_task(name, releases):
    found = Validator().validate(str(releases / name / f"{name}.ipynb"))
    named = "\n".join(str(failure["source"]) for failure in found["failed"])
    for question in exercise(name).checked:
        assert f'check("{question.id}")' in named


@runs
def test_validate_finds_nothing_to_mend_in_a_solution(releases, tmp_path):
    name = NAMES[0]
    shutil.copy(releases / name / "checks.json", tmp_path)
    shutil.copy(exercise(name).notebook, tmp_path)
    assert "failed" not in Validator().validate(str(tmp_path / f"{name}.ipynb"))


@pytest.fixture
def made(tmp_path):
    """Return a folder with old exercises, and two new ones that are to replace them."""
    for place in ("exercises", "exercises/.scratch/release"):
        for name in ("01_a", "02_b"):
            (tmp_path / place / name).mkdir(parents=True)
            (tmp_path / place / name / "which.txt").write_text(place, encoding="utf-8")
    return tmp_path / "exercises"


def replace(target):
    scratch = target / ".scratch"
    new = [scratch / "release" / name for name in ("01_a", "02_b")]
    return releasing.put_in_place(new, target, scratch)


def test_a_release_replaces_the_old_one(made):
    assert replace(made) == [made / "01_a", made / "02_b"]
    texts = {path.read_text(encoding="utf-8") for path in made.glob("*/which.txt")}
    assert texts == {"exercises/.scratch/release"}


@pytest.mark.parametrize("failing", [1, 2, 3, 4])
def test_a_release_that_fails_on_the_way_changes_nothing(made, failing, monkeypatch):
    rename, calls = Path.rename, []

    def refuses_once(path, to):
        calls.append(path)
        if len(calls) == failing:
            raise PermissionError(13, "in use by another program")
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", refuses_once)
    with pytest.raises(SpecError, match="in use by another program"):
        replace(made)
    texts = [path.read_text(encoding="utf-8") for path in sorted(made.glob("*/which.txt"))]
    assert texts == ["exercises", "exercises"]


@runs
def test_a_release_that_is_refused_leaves_nothing_behind(tmp_path, monkeypatch):
    def refuse(*_):
        raise SpecError("no")

    monkeypatch.setattr(releasing, "solve", refuse)
    with pytest.raises(SpecError, match=rf"^{NAMES[0]} .*\nno$"):
        releasing.release(ROOT, NAMES[:1], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_stray_file_beside_a_solution_stops_the_release(tmp_path):
    name = NAMES[0]
    folder = shutil.copytree(exercise(name).folder, tmp_path / "solutions" / name)
    step = releasing.TravellingChecks(config=configuration(ROOT))
    ignored = step.config.CourseDirectory.ignore
    (folder / ".DS_Store").touch()
    assert list(releasing.strangers(spec.load(folder), ignored)) == []
    (folder / "checks old.yaml").touch()
    with pytest.raises(SpecError, match=r"checks old\.yaml"):
        step.preprocess(notebook(name), {"metadata": {"path": str(folder)}})


def test_a_released_cell_keeps_no_picture_and_no_note():
    cell = nbformat.v4.new_markdown_cell("Answer\n\n")
    cell.metadata = {"nbgrader": {"solution": True}, "facilitator": "the answer is 42"}
    cell.attachments = {"answer.png": {"image/png": "AAAA"}}
    tidied, _ = releasing.TidyCells().preprocess_cell(cell, {}, 0)
    assert tidied.source == "Answer"
    assert dict(tidied.metadata) == {"nbgrader": {"solution": True}}
    assert "attachments" not in tidied


@each
@runs
def test_public_part_holds_neither_expected_values_nor_hints(name, releases):
    text = (releases / name / "checks.json").read_text(encoding="utf-8")
    for question in exercise(name).checked:
        for known in question.misconceptions:
            assert known.hint not in text
            assert len(known.wrong) < 12 or json.dumps(known.wrong)[1:-1] not in text
        expected = solution(name).answers[question.id]
        public = json.loads(text)["questions"][question.id]
        assert public == public_part(question, solution(name))
        assert expected.get("value", ...) not in numbers_in(public)


def numbers_in(thing):
    """Return every number in dictionaries and lists."""
    if isinstance(thing, dict | list):
        parts = thing.values() if isinstance(thing, dict) else thing
        return [number for part in parts for number in numbers_in(part)]
    return [thing] if isinstance(thing, float) else []


def computed_texts(name):
    """Return the expected numbers as somebody would write them: five or more digits."""
    answers = [solution(name).answers[question.id] for question in exercise(name).checked]
    texts = {f"{abs(value):.{digits}f}" for value in numbers_in(answers) for digits in (1, 2, 3, 4)}
    return {text for text in texts if len(text.replace(".", "").strip("0")) >= 5}


def bundled(course, folder):
    """Return what the bundle of a course holds, by its place in it."""
    with zipfile.ZipFile(bundling.bundle(course, folder)) as archive:
        return {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}


def students_copy(course, folder):
    """Return a student's copy of a course, unpacked."""
    with zipfile.ZipFile(bundling.bundle(course, folder)) as archive:
        archive.extractall(folder)
        return folder / archive.namelist()[0].split("/")[0]


@runs
def test_bundle_holds_the_course_and_nothing_of_the_solutions(tmp_path):
    inside = bundled(ROOT, tmp_path)
    (path,) = tmp_path.iterdir()
    with zipfile.ZipFile(path) as archive:
        assert archive.comment == b""
        assert {name.split("/")[0] for name in archive.namelist()} == {path.stem}
    assert {"start.py", "START.md", "environment.yml", "data/datapackage.json"} <= set(inside)
    assert {path.relative_to(ROOT).as_posix() for path in NOTEBOOKS} <= set(inside)
    strangers = ("solutions/", "tests/", "coursestaff", "rubric")
    strangers += ("checks.yaml", "session.md", "notes.yaml")
    assert [file for file in inside for word in strangers if word in file] == []
    assert list(bundling.leaks(ROOT, inside)) == []
    texts = {f: c.decode(errors="replace") for f, c in inside.items() if not f.startswith("data/")}
    written = {file: set(re.findall(r"\d+\.\d+", text)) for file, text in texts.items()}
    for name in NAMES:
        assert f"exercises/{name}/{name}.ipynb" in inside
        computed = computed_texts(name)
        assert {file: found for file in written if (found := written[file] & computed)} == {}
    notebooks = [json.loads(text) for file, text in texts.items() if file.endswith(".ipynb")]
    assert not [cell for each in notebooks for cell in each["cells"] if cell.get("outputs")]


@pytest.fixture(scope="module")
def own_course(tmp_path_factory, releases):
    """Return a course folder, below a hidden one, in which somebody keeps files of their own."""
    course = tmp_path_factory.mktemp("home") / ".courses" / "no_limits"
    skip = shutil.ignore_patterns("__pycache__", "checks.json")
    for folder in ("notebooks", "data", "courseware", "no_limits", "solutions"):
        shutil.copytree(ROOT / folder, course / folder, ignore=skip)
    shutil.copytree(releases, course / "exercises")
    (course / bundling.START_SHEET).parent.mkdir(parents=True)
    for file in (*bundling.FILES, bundling.START_SHEET):
        shutil.copy(ROOT / file, course / file)
    name = NAMES[0]
    secret = course.parent / "secret.txt"
    for path in (
        secret,
        course / "notebooks" / "02_my_copy.ipynb",
        course / "exercises" / name / "answers.csv",
        course / "exercises" / "my_own" / "notes.ipynb",
        course / "data" / "class_list.csv",
        course / "courseware" / ".backup" / "old.py",
    ):
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine", encoding="utf-8")
    with contextlib.suppress(OSError):  # Windows may not allow it
        (course / "courseware" / "link.py").symlink_to(secret)
    return course


@runs
@pytest.mark.matrix
def test_bundle_packs_what_the_course_lists_and_the_same_bytes_each_time(own_course, tmp_path):
    one, other = (bundling.bundle(own_course, tmp_path / place) for place in ("a", "b"))
    assert one.read_bytes() == other.read_bytes()
    with zipfile.ZipFile(one) as archive:
        inside = {entry.filename.split("/", 1)[1]: entry for entry in archive.infolist()}
        assert b"mine" not in [archive.read(entry) for entry in inside.values()]
    assert {entry.create_system for entry in inside.values()} == {3}
    known = {f"courseware/{p.name}" for p in (ROOT / "courseware").glob("*.*")}
    assert known <= set(inside)
    tables = {f"data/{entry['path']}" for entry in data.package()["resources"]}
    assert {file for file in inside if file.startswith("data/")} == tables | {
        "data/datapackage.json",
        "data/README.md",
    }


@runs
def test_what_a_student_reads_holds_in_a_students_copy(own_course, tmp_path):
    """Links lead to files that are there, commands are those that work, no section is lost."""
    copy = students_copy(own_course, tmp_path)
    texts = {name: (copy / name).read_text(encoding="utf-8") for name in ("README.md", "START.md")}
    for text in texts.values():
        links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
        assert [link for link in links if not (copy / link).is_file()] == []
        assert set(re.findall(r"start\.py (\w+)", text)) <= {"lab"}
        assert not re.search(r"\bmake \w|`course |solutions/|grading", text)
    assert "{" not in texts["README.md"]
    assert texts["README.md"].count("\n- **") >= 5, "what helps if it does not start"
    rows = re.findall(r"^\| \d\d \| (\[.+\)) \| .+\? \|$", texts["README.md"], re.MULTILINE)
    listed = re.findall(r"\]\(([^)]+)\)", " ".join(rows))
    assert listed == [path.relative_to(ROOT).as_posix() for path in NOTEBOOKS]
    assert not (copy / "Makefile").exists()
    for command in ("test", "data"):
        done = subprocess.run(
            [sys.executable, "start.py", command], cwd=copy, capture_output=True, text=True
        )
        assert (done.returncode, done.stdout) == (1, "")
        assert "`lab`" in done.stderr and "Traceback" not in done.stderr


IMPORT_ALL = """
import importlib.util, pkgutil, sys
import courseware
assert courseware.__file__.startswith(sys.argv[1]), courseware.__file__
for module in pkgutil.walk_packages(courseware.__path__, "courseware."):
    importlib.import_module(module.name)
assert importlib.util.find_spec("coursestaff") is None
"""


@runs
def test_a_students_copy_is_linked_and_imports(tmp_path):
    """What `start.py` does last, with the packages that are here in the place of the lock's."""
    copy = students_copy(ROOT, tmp_path)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "v")], check=True)
    python = str(tmp_path / "v" / ("Scripts" if os.name == "nt" else "bin") / "python")
    environment = os.environ | {"PYTHONPATH": sysconfig.get_path("purelib")}
    link = [python, "-c", "import start; start.link(start.sys.executable)"]
    subprocess.run(link, cwd=copy, check=True)
    imports = [python, "-P", "-c", IMPORT_ALL, str(copy)]
    done = subprocess.run(imports, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@runs
def test_a_lost_run_sheet_drops_no_chapter_from_the_bundle(own_course, tmp_path):
    sheet = own_course / "solutions" / CHAPTERS[2].stem / "session.md"
    kept = sheet.read_bytes()
    sheet.unlink()
    try:
        inside = bundled(own_course, tmp_path)
    finally:
        sheet.write_bytes(kept)
    assert {f"notebooks/{path.name}" for path in CHAPTERS} <= set(inside)


@runs
def test_bundle_that_fails_leaves_the_one_before_it(own_course, tmp_path, monkeypatch):
    before = bundling.bundle(own_course, tmp_path)
    content = before.read_bytes()

    def full(path, *_):
        path.write_bytes(b"half")
        raise OSError("no space left")

    monkeypatch.setattr(bundling, "pack", full)
    with pytest.raises(OSError, match="no space left"):
        bundling.bundle(own_course, tmp_path)
    assert before.read_bytes() == content
    assert list(tmp_path.iterdir()) == [before]


@runs
def test_bundle_refuses_an_exercise_with_answers_and_one_that_is_not_there(own_course, tmp_path):
    name = NAMES[0]
    path = own_course / "exercises" / name / f"{name}.ipynb"
    released = path.read_bytes()
    try:
        answered = read(path)
        next(c for c in answered.cells if c.id == "q1-answer").source += "\nx = 42"
        nbformat.write(answered, path)
        with pytest.raises(SpecError, match=rf"{name}\.ipynb"):
            bundling.bundle(own_course, tmp_path)
        path.unlink()
        with pytest.raises(SpecError, match=rf"{name}\.ipynb .*`course release"):
            bundling.bundle(own_course, tmp_path)
    finally:
        path.write_bytes(released)
    assert list(tmp_path.iterdir()) == []


def test_a_solution_cell_without_marks_is_secret_as_a_whole():
    cell = nbformat.v4.new_code_cell("secret = 42", metadata={"nbgrader": {"solution": True}})
    assert cut(cell) == ([], ["secret = 42"])
    cell.source = "x = ...\n### BEGIN SOLUTION\nx = 42\n### END SOLUTION"
    assert cut(cell) == (["x = ..."], ["x = 42"])


@pytest.mark.parametrize("place", ["cell", "metadata", "ascii", "yaml", "helper"])
def test_a_leak_is_seen_wherever_it_is(place):
    name = NAMES[0]
    words, code = bundling.secrets(exercise(name))
    secret = {"cell": code[0], "metadata": words[0]}.get(place, words[-1])
    if place == "ascii":  # as JSON writes letters that are not
        every = (hint for name in NAMES for hint in bundling.secrets(exercise(name))[0])
        secret = next(hint for hint in every if not hint.isascii())
    text = {"cell": json.dumps({"source": [secret]}), "metadata": json.dumps({"note": secret})}
    content = (text | {"ascii": text["metadata"]}).get(place, f"# {secret}\n").encode()
    assert list(bundling.leaks(ROOT, {f"exercises/{place}.x": content}))


@each
def test_solution_notebook_is_clean(name):
    path = exercise(name).notebook.relative_to(ROOT).as_posix()
    stored = nbformat.reads(git("show", f":{path}").decode(), as_version=4)
    for cell in stored.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
    nbformat.validate(stored)
