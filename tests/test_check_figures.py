"""Every table gives the figures that its publisher, or an independent one, is known to print.

Each row of `check_figures.csv` is a figure: what it is, its value, how far the table may be from
it, and who prints it (nobody: it is a rule that the table keeps). The rest says where to look:

- ``rows`` selects (a query of pandas; empty: all rows). ``column`` is taken of them, or computed
  (an expression of pandas). Days and months are texts, as the files write them.
- ``how`` makes one value of that, by a word of `ONE`. After ``says`` the value is what a text has
  to contain, part by part; after ``near`` it is a place, and the tolerance is in kilometres.
- ``against`` selects other rows (of another table after its name and a colon). Then ``how`` has a
  word for each selection and a comparison of `TWO` between them: ``only / only``. With ``by`` and
  columns it compares group by group, and finds the largest gap or, for ``>``, the first group.
"""

import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path
from random import Random

import pandas as pd
import pytest
from pyproj import Geod
from shapely import Point

from courseware import data

with Path(__file__).with_name("check_figures.csv").open(encoding="utf-8", newline="") as file:
    CHECKS = list(csv.DictReader(file))

EARTH = Geod(ellps="WGS84")
WRITTEN = {"date": "%Y-%m-%d", "yearmonth": "%Y-%m"}


@cache
def load(name):
    """Return a table with its days and months as its file writes them."""
    table = data.load(name)
    for field in data.resource(name).get("schema", {}).get("fields", []):
        if form := WRITTEN.get(field["type"]):
            table[field["name"]] = table[field["name"]].dt.strftime(form)
    return table


def only(values):
    assert len(values) == 1, f"{len(values)} rows, not one"
    return values.iloc[0]


ONE = {
    "only": only,
    "says": only,
    "near": only,
    "last": lambda values: values.iloc[-1],
    "count": len,
    "nunique": pd.Series.nunique,
    "distinct": lambda values: "; ".join(sorted(set(values.map(str)))),
    "sum": pd.Series.sum,
    "mean": pd.Series.mean,
    "max": pd.Series.max,
    "km2": lambda shapes: abs(EARTH.geometry_area_perimeter(only(shapes))[0]) / 1e6,
}
TWO = {
    "-": lambda a, b: a - b,
    "/": lambda a, b: a / b,
    "% of": lambda a, b: 100 * a / b,
    "% above": lambda a, b: 100 * (a / b - 1),
    ">": lambda a, b: (a - b)[lambda gap: gap > 0].index.min(),
}


def taken(table, rows, column, how, keys=()):
    """Return one value of the selected rows; with keys, one of each group."""
    table = table.query(rows, engine="python") if rows else table
    values = table.eval(column, engine="python") if column else table
    return values.groupby([table[key] for key in keys]).agg(ONE[how]) if keys else ONE[how](values)


def figure(check, load=load):
    """Return what the tables give where a check figure looks."""
    table, rows, column = load(check["table"]), check["rows"], check["column"]
    if not check["against"]:
        return taken(table, rows, column, check["how"])
    how, _, keys = check["how"].partition(" by ")
    first, comparison, second = re.fullmatch(r"(\w+) (.+) (\w+)", how).groups()
    name, _, others = check["against"].rpartition(": ")
    found = TWO[comparison](
        taken(table, rows, column, first, keys.split()),
        taken(load(name) if name else table, others, column, second, keys.split()),
    )
    return found.abs().max() if isinstance(found, pd.Series) else found


def agrees(found, check):
    """Say whether what the tables give is the check figure, within its tolerance."""
    value, tolerance = check["value"], float(check["tolerance"] or 0)
    if check["how"] == "near":
        there = map(float, value.split())
        return EARTH.inv(found["lon"], found["lat"], *there)[2] / 1000 <= tolerance
    if check["how"] == "says":
        return all(part in found for part in value.split("; "))
    if isinstance(found, str):
        return found == value
    return abs(found - float(value)) <= tolerance


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: f"{check['table']}: {check['what']}")
def test_figure(check):
    found = figure(check)
    assert agrees(found, check), f"the tables give {found}, not {check['value']}"


def test_every_table_has_a_check_figure():
    without = sorted(set(data.tables()["name"]) - {check["table"] for check in CHECKS})
    assert not without, f"add a row to tests/check_figures.csv for: {', '.join(without)}"


def test_figures_stand_by_table_and_each_once():
    assert [check["table"] for check in CHECKS] == sorted(check["table"] for check in CHECKS)
    times = Counter((check["table"], check["what"]) for check in CHECKS)
    assert [figure for figure, n in times.items() if n > 1] == []


MADE = pd.DataFrame(
    {
        "year": [2021, 2021, 2022, 2022],
        "state": ["A", "B", "A", "B"],
        "usd": [1, 5, 4, 3],
        "said": "1 of 4",
        "lon": 69.0,
        "lat": 41.0,
    }
)
#: The same with one number changed, wherever it stands.
CHANGED = MADE.assign(usd=[6, 5, 4, 3], said="6 of 4", lon=[75.0, *MADE["lon"][1:]])
A_IN_2021 = "year == 2021 and state == 'A'"
ONE_OVER_THE_OTHER = {"rows": "state == 'A'", "against": "state == 'B'", "column": "usd"}


@pytest.mark.parametrize(
    ("value", "cells"),
    [
        ("1", {"how": "only", "column": "usd", "rows": A_IN_2021}),
        ("1; 4", {"how": "says", "column": "said", "rows": A_IN_2021}),
        ("69.01 41.01", {"how": "near", "rows": A_IN_2021, "tolerance": "2"}),
        ("1.3", {"how": "sum", "column": "usd / 10"}),
        ("3.25", {"how": "mean", "column": "usd"}),
        ("5", {"how": "max", "column": "usd"}),
        ("0", {"how": "count", "rows": "usd > 5"}),
        ("1; 3; 4; 5", {"how": "distinct", "column": "usd"}),
        ("0.625", {"how": "sum / sum"} | ONE_OVER_THE_OTHER),
        ("62.5", {"how": "sum % of sum"} | ONE_OVER_THE_OTHER),
        ("-37.5", {"how": "sum % above sum"} | ONE_OVER_THE_OTHER),
        ("4", {"how": "only - only by year"} | ONE_OVER_THE_OTHER),
        ("2022", {"how": "only > only by year"} | ONE_OVER_THE_OTHER),
        ("2", {"how": "max - max", "column": "usd", "against": "other: state == 'B'"}),
    ],
)
def test_a_check_fails_as_soon_as_a_number_changes(value, cells):
    check = dict.fromkeys(CHECKS[0], "") | {"table": "made", "value": value} | cells
    other = {"other": MADE.query("usd == 3")}
    assert agrees(figure(check, {"made": MADE, **other}.get), check)
    assert not agrees(figure(check, {"made": CHANGED, **other}.get), check)


@pytest.mark.parametrize("rows", ["year == 2021", "year == 2023"])
def test_one_row_is_one_row(rows):
    with pytest.raises(AssertionError, match="not one"):
        taken(MADE, rows, "usd", "only")


def test_claims_of_the_second_reading_are_drawn_as_its_selection_says():
    drawn = Random(2).sample([f"C{number:02d}" for number in range(1, 85)], 30)
    assert [*load("second_reading")["claim_id"]] == sorted(drawn)


@pytest.mark.parametrize(
    ("name", "column"),
    [("countries_world", "world_map_unit"), ("countries_region", "region_map_unit")],
)
def test_points_lie_in_the_unit_of_the_map_that_the_table_says(name, column):
    units, statements = load(name), load("map_statements").fillna("")
    points = map(Point, statements["lon"], statements["lat"])
    drawn = ["".join(units.loc[units.contains(point), "iso3"]) for point in points]
    assert drawn == [*statements[column]]


def test_shares_of_the_waves_are_those_of_the_polls():
    sides = {"for_russia_pct": "Russia", "for_ukraine_pct": "Ukraine", "neutral_pct": "neutral"}
    waves = load("demoscope_waves").set_index("poll")[[*sides]].rename(columns=sides)
    asked = "question == 'Which side in the war do you support?' and iso3 == 'KAZ'"
    polls = load("opinion_polls").query(asked).pivot(index="poll", columns="answer")["percent"]
    assert (polls.loc[waves.index, waves.columns].to_numpy() == waves.to_numpy()).all()
