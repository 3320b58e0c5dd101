"""Within a chapter and its explorers one hue has one meaning, and one meaning one hue.

What is drawn is asked, whoever drew it: each line, bar, area and word of every chart, map, tile and
grid of a chapter, and of its explorers at each of their presets. A hue stands for what its label
names, a country or a role, or for the label itself.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection
from matplotlib.colors import same_color, to_hex, to_rgba_array
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

from coursestaff.chapters import with_companions
from courseware import article, charts, palette
from courseware.charts import line_styles, styling
from courseware.charts.drawn import bar_groups, points
from courseware.explorers import base
from tests.drawn import shown
from tests.notebooks import CHAPTERS

#: Pictures of verdicts alone, whose scale every card and page of the course has, too.
VERDICTS = {"argument_map", "09-leaves-tally"}
#: What is the ground of a map, and no mark on it.
GROUNDS = {palette.LAND, palette.OWN_LAND, palette.WATER, palette.SHORE}
#: Words for one meaning: a vote and an argument are for or against something or neither of both;
#: what is due by contract will be paid; the lines of the map of pipes are all of gas, and their
#: strokes say how they stand.
SAME = {
    **{"yes": "for", "no": "against", "abstained": "for neither", "qualifies": "for neither"},
    "due by contract": "paid",
    **dict.fromkeys(("in use", "being built", "proposed"), "gas"),
    **dict.fromkeys(("Lines A, B, C", "Line D", "Power of Siberia"), "gas"),  # names at lines
}
COUNTRIES = {look.hue: code for code, look in palette.countries().items()}
#: A hue by each shade that stands for it: darker ones are for lines and words.
SHADES = {
    to_hex(palette.ink(palette.ink(hue, line), least)): hue
    for hue in (*GROUNDS, *palette.TONES, *COUNTRIES)
    for line in (1, 3)
    for least in (1, 2, 3, 4.5)
}


class Drawn(NamedTuple):
    """A picture: its name, the words around it, and each hue in it with the label that has it."""

    name: str
    words: str
    labels: set[tuple[str, str]]  #: (hue, label); a label is empty where nothing names the mark


# What a picture shows -------------------------------------------------------------------------


def hues(colours: object) -> Iterator[str]:
    """Yield the hue of each colour that is no grey, as the palette has it."""
    for *rgb, alpha in to_rgba_array(colours):
        if alpha and len({*rgb}) > 1:
            yield SHADES.get(to_hex(rgb), to_hex(rgb))


def colours(artist: Artist) -> Iterator[object]:
    """Yield what an artist is coloured with, if it can be seen at all."""
    if isinstance(artist, Text):
        if re.search(r"[^\W\d_]", artist.get_text()):  # numbers name nothing
            yield artist.get_color()
    elif isinstance(artist, Line2D):
        if len(points(artist)[0]) or artist.get_label()[:1] not in ("_", ""):
            if artist.get_linestyle() != "None":
                yield artist.get_color()
            if artist.get_marker() not in ("None", "", " ", None):
                yield from (artist.get_markerfacecolor(), artist.get_markeredgecolor())
    elif isinstance(artist, Patch):
        if artist.get_fill():
            yield artist.get_facecolor()
        if artist.get_linewidth():
            yield artist.get_edgecolor()
    elif isinstance(artist, Collection) and len(artist.get_paths()):
        yield from (artist.get_facecolor(), artist.get_edgecolor())


def bar_labels(ax: Axes) -> dict[Artist, str]:
    """Return the label of each bar: its group's or, of one group, the country named below it."""
    found = {}
    for group in bar_groups(ax):
        below = styling.tick_names(ax, group) or [""] * len(group.patches)
        by_tick = len(bar_groups(ax)) == 1 and line_styles.are_countries(below)
        for bar, name in zip(group.patches, below, strict=True):
            own = by_tick and line_styles.stem_country(" ".join(name.split()))
            found[bar] = name if own else str(group.get_label())
    return found


def labels(figure: Figure, artists: Iterable[Artist]) -> set[tuple[str, str]]:
    """Return each hue of a picture with each label that has it."""
    told = {bar: label for ax in figure.axes for bar, label in bar_labels(ax).items()}
    told |= {
        sample: text.get_text()
        for key in figure.legends
        for sample, text in zip(key.legend_handles, key.get_texts(), strict=True)
    }
    found = set()
    for artist in artists:
        for colour in colours(artist):
            own = artist.get_text() if isinstance(artist, Text) else artist.get_label()
            label = " ".join(str(told.get(artist, own) or "").split())
            found |= {(hue, "" if label.startswith("_") else label) for hue in hues(colour)}
    return found


def of_chart(name: str, chart: charts.Chart) -> Drawn:
    said, artists = chart.words, chart.figure.findobj()
    words = f"{said.title} {said.subtitle} {said.alt} {written(artists)}"
    return Drawn(name, words, labels(chart.figure, artists))


def written(artists: Iterable[Artist]) -> str:
    """Return every word that stands in a picture."""
    return " ".join(artist.get_text() for artist in artists if isinstance(artist, Text))


def of_cells(name: str, markup: str) -> Drawn:
    """Return the fills of a grid's or of tiles' cells, with the words in them."""
    found = set()
    for cell in re.split(r"<(?=td|li)", markup):
        if fill := re.search(r"background:(#\w{6})", cell.partition(">")[0]):
            said = " ".join(re.sub("<[^>]*>", " ", f"<{cell}").split())
            found |= {(hue, said) for hue in hues(fill[1])}
    return Drawn(name, markup, found)


def of_explorer(explorer: base.Explorer) -> Iterator[Drawn]:
    for preset in explorer.presets:
        state = explorer.normalise(preset.state)
        artists = [*explorer.draw(state)]
        artists += [
            a for a in explorer.figure.findobj() if not a.get_animated() and a.get_visible()
        ]
        content = explorer.content(state)
        said, asked = explorer.describe(state, content), explorer.question(state, content)
        words = f"{explorer.intro} {asked} {said.unit} {said.alt} {written(artists)}"
        yield Drawn(f"{explorer.name} {preset.key}", words, labels(explorer.figure, artists))


def pictures(path: Path) -> Iterator[Drawn]:
    """Yield what a chapter shows, cell by cell, and its explorers at each preset."""
    for cell, _, thing in shown(path):
        if isinstance(thing, charts.Chart):
            yield of_chart(cell, thing)
        elif isinstance(thing, charts.Board):
            yield of_cells(cell, thing.markup)
        elif isinstance(thing, base.Panel):
            yield from of_explorer(thing.explorer)


# What a hue stands for ------------------------------------------------------------------------


def meaning(hue: str, label: str) -> str:
    """Return the country or the role that a label names, or the label without its number."""
    label = re.sub(r"^[\W_]+", "", label).partition(": ")[0]
    if re.fullmatch(r"[\d,]+ km", label):  # the length of the line that has this hue
        return f"length in {hue}"
    code = COUNTRIES.get(hue)
    if code and palette.name(code) in label:
        return code
    stem = line_styles.country(label) or line_styles.role(label) or line_styles.stem_country(label)
    return SAME.get(stem or label, stem or label)


def meanings(picture: Drawn) -> set[tuple[str, str]]:
    """Return each hue of a picture with what it stands for; empty if nothing tells."""
    said = {(hue, meaning(hue, label)) for hue, label in picture.labels if label}
    named = {hue for hue, _ in said}
    for hue, _ in picture.labels:
        if hue not in named:
            code = COUNTRIES.get(hue)
            told = code and palette.name(code) in picture.words
            said.add((hue, code if told else ""))
    return said


def breaches(drawn: Iterable[Drawn]) -> list[str]:
    """Return where the pictures of a chapter break the rule of `palette`."""
    found, means, has = [], defaultdict(dict), defaultdict(dict)
    for picture in drawn:
        if picture.name.split()[0] in VERDICTS:
            continue
        plain = set()
        for hue, what in sorted(meanings(picture)):
            if hue in GROUNDS:
                continue
            if hue == palette.PLAIN:
                plain.add(what)
                if what in palette.countries() or what in palette.roles() or what in SAME.values():
                    found.append(f"{picture.name}: {what!r} has the plain hue")
            elif not what:
                found.append(f"{picture.name}: nothing says what {hue} stands for")
            else:
                means[hue][what] = picture.name
            has[what][hue] = picture.name
        if len(plain - {""}) > 1:
            found.append(f"{picture.name}: the plain hue stands for {sorted(plain)}")
    has.pop("", None)
    found += [f"{hue} stands for {what}" for hue, what in means.items() if len(what) > 1]
    found += [f"{what!r} has {which}" for what, which in has.items() if len(which) > 1]
    return found


@pytest.mark.parametrize("path", CHAPTERS, ids=[path.stem for path in CHAPTERS])
def test_a_hue_has_one_meaning_in_a_chapter_and_its_explorers(path):
    drawn = [one for each in with_companions([path]) for one in pictures(each)]
    explorers = article.module("explorers")
    own = {n for n in explorers.REGISTRY if explorers.find(n)().chapter == path.stem[:2]}
    assert own <= {picture.name.split()[0] for picture in drawn}
    assert breaches(drawn) == []


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ({(palette.TEAL, "received"), (palette.TEAL, "yes")}, "stands for"),
        ({(palette.TEAL, "received"), (palette.SAND, "received in the year")}, "'received' has"),
        ({(palette.PLAIN, "China's customs")}, "'CHN' has the plain hue"),
        ({(palette.PLAIN, "tonnes"), (palette.PLAIN, "dollars")}, "the plain hue stands for"),
        ({(palette.color("TKM"), "owed at its end")}, "stands for"),
        ({(palette.color("TKM"), "")}, "nothing says"),
    ],
)
def test_a_breach_is_found(labels, said):
    other = Drawn("another", "Turkmenistan", {(palette.color("TKM"), "Turkmenistan")})
    assert said in "; ".join(breaches([Drawn("one", "", labels), other]))
    assert breaches([other]) == []


def test_no_role_has_the_plain_hue():
    plain = {role for role, hue in palette.roles().items() if same_color(hue, palette.PLAIN)}
    assert plain == {"holds"}
