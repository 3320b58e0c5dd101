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
from pathlib import Path

import matplotlib as mpl
import nbformat
from nbclient import NotebookClient

from courseware import data
from courseware.explorers import trade
from courseware.explorers.base import Explorer, Panel

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).with_name("RESULTS.md")
REDRAWS = 60
RUNS = 3

#: A walk through each explorer's states, as a hand on its most used controls would make them.
WALKS: dict[type[Explorer], Callable[[], Iterator]] = {}


def walk(explorer: type[Explorer]) -> Callable:
    """Register a generator of states for ``explorer``."""

    def register(states: Callable[[], Iterator]) -> Callable:
        WALKS[explorer] = states
        return states

    return register


@walk(trade.TradeExplorer)
def trade_states() -> Iterator:
    """Drag the first year, then the base year of an index; then flip every other control."""
    start = trade.TradeState()
    yield from (replace(start, years=(year, 2025)) for year in range(1992, 2012))
    yield from (replace(start, scale=trade.INDEX, base=year) for year in range(2001, 2020))
    for flow in trade.FLOWS:
        for who in (trade.EVERYONE, trade.CHINA, trade.RUSSIA):
            yield replace(start, flow=flow, who=who)
            yield replace(start, flow=flow, who=who, scale=trade.LOG, constant=True)


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


def in_kernel_redraw(explorer_class: type[Explorer]) -> list[float]:
    """Return the times of one control change each: state in, new picture in the widget."""
    states = list(WALKS[explorer_class]())
    panel = Panel(explorer_class(), states[0])
    times: list[float] = []
    for state in (states * (REDRAWS // len(states) + 1))[:REDRAWS]:
        timed(partial(panel.go_to, state), times)
    return times


def with_interact() -> list[float]:
    """Return the times of the trade chart redrawn as ``ipywidgets.interact`` does it.

    ``interact`` calls a function on each change: it makes a new pyplot figure, plots the same
    lines with the same labels and lets the inline backend turn it into a PNG.
    """
    from IPython.core.pylabtools import print_figure

    mpl.use("agg")
    import matplotlib.pyplot as plt

    explorer = trade.TradeExplorer()

    def draw(state: trade.TradeState) -> bytes:
        fig, ax = plt.subplots(figsize=trade.TradeExplorer.size)
        for line, series in explorer.content(state).items():
            ax.plot(series.index, series, label=line)
        ax.set_yscale("log" if state.scale == trade.LOG else "linear")
        ax.set_title(explorer.unit(state))
        ax.legend()
        content = print_figure(fig, fmt="png")
        plt.close(fig)
        return content

    times: list[float] = []
    states = list(trade_states())
    for state in (states * (REDRAWS // len(states) + 1))[:REDRAWS]:
        timed(partial(draw, explorer.normalise(state)), times)
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
    rows = ["| what | runs | median, ms | p95, ms |", "|---|---|---|---|"]
    for kind, entry in largest.items():
        path = data.root() / entry["path"]
        plain = {"csv": pd.read_csv, "geojson": gpd.read_file}[kind]
        ours, theirs = [], []
        for _ in range(20):
            timed(partial(data.load, entry["name"]), ours)
            timed(partial(plain, path), theirs)
        label = f"{entry['name']} ({entry['bytes'] / 1000:.0f} kB)"
        rows += [row(f"`data.load` {label}", ours), row(f"{plain.__name__} {label}", theirs)]
    return rows


def redraws() -> list[str]:
    """Return a table: each explorer's redraw, and the trade chart under ``interact``."""
    rows = ["| what | redraws | median, ms | p95, ms |", "|---|---|---|---|"]
    for explorer_class in WALKS:
        rows.append(row(explorer_class.title.split(":")[0], in_kernel_redraw(explorer_class)))
    rows.append(row("the trade chart by `ipywidgets.interact`", with_interact()))
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
    RESULTS.write_text("\n".join(text).rstrip() + "\n", encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
