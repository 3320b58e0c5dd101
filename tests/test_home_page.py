"""The site's first page: every number out of a table, its title and its answer guarded."""

import io
import re
from html import unescape
from itertools import pairwise

import jinja2
import pytest
import yaml
from PIL import Image

from coursestaff.publishing import cover, home_page, site
from coursestaff.publishing.lite import building
from courseware import claims, data
from courseware.charts import page_of_bars
from courseware.verdicts import PASS
from courseware.words import templating
from no_limits.pages import home_page as own_page
from tests.notebooks import CHAPTERS, ROOT

TEMPLATE = ROOT / "no_limits" / "pages" / "home_page.html"
POLYLINE = re.compile(r'<polyline(?: class="(\w+)")? points="([^"]+)"')
PLACE = re.compile(r'<(?:circle|rect)[^>]* c?x="([\d.]+)" c?y="([\d.]+)"')


@pytest.fixture(scope="module")
def page():
    return home_page.make()


@pytest.fixture(scope="module")
def words():
    return yaml.safe_load(own_page.WORDS.read_text(encoding="utf-8"))


def rendered(page, **context):
    """Return the first page as HTML, without the frame that all pages have."""
    frame = jinja2.DictLoader(
        {
            "layout.html": "{% block docs_main %}{% endblock %}{{ _('Search') }}",
            "sections/footer-content.html": "",
        }
    )
    loader = jinja2.ChoiceLoader([frame, jinja2.FileSystemLoader(TEMPLATE.parent)])
    template = jinja2.Environment(loader=loader).get_template(TEMPLATE.name)
    return template.render(home=page, pathto=pathto, _=str, **context)


def pathto(name, resource=False):
    """Return where a page or a file of the site lies, as Sphinx does."""
    return name if resource else f"{name}.html"


def test_where_a_version_for_a_browser_is_beside_it_the_first_link_leads_there(page, monkeypatch):
    asked = []
    monkeypatch.setattr(site, "build_main", asked.extend)
    site.printed(TEMPLATE.parent / "none", "html", lite=True)
    named = (after for option, after in pairwise(asked) if option == "-A")
    context = dict(each.split("=", 1) for each in named)
    links = re.findall(r'class="action( first)?" href="([^"]+)"', rendered(page, **context))
    chapter = building.place(CHAPTERS[0]).as_posix()
    assert links[0] == (" first", f"lite/lab/index.html?path={chapter}")
    assert 'href="lite/index.html"' in rendered(page, **context)
    assert [first for first, _ in links[1:]] == ["", ""]


def test_elsewhere_the_first_link_leads_to_chapter_00(page):
    first, *others = re.findall(r'class="action( first)?" href="([^"]+)"', rendered(page))
    assert first == (" first", "chapters/00_start_here.html")
    assert "lite" not in str(others)


# Where and what ----------------------------------------------------------------------------


def test_it_says_whose_words_the_name_is_and_when(page):
    event = data.load("timeline").set_index("event_id").loc[own_page.DECLARED]
    assert "without limits" in event["description"] and "C04" in event["related_claims"]
    assert page.own.declared == "4 February 2022" and page.own.declared in rendered(page)


def test_a_shared_link_has_a_picture_of_the_usual_size():
    card = Image.open(io.BytesIO(cover.png()))
    assert card.size == (1200, 630)


# The X-ray ----------------------------------------------------------------------------------


def test_the_bars_are_the_claims_in_their_order_as_long_as_their_summaries():
    outline = claims.outline()
    drawn = [*page_of_bars.pieces(outline)]
    assert [*dict.fromkeys(piece.claim for piece in drawn)] == [*claims.register()]
    for claim_id, claim in claims.register().items():
        own = [piece for piece in drawn if piece.claim == claim_id]
        assert sum(piece.width for piece in own) == pytest.approx(len(claim.summary))
        assert all(0 <= piece.left < piece.left + piece.width <= page_of_bars.LINE for piece in own)
    for one, other in pairwise(drawn):
        assert (one.line, one.left + one.width) <= (other.line, other.left)
        apart = claims.get(one.claim).paragraph != claims.get(other.claim).paragraph
        assert not apart or other.line > one.line + 1


def test_the_x_ray_marks_the_claims_whose_source_the_text_gives(page):
    every, without = page.counted
    register = claims.register().values()
    assert (every, without) == (len(register), sum(c.source_in_text == "none" for c in register))
    html = rendered(page)
    outline = claims.outline()
    sourced = [p for p in page_of_bars.pieces(outline) if outline.at[p.claim, "sourced"]]
    assert html.count('<rect class="sourced"') == len(sourced)
    assert f"{every} claims. {without} without a source." in html
    assert f"{every} bars" in cover.alt() and f"{every - without} are yellow" in cover.alt()
    said = {text.get_text() for text in cover.card().texts}
    assert {f"{every} claims.", f"{without} without a source."} <= said


# Guess first --------------------------------------------------------------------------------


def test_the_guess_says_what_both_sides_count(page):
    rows = data.load("central_asia_trade").query("state_iso3 == 'KGZ' and year == 2022")
    sold = rows.query("reporter_iso3 == 'CHN' and flow == 'export'")["value_usd"].item() / 1e9
    own = rows[rows["line"].str.contains("statistics") & (rows["partner_iso3"] == "CHN")]
    bought = own.query("flow == 'import'")["value_usd"].item() / 1e9
    said = page.own.guess.words
    assert "2022" in said["question"] and f"${sold:.1f} billion" in said["question"]
    assert f"${bought:.1f} billion" in said["answer"]
    (first, start), *_, (last, end) = page.own.guess.counts["China"]
    assert (first, last, end) == (own_page.FIRST, own_page.ASKED, pytest.approx(sold, abs=0.01))
    (line,) = re.findall(r'<polyline class="one" points="([^"]+)"', rendered(page))
    ends = line.split()[0], line.split()[-1]
    assert ends == (f"34.0,{208 - 12.25 * start:.1f}", f"320.0,{208 - 12.25 * end:.1f}")


def test_the_answer_waits_for_the_choice(page):
    bought = f"{page.own.guess.counts['Kyrgyzstan'][-1][1]:.1f}"
    before = (page.own.guess.words[key] for key in ("question", "unit", "waiting", "alt", "source"))
    assert not [text for text in before if bought in text]
    assert PASS in [*page.own.guess.choices][-1].lower()


def test_an_answer_that_no_longer_holds_is_refused(words):
    counts = data.load("kyrgyz_counts").copy()
    counts.loc[2022, "Kyrgyzstan"] = 9
    with pytest.raises(templating.UnfitWordsError):
        own_page.guess(words, counts)


# The cards, and the words -------------------------------------------------------------------


def test_each_chapter_has_its_card_and_an_icon_inside_its_frame(page):
    assert [lesson.name for lesson in page.chapters.values()] == [path.stem for path in CHAPTERS]
    drawn = re.findall(
        r'<svg viewBox="0 0 160 56"[^>]*aria-label="([^"]+)">(.*?)</svg>', rendered(page)
    )
    assert [unescape(said) for said, _ in drawn] == [
        page.own.shows[number] for number in page.chapters
    ]
    for _, icon in drawn:
        places = [pair for _, line in POLYLINE.findall(icon) for pair in line.split()]
        places += [f"{x},{y}" for x, y in PLACE.findall(icon)]
        assert places
        assert all(0 <= float(p.split(",")[0]) <= 160 for p in places)
        assert all(0 <= float(p.split(",")[1]) <= 56 for p in places)


def test_icons_that_count_draw_one_piece_for_each(page):
    icons = re.findall(r'<svg viewBox="0 0 160 56".*?</svg>', rendered(page))
    pieces = {
        number: icon.count("<rect") for number, icon in zip(page.chapters, icons, strict=True)
    }
    assert pieces["04"] == len(data.load("promises_of_xian"))
    assert pieces["06"] == len(data.load("belt_road_by_year"))
    assert pieces["09"] == icons[1].count("<circle") == len(claims.register())


def test_no_figure_is_typed_into_the_page():
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", " ", TEMPLATE.read_text("utf-8"))
    found = re.findall(r"\d[\d.,]*", text.replace("28 May 2023", "").replace("chapter 0", ""))
    assert [number.strip(".,") for number in found if number.strip(".,") not in ("0", "1")] == [
        "06"
    ]


def test_numbers_of_the_guess_are_gaps(words):
    for key in ("question", "answer", "alt", "alt_answer", "waiting"):
        assert not re.findall(r"\d", re.sub(r"\{.*?\}", "", words[key])), key
