"""A chapter made anew, gone through with Shift + Enter on a laptop: what is shown is on the screen.

The fixture ``chapter`` goes through it. With ``SHOTS=folder`` it keeps a picture of each step.
"""

from tests.browser.reading import BOX, SHOWS
from tests.notebooks import ROOT, read


def test_each_chart_is_whole_on_the_screen_and_each_box_begins_there(chapter, walked):
    name = chapter.evaluate("() => window.jupyterapp.shell.currentWidget.context.path")
    cells, found = read(ROOT / name).cells, walked[name]
    charts = {cell.id for cell in cells if SHOWS.search(cell.source)}
    boxes = {cell.id for cell in cells if BOX.match(cell.source)}
    assert charts | boxes <= set(found)
    cut = {
        name: seen
        for name, seen in found.items()
        if seen["above"] < -1 or (name in charts and seen["below"] < 0)
    }
    assert cut == {}
