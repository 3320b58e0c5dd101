"""The instructor's guide: its minutes are those of the course, and it gives no solution away."""

import json
import re
from itertools import chain

import pytest
import yaml

from coursestaff import cli
from coursestaff.chapters import companion
from coursestaff.marking import coordinator
from coursestaff.publishing import guide, reader, run_sheets
from courseware import CourseError, data
from tests.notebooks import CHAPTERS, ROOT

PLANS = ROOT / "no_limits" / "pages" / "guide"

SESSION = 90
RUN = ROOT / "coursestaff" / "publishing" / "pages" / "run.md"
GRADING = ["collect", "grade", "accept", "excuse", "export", "feedback", "mark", "report"]
chapters = pytest.mark.parametrize("path", CHAPTERS, ids=[path.stem for path in CHAPTERS])
plans = pytest.mark.parametrize("plan", guide.plans(), ids=[p["title"] for p in guide.plans()])


@pytest.fixture(scope="module")
def pages():
    return guide.pages(ROOT)


def minutes_of(entry: dict) -> int:
    return guide.entry_words(entry, ROOT)[1]


# Minutes ------------------------------------------------------------------------------------


@plans
def test_every_session_has_its_ninety_minutes(plan):
    for number, session in enumerate(plan["sessions"], 1):
        assert sum(map(minutes_of, session["class"])) == SESSION, number


@plans
def test_the_page_says_what_the_course_says(plan, pages):
    text = guide.plan_markdown(plan, ROOT)
    assert text in pages["guide/plans.md"]
    rows = re.findall(r"^\| (\d+) \|.*?\| (\d+) \|.*?\| (\d+) \|$", text, re.MULTILINE)
    assert len(rows) == len(plan["sessions"])
    for (_, in_class, at_home), session in zip(rows, plan["sessions"], strict=True):
        assert int(in_class) == sum(map(minutes_of, session["class"]))
        assert int(at_home) == sum(map(minutes_of, session["home"]))
    totals = re.search(r"^\| all \|.*?\*\*(\d+)\*\* \|.*?\*\*(\d+)\*\* \|$", text, re.MULTILINE)
    assert [int(total) for total in totals.groups()] == [
        sum(int(row[place]) for row in rows) for place in (1, 2)
    ]


def test_the_plans_stand_in_the_repository_too_where_they_are_read_first(pages):
    text = (PLANS / "plans.md").read_text(encoding="utf-8")
    assert text.count("\n## ") == pages["guide/plans.md"].count("\n## ") == len(guide.plans())
    links = re.findall(r"\]\((\.\.[^)]*)\)", text)
    assert len(links) > 20
    assert [link for link in links if not (PLANS / link).is_file()] == []


def test_what_one_types_is_said_before_it_is_asked_for(pages):
    first = pages["guide/index.md"]
    assert "`.venv/bin/course`" in first
    assert r"`.venv\Scripts\course`" in first
    assert first.index("`.venv/bin/course`") < first.index("`make slides`")


@plans
def test_no_chapter_is_taught_twice(plan):
    entries = list(chain.from_iterable(session["class"] for session in plan["sessions"]))
    taught = [e["chapter"] for e in entries if e.get("how") in ("whole", "shortened")]
    assert len(set(taught)) == len(taught)
    rest = {e["chapter"] for e in entries if e.get("how") not in (None, "whole", "shortened")}
    assert rest <= set(taught)


def test_the_plans_are_those_that_were_promised(pages):
    assert [len(plan["sessions"]) for plan in guide.plans()] == [1, 5, 10]
    whole = {e.get("chapter") for s in guide.plans()[2]["sessions"] for e in s["class"]}
    assert {path.stem[:2] for path in CHAPTERS} <= whole
    assert "10 | [09]" in pages["guide/plans.md"]


def test_the_brief_takes_what_chapter_nine_says():
    brief = {
        e["minutes"]
        for p in guide.plans()
        for s in p["sessions"]
        for e in s["home"]
        if "brief" in e
    }
    assert brief == {180}
    assert "three hours" in reader.read(CHAPTERS[9]).head.card["Minutes"]


def test_a_chapters_page_says_what_there_is_to_read_after_class(pages):
    for path in CHAPTERS:
        further, page = companion(path), pages[f"guide/chapter_{path.stem[:2]}.md"]
        named = [f"`{further.relative_to(ROOT).as_posix()}`"] if further else []
        assert re.findall(r"`notebooks/further/[^`]+`", page) == named


@chapters
def test_the_parts_of_a_cut_add_up(path):
    cut = reader.read(path).notes.cut
    counted = [minutes for minutes in cut.parts.values() if minutes]
    assert len(counted) in (0, len(cut.parts))
    assert cut.total == (sum(counted) or cut.minutes)


def test_the_index_counts_the_hours(pages):
    total = guide.hours(sum(reader.read(path).head.minutes for path in CHAPTERS))
    advice = "a chapter is not in NAMES (tests/notebooks.py), or notes and card differ in minutes"
    assert total in pages["guide/index.md"], advice


def test_hours_in_words():
    assert [guide.hours(n) for n in (0, 45, 60, 90, 840)] == [
        "0 minutes",
        "45 minutes",
        "1 hour",
        "1 hour 30 minutes",
        "14 hours",
    ]


def test_a_plan_with_a_mistake_is_refused():
    with pytest.raises(guide.GuideError):
        guide.entry_words({"chapters": "02"}, ROOT)
    with pytest.raises(guide.GuideError):
        guide.entry_words({"chapter": "00", "how": "explore"}, ROOT)


# The page of a chapter ----------------------------------------------------------------------


@chapters
def test_a_chapters_page_has_what_its_sources_say(path, pages):
    page, lesson = pages[f"guide/chapter_{path.stem[:2]}.md"], reader.read(path)
    notes = lesson.notes
    for asked in lesson.discussions:
        assert asked.question in page
        assert asked.note in page
        assert all(side in page for side in asked.sides)
    for words in (*notes.wrong_turns, *notes.hard, notes.hold, notes.idea, run_sheets.cut(lesson)):
        assert words in page
    assert re.search(rf"^## .*\b{lesson.head.minutes}\b", page, re.MULTILINE)


@chapters
def test_a_chapters_page_gives_no_answer_away(path, pages):
    page = pages[f"guide/chapter_{path.stem[:2]}.md"]
    register = data.load("claims")
    reasons = register.loc[register["chapter"] == path.stem[:2], "verdict_reason"]
    assert not [reason for reason in reasons if reason in page]
    answers = reader.read(path).notes.answers.values()
    assert not [answer for answer in answers if answer.source in page]


def test_nothing_of_a_solution_is_in_the_guide(pages):
    everything = "\n".join(pages.values())
    for path in (ROOT / "solutions" / e.stem / e.name for e in reader.exercises()):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            solved = re.search(
                "### BEGIN SOLUTION(.*?)### END SOLUTION", "".join(cell["source"]), re.DOTALL
            )
            lines = solved[1].splitlines() if solved else []
            assert not [line for line in lines if len(line) > 12 and line.strip() in everything]
    for path in (ROOT / "solutions").rglob("rubric.md"):
        models = path.read_text(encoding="utf-8").split("### Model answer")[1:]
        assert not [m for m in models if m.splitlines()[2] in everything]


# All pages ----------------------------------------------------------------------------------


def test_links_lead_to_pages(pages):
    for name, text in pages.items():
        for target in re.findall(r"\]\(([^)]+)\)", text):
            assert f"guide/{target}" in pages, name


def test_one_heading_of_the_first_level_and_no_path_of_this_machine(pages):
    for name, text in pages.items():
        assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1, name
        assert str(ROOT) not in text


def test_files_that_are_named_are_there(pages):
    named = re.findall(r"`((?:solutions|exercises|data)/[^`]+)`", "\n".join(pages.values()))
    assert named
    for file in named:
        assert "NN_name" in file or (ROOT / file).exists(), file


def test_the_recipe_for_a_room_without_network_stands_alike_in_both_places(pages):
    recipe = re.findall(r"`([^`]*wheels[^`]*)`", RUN.read_text(encoding="utf-8"))
    commands = [line for line in recipe if line.startswith((".venv", "PIP_"))]
    assert len(commands) == 2
    assert all(command in pages["guide/room.md"] for command in commands)


def test_feedback_comes_last_and_never_stays_old(pages):
    page = pages["guide/grading.md"]
    blocks = re.findall(r"^```\w*\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    block = next(block for block in blocks if "course collect" in block)
    said = [line.split("#")[0].split()[:2] for line in block.strip().splitlines()]
    assert [" ".join(words) for words in said] == [
        "course collect",
        "course grade",
        "course mark",
        "course export",
        "course feedback",
    ]
    found = re.findall(r"nbgrader generate_feedback(.*?)[`\n]", page)
    assert found
    assert all(re.fullmatch(r" \w+ --force", options) for options in found)


@pytest.mark.parametrize(
    ("names", "commands", "some", "of_others"),
    [
        pytest.param(
            ["grading", "platforms"],
            [*GRADING, "forget"],
            {"--class", "--from", "--again", "--yes", "--column", "--format", "--for"},
            {"--force"},  # nbgrader's own
            id="grading",
        ),
        pytest.param(
            ["hub"],
            ["hub setup", "hub start", "hub slip", "hub erase", "export"],
            {"--class", "--from", "--grader", "--in", "--certificate", "--everything"},
            {"--force", "--lock", "--now"},  # nbgrader's, passwd's and systemd's
            id="hub",
        ),
    ],
)
def test_every_option_that_a_page_names_is_there(pages, capsys, names, commands, some, of_others):
    for command in commands:
        with pytest.raises(SystemExit):
            cli.main([*command.split(), "--help"])
    offered = capsys.readouterr().out
    page = "".join(pages[f"guide/{name}.md"] for name in names)
    named = set(re.findall(r"(?<=[ `])--[a-z-]+", page))
    assert some <= named
    assert {option for option in named - of_others if option not in offered} == set()


def test_the_container_for_a_mac_is_the_one_that_is_tested_on_linux(pages):
    page = pages["guide/elsewhere.md"]
    flow = ROOT / ".github" / "workflows" / "ci.yml"
    job = yaml.safe_load(flow.read_text(encoding="utf-8"))["jobs"]["linux"]
    (command,) = re.findall(r"^ +docker run (.*)$", page, re.MULTILINE)
    assert job["container"]["options"].strip() in command
    assert command.endswith(job["container"]["image"])
    installed = job["steps"][0]["run"].split("install -y -qq ")[1]
    assert f"apt-get install -y {installed}" in page
    assert "have not tried these steps" in page


def test_every_option_that_the_page_on_clusters_names_is_there(pages, capsys):
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    from distributed.cli import dask_scheduler, dask_worker

    with pytest.raises(SystemExit):
        cli.main(["grade", "--help"])
    offered = {"course grade": set(re.findall(r"--[a-z-]+", capsys.readouterr().out))}
    for name, command in (("scheduler", dask_scheduler.main), ("worker", dask_worker.main)):
        offered[f"dask {name}"] = {
            each for option in command.params for each in (*option.opts, *option.secondary_opts)
        }
    lines = [line for line in pages["guide/cluster.md"].splitlines() if "`" not in line]
    for command, known in offered.items():
        said = [line.split(command)[1] for line in lines if f"{command} " in line]
        named = set(re.findall(r"--[a-z-]+", " ".join(said)))
        assert named and named <= known, (command, named - known)


def test_a_class_that_is_graded_without_work_is_told_the_first_step(tmp_path):
    (tmp_path / "submitted").mkdir()
    with pytest.raises(CourseError, match=r"course collect 02_x .*grading\.md") as told:
        coordinator._submissions(tmp_path, "02_x")
    named = re.search(r"coursestaff/\S+\.md", str(told.value))[0]
    assert (ROOT / named).is_file()


def test_the_start_sheet_fits_one_page(pages):
    sheet = pages["guide/start_sheet.md"]
    assert len(sheet.split()) <= 420  # tests/test_site.py prints it
    topics = sheet.split("\n## ")[1:]
    assert len(topics) == 7
    assert all(topic.count("\n- ") <= 5 for topic in topics)
    asked_for = ["3.11", "python.org", "`cmd`", "*Run All*", "*Validate*"]
    for words in ("py start.py lab", "python3 start.py lab", "Shift + Enter", "check(", *asked_for):
        assert words in sheet
