"""Whose course this is: one setting in pyproject.toml, and every file that gives it.

What is empty in ``[tool.no-limits.owner]`` is given nowhere, and taken out where it was given.
"""

import json
import re
import tomllib
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import yaml

from courseware import CourseError

NOBODY = "the No Limits? authors"
DOI = "https://doi.org/"
ORCID = "https://orcid.org/"
#: Where the version for a browser is published, below the printed course.
BROWSER = "lite/index.html"
#: What opens a notebook there; the notebook's place in that version follows.
NOTEBOOK = "lite/lab/index.html?path="


class Author(NamedTuple):
    """A person; ``orcid`` is the number alone."""

    given: str
    family: str
    orcid: str = ""
    affiliation: str = ""

    @property
    def name(self) -> str:
        """Return the name as it is read."""
        return f"{self.given} {self.family}"


class Owner(NamedTuple):
    """Who made the course, and where it is found; empty is what nobody has filled in."""

    authors: list[Author]
    repository: str
    site: str
    contact: str
    doi: str

    @property
    def names(self) -> str:
        """Return all authors in one line."""
        return ", ".join(author.name for author in self.authors) or NOBODY


def read(course: Path) -> Owner:
    """Return the setting.

    Raises:
        CourseError: a field is unknown or missing, or an address or the DOI does not look like one.

    """
    project = tomllib.loads((course / "pyproject.toml").read_text(encoding="utf-8"))
    try:
        said = project["tool"]["no-limits"]["owner"]
        owner = Owner(**said | {"authors": [Author(**author) for author in said["authors"]]})
    except (KeyError, TypeError) as problem:
        raise CourseError(f"[tool.no-limits.owner] in pyproject.toml: {problem}.") from problem
    for value, start in (
        (owner.repository, "https://"),
        (owner.site, "https://"),
        (owner.doi, "10."),
    ):
        if value and not value.startswith(start):
            raise CourseError(f"[tool.no-limits.owner]: {value!r} does not begin with {start}")
    return owner


def write(course: Path) -> list[str]:
    """Write the setting into every file of the course that gives it; return what has changed."""
    owner, changed = read(course), []
    for name, renewed in FILES.items():
        old = (course / name).read_text(encoding="utf-8")
        new = renewed(old, owner)
        if new != old:
            (course / name).write_text(new, encoding="utf-8", newline="\n")
            changed.append(name)
    return changed


def renew(course: Path, options: Namespace) -> None:
    """Write whose course this is into the files that give it: ``course owner``."""
    changed = write(course)
    print(f"Written: {', '.join(changed)}." if changed else "Every file is up to date.")


def _with_keys(fields: Callable[[Owner], dict]) -> Callable[[str, Owner], str]:
    """Return what renews these fields of a JSON file; one that is None is taken out."""

    def renewed(text: str, owner: Owner) -> str:
        old = json.loads(text)
        new = {key: value for key, value in (old | fields(owner)).items() if value is not None}
        return text if new == old else json.dumps(new, ensure_ascii=False, indent=2) + "\n"

    return renewed


def _with_entry(text: str, key: str, lines: list[str], after: str) -> str:
    """Renew a top-level entry of YAML where it stands, or below another; no lines: take it out."""
    found = re.search(rf"^{key}:.*\n(?: .*\n)*", text, re.MULTILINE)
    start, end = found.span() if found else [re.search(rf"^{after}:.*\n", text, re.M).end()] * 2
    return text[:start] + "".join(f"{line}\n" for line in lines) + text[end:]


def _said(**fields: str) -> list[str]:
    """Return an item of a YAML list, without the fields that are empty."""
    lines = [f"{key.replace('_', '-')}: {_quoted(value)}" for key, value in fields.items() if value]
    return [("    " if at else "  - ") + line for at, line in enumerate(lines)]


def _quoted(value: str) -> str:
    """Return a value of YAML: bare where that means the same text, or the number of a place."""
    plain = value.isdigit() or yaml.safe_load(value) == value
    bare = plain and re.fullmatch(r"[\w?][\w ?-]*", value)
    return value if bare else json.dumps(value, ensure_ascii=False)


def _citation(text: str, owner: Owner) -> str:
    lines = ["authors:"]
    for each in owner.authors:
        lines += _said(
            family_names=each.family,
            given_names=each.given,
            orcid=each.orcid and ORCID + each.orcid,
            affiliation=each.affiliation,
        )
    lines += [] if owner.authors else _said(name=NOBODY)
    text = _with_entry(text, "authors", lines, "version")
    places = {"doi": owner.doi, "url": owner.site, "repository-code": owner.repository}
    for key, value in places.items():
        text = _with_entry(text, key, [f"{key}: {_quoted(value)}"] if value else [], "version")
    return text


def _paper(text: str, owner: Owner) -> str:
    people = owner.authors or [Author("the No Limits?", "authors")]
    places = list(dict.fromkeys(each.affiliation or "not stated" for each in people))
    authors, affiliations = ["authors:"], ["affiliations:"]
    for each in people:
        number = str(1 + places.index(each.affiliation or "not stated"))
        authors += _said(name=each.name, orcid=each.orcid, affiliation=number)
    for number, place in enumerate(places, start=1):
        affiliations += _said(name=place, index=str(number))
    text = _with_entry(text, "authors", authors, "title")
    return _with_entry(text, "affiliations", affiliations, "authors")


def _project(text: str, owner: Owner) -> str:
    head, scripts, tail = text.partition("[project.scripts]\n")
    head = re.sub(r"^authors = .*\n", "", head, flags=re.MULTILINE)
    head = re.sub(r"^\[project\.urls\]\n(?:.+\n)*\n", "", head, flags=re.MULTILINE)
    if owner.authors:
        names = ", ".join(
            f"{{name = {json.dumps(a.name, ensure_ascii=False)}}}" for a in owner.authors
        )
        head = head.replace("\nreadme = ", f"\nauthors = [{names}]\nreadme = ", 1)
    urls = {"Repository": owner.repository, "Documentation": owner.site}
    lines = [f'{name} = "{address}"\n' for name, address in urls.items() if address]
    urls = "".join(["[project.urls]\n", *lines, "\n"]) if lines else ""
    return head + urls + scripts + tail


def _readme(text: str, owner: Owner) -> str:
    browser = owner.site and f"{owner.site.rstrip('/')}/{BROWSER}"
    places = {"Try it now in your browser, with nothing installed": browser}
    places |= {"Repository": owner.repository, "The printed course": owner.site}
    places[f"doi:{owner.doi}"] = owner.doi and DOI + owner.doi
    links = " · ".join(f"[{name}]({address})" for name, address in places.items() if address)
    return re.sub(r"\A(# .*\n)(?:\n\[.*\n)?", rf"\1\n{links}\n" if links else r"\1", text)


def _issues(text: str, owner: Owner) -> str:
    about = "A way around isolation or into a journal: please do not open a public issue"
    report = _said(name="A private report", url=owner.repository + "/security", about=about)
    lines = ["contact_links:", *report] if owner.repository else []
    return _with_entry(text, "contact_links", lines, "blank_issues_enabled")


def _security(text: str, owner: Owner) -> str:
    besides = f", or write to {owner.contact}" if owner.contact else ""
    return re.sub(r"(\*\))(, or write to \S+)?(, and give:)", rf"\1{besides}\3", text)


def _licence(text: str, owner: Owner) -> str:
    line = r"^(Copyright \(c\) \d+, ).*?((?:, and are licensed under the)?)$"
    return re.sub(line, rf"\1{owner.names}\2", text, flags=re.MULTILINE)


def _zenodo(owner: Owner) -> dict:
    people = [
        {
            "name": f"{each.family}, {each.given}",
            "orcid": each.orcid,
            "affiliation": each.affiliation,
        }
        for each in owner.authors
    ]
    return {"creators": [_filled(each) for each in people] or [{"name": NOBODY}]}


def _codemeta(owner: Owner) -> dict:
    people = [
        {
            "@type": "Person",
            "@id": each.orcid and ORCID + each.orcid,
            "givenName": each.given,
            "familyName": each.family,
            "affiliation": each.affiliation and {"@type": "Organization", "name": each.affiliation},
        }
        for each in owner.authors
    ]
    return {
        "author": [_filled(e) for e in people] or [{"@type": "Organization", "name": NOBODY}],
        "codeRepository": owner.repository or None,
        "issueTracker": f"{owner.repository}/issues" if owner.repository else None,
        "url": owner.site or None,
        "identifier": DOI + owner.doi if owner.doi else None,
    }


def _tables(owner: Owner) -> dict:
    names = [each.name for each in owner.authors] or [NOBODY]
    return {
        "contributors": [{"title": name, "role": "author"} for name in names],
        "homepage": owner.site or owner.repository or None,
        "doi": owner.doi or None,
    }


def _filled(fields: dict) -> dict:
    return {key: value for key, value in fields.items() if value}


#: What renews each file. The printed course reads the setting itself (publishing/conf.py).
FILES: dict[str, Callable[[str, Owner], str]] = {
    ".github/ISSUE_TEMPLATE/config.yml": _issues,
    ".zenodo.json": _with_keys(_zenodo),
    "CITATION.cff": _citation,
    "LICENSE": _licence,
    "LICENSE-CONTENT": _licence,
    "README.md": _readme,
    "SECURITY.md": _security,
    "codemeta.json": _with_keys(_codemeta),
    "data/datapackage.json": _with_keys(_tables),
    "paper/paper.md": _paper,
    "pyproject.toml": _project,
}
