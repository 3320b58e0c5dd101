"""A new table is entered in the manifest as far as a computer can see."""

import json

import pytest

from coursestaff import tables
from courseware import CourseError, data, manifest
from tests.notebooks import ROOT


@pytest.fixture
def course(tmp_path):
    """A course folder with the manifest and one table that it does not know."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "datapackage.json").write_bytes((ROOT / "data" / "datapackage.json").read_bytes())
    lines = ["iso3,year,claim_id,cost_usd,share", "KAZ,2021,C38,5,0.5", "KAZ,2022,C38,,0.25"]
    (folder / "ferries.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def entry(course, name="ferries"):
    described = json.loads((course / "data" / "datapackage.json").read_text(encoding="utf-8"))
    return next(each for each in described["resources"] if each["name"] == name)


def test_a_new_table_is_described_as_far_as_it_can_be_read(course):
    left = tables.enter(course, "ferries")
    made = entry(course)
    fields = {field["name"]: field for field in made["schema"]["fields"]}
    kinds = ["string", "integer", "string", "integer", "number"]
    assert [field["type"] for field in fields.values()] == kinds
    assert made["schema"]["primaryKey"] == ["iso3", "year"]
    assert made["schema"]["foreignKeys"][0]["reference"]["resource"] == "claims"
    assert fields["cost_usd"]["unit"] == "US dollars, current"
    assert "constraints" not in fields["cost_usd"]  # a cell of it is empty
    assert fields["year"]["description"]  # as other tables describe it
    assert {"title", "reuse", "sources.0.publisher", "traps", "schema.fields.share.unit"} <= set(
        left
    )
    assert not any("fields.year" in place for place in left)


def test_what_is_entered_can_be_refreshed_and_loaded(course, monkeypatch):
    tables.enter(course, "ferries")
    path = course / "data" / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    package["resources"] = [each for each in package["resources"] if each["name"] == "ferries"]
    path.write_text(json.dumps(package), encoding="utf-8")
    assert manifest.refresh(course / "data") == ["ferries"]
    monkeypatch.setenv("NO_LIMITS_DATA", str(course / "data"))
    assert data.load("ferries")["share"].tolist() == [0.5, 0.25]


def test_a_table_is_entered_once_and_must_be_there(course):
    with pytest.raises(CourseError, match=r"no data/boats\.csv"):
        tables.enter(course, "boats")
    tables.enter(course, "ferries")
    with pytest.raises(CourseError, match="already"):
        tables.enter(course, "ferries")
