"""The ten chapters are one course: every claim once, every thesis polled, the time believable."""

import re

import pytest

from courseware import CourseError, article, charts, checks, claims, data, journal, maps, words
from tests.notebooks import CHAPTERS, NOTEBOOKS, ROOT, executed, html, read

NUMBERS = [path.stem[:2] for path in CHAPTERS]


@pytest.mark.parametrize(
    "error",
    [
        charts.ChartError,
        checks.CheckError,
        claims.ClaimError,
        data.DataError,
        journal.JournalError,
        maps.MapError,
    ],
)
def test_what_the_course_says_in_words_has_one_base(error):
    assert issubclass(error, CourseError)


@pytest.fixture(scope="module")
def register():
    return data.load("claims").set_index("claim_id")


def claims_judged(path) -> list[str]:
    """Return the claims that a chapter puts on trial, and those of its table for home."""
    tried = [
        claim
        for cell in read(path).cells
        if cell.cell_type == "code" and "claims.trial(" in cell.source
        for claim in re.findall(r'"(C\d\d)"', cell.source)
    ]
    tables = [page for page in html(executed(path)) if "claims for home" in page]
    return tried + [c for page in tables for c in re.findall(r'scope="row"[^>]*>(C\d\d)<', page)]


def test_every_claim_is_judged_in_exactly_one_chapter(register, proved):
    judged: dict[str, str] = {}
    for path in CHAPTERS[1:]:  # 00 tries one for practice; its own chapter judges it
        for claim in claims_judged(path):
            assert claim not in judged, (claim, path.stem)
            judged[claim] = path.stem[:2]
    assert judged == register["chapter"].to_dict()
    assert len(judged) == 84
    proved("claims", *judged)


def test_every_claim_has_a_verdict_and_evidence_or_says_why_not(register):
    evidence = set(data.load("evidence")["claim_id"])
    for claim in register.itertuples():
        assert claim.verdict and claim.verdict_reason
        assert claim.Index in evidence or claim.verdict == "opinion", claim.Index


@pytest.mark.parametrize("path", CHAPTERS, ids=NUMBERS)
def test_the_map_grows_and_every_thesis_is_polled_in_each_chapter(path):
    code = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "code")
    number = path.stem[:2]
    assert f'argument_map.progress("{number}"' in code
    ends = {article.number(0): "opening", article.number(-1): "closing"}
    moments = ends.values() if len(CHAPTERS) == 1 else [ends.get(number, f"after {number}")]
    for thesis in words.polls():
        for moment in moments:
            assert re.search(rf'journal\.confidence\(\s*"{thesis}".*?"{moment}"', code, re.DOTALL)


def test_notebooks_refer_only_to_chapters_and_exercises_that_are_there():
    for path in NOTEBOOKS:
        text = "\n".join(cell.source for cell in read(path).cells)
        for number in re.findall(r"[Cc]hapters? (\d\d)", text):
            assert number in NUMBERS, (path, number)
        for exercise in re.findall(r"exercises/([\w/]+\.ipynb)", text):
            assert (ROOT / "exercises" / exercise).is_file(), (path, exercise)


@pytest.mark.parametrize("path", CHAPTERS[1:], ids=NUMBERS[1:])
def test_a_chapter_ends_with_its_exercise(path):
    last = read(path).cells[-1].source
    assert f"exercises/{path.stem}/{path.stem}.ipynb" in last


def test_nothing_a_notebook_shows_says_that_something_is_to_come():
    for path in NOTEBOOKS:
        shown = re.sub(r"base64,[\w+/=]+", "", " ".join(html(executed(path))))
        for unfinished in ("to come in a later version", "not written yet", "TODO"):
            assert unfinished not in shown
