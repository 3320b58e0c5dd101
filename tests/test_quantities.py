"""Numbers are written and read in one place: digits, thousands, signs, years, gaps."""

import ast
import re
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from courseware import quantities
from courseware.quantities import alike, cell, decimals, formatted, num, number_text, quantity, year
from tests.notebooks import ROOT

MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [
        (0.123, None, "0.123"),
        (0.1 + 0.2, None, "0.3"),
        (12345.6, None, "12,345.6"),
        (1234567.8, 3, "1,234,568"),
        (0.000012345, 3, "0.0000123"),
        (-5, None, f"{MINUS}5"),
        (-0.0, None, "0"),
        (0, 3, "0"),
        (1e20, None, "1e+20"),
        (float("nan"), 4, "nan"),
    ],
)
def test_a_number_is_written_in_plain_figures(value, digits, said):
    assert number_text(value, digits) == said


@pytest.mark.parametrize(
    ("value", "spec", "said"),
    [
        (-3.14, ".1f", f"{MINUS}3.1"),
        (2.5, "+.1f", "+2.5"),
        (-0.04, "+.1f", "0.0"),
        (0.04, "+.1f", "0.0"),
        (1234, ",", "1,234"),
        (0.256, ".0%", "26%"),
        (float("-inf"), ".1f", f"{MINUS}inf"),
    ],
)
def test_a_spec_of_pythons_gets_a_real_minus_and_no_signed_nothing(value, spec, said):
    assert formatted(value, spec) == said == format(num(value), spec)


def test_a_year_has_no_thousands_and_no_point():
    assert (year(2017), year(2017.0)) == ("2017", "2017")
    assert cell(2017) == "2017" and cell(np.int64(2017)) == "2017"


def test_a_quantity_has_its_unit_in_the_right_number():
    assert quantity(1, "meetings") == "1 meeting" and quantity(2, "meetings") == "2 meetings"
    assert quantity(1, "times") == "1 times" and quantity("a text", "km") == "a text"


def test_numbers_side_by_side_have_as_many_digits():
    assert [alike([1.5, 20])(n) for n in (1.5, 20)] == ["1.5", "20.0"]
    assert [alike([150.5, 2])(n) for n in (150.5, 2)] == ["150", "2"]
    assert [alike([-1, 2])(n) for n in (-1, 2)] == [f"{MINUS}1", "+2"]
    assert alike([np.nan])(3) == "3"


def test_a_column_has_the_digits_that_it_needs():
    assert [decimals(c) for c in ([1, 2.0, np.nan], [1.5, 2], [1.25, 2.125])] == [0, 1, 2]


@pytest.mark.parametrize(
    ("value", "pattern", "said"),
    [
        (None, None, "–"),
        (pd.NA, "{:.1f}", "–"),
        (np.nan, None, "–"),
        (pd.Timestamp("2023-02-03"), None, "2023-02-03"),
        (1234.5678, None, "1,235"),
        (0.00012346, None, "0.0001235"),
        (-2.5, "{:,.1f} bn", f"{MINUS}2.5 bn"),
        (-5, None, f"{MINUS}5"),
        (np.int64(-5), None, f"{MINUS}5"),
        (True, None, "True"),
        ("a text", None, "a text"),
    ],
)
def test_a_cell_of_a_table(value, pattern, said):
    assert cell(value, pattern) == said


# Nowhere else ---------------------------------------------------------------------------------

SIZED = re.compile(r"[+]?,?(\.\d+)?[fge%]|,")
#: Where a number is formatted without the course's own way, with the reason.
ELSEWHERE = {
    "courseware/answers/wording.py": "texts that are compared, never shown",
    "courseware/maps/globe.py": "degrees as they were typed, in an error",
    "courseware/quantities.py": "it is the place",
}


def formats(source: str) -> list[str]:
    """Return the numbers that f-strings of some code format by themselves."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.JoinedStr):
            continue
        parts = [*ast.iter_child_nodes(node), None]
        for part, following in pairwise(parts):
            if not isinstance(part, ast.FormattedValue) or part.format_spec is None:
                continue
            spec = ast.unparse(part.format_spec)[2:-1]
            called = isinstance(part.value, ast.Call) and ast.unparse(part.value.func) == "num"
            style = isinstance(following, ast.Constant) and following.value.startswith("px")
            if SIZED.fullmatch(spec) and not called and not style:
                found.append(ast.unparse(part.value))
    return found


def test_what_formats_a_number_by_itself_is_found():
    assert formats('f"{km:,.0f} km and {num(km):.1f}, {year} {wide:.0f}px {n:,}"') == ["km", "n"]


def test_no_module_formats_a_number_by_itself():
    views = ROOT / "no_limits" / "views"  # their code is a lesson: plain Python
    folders = (ROOT / "courseware", ROOT / "no_limits")
    for path in sorted(path for folder in folders for path in folder.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        found = formats(path.read_text(encoding="utf-8"))
        if views not in path.parents and name not in ELSEWHERE:
            assert not found, f"{name}: write {{num({found[0]}):…}} (courseware/quantities.py)"
        elif name in ELSEWHERE and name != "courseware/quantities.py":
            assert found, f"{name} need not be listed any more"


def test_what_the_course_writes_it_can_read():
    for value in (12.5, -4.0, 1234.5, 0.001):
        assert quantities.parse_number(number_text(value)) == value
