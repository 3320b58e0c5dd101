"""Each chapter has a run sheet of one page, and what it says agrees with the chapter."""

import re

import pytest

from courseware import data
from tests.notebooks import CHAPTERS, ROOT, read

PARTS = (
    "## Minutes",
    "## Answers to the predictions",
    "## Common wrong turns",
    "## Without computers",
)
ANSWER = re.compile(r"^\| `([\w-]+)` \| ([^|]+) \|", re.MULTILINE)
VERDICT = re.compile(r"^\| (C\d\d) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
MINUTES = re.compile(r"^\| (\d+) \| \w", re.MULTILINE)

chapters = pytest.mark.parametrize("path", CHAPTERS, ids=[path.stem for path in CHAPTERS])


def sheet(path) -> str:
    return (ROOT / "solutions" / path.stem / "session.md").read_text(encoding="utf-8")


@chapters
def test_one_page_with_all_parts(path):
    text = sheet(path)
    for part in PARTS:
        assert part in text
    assert re.search(r"^## A \d+-minute cut", text, re.MULTILINE)
    assert len(text.splitlines()) <= 60


@chapters
def test_minutes_add_up_to_those_on_the_chapters_card(path):
    card = read(path).cells[0].source
    promised = int(re.search(r"\| Minutes \| (\d+)", card)[1])
    assert sum(map(int, MINUTES.findall(sheet(path)))) == promised


@chapters
def test_answers_are_what_the_chapter_computes(path, outcomes):
    told = {key: answer.strip() for key, answer in ANSWER.findall(sheet(path))}
    computed = outcomes(path)
    assert set(told) == set(computed)
    for key, value in computed.items():
        if isinstance(value, str):
            assert told[key] == value
        else:
            assert float(re.match(r"-?[\d.]+", told[key])[0]) == pytest.approx(value, abs=0.051)


@chapters
def test_verdicts_and_dissents_are_those_of_the_register(path):
    register = data.load("claims").set_index("claim_id")
    told = {claim: (verdict, dissent) for claim, verdict, dissent in VERDICT.findall(sheet(path))}
    core = register.index[(register["chapter"] == path.stem[:2]) & register["core"]]
    assert set(core) <= set(told)
    for claim, (verdict, dissent) in told.items():
        assert verdict == register["verdict"][claim]
        assert dissent == register["dissent"][claim]
