"""The facts about the article and the states stand once, in `article.yaml`: a finder of any other.

Words for people (data/, words/, pages) may name whom they are about. Code asks `article`.
"""

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from courseware import article, data, palette, words
from courseware.claims import register
from tests.notebooks import ROOT

DAY = re.compile(r"2023-0?5-28|\b28\.? May 2023|May 28(th)?,? 2023|\b28\.0?5\.2023|28/0?5/2023")
_STATES = [code for code in article.states() if code not in article.several()]
FIVE = article.members("five")
NAMES = {code: state.name for code, state in article.states().items()}
#: What the frame may not hold: names and codes of actors, the day, theses and their number.
OURS = re.compile(
    rf"{DAY.pattern}|\bT[1-9]\b|\b(two|both|either|three) thes[ie]s\b|"
    rf"\b({'|'.join(re.escape(word) for code in _STATES for word in (code, NAMES[code]))})\b"
)
FRAME = sorted(
    path
    for package in ("courseware", "coursestaff")
    for path in (ROOT / package).rglob("*")
    if path.suffix in {".py", ".js", ".css", ".html", ".json"}
    and not {"vendor", "fonts", "skeleton"} & {*path.parts}
)
OWN = sorted((ROOT / article.package()).rglob("*.py"))


def plain(node: ast.AST | None) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def typed(source: str) -> Iterator[str]:
    """Yield the facts that a module's code has of its own: the day, the five, names by code."""
    for node in ast.walk(ast.parse(source)):
        within = [plain(child) for child in ast.iter_child_nodes(node)]
        if within[-3:] == [2023, 5, 28] or within[:3] == [2023, 5, 28] or 2023.4 in within:
            yield "the day"
        if isinstance(node, ast.Dict):
            pairs = {(plain(k), plain(v)) for k, v in zip(node.keys, node.values, strict=True)}
            if any(
                str(code)[-3:].upper() in NAMES and name in NAMES.values() for code, name in pairs
            ):
                yield "names by code"
            if any(code in NAMES and name in NAMES.values() for name, code in pairs):
                yield "codes by name"
        texts = {text for text in [plain(node), *within] if isinstance(text, str)}
        if any(map(DAY.fullmatch, texts)):
            yield "the day"
        codes = (rf"(?<![^\W_]){code}\b" for code in FIVE)
        if all(re.search(code, " ".join(texts), re.IGNORECASE) for code in codes):
            yield "the five"
        if {*map(article.name, FIVE)} <= texts:
            yield "the five"


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", FRAME, ids=name_of)
def test_the_frame_knows_no_article(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [f"{n}: {line}" for n, line in enumerate(lines, 1) if OURS.search(line)]
    assert not found, "the article's folder has it: ask courseware.article"


@pytest.mark.parametrize(
    "line",
    [
        "when = date(2023, 5, 28)  # 28 May 2023",
        'hue = "KAZ"',
        '<polyline class="China"/>',
        "poll('T2')",
        "the two theses",
    ],
)
def test_the_finder_finds_what_is_the_article_s(line):
    assert OURS.search(line)


@pytest.mark.parametrize("path", OWN, ids=name_of)
def test_the_article_s_modules_have_no_fact_of_their_own(path):
    assert {*typed(path.read_text(encoding="utf-8"))} == set(), "ask courseware.article"


@pytest.mark.parametrize(
    ("source", "fact"),
    [
        ("when = '2023-05-28'", "the day"),
        ("when = datetime.date(2023, 5, 28)", "the day"),
        ("when = (2023, 5, 28, 0, 0)", "the day"),
        ("start = 2023.4", "the day"),
        ("five = ['UZB', 'KAZ', 'KGZ', 'TJK', 'TKM']", "the five"),
        ("five = 'KAZ|KGZ|TJK|TKM|UZB'", "the five"),
        (f"five = {[*map(article.name, FIVE)]}", "the five"),
        ("columns = {'vote_kaz', 'vote_kgz', 'vote_tjk', 'vote_tkm', 'vote_uzb'}", "the five"),
        ("names = {'KAZ': 'Kazakhstan'}", "names by code"),
        ("names = {'vote_kaz': 'Kazakhstan'}", "names by code"),
        ("codes = {'Japan': 'JPN'}", "codes by name"),
    ],
)
def test_the_finder_finds(source, fact):
    assert fact in typed(source)


def test_the_finder_lets_words_and_codes_be():
    assert {*typed("state = 'KAZ'; three = ['CHN', 'RUS', 'KAZ']; day = (2023, 5, 27)")} == set()


def test_the_facts_are_those_of_the_tables():
    published = data.load("timeline").set_index("event_id").loc["T55", "date"].date()
    assert article.day() == published == date.fromisoformat(article.iso_day())
    assert article.day_in_words() == f"{published.day} May {published.year}"
    assert article.decimal_year() == pytest.approx(published.year + 147 / 365, abs=0.01)
    assert set(article.theses()) <= set(register())
    assert all(words.poll(thesis) for thesis in article.theses().values())
    region = data.load("countries_region").set_index("iso3")["name"]
    assert {code: region[code] for code in article.subjects()} == {
        code: article.name(code) for code in article.subjects()
    }


def test_the_states_are_listed_once():
    table = data.states()
    assert table.index.is_unique and table["name"].is_unique
    assert tuple(table.index[table["power"]]) == article.members("powers") == article.subjects()[:2]
    assert tuple(table.index[table["five"]]) == FIVE == article.subjects()[2:]
    assert tuple(table.index[:7]) == article.subjects()
    assert palette.countries().keys() <= NAMES.keys()
    assert article.name("XXX") == "XXX"
    assert article.short(article.name("USA")) == "US" and article.short("Others") == "Others"


def test_how_far_the_course_looked_is_the_newest_page_that_it_has():
    """What came since is told to this day, and no page is later than the last search."""
    pages = pd.concat([data.load("evidence")["date"], data.load("timeline")["date"].astype(str)])
    newest = max(day for day in pages.dropna() if len(day) == len("2026-09-28"))
    looked = article.facts()["looked"]
    assert newest == looked["latest_page"].isoformat() <= looked["last"].isoformat()
    assert article.looked_until() in article.horizon()
