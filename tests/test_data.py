"""The data package is whole and described, and ``courseware.data`` reads it faithfully."""

import ast
import json
import re
import shutil
import warnings

import geopandas as gpd
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal
from pandas.api import types

from coursestaff import cli, tables
from coursestaff.chapters import with_companions
from courseware import claims, data, manifest, views
from courseware.verdicts import COURSE_SAYS
from tests.iso3166 import AGGREGATES, ISO3, MAP_ONLY
from tests.notebooks import CHAPTERS, ROOT

DATA = ROOT / "data"
PACKAGE = json.loads((DATA / manifest.MANIFEST).read_text(encoding="utf-8"))
ENTRIES = PACKAGE["resources"]
NAMES = [entry["name"] for entry in ENTRIES]

each_table = pytest.mark.parametrize("entry", ENTRIES, ids=NAMES)


def fields(entry):
    return entry["schema"]["fields"] if "schema" in entry else entry["properties"]


def items(column):
    """Return all that stands in a column of lists ("a; b")."""
    return {item for cell in column.dropna() for item in cell.split("; ")}


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Give the test a data folder that it may damage."""
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    monkeypatch.setenv("NO_LIMITS_DATA", str(folder))
    return folder


def write(path, change):
    """Replace a file's text; the bytes are UTF-8 with LF on every system."""
    text = path.read_bytes().decode("utf-8")
    path.write_bytes(change(text).encode("utf-8"))


# The package ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "change", "problem"),
    [
        ("evidence.csv", lambda text: text.replace(",C01,", ",C99,", 1), "foreign-key"),
        ("us_prices.csv", lambda text: text + text.splitlines()[-1] + "\n", "primary-key"),
        ("us_prices.csv", lambda text: text.replace("1992", "many", 1), "year"),
    ],
)
def test_frictionless_checks_keys_and_types(copy, table, change, problem):
    write(copy / table, change)
    manifest.refresh(copy)
    said = "".join(tables.misfits(copy.parent))
    assert table in said and problem in said


def test_manifest_and_folder_hold_the_same_files():
    described = [entry["path"] for entry in ENTRIES]
    assert len(set(described)) == len(described)
    assert len(set(NAMES)) == len(NAMES)
    present = {path.name for path in DATA.iterdir()} - {manifest.MANIFEST, "README.md"}
    assert present == set(described)


def test_the_package_is_small():
    assert sum(path.stat().st_size for path in DATA.iterdir()) < 7e6


def test_manifest_names_no_machine_and_no_registry():
    text = (DATA / manifest.MANIFEST).read_text(encoding="utf-8")
    machine = r"(?<![\w/.:])/(?:tmp|work|home|root|Users|mnt|opt)/|[A-Z]:\\|file://|localhost"
    registry = r"pypi\.|pythonhosted|npmjs|anaconda\.org|conda-forge|artifactory|://\d+\.\d+"
    assert re.findall(f"{machine}|{registry}", text) == []


@each_table
def test_entry_is_complete(entry, proved):
    assert tables.empty(entry) == [], f"data/datapackage.json, {entry['name']}: write these"
    assert len(entry["description"].split()) > 8
    assert len(entry["selection"].split()) > 4
    assert entry["sources"] and all(s["publisher"] and s["title"] for s in entry["sources"])
    assert entry["licenses"] and all(lic["name"] and lic["title"] for lic in entry["licenses"])
    assert entry["traps"] and all(len(trap.split()) > 3 for trap in entry["traps"])
    assert entry["chapters"] and set(entry["chapters"]) <= set(NOTEBOOKS)
    for field in fields(entry):
        assert field["description"] and field["unit"], field["name"]
    assert entry["format"] != "csv" or entry["schema"]["primaryKey"]
    proved("tables", entry["name"])


#: The register words its kinds of source itself; tables of statistics say "press" as a class.
READ_BY_OTHERS = {"evidence", "central_asia_trade", "china_russia_trade_annual"}
READ_BY_OTHERS |= {"china_russia_trade_monthly", "freight_trains"}

OPEN = {"CC-BY-4.0", "CC-BY-3.0-IGO", "CC0-1.0", "ODC-By-1.0", "ODC-PDDL-1.0", "ODbL-1.0"}
OPEN |= {"other-pd", "US-public-domain", "us-government-work"}
CLOSED = {"facts-quoted-with-citation", "CC-BY-SA"}  # CC-BY-SA: single figures of Wikipedia


@each_table
def test_reuse_is_what_all_licences_allow(entry):
    names = {licence["name"] for licence in entry["licenses"]}
    assert names <= OPEN | CLOSED, "licenses: not one of the names that stand above this test"
    assert entry["reuse"] == ("open" if names <= OPEN else "quoted facts"), "reuse"


def test_the_package_says_who_made_it_when_and_what_about():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", PACKAGE["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", PACKAGE["created"])
    assert len(PACKAGE["keywords"]) == len(set(PACKAGE["keywords"])) > 3
    for person in PACKAGE["contributors"]:
        assert f"- name: {person['title']}\n" in citation


#: Media that a state owns or pays for, by a word of the address: the label names the state.
STATE_MEDIA = {
    "tass.com": "Russia",
    "ria.ru": "Russia",
    "rt.com": "Russia",
    "sputnik": "Russia",
    "chinadaily.com": "China",
    "peopledaily": "China",
    "globaltimes": "China",
    "cri.cn": "China",
    "news.cn": "China",
    "rferl.org": "United States",
    "astanatimes.com": "Kazakhstan",
    "inform.kz": "Kazakhstan",
}


@each_table
def test_media_of_states_are_labelled_alike(entry):
    columns = {field["name"] for field in fields(entry)}
    if not {"source_kind", "url"} <= columns or entry["name"] in READ_BY_OTHERS:
        return
    frame = data.load(entry["name"]).dropna(subset=["url", "source_kind"])
    for word, state in STATE_MEDIA.items():
        there = frame[frame["url"].str.contains(rf"[/.]{re.escape(word)}|{word}news", regex=True)]
        assert there["source_kind"].str.contains(f"({state})", regex=False).all(), word


@pytest.mark.parametrize("table", ["evidence", "timeline", "counterarguments"])
def test_who_pays_a_publisher_is_said_alike_in_every_row(table):
    rows = data.load(table).dropna(subset=["publisher"])
    for named, label in {
        "The Astana Times": "state media, Kazakhstan",
        "Kazinform": "state media, Kazakhstan",
        "Khabar 24": "state media, Kazakhstan",
        "Xinhua": "state media, China",
        "TASS": "state media, Russia",
        "RFE/RL": "government-funded media, United States",
        "BBC": "public broadcaster, United Kingdom",
        "Deutsche Welle": "public broadcaster, Germany",
        "US Department of State": "government, United States",
    }.items():
        there = rows[rows["publisher"].str.contains(named, regex=False)]
        assert set(there["publisher_label"].fillna("none")) <= {label}, named


@each_table
def test_bytes_and_checksum(entry):
    content = data._verified_bytes(DATA / entry["path"], entry)
    assert len(content) == entry["bytes"]
    assert b"\r" not in content
    content.decode("utf-8")


# What stands in the tables ----------------------------------------------------------------

GEOJSON_TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool}

each_map = pytest.mark.parametrize(
    "entry", [e for e in ENTRIES if e["format"] == "geojson"], ids=lambda entry: entry["name"]
)


@each_map
def test_a_map_is_what_geopandas_reads(entry):
    features = json.loads((DATA / entry["path"]).read_bytes())["features"]
    whole = gpd.GeoDataFrame.from_features(features, crs="OGC:CRS84")
    assert_geodataframe_equal(data.load(entry["name"]), whole, check_dtype=False)


@each_map
def test_geojson_properties_are_those_described(entry):
    kinds = {field["name"]: GEOJSON_TYPES[field["type"]] for field in entry["properties"]}
    for feature in json.loads((DATA / entry["path"]).read_bytes())["features"]:
        assert set(feature["properties"]) == set(kinds)
        for name, value in feature["properties"].items():
            assert value is None or isinstance(value, kinds[name]), (name, value)


@each_table
def test_country_codes(entry):
    assert len(ISO3) == 249
    frame = data.load(entry["name"])
    allowed = ISO3 | AGGREGATES | (MAP_ONLY if entry["name"].startswith("countries_") else set())
    for column in frame.columns[frame.columns.str.contains("iso3")]:
        assert set(frame[column].dropna()) <= allowed, column


def test_aggregates_are_explained():
    text = (DATA / "README.md").read_text(encoding="utf-8")
    assert {code for code in AGGREGATES | MAP_ONLY if f"`{code}`" not in text} == set()


def test_lists_name_what_exists():
    table = data.load("claims")
    listed = [data.load("timeline")["related_claims"]]
    listed.append(data.load("counterarguments")["targets_claims"])
    assert set().union(*map(items, listed)) <= set(table["claim_id"])
    text = " ".join(table.select_dtypes("str").fillna("").to_numpy().ravel())
    assert set(re.findall(r"\bE\d{3}\b", text)) <= set(data.load("evidence")["evidence_id"])


def test_a_page_later_than_the_article_counts_by_an_older_fact_only():
    """It reports a fact: a later judgement counts neither way."""
    rows = data.load("evidence")
    rows = rows[rows["relation"].isin(["supports", "contradicts", "qualifies"])]
    later = rows[rows["date"] > "2023-05-28"]
    assert later["fact_date"].notna().all(), "fact_date: of which day is the fact?"
    assert later["source_note"].notna().all(), "source_note: say that the page is later"
    judges = r"(?i)[^.]*\b(?:calls|judges|thinks|argues|expects|foresees)\b"  # first sentence
    judged = later["finding"].str.match(judges)
    assert later[judged]["evidence_id"].tolist() == [], "relation: context"


# load -------------------------------------------------------------------------------------


@each_table
def test_load_gives_the_described_types(entry):
    frame = data.load(entry["name"])
    checks = {
        "integer": lambda s: s.dtype == ("Int64" if s.hasnans else "int64"),
        "boolean": lambda s: s.dtype == ("boolean" if s.hasnans else "bool"),
        "number": types.is_float_dtype,
        "string": lambda s: types.is_string_dtype(s) and not types.is_object_dtype(s),
        "date": types.is_datetime64_dtype,
        "yearmonth": lambda s: types.is_datetime64_dtype(s) and (s.dropna().dt.day == 1).all(),
    }
    names = [field["name"] for field in fields(entry)]
    for field in fields(entry):
        column = frame[field["name"]]
        assert checks[field["type"]](column), f"{column.name}: {field['type']} is {column.dtype}"
    if entry["format"] == "geojson":
        assert isinstance(frame, gpd.GeoDataFrame)
        assert frame.crs.equals("OGC:CRS84")
        assert frame.is_valid.all()
        assert set(frame.columns) == {*names, "geometry"}
    else:
        assert list(frame.columns) == names


def test_the_types_are_all_there():
    kinds = {field["type"] for entry in ENTRIES for field in fields(entry)}
    assert kinds == {"integer", "number", "string", "boolean", "date", "yearmonth"}


def test_an_empty_cell_is_the_only_missing_value(copy):
    whole = '"Correlates of War, IGO data 3.0"'
    write(copy / "memberships.csv", lambda text: text.replace(whole, "NA", 1))
    manifest.refresh(copy)
    assert (data.load("memberships")["source"] == "NA").sum() == 1


@pytest.mark.parametrize("name", ["us_prices", "lakes_region"])
def test_load_gives_a_fresh_copy(name):
    first = data.load(name)
    first[first.columns[-1]] = "spoiled"
    assert not data.load(name).equals(first)


def test_unknown_name_gets_the_nearest_names_if_there_are_any(snapshot):
    said = []
    for name in ("claimz", "xyzzyqqq"):
        with pytest.raises(data.UnknownTableError, match=f"'{name}'") as caught:
            data.load(name)
        said.append(str(caught.value))
    assert "'claims'" in said[0] and "data.tables()" in said[1]
    assert said == snapshot


@pytest.mark.parametrize("missing", [False, True])
def test_a_changed_byte_or_a_missing_file_is_noticed(copy, missing, snapshot):
    path = copy / "us_prices.csv"
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.unlink()
    if not missing:
        path.write_bytes(content)
    with pytest.raises(data.DamagedTableError) as caught:
        data.load("us_prices")
    message = str(caught.value)
    assert "us_prices.csv" in message and ("course data" in message) != missing
    assert message.replace(str(copy.parent), "…") == snapshot


@pytest.mark.parametrize(
    ("table", "change", "named"),
    [
        ("us_prices", lambda text: text.replace(",", ";"), ["semicolon"]),
        ("claims", lambda text: text.replace(",wrong,", ",false,", 1), ["'false'", *COURSE_SAYS]),
        ("claims", lambda text: text.replace(",A,", ",,", 1), ["evidence_grade", *claims.GRADES]),
    ],
)
def test_a_table_that_code_cannot_read_is_refused_with_what_to_write(copy, table, change, named):
    write(copy / f"{table}.csv", change)
    manifest.refresh(copy)
    with pytest.raises(data.DataError) as caught:
        data.load(table)
    assert [each for each in [f"{table}.csv", *named] if each not in str(caught.value)] == []


# Where the tables are ---------------------------------------------------------------------


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Pretend that the package is installed in a folder without a course around it."""
    package = tmp_path / "site" / "courseware"
    work = tmp_path / "work"
    package.mkdir(parents=True)
    work.mkdir()
    monkeypatch.setattr(manifest, "__file__", str(package / "manifest.py"))
    monkeypatch.delenv("NO_LIMITS_DATA", raising=False)
    monkeypatch.chdir(work)
    return tmp_path


def put_manifest(folder):
    folder.mkdir(parents=True)
    shutil.copy(DATA / manifest.MANIFEST, folder)
    return folder


def test_data_by_environment_variable(copy):
    assert data.root() == copy


def test_data_in_the_course_folder(elsewhere, monkeypatch):
    folder = put_manifest(elsewhere / "course" / "data")
    (elsewhere / "course" / "notebooks").mkdir()
    monkeypatch.chdir(elsewhere / "course" / "notebooks")
    assert data.root() == folder
    assert manifest.course_root() == elsewhere / "course"


def test_data_in_the_installed_package(elsewhere):
    folder = put_manifest(elsewhere / "site" / "courseware" / "_data")
    assert data.root() == folder
    assert manifest.course_root() == elsewhere / "work"


def test_data_nowhere(elsewhere):
    with pytest.raises(data.DataError, match="NO_LIMITS_DATA"):
        data.root()


# Words about the tables -------------------------------------------------------------------


def test_tables_lists_them_all():
    frame = data.tables()
    assert list(frame["name"]) == NAMES
    assert frame.notna().all(axis=None)


@each_table
def test_cite_and_about(entry):
    citation = data.cite(entry["name"])
    card = data.about(entry["name"]).data
    plain = pd.Series(re.sub(r"<[^>]+>", " ", card)).str.replace("&#x27;", "'")[0]
    assert "\n" not in citation
    for source in entry["sources"]:
        assert source["publisher"] in citation
        assert source["title"] in citation
        assert source["publisher"].replace("&", "&amp;") in plain
    assert card.count("<li>") == len(entry["sources"]) + len(entry["traps"])
    assert '<th scope="col"' in card


def test_about_escapes_what_the_manifest_says(copy):
    def spoil(text):
        entries = json.loads(text)
        for key in ("title", "description", "selection"):
            entries["resources"][0][key] = "<script>alert(1)</script> & more"
        entries["resources"][0]["traps"] = ["<img src=x>"]
        entries["resources"][0]["sources"][0]["publisher"] = "<b>Nobody</b>"
        entries["resources"][0]["sources"][0]["path"] = "javascript:alert(1)"
        return json.dumps(entries)

    write(copy / manifest.MANIFEST, spoil)
    manifest._package.cache_clear()
    card = data.about(NAMES[0]).data
    for markup in ("<script", "<img", "<b>Nobody", "javascript:"):
        assert markup not in card
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in card


# After an edit ----------------------------------------------------------------------------


def test_refresh_after_an_edit_changes_that_entry_only(copy, capsys):
    before = json.loads((copy / manifest.MANIFEST).read_bytes())["resources"]
    write(copy / "us_prices.csv", lambda text: text.replace("\n", "\n", 1) + "2026,400,12,0.7,\n")
    assert cli.main(["data"]) == 0
    assert "us_prices" in capsys.readouterr().out
    after = json.loads((copy / manifest.MANIFEST).read_bytes())["resources"]
    changed = [new["name"] for old, new in zip(before, after, strict=True) if old != new]
    assert changed == ["us_prices"]
    assert data.load("us_prices")["year"].max() == 2026
    assert cli.main(["data"]) == 0
    assert "us_prices" not in capsys.readouterr().out


def test_refresh_keeps_the_manifest_as_it_is_written(copy):
    before = (copy / manifest.MANIFEST).read_bytes()
    assert manifest.refresh(copy) == []
    assert (copy / manifest.MANIFEST).read_bytes() == before


# Use --------------------------------------------------------------------------------------

READERS = {"load", "cite", "about", "resource", "publishers", "source_text", "figure", "region"}


def called(node):
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def tables_used(source):
    """Return the tables that Python code names in a call that reads or cites one, or a view."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        tree = ast.parse(source)
    constants = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    used = set()
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if called(call) in READERS:
            for argument in [*call.args, *(keyword.value for keyword in call.keywords)]:
                if isinstance(argument, ast.Name):
                    argument = constants.get(argument.id, argument)
                used |= {n.value for n in ast.walk(argument) if isinstance(n, ast.Constant)}
    viewed = {name for name in used if views.is_view(name)}
    return (used | {base for name in viewed for base in views.bases(name)}) & set(NAMES)


def code_of(notebooks):
    cells = [cell for path in notebooks for cell in json.loads(path.read_text("utf-8"))["cells"]]
    lines = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return re.sub(r"(?m)^\s*[%!].*$", "pass", "\n".join(lines))


#: The notebooks of each chapter: its own, and its companion if it has one.
NOTEBOOKS = {path.name[:2]: with_companions([path]) for path in CHAPTERS}


#: Tables that came before the code that uses them; the chapters in their entries are to bring it.
COMING = {
    "summits",
}


def test_tables_used_reads_code():
    code = "T = ['claims', 'wording']\ndata.load('us_prices')\nfigure('', '', source=T)\n'places'"
    assert tables_used(code) == {"us_prices", "claims", "wording"}
    assert tables_used("data.load('russian_crude_by_buyer')") == {"oil_flows"}


def test_every_table_is_used_unless_its_chapter_is_still_to_come():
    used = set()
    for notebooks in NOTEBOOKS.values():
        used |= tables_used(code_of(notebooks))
    for module in (*(ROOT / "courseware").rglob("*.py"), *(ROOT / "no_limits").rglob("*.py")):
        used |= tables_used(module.read_text(encoding="utf-8"))
    used |= {base for name in views.names() for base in views.bases(name)}
    waiting = {e["name"] for e in ENTRIES if set(e["chapters"]) - set(NOTEBOOKS)}
    unused = sorted(set(NAMES) - used - waiting - COMING)
    advice = 'load it in a notebook of one of its chapters, data.load("…")'
    assert not unused, f"No chapter and no module loads {', '.join(unused)}: {advice}."
    assert not COMING & used, "a table that is used now leaves COMING"


@pytest.mark.parametrize("chapter", NOTEBOOKS)
def test_the_manifest_knows_which_chapter_uses_a_table(chapter):
    known = {entry["name"] for entry in ENTRIES if chapter in entry["chapters"]}
    unnamed = sorted(tables_used(code_of(NOTEBOOKS[chapter])) - known)
    assert unnamed == [], f"data/datapackage.json: enter {chapter} in chapters of these tables"
