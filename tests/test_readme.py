"""The README: eighty lines, figures that the course bears out, pictures that are in step."""

import re
from collections import Counter
from functools import cache
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from coursestaff.publishing import cover, guide, home_page, reader
from coursestaff.releasing import bundle
from courseware import data
from courseware.ui import COMING_BACK
from courseware.words import code
from no_limits.explorers import REGISTRY
from tests import pictures
from tests.notebooks import CHAPTERS, COMPANIONS, NOTEBOOKS, ROOT, executed, html, read

README = (ROOT / "README.md").read_text(encoding="utf-8")
PICTURE = re.compile(r'<img src="\.github/pictures/([^"]+)" width="\d+" alt="([^"]+)">')
DRAWN = r"\b(?:charts\.show|maps\.show(?:_ruler)?)\("


def calls(pattern: str) -> int:
    """Return how often the code cells of all notebooks call what the pattern finds."""
    sources = (cell.source for path in NOTEBOOKS for cell in read(path).cells)
    return sum(len(re.findall(pattern, source)) for source in sources)


@cache
def promises() -> list[str]:
    """Return the figures that the README gives, as the course has them now, each as a pattern.

    A pattern names what is counted, and leaves the rest of the sentence open.
    """
    tables = data.package()["resources"]
    claims, evidence = data.load("claims"), data.load("evidence")
    several = sum(len({source["publisher"] for source in table["sources"]}) > 1 for table in tables)
    quoted = sum(table["reuse"] == "quoted facts" for table in tables)
    most = max(len(code.new(path.stem[:2])) for path in CHAPTERS)
    again = data.load("second_reading_agreement")["in the register's words"]
    printed = pd.read_csv(ROOT / "tests/check_figures.csv")["printed_by"].count()
    hours = ten_weeks()
    return [
        rf"{len(evidence)} rows",
        rf"{again['claims']:.0f} claims .*{again['the same']:.0f} verdicts",
        rf"{several} of {len(tables)} tables .*publisher",
        rf"{claims['since'].notna().sum():.0f} claims .*later",
        rf"{calls(DRAWN)} charts",
        rf"{len(REGISTRY)} explorers",
        rf"{printed} values",
        rf"{most} new words",
        rf"{quoted} of {len(tables)} tables .*quoted",
        rf"notebooks/{CHAPTERS[0].name}\).* {alone(CHAPTERS[0])} minutes",
        rf"{sum(map(alone, CHAPTERS)) / 60:.0f} hours, .* {hours['exercise']:.0f} "
        rf".* {hours['brief']:.0f}\b",
        rf"{hours['class']:.0f} hours in class \({hours['chapter']:.0f} .*{hours['home']:.0f} at "
        rf"home \({hours['exercise']:.0f} .* {hours['verdicts']:.0f} .* {hours['brief']:.0f} ",
    ]


def ten_weeks() -> Counter:
    """Return the hours of the whole course by its run sheets: where they are spent, and on what."""
    plan = next(plan for plan in guide.plans() if len(plan["sessions"]) == 10)
    hours = Counter()
    for session in plan["sessions"]:
        for place in ("class", "home"):
            for entry in session[place]:
                _, minutes = guide.entry_words(entry, ROOT)
                hours[place] += minutes / 60
                hours[next(iter(entry))] += minutes / 60  # such as chapter, exercise, brief
    return hours


def alone(path: Path) -> int:
    """Return how many minutes a chapter says that it takes alone."""
    return int(re.search(r"about (\d+) alone", read(path).cells[0].source)[1])


def test_it_fits_in_eighty_lines():
    assert len(README.splitlines()) <= 80


def sentences(text: str) -> list[str]:
    """Return the sentences and table rows of a text, each on one line."""
    return re.split(r"(?<=[.:])\s|\n- |\|", " ".join(text.replace("\n- ", " | ").split()))


def test_each_figure_is_the_course_s():
    missing = [
        promise
        for promise in promises()
        if not any(re.search(rf"\b{promise}", one) for one in sentences(README))
    ]
    assert missing == [], "write these figures into README.md"
    hours = ten_weeks()
    assert round(hours["class"]) - round(hours["chapter"]) == 1  # one to begin with


def test_every_line_of_how_it_was_checked_has_a_figure():
    """Lines of the list that holds the number of rows of evidence."""
    (checked,) = [part for part in README.split("\n## ") if re.search(promises()[0], part)]
    lines = [" ".join(line.split()) for line in checked.split("\n- ")[1:]]
    assert len(lines) == 3
    assert [line for line in lines if not any(re.search(p, line) for p in promises())] == []


def test_links_lead_to_files_that_are_there():
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    assert len(links) > 10
    assert [link for link in links if not (ROOT / link).is_file()] == []


def test_it_names_every_companion():
    links = [f"({path.relative_to(ROOT).as_posix()})" for path in COMPANIONS]
    assert links and [link for link in links if link not in README] == []


def row(path: Path) -> list[str]:
    """Return the cells of a chapter's row: number, links, question, finding, minutes."""
    (line,) = re.findall(rf"^\| ({path.stem[:2]} \| .+) \|$", README, re.MULTILINE)
    return line.split(" | ")


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_row_has_the_chapter_s_own_question_and_minutes(path):
    head = reader.head(read(path))
    _, links, question, _, minutes = row(path)
    assert f"(notebooks/{path.name})" in links
    assert question == re.search(r"^\*\*(.+)\*\*$", read(path).cells[0].source, re.MULTILINE)[1]
    assert minutes == f"{head.minutes} / {alone(path)}"


@pytest.mark.parametrize("path", CHAPTERS[1:], ids=lambda path: path.stem)
def test_a_row_gives_a_finding_that_the_chapter_shows(path):
    finding = row(path)[3].removesuffix(".")
    assert any(finding in unescape(piece) for piece in html(executed(path)))


# Pictures ------------------------------------------------------------------------------------


def test_it_shows_every_picture_and_no_other():
    assert sorted(name for name, _ in PICTURE.findall(README)) == sorted(pictures.SHOWN)
    assert {path.name for path in pictures.FOLDER.iterdir()} == set(pictures.SHOWN)


@pytest.mark.parametrize("name", pictures.SHOWN)
def test_a_picture_is_light_described_and_in_step(name):
    (alt,) = [alt for shown, alt in PICTURE.findall(README) if shown == name]
    assert len(alt) > 30
    with Image.open(pictures.FOLDER / name) as picture:
        assert picture.width >= 400
    assert (pictures.FOLDER / name).stat().st_size < pictures.LARGEST
    anew = "PICTURES=1 python3 start.py test tests/browser/test_pictures.py"
    assert pictures.carried(name) == pictures.fingerprint(name), f"take it anew: {anew}"


def test_pictures_of_charts_are_described_as_their_charts_are():
    alts = {name: unescape(alt) for name, alt in PICTURE.findall(README)}
    assert alts["xray.png"] == cover.alt()
    said = home_page.make().own.guess.words
    assert said["question"] in alts["guess.png"] and said["alt_answer"] in alts["guess.png"]


def test_the_doors_are_equally_wide_and_all_pictures_light():
    row = next(line for line in README.splitlines() if line.count("<img ") == 3)
    assert len(set(re.findall(r'width="(\d+)"', row))) == 1
    shapes = set()
    for name, _ in PICTURE.findall(row):
        with Image.open(pictures.FOLDER / name) as picture:
            shapes.add(picture.size)
    assert len(shapes) == 1, "each column is as wide as its picture, so nothing else stands in it"
    assert sum(path.stat().st_size for path in pictures.FOLDER.iterdir()) <= 400_000


def test_the_advice_for_coming_back_is_the_same_everywhere():
    advice = COMING_BACK.replace("Run →", "*Run →").removesuffix(".") + "*."
    places = [ROOT / name for name in ("README.md", "notebooks/00_start_here.ipynb")]
    places += [
        ROOT / "no_limits/pages/student_readme.md",
        bundle.HOW_TO_RUN,
        ROOT / bundle.START_SHEET,
        ROOT / "coursestaff/hub/start_sheet.md",
    ]
    for path in places:
        assert path.read_text(encoding="utf-8").count(advice) == 1, path
