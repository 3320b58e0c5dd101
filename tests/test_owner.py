"""Whose course this is: one setting fills every file, and leaves none filled when it is emptied."""

import json
import re
import tomllib

import pytest
import yaml

from coursestaff import owner
from courseware import CourseError
from tests.notebooks import ROOT

SITE, REPOSITORY = "https://course.example.org", "https://code.example.org/course"
FILLED = f"""
authors = [
    {{given = "First", family = "Author", orcid = "0000-0000-0000-0001", affiliation = "A School"}},
    {{given = "Second", family = "Author"}},
]
repository = "{REPOSITORY}"
site = "{SITE}"
contact = "reports@example.org"
doi = "10.0000/example"
"""


@pytest.fixture
def copy(tmp_path):
    """Copy the files that give the owner, and no others."""
    for name in owner.FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    return tmp_path


def fill(folder, setting=FILLED):
    """Put a setting in the place of what stands in pyproject.toml."""
    project = folder / "pyproject.toml"
    old = r"(?<=^\[tool\.no-limits\.owner\]\n).*?(?=\n\[)"
    text = project.read_text(encoding="utf-8")
    project.write_text(re.sub(old, setting, text, flags=re.M | re.S), encoding="utf-8")


def said(folder, name):
    """Return what a file says, in the words of its format."""
    text = (folder / name).read_text(encoding="utf-8")
    if name.endswith((".json", ".toml")):
        return (json if name.endswith(".json") else tomllib).loads(text)
    if name == "paper/paper.md":
        return yaml.safe_load(text.split("---")[1])
    return yaml.safe_load(text) if name.endswith((".cff", ".yml")) else text


def test_every_file_of_the_course_says_what_the_setting_says(copy):
    assert owner.write(copy) == [], "run `course owner`"
    before = {name: (copy / name).read_bytes() for name in owner.FILES}
    assert before == {name: (ROOT / name).read_bytes() for name in owner.FILES}


def test_one_setting_fills_every_file(copy):
    fill(copy)
    assert owner.write(copy) == [*owner.FILES]
    assert owner.write(copy) == [], "it writes the same again"
    people = ["First Author", "Second Author"]
    citation, archive = said(copy, "CITATION.cff"), said(copy, ".zenodo.json")
    assert citation["authors"][0]["orcid"] == "https://orcid.org/0000-0000-0000-0001"
    assert citation["authors"][1] == {"family-names": "Author", "given-names": "Second"}
    places = [citation[key] for key in ("repository-code", "url", "doi")]
    assert places == [REPOSITORY, SITE, "10.0000/example"]
    assert [each["name"] for each in archive["creators"]] == ["Author, First", "Author, Second"]
    code, tables = said(copy, "codemeta.json"), said(copy, "data/datapackage.json")
    assert (code["codeRepository"], code["identifier"]) == (
        REPOSITORY,
        "https://doi.org/10.0000/example",
    )
    assert [each["title"] for each in tables["contributors"]] == people
    project = said(copy, "pyproject.toml")["project"]
    assert [each["name"] for each in project["authors"]] == people
    assert project["urls"] == {"Repository": REPOSITORY, "Documentation": SITE}
    paper = said(copy, "paper/paper.md")
    assert [each["name"] for each in paper["authors"]] == people
    assert [each["affiliation"] for each in paper["authors"]] == [1, 2]
    assert [each["name"] for each in paper["affiliations"]] == ["A School", "not stated"]
    (report,) = said(copy, ".github/ISSUE_TEMPLATE/config.yml")["contact_links"]
    assert report["url"].startswith(REPOSITORY)
    assert "or write to reports@example.org, and give" in said(copy, "SECURITY.md")
    links = said(copy, "README.md").split("\n\n")[1]
    assert links.startswith("[Try it now in your browser")
    assert f"({SITE}/lite/index.html) · [Repository]({REPOSITORY})" in links
    assert links.endswith(
        f"· [The printed course]({SITE}) · [doi:10.0000/example](https://doi.org/10.0000/example)"
    )
    for name in ("LICENSE", "LICENSE-CONTENT"):
        assert ", First Author, Second Author" in said(copy, name)


def test_an_emptied_setting_leaves_nothing_behind(copy):
    before = {name: said(copy, name) for name in owner.FILES}
    empty = re.search(r"owner\]\n(.*?)\n\[", (copy / "pyproject.toml").read_text(), re.S)[1]
    fill(copy)
    owner.write(copy)
    fill(copy, empty)
    owner.write(copy)
    assert {name: said(copy, name) for name in owner.FILES} == before


@pytest.mark.parametrize("wrong", ['site = "course.example.org"', 'colour = "red"', ""])
def test_a_setting_that_cannot_be_is_named(copy, wrong):
    fill(copy, wrong and FILLED.replace(f'site = "{SITE}"', wrong))
    with pytest.raises(CourseError, match=r"tool\.no-limits\.owner"):
        owner.write(copy)
