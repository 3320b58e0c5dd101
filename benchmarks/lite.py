"""Measure what a reader waits for where the whole course runs in the browser.

``python -m benchmarks.lite SITE`` serves a site that ``start.py lite --self-hosted`` has built,
opens chapter 00 in Chromium, runs it, and puts the figures into a section of RESULTS.md.
"""

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

from benchmarks import fresh
from coursestaff.publishing.lite import distribution
from tests.browser import lab
from tests.browser.reading import LAPTOP

TITLE = "## In a browser, with nothing installed"
CHAPTER = "lab/index.html?path=notebooks/00_chapter_start_here.ipynb"
PATIENCE = 300_000  # milliseconds
PANEL = "window.jupyterapp?.shell.currentWidget"
#: Since the address was opened: when the notebook is seen, the kernel answers, the first cell has
#: run, and the first chart is there.
MOMENTS = {
    "notebook": f"() => {PANEL}?.context?.isReady",
    "kernel": f"() => {PANEL}?.sessionContext?.session?.kernel?.status === 'idle'",
    "first cell": f"""() => {PANEL}.content.widgets.some(
        cell => cell.model.id === "00-setup" && cell.model.executionCount)""",
    "first chart": """() => document.querySelector(
        ".jp-OutputArea img[src^='data:image/png'], .jp-OutputArea img[src^='data:image/svg']")""",
}
ONCE = (
    "Each row is one run. No network's time is in it, so *Get ready* saves only what the server on "
    "the same machine takes to send the files. Larger differences come from other work of the "
    "machine."
)
FONTS = """
import time
from matplotlib import font_manager
start = time.time()
font_manager._load_fontmanager(try_read_cache=False)
print(time.time() - start)
"""
RUN = """async code => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const asked = kernel.requestExecute({code}), said = [];
    asked.onIOPub = message => said.push(message.content.text ?? "");
    await asked.done;
    return said.join("");
}"""


class Counting(SimpleHTTPRequestHandler):
    """Serves files, and counts the bytes of those that are sent."""

    sent = 0

    def copyfile(self, source, outputfile) -> None:
        """Send a file."""
        Counting.sent += os.fstat(source.fileno()).st_size
        super().copyfile(source, outputfile)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve a folder; yield its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Counting, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()


@contextmanager
def browser(playwright, profile: str) -> Iterator[tuple[BrowserContext, Page]]:
    """Open Chromium with what it keeps in ``profile``."""
    context = playwright.chromium.launch_persistent_context(
        profile, executable_path=lab.CHROMIUM, args=lab.FLAGS, viewport=LAPTOP
    )
    context.set_default_timeout(PATIENCE)
    try:
        yield context, context.new_page()
    finally:
        context.close()


def opened(page: Page, address: str, profile: str) -> dict[str, float]:
    """Open chapter 00, run it as soon as its kernel answers, and return the figures."""
    Counting.sent, start, found = 0, time.monotonic(), {}
    page.goto(address + CHAPTER)
    for moment, seen in MOMENTS.items():
        page.wait_for_function(seen)
        found[moment] = time.monotonic() - start
        if moment == "kernel":
            run = "window.jupyterapp.commands.execute('notebook:run-all-cells')"
            page.evaluate(f"() => {{ {run}; }}")
    return found | {"MB sent": Counting.sent / 1e6, "MB of memory": memory(profile)}


def memory(profile: str) -> float:
    """Return the memory of the largest page of the browser that has this profile, in MB."""
    parents, sizes, roots = {}, {}, []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            status = dict(
                line.split(":", 1) for line in (process / "status").read_text().splitlines()
            )
            command = (process / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        number = int(process.name)
        parents[number] = int(status["PPid"])
        if f"--user-data-dir={profile}" in command and "--type=" not in command:
            roots.append(number)
        if "--type=renderer" in command and "VmRSS" in status:
            sizes[number] = int(status["VmRSS"].split()[0]) / 1e3

    def is_ours(number: int) -> bool:
        return number in roots or (number in parents and is_ours(parents[number]))

    return max(size for number, size in sizes.items() if is_ours(number))


def measured(site: Path) -> list[str]:
    """Return the section of RESULTS.md."""
    rows = {}
    with sync_playwright() as playwright, served(site) as address:
        with tempfile.TemporaryDirectory() as profile:
            with browser(playwright, profile) as (_, page):
                rows["the first time"] = opened(page, address, profile)
                fonts = float(page.evaluate(RUN, FONTS).split()[-1])
            with browser(playwright, profile) as (_, page):
                rows["the next time"] = opened(page, address, profile)
        with tempfile.TemporaryDirectory() as profile, browser(playwright, profile) as (_, page):
            page.goto(address)
            page.get_by_role("button", name="Get ready").click()
            page.get_by_text("Python is here").wait_for()
            rows["after *Get ready*"] = opened(page, address, profile)
    columns = [*MOMENTS, "MB sent", "MB of memory"]
    lines = [TITLE, "", about(site), "", f"| chapter 00 | {' | '.join(columns)} |"]
    lines.append("|---" * (len(columns) + 1) + "|")
    for name, figures in rows.items():
        lines.append(f"| {name} | {' | '.join(f'{figures[column]:.1f}' for column in columns)} |")
    lines += ["", ONCE, ""]
    lines.append(f"Of the first chart, {fonts:.1f} s go to listing the fonts anew in each kernel.")
    return lines


def about(site: Path) -> str:
    """Say what was measured, and on what."""
    lock = json.loads((site / "pyodide" / "pyodide-lock.json").read_text(encoding="utf-8"))
    named = (f"{name} {lock['packages'][name]['version']}" for name in ("pandas", "matplotlib"))
    python, pinned = lock["info"]["python"], distribution.pinned()["info"]["python"]
    other = f"This is **not** the release that the course pins (Python {pinned}). "
    return (
        "Made by `python -m benchmarks.lite`. Seconds since the address was opened, with the "
        "server on the same machine, so that no network's time is in them; the cells run from the "
        f"moment in which the kernel answers. Python {python} with {', '.join(named)}. "
        f"{other if python != pinned else ''}{os.cpu_count()} cores, shared with other work (load "
        f"{os.getloadavg()[0]:.0f}). Memory is that of the page with its Python."
    )


def main() -> int:
    """Measure, print, and write the section; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("site", type=Path)
    lines = measured(parser.parse_args().site.resolve())
    print("\n".join(lines))
    text = fresh.RESULTS.read_text(encoding="utf-8")
    text = text.replace(fresh.section(text, TITLE), "").rstrip() + "\n\n" + "\n".join(lines) + "\n"
    fresh.RESULTS.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
