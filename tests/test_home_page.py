"""The site's first page: every number out of a table, its title and its answer guarded."""

import re
from itertools import pairwise

import jinja2
import networkx as nx
import pytest
import yaml

from coursestaff.publishing import home_page, site, svg
from courseware import claims, data
from courseware.explorers.argument_map.graph import graph
from courseware.words import templating
from tests.notebooks import CHAPTERS, ROOT

TEMPLATE = ROOT / "coursestaff" / "publishing" / "templates" / "home_page.html"


@pytest.fixture(scope="module")
def page():
    return home_page.make()


@pytest.fixture(scope="module")
def words():
    return yaml.safe_load(home_page.WORDS.read_text(encoding="utf-8"))


def rendered(page, **context):
    """Return the first page as HTML, without the frame that all pages have."""
    frame = jinja2.DictLoader(
        {
            "layout.html": "{% block docs_main %}{% endblock %}",
            "sections/footer-content.html": "",
        }
    )
    loader = jinja2.ChoiceLoader([frame, jinja2.FileSystemLoader(TEMPLATE.parent)])
    template = jinja2.Environment(loader=loader).get_template(TEMPLATE.name)
    return template.render(home=page, pathto=lambda name: f"{name}.html", **context)


def test_where_a_version_for_a_browser_is_beside_it_the_first_link_leads_there(page, monkeypatch):
    asked = []
    monkeypatch.setattr(site, "build_main", asked.extend)
    site.printed(TEMPLATE.parent / "none", "html", lite=True)
    context = dict([asked[asked.index("-A") + 1].split("=")])
    links = re.findall(r'class="action( first)?" href="([^"]+)"', rendered(page, **context))
    assert links[0] == (" first", "lite/index.html")
    assert [first for first, _ in links[1:]] == ["", ""]


def test_elsewhere_the_first_link_leads_to_chapter_00(page):
    first, *others = re.findall(r'class="action( first)?" href="([^"]+)"', rendered(page))
    assert first == (" first", "chapters/00_start_here.html")
    assert "lite" not in str(others)


# Guess first --------------------------------------------------------------------------------


def test_the_guess_says_what_both_sides_count(page):
    rows = data.load("central_asia_trade").query("state_iso3 == 'KGZ' and year == 2022")
    sold = rows.query("reporter_iso3 == 'CHN' and flow == 'export'")["value_usd"].item() / 1e9
    own = rows[rows["line"].str.contains("statistics") & (rows["partner_iso3"] == "CHN")]
    bought = own.query("flow == 'import'")["value_usd"].item() / 1e9
    said = page.guess.words
    assert (
        f"In 2022, China says, it sold Kyrgyzstan goods for ${sold:.1f} billion" in said["question"]
    )
    assert f"Kyrgyzstan says ${bought:.1f} billion" in said["answer"]
    assert page.guess.lines["China"].value == pytest.approx(sold, abs=0.01)


def test_the_answer_waits_for_the_choice(page):
    bought = f"{page.guess.lines['Kyrgyzstan'].value:.1f}"
    before = (page.guess.words[key] for key in ("question", "unit", "waiting", "alt", "source"))
    assert not [text for text in before if bought in text]
    assert [*page.guess.choices][-1] == "I pass"


def test_an_answer_that_no_longer_holds_is_refused(words):
    counts = data.load("kyrgyz_counts").copy()
    counts.loc[2022, "Kyrgyzstan"] = 9
    with pytest.raises(templating.UnfitWordsError):
        home_page.guess(words, counts)


# The chain ----------------------------------------------------------------------------------


def test_the_chain_is_the_longest_there_is(page):
    steps = [claim.claim_id for claim in page.chain.claims]
    argument = graph()
    assert len(steps) - 1 == nx.dag_longest_path_length(argument)
    assert all(argument.has_edge(*pair) for pair in pairwise(steps))
    assert len(page.chain.path) == len(steps) - 1


def test_its_title_names_its_ends(page):
    first, last = page.chain.claims[0], page.chain.claims[-1]
    title = re.search(r"<h2>(From.*?)</h2>", TEMPLATE.read_text("utf-8"))[1].lower()
    assert first.short_label.split()[0] == "Post"
    assert "deleted" in first.short_label
    assert "from a deleted post to" in title
    assert last.short_label.lower() in title.replace("’", "'")


def test_every_claim_and_every_tie_is_on_the_map(page):
    assert set(page.chain.nodes) == set(claims.register())
    assert len(page.chain.lines) == graph().number_of_edges()
    for x, y in page.chain.nodes.values():
        assert 0 < x < page.chain.width
        assert 0 < y < page.chain.height


# The cards, and the words -------------------------------------------------------------------


def test_each_chapter_has_its_card(page):
    assert [card.lesson.name for card in page.cards] == [path.stem for path in CHAPTERS]
    assert all(card.picture.startswith("<") and card.shows for card in page.cards)


def test_no_figure_is_typed_into_the_page():
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", " ", TEMPLATE.read_text("utf-8"))
    found = re.findall(r"\d[\d.,]*", text.replace("28 May 2023", "").replace("chapter 0", ""))
    assert [number.strip(".,") for number in found if number.strip(".,") not in ("0", "1")] == [
        "06"
    ]


def test_numbers_of_the_guess_are_gaps(words):
    for key in ("question", "answer", "alt", "alt_answer", "waiting"):
        assert not re.findall(r"\d", re.sub(r"\{.*?\}", "", words[key])), key


def test_a_box_places_numbers_with_y_downwards():
    box = svg.Box(10, 0, 110, 50, (0, 10), (0, 5))
    assert box.place(0, 0) == (10, 50)
    assert box.place(10, 5) == (110, 0)
    assert box.line([(0, 0), (10, 5)]) == "10.0,50.0 110.0,0.0"
    assert svg.tiles(3, 2, 5, 1, 20, 20).count("<rect") == 3
