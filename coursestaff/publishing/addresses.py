"""What paper cannot follow: where the links of a page lead, for its foot.

A piece of evidence is named by its id wherever the course speaks of it, and its address stands
behind that id. Any other link out of the course gets a small number. A screen shows nothing of it.
"""

import re
from html import escape, unescape
from urllib.parse import unquote

from sphinx.application import Sphinx

from coursestaff.chapters import FURTHER
from courseware import data
from courseware.claims.cards import STATUSES

EVIDENCE = re.compile(r"\bE\d{3}\b")
#: What no reader of paper sees: a picture in the page's text, and the positions of a strip.
UNSEEN = re.compile(r'"data:[^"]*"|<template\b.*?</template>', re.DOTALL)
#: The positions of a strip, or a link out of the course, whose address is the group.
LINK = re.compile(r'<template\b.*?</template>|<a\b[^>]*\bhref="(https?://[^"]+)".*?</a>', re.DOTALL)
LETTERS = re.compile(r"(?:%[89A-F][0-9A-F])+", re.IGNORECASE)  # of other alphabets, as bytes
BREAKS = re.compile(r"(?<=[/.?&-])(?=.)")  # the only places where an address may break
SCHEME = "https://"  # a browser adds it to an address without one
INTRO = (
    "<b>Addresses.</b> A number such as E039 names a piece of evidence, and C09 is the claim that "
    "it bears on."
)
OTHERS = " A small raised number in the text names another link."


def with_foot(page: str) -> str:
    """Return a page of HTML with the addresses of its evidence and of its links at its end.

    Evidence counts wherever its id stands, also in folds. A link out of the course is followed by
    its number, unless its address is that of evidence. No address is listed twice. A page that has
    none stays as it is.
    """
    ids = set(EVIDENCE.findall(UNSEEN.sub("", page)))
    columns = ["evidence_id", "claim_id", "url", "evidence_status"]
    rows = data.load("evidence")[columns].sort_values("evidence_id").fillna("")
    names: dict[str, list[str]] = {}
    for evidence_id, claim_id, url, status in rows.itertuples(index=False):
        if evidence_id in ids:
            names.setdefault(url or STATUSES[status], []).append(f"{evidence_id} ({claim_id})")
    others: dict[str, str] = {}

    def with_number(link: re.Match[str]) -> str:
        where = link[1] and unescape(link[1])
        if not where or where in names:
            return link[0]
        number = others.setdefault(where, str(len(others) + 1))
        return f'{link[0]}<sup class="address">{number}</sup>'

    page = LINK.sub(with_number, page)
    told = [(", ".join(by), where) for where, by in names.items()]
    told += [(number, where) for where, number in others.items()]
    items = "".join(f"<li><b>{name}</b> {_broken(where)}</li>" for name, where in told)
    intro = INTRO + OTHERS * bool(others)
    return page + f'<div class="addresses"><p>{intro}</p><ul>{items}</ul></div>' * bool(items)


def printed(address: str) -> str:
    """Return an address as it is typed: a browser adds its scheme, and turns letters into bytes."""
    return LETTERS.sub(lambda found: unquote(found[0]), address.removeprefix(SCHEME))


def _broken(address: str) -> str:
    """Return an address as HTML that may break into lines only where addresses have a mark."""
    return "<wbr>".join(map(escape, BREAKS.split(printed(address))))


def write(app: Sphinx, page: str, template: str, context: dict, *_) -> None:
    """Write the addresses of a chapter, or of its companion, at its foot."""
    if page.startswith(("chapters/", f"{FURTHER}/")):
        context["body"] = with_foot(context["body"])


def setup(app: Sphinx) -> dict:
    """Tell Sphinx what there is."""
    app.connect("html-page-context", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
