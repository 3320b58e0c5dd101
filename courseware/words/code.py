"""The words of code: which pieces of Python each chapter brings, with a meaning and an example.

They stand in ``code.yaml``, at most five a chapter. A chapter shows its own at the top,
``words.show_code_words("02")``, and all so far at the end, ``words.show_code_words("02",
so_far=True)``. A test holds chapters, turns and exercises to them; what is not counted and how a
cell is read for them says ``tests/vocabulary.py``.
"""

from functools import cache
from html import escape
from typing import NamedTuple

import yaml
from IPython.display import HTML

from courseware import CourseError, article, ui
from courseware.ui import css, scripts

FILE = "code.yaml"
MOST = 5  #: new words a chapter


class Word(NamedTuple):
    """A word of code: what it is called, its meaning, an example, and what it brings."""

    chapter: str
    word: str
    means: str
    example: str
    code: tuple[str, ...]


@cache
def words() -> tuple[Word, ...]:
    """Return all words of code, in the order in which the chapters bring them."""
    content = yaml.safe_load((article.folder() / "words" / FILE).read_text(encoding="utf-8"))
    return tuple(
        Word(number, each["word"], each["means"], each["example"], tuple(each["code"]))
        for number, those in content.items()
        for each in those
    )


def new(number: str) -> list[Word]:
    """Return the words that chapter ``number``, such as ``"02"``, brings."""
    found = [word for word in words() if word.chapter == number]
    if not found:
        raise CourseError(f"words/{FILE} has no words of code for a chapter {number!r}.")
    return found


def brought(number: str) -> list[Word]:
    """Return the words that a student knows at the end of chapter ``number``."""
    new(number)
    return [word for word in words() if word.chapter <= number]


def show_code_words(number: str, *, so_far: bool = False) -> HTML:
    """Return the new words of code of a chapter, with meaning and example.

    It stands near the top of each chapter, so it brings what the page needs (`css.page`).

    Args:
        number: the chapter, such as ``"02"``.
        so_far: also those of the chapters before it, in a fold.

    """
    body = listed(new(number))
    earlier = [word for word in brought(number) if word.chapter < number]
    if so_far and earlier:
        chapters = dict.fromkeys(word.chapter for word in earlier)
        parts = (f"<div><b>Chapter {each}</b></div>{listed(new(each))}" for each in chapters)
        body += ui.details("Words of code from earlier chapters", "".join(parts))
    title = "Words of code you have now" if so_far else "New words of code"
    if so_far:
        return HTML(ui.card(title, body))
    seen = scripts.mark_in_view("this.closest('.nl-card')||this")
    body = f'<div class="nl-new-words">{body}</div>{seen}'
    return HTML(ui.card(title, body) + css.page())


def listed(those: list[Word]) -> str:
    """Return words of code as a list in HTML: the word, what it means, an example."""
    items = "".join(
        "<dt style='font-weight:600;margin-top:0.5em;float:none;width:auto'>"
        f"<code>{escape(each.word)}</code></dt>"
        f"<dd style='margin:0 0 0 1.2em;float:none;width:auto'>{escape(each.means)}"
        f"<div>For example <code>{escape(each.example)}</code></div></dd>"
        for each in those
    )
    return f"<dl style='margin:0'>{items}</dl>"
