"""What stands at the foot of a printed page: where its links lead, each address once."""

import re
from html import unescape

import pytest

from coursestaff.publishing import addresses
from courseware import data

PAGE = 'As we read (E039), <a href="{0}">a page</a> and <a class="x" href="{0}">another</a> say so.'
CLAIM = "C13"
OUTSIDE = "https://example.org/a-page.html?of=b&also=c.d"


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    """The address of each piece of evidence."""
    return data.load("evidence").dropna(subset="url").set_index("evidence_id")["url"].to_dict()


def foot(page: str) -> list[str]:
    """Return what a page says at its foot, item by item."""
    items = re.findall(r"<li>(.*?)</li>", page)
    return [unescape(re.sub("<[^>]+>", "", item)) for item in items]


def test_a_link_gets_a_number_and_evidence_its_id(found):
    page = addresses.with_foot(PAGE.format(OUTSIDE.replace("&", "&amp;")))
    assert page.count('</a><sup class="address">1</sup>') == 2
    here = addresses.printed(found["E039"])
    assert foot(page) == [f"E039 ({CLAIM}) {here}", f"1 {OUTSIDE[8:]}"]
    assert addresses.OTHERS in page


def test_the_link_of_evidence_needs_no_number(found):
    printed = addresses.with_foot(PAGE.format(found["E039"]))
    assert "<sup" not in printed and addresses.OTHERS not in printed
    assert len(foot(printed)) == 1


def test_no_address_stands_twice_and_every_piece_has_its_line(found):
    pieces = {*data.load("evidence")["evidence_id"]}
    lines = foot(addresses.with_foot(" ".join(pieces)))
    told = [line.rpartition(") ")[2] for line in lines]
    assert len(told) == len(set(told))
    assert set(map(addresses.printed, found.values())) <= set(told)
    assert (
        set(re.findall(r"E\d{3}", " ".join(line.rpartition(") ")[0] for line in lines))) == pieces
    )
    assert all(told)  # what has no address says what it rests on


def test_an_address_is_printed_as_it_is_typed():
    assert addresses.printed("https://a.org/%D0%A0%D0%B8?b=%2F%20") == "a.org/Ри?b=%2F%20"
    assert addresses.printed("http://a.org/") == "http://a.org/"


def test_an_address_breaks_at_its_marks_alone(found):
    listed = addresses.with_foot(" ".join(found))
    pieces = re.findall(r"([^<>]*)<wbr>", listed)
    assert len(pieces) > 1000
    assert {unescape(piece)[-1] for piece in pieces} <= set("/.-?&")
    assert not re.search(r"<wbr>(<|$)", listed)


def test_what_is_not_read_names_nothing():
    unseen = '<img src="data:image/png;base64,/E039/"><template><a href="https://a.b">E040</a></template>'
    assert addresses.with_foot(unseen) == unseen
    inside = '<a href="../chapters/02_the_trade_lifeline.html">chapter 02</a>'
    assert addresses.with_foot(inside) == inside
