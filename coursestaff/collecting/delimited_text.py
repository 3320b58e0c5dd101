"""Read rows from a text file, however a platform or a spreadsheet saved it, and write them so.

How the file was saved is found out by trial. What can be read in more than one way, or in none, is
refused: a guess would be a wrong name in a gradebook, or points in another column. For this reason
charset-normalizer is not used, which answers with the likeliest encoding.
"""

import codecs
import csv
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from coursestaff.collecting.lms.platform import Row
from coursestaff.terminal import one_line
from courseware import CourseError

#: What separates columns, and what it is called.
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
MARKED = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
#: What Excel writes where no better encoding was asked for: in Eastern and in Western Europe.
CYRILLIC, WESTERN = "cp1251", "cp1252"
SIGNS = "‘’‚“”„«»‹›–—…·§№©®™°€£´¨¿¡\xa0"  # that stand beside words, and are no letters
BETWEEN = re.compile(rf"[\s!-/:-@\[-`{{-~0-9{re.escape(SIGNS)}]+")  # ASCII's signs, and those
WORKBOOK = b"PK\x03\x04"
MOST_BYTES = 50_000_000  # of a class list
ANEW = "Save it as “CSV UTF-8” in the spreadsheet program, or export it again."


class DelimitedTextError(CourseError):
    """A file cannot be read as rows; the message says why, and what to do."""


class Form(NamedTuple):
    """How a file was saved."""

    encoding: str = "utf-8"
    separator: str = ","

    @property
    def in_words(self) -> str:
        """Return what a person would call it: "semicolons, cp1252"."""
        encoding = self.encoding.removesuffix("-sig")
        return f"{SEPARATORS[self.separator]}, {encoding.replace('utf', 'UTF')}"


class Table(NamedTuple):
    """A file's rows by the names of its columns, and how it was saved."""

    form: Form
    columns: list[str]
    rows: list[Row]


def read(path: Path, missing: Callable[[list[str]], list[str]]) -> Table:
    """Read a file of rows.

    Args:
        path: the file.
        missing: which columns are missing from those that it is given; of the separators, the one
            with which none is missing is the file's.

    Raises:
        DelimitedTextError: it is no text, its encoding is not certain, or its rows do not fit
            its head.

    """
    text, encoding = _text(path)
    tried = [_table(text, Form(encoding, separator)) for separator in _separators(text)]
    fitting = [table for table in tried if not missing(table.columns)]
    best = fitting[0] if fitting else max(tried, key=lambda table: len(table.columns))
    return _whole(path, best) if fitting else best


def write(form: Form, columns: list[str], rows: list[Row]) -> bytes:
    """Return rows as a file of this form; UTF-8 has no mark in front, which Canvas stumbles over.

    Raises:
        DelimitedTextError: a letter is not in the encoding.

    """
    text = StringIO()
    writer = csv.DictWriter(text, columns, delimiter=form.separator, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    encoding = form.encoding.removesuffix("-sig")
    try:
        return text.getvalue().encode(encoding)
    except UnicodeEncodeError as problem:
        letter = problem.object[problem.start]
        raise DelimitedTextError(
            f"The encoding {encoding} does not contain the character {letter!r}. {ANEW}"
        ) from problem


def _text(path: Path) -> tuple[str, str]:
    """Return a file's text, and the encoding in which it was saved."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DelimitedTextError(
                f"{path.name} is larger than 50 MB, so it cannot be a class list. Give the list "
                "that the platform exported."
            )
        content = path.read_bytes()
    except OSError as problem:
        why = problem.strerror or problem
        raise DelimitedTextError(
            f"{path.name} cannot be read as a class list (CSV): {why}."
        ) from problem
    if content.startswith(WORKBOOK):
        raise DelimitedTextError(f"{path.name} is a workbook (or a zip), not CSV. {ANEW}")
    encoding = _encoding(content)
    if encoding is None:
        raise DelimitedTextError(
            f"{path.name} cannot be read as a class list (CSV), because its encoding is not "
            f"certain. {ANEW}"
        )
    return content.decode(encoding), encoding


def _encoding(content: bytes) -> str | None:
    """Return the one encoding in which this is text, if there is one."""
    marked = next((name for mark, name in MARKED.items() if content.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8"]:
        if _decoded(content, encoding) is not None:
            return encoding
    if marked:
        return None
    read_well = [name for name in (CYRILLIC, WESTERN) if _reads_well(content, name)]
    return read_well[0] if len(read_well) == 1 else None


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _reads_well(content: bytes, encoding: str) -> bool:
    """Return whether every word with letters beyond ASCII is one that somebody may have written.

    A word in Cyrillic letters has no others, one in Latin letters is not made of accents only, and
    none but one in capitals has a capital inside: the wrong encoding makes such words.
    """
    text = _decoded(content, encoding)
    if text is None:
        return False
    words = {word for word in BETWEEN.split(text) if not word.isascii()}
    return all(_is_word(word, encoding) for word in words)


def _is_word(word: str, encoding: str) -> bool:
    inside = any(letter.isupper() and not letter.isascii() for letter in word[1:])
    if not word.isalpha() or (inside and not word.isupper()):
        return False
    if encoding == CYRILLIC:
        return all("\u0400" <= letter <= "\u04ff" for letter in word)
    return len(word) == 1 or any(letter.isascii() for letter in word)


def _separators(text: str) -> list[str]:
    """Return the separators to try; Excel may name the file's in a first line of its own."""
    named = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    return [named[1]] if named and named[1] in SEPARATORS else list(SEPARATORS)


def _table(text: str, form: Form) -> Table:
    """Return the text's rows; fields without a column are kept under None."""
    text = re.sub(r"\Asep=.\r?\n", "", text, flags=re.IGNORECASE)
    lines = csv.DictReader(StringIO(text, newline=""), delimiter=form.separator)
    try:
        columns = [column.strip() for column in lines.fieldnames or []]
        lines.fieldnames = columns
        rows = [
            {key: "" if value is None else value for key, value in line.items()} for line in lines
        ]
    except csv.Error:  # a field is longer than any is
        return Table(form, [], [])
    return Table(form, columns, rows)


def _whole(path: Path, table: Table) -> Table:
    """Return the table without columns that have no name, which spreadsheets add.

    Raises:
        DelimitedTextError: a row has more in it than there are columns.

    """
    for number, row in enumerate(table.rows, 2):
        if any([*row.pop(None, []), row.pop("", "")]):
            first = one_line(next(iter(row.values()), ""))
            raise DelimitedTextError(
                f"{path.name}, row {number} ({first}): if the file is read with "
                f"{table.form.in_words}, this row has more fields than there are columns. A comma "
                f"inside a number may have split a field. {ANEW}"
            )
    return table._replace(columns=list(filter(None, table.columns)))
