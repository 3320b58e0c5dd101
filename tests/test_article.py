"""The facts about the article and the states stand once, in `article.yaml`: a finder of any other.

Words for people (data/, words/, pages) may name whom they are about. Code asks `article`.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from courseware import article, data, palette, words
from courseware.claims import register
from tests.notebooks import ROOT

#: What says words of its own about the states: views under their charts, explorers beside theirs.
#: The day of the article, the five, and names by code they must ask for like everybody.
OWN_WORDS = ("courseware/views/", "courseware/explorers/")
#: Other places that name a state, a day or all five, each with its reason.
ALLOWED = {
    "courseware/palette.py": "every state's hue, by its code",
    "courseware/maps/base_map.py": "maps must say in words how disputed ground is drawn",
    "courseware/charts/win_loss_rows.py": "it draws one power's lead, and says whose",
    "courseware/charts/line_styles.py": "an example of a label",
    "courseware/charts/showing.py": "an example of a title",
    "courseware/claims/cards.py": "an example of a label",
    "courseware/journal/__init__.py": "an example of a thesis",
    "courseware/words/templating.py": "examples of what words may hold",
    "courseware/ui/css.py": "a typeface",
    "coursestaff/publishing/home_page.py": "columns of the views that the first page draws",
    "coursestaff/publishing/region.py": "the description of a map says what lies where",
}
DAY = re.compile(r"2023-0?5-28|\b28\.? May 2023|May 28(th)?,? 2023|\b28\.0?5\.2023|28/0?5/2023")
_STATES = [state for code, state in article.states().items() if code not in article.groups()]
STATE = re.compile(rf"\b({'|'.join(re.escape(state.name) for state in _STATES)}|Georgia)\b")
NAMES = {code: state.name for code, state in article.states().items()}
SOURCES = sorted(
    path for package in ("courseware", "coursestaff") for path in (ROOT / package).rglob("*.py")
)


def spoken(source: str) -> Iterator[str]:
    """Yield what a module says: its strings, docstrings among them, and its comments."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if (
            token.type in (tokenize.STRING, tokenize.COMMENT)
            or "FSTRING" in (tokenize.tok_name[token.type])
        ):
            yield token.string


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
        codes = (rf"(?<![^\W_]){code}\b" for code in article.five())
        if all(re.search(code, " ".join(texts), re.IGNORECASE) for code in codes):
            yield "the five"
        if {*map(article.name, article.five())} <= texts:
            yield "the five"


def found(source: str, *, own_words: bool = False) -> set[str]:
    """Return which facts about the article and the states a module has of its own."""
    parts = {*typed(source)}
    docs = {ast.get_docstring(n, clean=False) for n in ast.walk(ast.parse(source)) if documented(n)}
    for text in spoken(source):
        told_to_people = own_words and any(doc and doc in text for doc in docs)
        if DAY.search(text) and not told_to_people:
            parts.add("the day")
        if STATE.search(text) and not own_words:
            parts.add("a state's name")
    return parts


def documented(node: ast.AST) -> bool:
    return isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def facts_of(path: Path) -> set[str]:
    own = name_of(path).startswith(OWN_WORDS)
    return found(path.read_text(encoding="utf-8"), own_words=own)


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_module_has_a_fact_of_its_own(path):
    if name_of(path) not in ALLOWED:
        assert facts_of(path) == set(), "ask courseware.article, or give the reason in ALLOWED"


def test_what_is_allowed_is_still_there():
    assert [name for name in ALLOWED if not facts_of(ROOT / name)] == [], "take these off the list"


@pytest.mark.parametrize(
    ("source", "fact"),
    [
        ("when = '2023-05-28'", "the day"),
        ("when = datetime.date(2023, 5, 28)", "the day"),
        ("when = (2023, 5, 28, 0, 0)", "the day"),
        ("start = 2023.4", "the day"),
        ("note = f'later than 28 May 2023: {n}'", "the day"),
        ("later = 1  # after 28 May 2023", "the day"),
        ("def f():\n    '''After 28 May 2023.'''", "the day"),
        ("five = ['UZB', 'KAZ', 'KGZ', 'TJK', 'TKM']", "the five"),
        ("five = 'KAZ|KGZ|TJK|TKM|UZB'", "the five"),
        (f"five = {[*map(article.name, article.five())]}", "the five"),
        ("columns = {'vote_kaz', 'vote_kgz', 'vote_tjk', 'vote_tkm', 'vote_uzb'}", "the five"),
        ("names = {'KAZ': 'Kazakhstan'}", "names by code"),
        ("names = {'vote_kaz': 'Kazakhstan'}", "names by code"),
        ("codes = {'Japan': 'JPN'}", "codes by name"),
        ("title = f'{n} of Kazakhstan'", "a state's name"),
        ("hue = 1  # orange is China", "a state's name"),
    ],
)
def test_the_finder_finds(source, fact):
    assert fact in found(source)


def test_the_finder_lets_words_and_codes_be():
    assert found("state = 'KAZ'; three = ['CHN', 'RUS', 'KAZ']; day = (2023, 5, 27)") == set()
    view = "def view(t):\n    '''China, after 28 May 2023.'''\n    return t['China']"
    assert found(view, own_words=True) == set()
    assert found("def view(t):\n    return t[t['date'] < '2023-05-28']", own_words=True) == {
        "the day"
    }


def test_the_facts_are_those_of_the_tables():
    published = data.load("timeline").set_index("event_id").loc["T55", "date"].date()
    assert article.day() == published == date.fromisoformat(article.iso_day())
    assert article.day_in_words() == f"{published.day} May {published.year}"
    assert article.decimal_year() == pytest.approx(published.year + 147 / 365, abs=0.01)
    assert set(article.theses()) <= set(register())
    assert all(words.poll(thesis) for thesis in article.theses().values())
    region = data.load("countries_region").set_index("iso3")["name"]
    assert {code: region[code] for code in article.seven()} == {
        code: article.name(code) for code in article.seven()
    }


def test_the_states_are_listed_once():
    table = data.states()
    assert table.index.is_unique and table["name"].is_unique
    assert tuple(table.index[table["power"]]) == article.powers() == article.seven()[:2]
    assert tuple(table.index[table["five"]]) == article.five() == article.seven()[2:]
    assert tuple(table.index[:7]) == article.seven()
    assert palette.COUNTRIES.keys() <= NAMES.keys()
    assert article.name("XXX") == "XXX"
    assert article.short(article.name("USA")) == "US" and article.short("Others") == "Others"


def test_how_far_the_course_looked_is_the_newest_page_that_it_has():
    """What came since is told to this day, and no page is later than the last search."""
    pages = pd.concat([data.load("evidence")["date"], data.load("timeline")["date"].astype(str)])
    newest = max(day for day in pages.dropna() if len(day) == len("2026-09-28"))
    looked = article.facts()["looked"]
    assert newest == looked["latest_page"].isoformat() <= looked["last"].isoformat()
    assert article.looked_until() in article.horizon()
