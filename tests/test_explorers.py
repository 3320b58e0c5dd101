"""What every explorer keeps: pictures by state alone, words, numbers, presets, controls, room.

What is particular to one, such as its figures against the tables, stands in a file of its own.
"""

import asyncio
import base64
import inspect
import io
import itertools
import re
from dataclasses import fields, replace
from functools import cache
from html import escape, unescape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from PIL import Image

from courseware import data, words
from courseware.explorers import base
from courseware.explorers.base import Explorer, Panel
from courseware.explorers.controls import said_at
from courseware.explorers.lines import LineExplorer
from no_limits.explorers import REGISTRY, find
from tests.browser.explorers import LEAST, SHOWN
from tests.cases import cases

PNG = b"\x89PNG"
AN_ID = re.compile(r"\b[CET]\d+\b")
A_FIGURE = re.compile(r"\d[\d,.]*\s?(%|per cent|billion|km\b|dollars)")

each = pytest.mark.parametrize("name", REGISTRY)
#: One explorer, and the others in the matrix.
one = pytest.mark.parametrize("name", cases(REGISTRY, ["trade"]))
#: Presets, and in the matrix each control at its ends too.
each_state = pytest.mark.parametrize(
    "whole",
    [pytest.param(False, id="presets"), pytest.param(True, id="ends", marks=pytest.mark.matrix)],
)


@cache
def made(name: str) -> Explorer:
    """Return one explorer for all tests: it must not matter what it drew before."""
    return find(name)()


def extremes(control) -> list:
    """Return the values of a control from which a picture may have least to show."""
    if hasattr(control, "choices"):  # lists that are read together
        options = [value for _, value in control.choices[0].options]
        return [(value,) * len(control.choices) for value in (options[0], options[-1])]
    if hasattr(control, "options"):
        values = [o[1] if isinstance(o, tuple) else o for o in control.options]
        if isinstance(control.value, tuple):
            return [(), tuple(values[:1]), tuple(values)]
        return [values[0], values[-1]]
    if hasattr(control, "min"):
        if isinstance(control.value, tuple):
            low, high = control.min, control.max
            return [(low, high), (low, low), (high, high)]
        return [control.min, control.max]
    return [not control.value]


@cache
def states(name: str, whole: bool) -> tuple:
    """Return the presets' states; of the whole, the first of them with each control at its ends."""
    explorer = made(name)
    found = list(explorer.views.values())
    for field, control in explorer.controls().items() if whole else ():
        found += [replace(found[0], **{field: value}) for value in extremes(control)]
    return tuple(dict.fromkeys(explorer.normalise(state) for state in found))


# The list --------------------------------------------------------------------------------------


def test_the_registry_lists_every_explorer_in_the_order_of_the_chapters():
    classes = {name: find(name) for name in REGISTRY}
    ours = [*Explorer.__subclasses__(), *LineExplorer.__subclasses__()]
    ours = [c for c in ours if c.__module__.startswith(("courseware.", "no_limits."))]
    assert set(classes.values()) == {*ours} - {LineExplorer}
    assert [each.name for each in classes.values()] == list(REGISTRY)
    chapters = [each().chapter for each in classes.values()]
    assert chapters == sorted(chapters)


@one
def test_what_is_measured_of_each_can_be(name):
    pytest.importorskip("resource", reason="the benchmarks measure memory as Unix counts it")
    from benchmarks.bench import WALKS

    assert set(WALKS) == set(REGISTRY)
    assert next(WALKS[name]())


# Pictures --------------------------------------------------------------------------------------


@each_state
@each
def test_a_picture_depends_on_its_state_alone(name, whole):
    explorer, asked = made(name), states(name, whole)
    first = [explorer.picture(state) for state in asked]
    again = [explorer.picture(state) for state in reversed(asked)][::-1]
    assert again == first
    assert [find(name)().picture(state) for state in asked[1:3]] == first[1:3]
    presets = {drawn.png for drawn in first[: len(explorer.presets)]}
    assert len(presets) == len(explorer.presets)


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


@each
def test_a_picture_of_a_control_that_moves_is_the_same_in_fewer_dots(name):
    explorer = made(name)
    for state in states(name, whole=False):
        fine = opened(explorer.picture(state).png)
        plain = opened(explorer.picture(state, fine=False).png)
        assert fine.size == tuple(2 * side for side in plain.size)
        assert plain.size == tuple(round(side * 100) for side in explorer.size)
        # By squares of ten pixels, as lines and letters fall on other dots.
        apart = np.asarray(fine.reduce(20), float) - np.asarray(plain.reduce(10), float)
        assert np.abs(apart).max() < 60


@each_state
@each
def test_a_title_asks_and_every_state_has_words_and_numbers(name, whole):
    explorer = made(name)
    assert explorer.title.endswith("?")
    for state in states(name, whole):
        drawn = explorer.picture(state)
        assert drawn.png.startswith(PNG)
        assert drawn.title.endswith("?") and 10 < len(drawn.title) < 130, drawn.title
        asked = {str(value) for value in vars(state).values()}
        figures = set(re.findall(r"\d[\d,.]*%|\d+\.\d+|\d,\d{3}", drawn.title))
        assert all(any(f.strip("%") in said for said in asked) for f in figures), drawn.title
        assert drawn.line.startswith(drawn.finding) and drawn.finding not in drawn.title
        assert 10 < len(drawn.finding) < 140, drawn.finding
        assert len(drawn.alt.split()) >= 8, drawn.alt
        for said in (drawn.title, drawn.unit, drawn.alt, drawn.reading, explorer.aside(state)):
            assert not re.search(r"\bnan\b", said), said
        assert explorer.source_of(state) in unescape(explorer.markup(state))
        pd.testing.assert_frame_equal(drawn.table, explorer.table(state))
        assert drawn.aside == explorer.aside(state)


@each
def test_what_is_read_of_each_preset(name, snapshot):
    explorer, read = made(name), {}
    for key, state in explorer.views.items():
        drawn = explorer.picture(state)
        read[key] = [drawn.title, drawn.unit, drawn.line, drawn.alt]
    assert read == snapshot


#: Choices of which nothing is known, by explorer, and the key of the sentence that says so.
NOTHING = [
    ("trade", {"period": "month", "scale": "index", "base": 2021}, "no base"),
    # No print gives China's exports of December 2023: one missing month is enough.
    (
        "trade",
        {"flow": "China sells to Russia", "period": "month", "scale": "index", "base": 2023},
        "no base",
    ),
    ("trade", {"period": "month", "who": "RUS"}, "no months"),
    ("timeline", {"lanes": ()}, "no lane"),
    ("timeline", {"lanes": ("UN vote",), "who": "China", "years": (2000, 2005)}, "nothing"),
    ("silk_roads", {"route": "none", "roads": False}, "nothing"),
    ("debt", {"who": "KAZ", "what": "owed", "years": (2003, 2010)}, "nothing"),
    ("debt", {"what": "paid", "years": (2023, 2025)}, "later"),
]


@pytest.mark.parametrize(("name", "choice", "key"), NOTHING)
def test_where_there_is_nothing_to_see_a_sentence_says_why(name, choice, key):
    explorer = made(name)
    state = replace(explorer.presets[0].state, **choice)
    drawn, nothing = explorer.picture(state), explorer.say("finds", key, **choice)
    assert drawn.png.startswith(PNG)
    assert drawn.finding == nothing and nothing in drawn.alt
    assert drawn.table.empty
    panel = Panel(explorer, state)
    panel.want_numbers.value = True
    assert panel.numbers.value and "<table" not in panel.numbers.value
    assert panel.reading.value == f"<p>{escape(drawn.line)}</p>"


#: Choices that cannot be, of the first preset, and what is shown instead.
MENDED = [
    ("debt", {"who": "all"}, {"what": "owed"}),
    ("debt", {"years": (2000, 2000)}, {"years": (2000, 2001)}),
    ("debt", {"years": (2010, 2010)}, {"years": (2009, 2010)}),
    ("timeline", {"lanes": ("war", "summit")}, {"lanes": ("summit", "war")}),
    (
        "trade",
        {"scale": "two shares", "years": (2024, 2025), "who": "CHN", "period": "month"}
        | {"base": 2010, "constant": True},
        {"flow": "China sells to Russia", "years": (2022, 2023), "who": "both", "period": "year"}
        | {"base": 2001, "constant": False},
    ),
]


@pytest.mark.parametrize(("name", "asked", "kept"), MENDED)
def test_a_choice_that_cannot_be_is_mended(name, asked, kept):
    explorer = made(name)
    begin = explorer.presets[0].state
    assert explorer.normalise(replace(begin, **asked)) == replace(begin, **asked | kept)


def texts(explorer: Explorer, state) -> list:
    """Return the texts that the picture of ``state`` shows."""
    moved = explorer.draw(state)
    fig = explorer.figure
    still = [
        text
        for part in (fig, *(axes for axes in fig.axes if axes.get_visible()))
        for text in part.texts
        if text.get_visible() and not text.get_animated()
    ]
    found = [artist for artist in [*still, *moved] if hasattr(artist, "get_text")]
    return list(dict.fromkeys(text for text in found if text.get_text()))


def assert_room(explorer: Explorer, state) -> None:
    """Check that texts lie inside the picture and none on another (2: room for descenders)."""
    boxes = {text: text.get_window_extent() for text in texts(explorer, state)}
    edge = explorer.figure.bbox
    for text, box in boxes.items():
        assert edge.contains(*box.min) and edge.contains(*box.max), (state, text.get_text())
    for (one, a), (other, b) in itertools.combinations(boxes.items(), 2):
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        high = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert wide <= 1.5 or high <= 2, (state, one.get_text(), other.get_text())


@each_state
@each
def test_texts_stay_inside_the_picture_and_apart_and_are_read_without_a_glass(name, whole):
    explorer = made(name)
    scale = SHOWN / (explorer.size[0] * 100) * explorer.figure.dpi / 72
    for state in states(name, whole):
        assert_room(explorer, state)
        for text in explorer.figure.findobj(Text):
            if text.get_text() and text.get_visible():
                assert text.get_fontsize() * scale >= LEAST, (state, text.get_text())


@each_state
@each
def test_a_phone_gets_a_picture_of_its_own_with_letters_of_its_own_size(name, whole):
    for state in states(name, whole):
        narrow = made(name).for_phone(state)
        assert narrow.size[0] * base.DPI == base.PHONE_WIDTH
        assert_room(narrow, state)
        points = [text.get_fontsize() for text in texts(narrow, state)]
        assert all(size * base.DPI / 72 >= 12 for size in points)
        wide, small = made(name).picture(state), narrow.picture(state)
        assert (wide.finding, wide.unit) == (small.finding, small.unit)
        assert sorted(wide.alt.split()) == sorted(small.alt.split())  # one text serves both


# Presets ---------------------------------------------------------------------------------------


@each
def test_presets_teach_and_show_something(name):
    explorer = made(name)
    assert 4 <= len(explorer.presets) <= 8
    assert len({preset.name for preset in explorer.presets}) == len(explorer.presets)
    for preset in explorer.presets:
        assert explorer.normalise(preset.state) == preset.state
        assert len(preset.caption.split()) >= 12, preset.caption
        assert not explorer.table(preset.state).empty
        assert len(preset.name) <= 45
        assert not AN_ID.search(preset.name), "words are for someone who knows no id"
    written = words.explorer(explorer.chapter, name)["presets"]
    assert set(written) == set(explorer.views)
    for said in written.values():
        assert not A_FIGURE.search(said["caption"]), "a figure is computed: name it in `facts`"


def keys(said) -> set[str]:
    """Return the keys of words at any depth."""
    if not isinstance(said, dict):
        return set()
    return {*said, *itertools.chain.from_iterable(map(keys, said.values()))}


@each
def test_every_word_is_asked_for(name):
    """By its key, which stands in the code, or names what a table, a row or a legend has."""
    said = words.chapter(find(name)().chapter).get("pictures", {}).get(name, {})
    own = {
        key: said[key] for key in {*said} - {"source", "note", "controls", "columns", "rows", "key"}
    }
    files = {Path(inspect.getfile(part)) for part in find(name).__mro__[:-1]}
    folders = {file.parent for file in files if file.stem == file.parent.name}
    files |= {file for folder in folders for file in folder.glob("*.py")}
    code = "".join(file.read_text(encoding="utf-8") for file in files)
    rows = set(data.load("weigher_pieces")["piece"])  # words for the rows of a table
    asked = {key for key in keys(own) if f'"{key}"' in code or f"'{key}'" in code or key in rows}
    assert [key for key in keys(own) - asked if not re.search(r"\d", key)] == []


# Controls --------------------------------------------------------------------------------------


@each
def test_the_panel_follows_presets_and_controls(name):
    explorer = made(name)
    start = explorer.presets[0].state
    assert list(explorer.controls()) == [field.name for field in fields(start)]
    panel = Panel(explorer, start)
    assert all(control.description for control in panel.inputs.values())
    assert "Tab" in explorer.intro, "how it is reached by keyboard"
    assert "data-lm-suppress-shortcuts" in panel.children[0].value, "keys are JupyterLab's"
    assert "nl-reading" in panel.reading._dom_classes
    panel.want_numbers.value = True

    def set_to() -> dict:
        return {field: control.value for field, control in panel.inputs.items()}

    for number, preset in enumerate(explorer.presets):
        panel.view.value = number
        assert panel.view.label == preset.name
        assert panel.state == preset.state
        assert set_to() == vars(preset.state)
        assert preset.caption in unescape(panel.note.value)
        assert "<table" in panel.numbers.value
        said = explorer.picture(preset.state).line
        assert re.search(r"\d", said) and len(said) < 440, said
        assert panel.reading.value == f"<p>{escape(said)}</p>"
    for field, control in panel.inputs.items():
        panel.go_to(start)
        value = extremes(control)[-1]
        control.value = value
        assert panel.state == explorer.normalise(replace(start, **{field: value}))
        assert set_to() == vars(panel.state)
        known = [preset.state for preset in explorer.presets]
        shown = panel.view.value
        assert shown == (known.index(panel.state) if panel.state in known else len(known))
    panel.go_to(explorer.presets[1].state)
    assert explorer.markup(panel.state) in panel.figure.value
    assert panel.figure.value.endswith(explorer.hands(panel.state))
    assert panel.aside.value == explorer.aside(panel.state)


def dots(panel: Panel) -> int:
    """Return how many dots wide the picture is that the panel sent last."""
    sent = re.search(r"base64,([^\"]+)", panel.figure.value)[1]
    return opened(base64.b64decode(sent)).width


def test_a_control_that_moves_gets_plain_pictures_and_one_fine_when_it_rests(monkeypatch):
    monkeypatch.setattr(base, "REST", 0)
    explorer, sent = made("debt"), []

    async def moved():
        panel = Panel(explorer, explorer.presets[0].state)
        assert dots(panel) == 1720, "the first picture is fine"
        panel.figure.observe(lambda _: sent.append(dots(panel)), "value")
        for last in (2015, 2016, 2017):
            panel.inputs["years"].value = (2005, last)
        assert sent == [860, 860, 860]
        panel.keep_button.click()
        kept = panel.kept.value
        for _ in range(3):
            await asyncio.sleep(0)
        assert sent == [860, 860, 860, 1720]
        assert kept and panel.kept.value == kept, "what was said stays when the picture sharpens"
        return panel

    panel = asyncio.run(moved())
    assert explorer.markup(panel.state) in panel.figure.value
    panel = Panel(explorer, explorer.presets[0].state)
    panel.inputs["years"].value = (2005, 2015)
    assert dots(panel) == 1720, "where no loop runs each picture is fine"


# Strips ----------------------------------------------------------------------------------------


@each
def test_a_strip_moves_one_control_of_the_explorer(name):
    explorer = made(name)
    strip, frames = explorer.strip, explorer.frames()
    assert 5 <= len(frames) == len(strip.positions) <= 20
    assert explorer.normalise(strip.begin) in frames.values()
    control = explorer.controls()[strip.control]
    for position, (said, state) in zip(strip.positions, frames.items(), strict=True):
        control.value = position  # which refuses what cannot be chosen
        assert state == explorer.normalise(replace(strip.begin, **{strip.control: control.value}))
        assert said == said_at(control, position) and len(said) < 60
        if hasattr(control, "label"):
            assert said == control.label


@one
def test_every_position_of_a_strip_shows_something_else_and_says_so(name):
    explorer = made(name)
    drawn = {state: explorer.picture(state) for state in explorer.frames().values()}
    for state, picture in drawn.items():
        assert re.search(r"\d", picture.line) and len(picture.line) < 520, picture.line
        assert 10 < len(picture.finding) < 140, picture.finding
        assert len(picture.alt.split()) >= 8 and not picture.table.empty
        assert_room(explorer, state)
    for part in ("png", "alt", "line"):
        assert len({getattr(picture, part) for picture in drawn.values()}) == len(drawn), part


def test_an_explorer_stands_where_it_was_left_when_its_cell_runs_again(monkeypatch):
    explorer, panels = made("trade"), []
    monkeypatch.setattr(base, "display", panels.append)
    monkeypatch.setattr(base, "_left", {})
    explorer.show()
    panels[-1].inputs["years"].value = (2001, 2012)
    find("trade")().show()
    assert panels[-1].state == panels[0].state != explorer.presets[0].state
    assert panels[-1].inputs["years"].value == (2001, 2012)
    assert panels[-1].view.label == base.MINE
    explorer.show(4)  # another place begins anew
    assert panels[-1].state == explorer.presets[4].state
    panels[1].again.click()
    assert panels[1].state == explorer.presets[0].state
    explorer.show()
    assert panels[-1].state == explorer.presets[0].state


def test_a_page_opened_the_next_day_says_what_to_do():
    panel = Panel(made("debt"), made("debt").presets[0].state)
    assert panel.go_on in panel.next_day()
    assert panel._repr_mimebundle_()["text/html"] == ""  # never "model not found"
