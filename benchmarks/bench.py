"""Measure what a user waits for, next to what they would use instead, in one run.

``make bench`` prints the figures and writes them to RESULTS.md beside this file. These are
measurements, not tests: nothing fails because a machine is slow.
"""

import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import cycle, islice
from pathlib import Path

import matplotlib as mpl
import nbformat
from nbclient import NotebookClient

from benchmarks import browser, chapters, fresh, grading, lite, strips
from courseware import article, claims, data
from courseware.explorers.base import Panel
from no_limits.explorers import (
    REGISTRY,
    argument_map,
    border_ruler,
    debt,
    evidence_weigher,
    find,
    silk_roads,
    state_panels,
    timeline,
    trade,
)

ROOT = Path(__file__).resolve().parents[1]
RESULTS = fresh.RESULTS
KEPT = (lite.TITLE, "## A class on a hub", fresh.TITLE)  # what other commands write
REDRAWS = 60
RUNS = 3

#: A walk through each explorer's states, as a hand on its most used controls would make them.
WALKS: dict[str, Callable[[], Iterator]] = {}


def walk(explorer: str) -> Callable:
    """Register a generator of states for ``explorer``."""

    def register(states: Callable[[], Iterator]) -> Callable:
        WALKS[explorer] = states
        return states

    return register


@walk("trade")
def trade_states() -> Iterator:
    """Drag the first year, the base year of an index and two shares; flip every other control."""
    start = trade.TradeState()
    yield from (replace(start, years=(year, 2025)) for year in range(1992, 2012))
    yield from (replace(start, scale=trade.INDEX, base=year) for year in range(2001, 2020))
    for flow in trade.FLOWS:
        for who in (trade.EVERYONE, trade.CHINA, trade.RUSSIA):
            yield replace(start, flow=flow, who=who)
            yield replace(start, flow=flow, who=who, scale=trade.LOG, constant=True)
    shares = trade.TradeState(trade.RUSSIA_SELLS, **trade.TWO)
    yield from (replace(shares, years=(year, trade.LAST_LIST)) for year in range(1992, 2012))


@walk("argument_map")
def map_states() -> Iterator:
    """Choose claims on the map of all 84, in two colourings, and take some away."""
    start = argument_map.MapState(scope=argument_map.EVERYTHING)
    ids = list(claims.register())
    yield from (replace(start, selected=claim) for claim in ids[::5])
    yield from (replace(start, selected=c, colour=argument_map.BY_SOURCE) for c in ids[2::5])
    yield from (replace(start, removed=claim) for claim in ids[4::5])


@walk("debt")
def debt_states() -> Iterator:
    """Drag the first year of a bathtub, then go through states, measures and units."""
    start = debt.DebtState(years=(2000, 2025), later=True)
    yield from (replace(start, years=(year, 2025)) for year in range(2000, 2016))
    for who in (*article.members("five"), debt.ALL):
        for unit in debt.UNITS:
            yield replace(start, who=who, unit=unit)
            yield replace(start, who=who, unit=unit, what=debt.PAID)


@walk("silk_roads")
def silk_road_states() -> Iterator:
    """Go through the routes in each window, flip the layers, then change the projection."""
    start = silk_roads.SilkRoadsState()
    for window in silk_roads.WINDOWS:
        yield from (replace(start, route=key, window=window) for key in silk_roads.OUR_ROUTES)
        yield from (
            replace(start, window=window, **{layer: on})
            for layer in ("gas", "oil", "idle", "cities", "roads", "straight")
            for on in (True, False)
        )
    yield from (replace(start, projection=name) for name in (silk_roads.PLATE, silk_roads.MERCATOR))


@walk("border_ruler")
def border_states() -> Iterator:
    """Go through the lines on each stretch, then open and close the dividers on two of them."""
    start = border_ruler.BorderState()
    names = list(border_ruler.drawn_lines())
    for place in border_ruler.PLACES:
        yield from (replace(start, line=name, place=place) for name in names)
    for name in (names[2], names[6]):
        yield from (replace(start, line=name, ruler=step) for step in border_ruler.RULERS)


@walk("timeline")
def timeline_states() -> Iterator:
    """Step through the events, near and from afar; drag the first year; change actors."""
    start = timeline.TimelineState()
    near = replace(start, zoom=timeline.HALF_A_YEAR)
    steps = [f"T{number:02d}" for number in range(33, 53)]
    yield from (replace(near, event=event) for event in steps)
    yield from (replace(start, years=(2020, 2026), event=event) for event in steps)
    yield from (replace(start, years=(year, 2026)) for year in range(1991, 2020, 2))
    yield from (replace(start, who=who) for who in timeline.who())


@walk("evidence_weigher")
def weigher_states() -> Iterator:
    """Drag the prior, then read one piece after the other, each way, and flip the switches."""
    start = evidence_weigher.WeigherState()
    yield from (replace(start, prior=prior) for prior in range(5, 100, 5))
    for step in (1, -1):
        for count in range(1, len(start.t1) + 1):
            read = (step,) * count + start.t1[count:]
            yield replace(start, t1=read)
            yield replace(start, t1=read, once=False, later=True)


@walk("state_panels")
def panel_states() -> Iterator:
    """Go through the five states."""
    yield from map(state_panels.PanelsState, article.members("five"))


def timed(call: Callable, times: list) -> None:
    """Append the milliseconds that ``call`` takes to ``times``."""
    start = time.perf_counter()
    call()
    times.append((time.perf_counter() - start) * 1000)


def row(name: str, times: list[float]) -> str:
    """Return one Markdown table row: median and 95th percentile in milliseconds."""
    ordered = sorted(times)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return f"| {name} | {len(times)} | {statistics.median(times):.1f} | {p95:.1f} |"


def repeated(states: Iterator) -> list:
    """Return exactly ``REDRAWS`` states, going round as often as needed."""
    return list(islice(cycle(states), REDRAWS))


def with_panel(name: str) -> list[float]:
    """Return the times of one control change each: state in, new picture in the widget."""
    states = repeated(WALKS[name]())
    panel = Panel(find(name)(), states[0])
    times: list[float] = []
    for state in states:
        timed(partial(panel.go_to, state), times)
    return times


def with_interact(name: str) -> list[float]:
    """Return the times of the same changes as ``ipywidgets.interact`` draws them.

    ``interact`` calls a function on each change: it makes a new pyplot figure, draws the same
    artists on it and lets the inline backend turn it into a PNG.
    """
    from IPython.core.pylabtools import print_figure

    mpl.use("agg")
    import matplotlib.pyplot as plt

    explorer = find(name)()

    def draw(state) -> None:
        state = explorer.normalise(state)
        fig = plt.figure(figsize=explorer.size)
        explorer.build(fig)
        content = explorer.content(state)
        explorer.lay_out(explorer.frame(state, content), state, content)
        explorer.update(state, content)
        print_figure(fig, fmt="png")
        plt.close(fig)

    times: list[float] = []
    for state in repeated(WALKS[name]()):
        timed(partial(draw, state), times)
    return times


def run(notebook: nbformat.NotebookNode, folder: Path) -> None:
    """Execute a notebook in a fresh kernel with an empty journal."""
    with tempfile.TemporaryDirectory() as journal:
        client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": folder}})
        client.execute(env=os.environ | {"NO_LIMITS_JOURNAL": journal})


def floor_of(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the notebook reduced to its import cell: kernel start and imports, no more."""
    cells = [c for c in notebook.cells if c.id.endswith("-setup")]
    return nbformat.v4.new_notebook(cells=cells, metadata=notebook.metadata)


def notebooks() -> list[str]:
    """Return a table: each chapter's run, from kernel start to last cell, against its floor."""
    rows = ["| chapter | floor, s | whole run, s | ratio |", "|---|---|---|---|"]
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        whole, floor = [], []
        for _ in range(RUNS):
            notebook = nbformat.read(path, as_version=4)
            timed(partial(run, floor_of(notebook), path.parent), floor)
            timed(partial(run, notebook, path.parent), whole)
        low, high = statistics.median(floor) / 1000, statistics.median(whole) / 1000
        rows.append(f"| {path.stem} | {low:.2f} | {high:.2f} | {high / low:.2f} |")
    return rows


def loading() -> list[str]:
    """Return a table: loading tables, checksum included, against pandas or geopandas alone."""
    import geopandas as gpd
    import pandas as pd

    entries = sorted(data.package()["resources"], key=lambda entry: entry["bytes"])
    largest = {kind: [e for e in entries if e["format"] == kind][-1] for kind in ("csv", "geojson")}
    beside = {"csv": "`pandas.read_csv`", "geojson": "`geopandas.read_file`"}
    rows = ["| what | runs | median, ms | p95, ms |", "|---|---|---|---|"]
    for kind, entry in largest.items():
        path = data.root() / entry["path"]
        plain = {"csv": pd.read_csv, "geojson": gpd.read_file}[kind]
        ours, theirs = [], []
        data.load(entry["name"])  # the first time pays for imports
        for _ in range(20):
            timed(partial(data.load, entry["name"]), ours)
            timed(partial(plain, path), theirs)
        label = f"{entry['name']} ({entry['bytes'] / 1000:.0f} kB)"
        rows += [row(f"`data.load` {label}", ours), row(f"{beside[kind]} {label}", theirs)]
    return rows


def redraws() -> list[str]:
    """Return a table: each explorer's redraw beside the same changes under ``interact``."""
    rows = [
        "| explorer | redraws | median, ms | p95, ms | `interact`, median, ms | times faster |",
        "|---|---|---|---|---|---|",
    ]
    for name in REGISTRY:
        ours, theirs = with_panel(name), statistics.median(with_interact(name))
        ratio = theirs / statistics.median(ours)
        rows.append(f"{row(find(name)().title.split(':')[0], ours)} {theirs:.1f} | {ratio:.1f} |")
    return rows


def machine() -> str:
    """Return a line that describes this machine and the versions in use."""
    import ipywidgets
    import pandas as pd

    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, pandas {pd.__version__}, "
        f"matplotlib {mpl.__version__}, ipywidgets {ipywidgets.__version__}; "
        f"{time.strftime('%Y-%m-%d')}"
    )


def main() -> int:
    """Measure everything, print it and write RESULTS.md."""
    sections = {
        "Redraw of an explorer, in the kernel": redraws,
        "Running a chapter": notebooks,
        "Loading a table": loading,
    }
    text = ["# Benchmarks", "", "Made by `make bench`, all in one run.", "", machine(), ""]
    for title, measure in sections.items():
        text += [f"## {title}", "", *measure(), ""]
        print("\n".join(text[-20:]), flush=True)
    for measure in (browser.sections, strips.sections, chapters.sections, grading.sections):
        lines = measure()
        print("\n".join(lines), flush=True)
        text += lines
    before = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
    text += [fresh.section(before, title) for title in KEPT]
    RESULTS.write_text("\n".join(text).rstrip() + "\n", encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
