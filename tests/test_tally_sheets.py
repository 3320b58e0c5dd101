"""The sheets and the form on which a class without computers predicts."""

import csv
import re
from itertools import pairwise

import pytest

from coursestaff import cli
from coursestaff.publishing import tally_sheets
from courseware import CourseError, journal, words
from courseware.quantities import parse_number
from tests.notebooks import NAMES

ASKED = {
    key: asked
    for name in NAMES
    for key, asked in words.chapter(name[:2]).get("predictions", {}).items()
}


def rows_of(path):
    return list(csv.reader(path.read_text(encoding="utf-8").splitlines()))


def filled(path, people="1"):
    """Return the form's rows after writing how many into each."""
    rows = rows_of(path)
    rows = [rows[0], *([question, answer, people] for question, answer, _ in rows[1:])]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return rows


def test_every_prediction_has_a_page_and_a_form_that_the_class_can_read(tmp_path):
    pages, forms = "", []
    for name in NAMES:
        done = tally_sheets.write(name[:2], tmp_path)
        pages += done.sheets.read_text(encoding="utf-8")
        filled(done.form)
        forms.append(done.form)
    assert pages.count("<section>") == len(ASKED)
    assert "://" not in pages, "a sheet prints without network"
    class_ = journal.read_class(*forms)
    table = class_.tally().set_index("id")
    assert set(table.index) == ASKED.keys()
    assert set(table["passed"]) == {1}
    for key, asked in ASKED.items():
        assert table.loc[key, "predicted"] == len(tally_sheets.answers(asked)) - 1


@pytest.mark.parametrize("key", [key for key in ASKED if "options" not in ASKED[key]])
def test_the_spans_of_numbers_lie_end_to_end_from_the_least_to_the_most(key):
    low, high = ASKED[key]["low"], ASKED[key]["high"]
    ends = [
        [parse_number(n) for n in re.split(" to ", span)]
        for span in tally_sheets.answers(ASKED[key])[:-1]
    ]
    assert 4 <= len(ends) <= tally_sheets.SPANS
    assert (ends[0][0], ends[-1][-1]) == (low, high)
    steps = [later[0] - earlier[-1] for earlier, later in pairwise(ends)]
    assert set(steps) == ({0} if len(ends[0]) == 2 else {1})


@pytest.mark.parametrize("key", ["02-tonnes", "04-grew", "05-road"])
def test_in_a_wide_range_small_guesses_are_told_apart(key):
    """Equal spans of fifty would count nearly every guess in one row."""
    counted = tally_sheets.answers(ASKED[key])
    assert {"5 to 10", "10 to 20", "20 to 50", "200 to 500"} <= set(counted)
    low = ASKED[key]["low"]
    assert ("−10 to −5" in counted) == (low < 0)
    assert ("−100 to −50" in counted) == (low < 0)


def test_a_form_that_was_filled_in_is_not_written_over(tmp_path):
    rows = filled(tally_sheets.write("02", tmp_path).form, "3")
    done = tally_sheets.write("02", tmp_path)
    assert done.kept
    assert rows_of(done.form) == rows


def test_the_command_says_what_it_wrote_and_what_comes_next(tmp_path, capsys):
    assert cli.main(["tally", "02", "--to", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert str(tmp_path / "sheets_02.html") in said
    assert 'journal.read_class("our-class", "tally_02.csv")' in said
    assert cli.main(["tally", "42", "--to", str(tmp_path)]) == 1


def test_a_chapter_without_what_can_be_counted_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(words, "chapter", lambda _: {"predictions": {"02-x": {"kind": "text"}}})
    with pytest.raises(CourseError, match="no prediction that can be counted"):
        tally_sheets.write("02", tmp_path)
