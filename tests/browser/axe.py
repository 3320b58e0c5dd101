"""Ask axe-core (tests/vendor) what stands in the way of somebody with a disability.

Version 4.14.1 (MPL-2.0) is kept there, one file without dependencies, to be replaced by hand.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from tests.browser.lab import still
from tests.notebooks import ROOT

AXE = ROOT / "tests" / "vendor" / "axe.min.js"
COLOURS = "color-contrast"
#: What may go wrong in a narrow window only: words are hidden, and what is wide begins to scroll.
NARROW = ("button-name", "link-name", "scrollable-region-focusable", "target-size")
GRAVE = ("serious", "critical")

#: Left out: the editor of a cell has no name, and numbers in it reach a contrast of 4.25 of 4.5.
EDITOR = ".cm-editor"
#: JupyterLab's own, by a class of the element: what it is, and why it is not for us to mend.
JUPYTERLABS_OWN = {
    "jp-WindowedPanel-viewport": "the list of cells is called a feed, but holds no articles",
    "jp-collapseHeadingButton": "the button that folds a section has no name",
    "jp-RenderedMarkdown": "text too wide for a narrow window scrolls by mouse or by caret only",
    "jp-RenderedHTML": "the same, for tables that pandas writes",
    "jp-RenderedText": "the same, for what is printed",
    "jp-OutputPrompt": "the number of a cell is pale in a narrow window, where it stands above",
}

#: Whether the theme that the page names is the one it wears, and no colour is still on its way.
THEMED = """() => {
    const {jpThemeName, jpThemeLight} = document.body.dataset;
    const ground = getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g);
    const moving = document.getAnimations().some(each => each instanceof CSSTransition);
    return Boolean(jpThemeName) && (ground[0] > 140) === (jpThemeLight === "true") && !moving;
}"""

#: Mark the first, the middle and the last of all texts that look alike: same colour, size and
#: weight on the same grounds. Contrast depends on nothing else, and takes most of axe's time.
CHOSEN = """([where, but]) => {
    const grounds = new Map([[null, ""]]), looks = new Map();
    const ground = part => {
        if (!grounds.has(part)) {
            const {backgroundColor, backgroundImage, opacity, filter, position} =
                getComputedStyle(part);
            const clear = /^rgba.*, 0\\)$/.test(backgroundColor) && backgroundImage === "none";
            const own = clear && opacity === "1" && filter === "none"
                && /static|relative/.test(position);
            const said = [backgroundColor, backgroundImage, opacity, filter, position].join();
            grounds.set(part, ground(part.parentElement) + (own ? "" : `/${said}`));
        }
        return grounds.get(part);
    };
    document.querySelectorAll("[data-chosen]").forEach(part => delete part.dataset.chosen);
    for (const part of document.querySelectorAll(`:is(${where}) *`)) {
        const says = [...part.childNodes].some(one => one.nodeType === 3 && one.data.trim())
            || part.matches("input, select, textarea");
        if (!says || part.closest(but) || !part.checkVisibility({visibilityProperty: true}))
            continue;
        const {color, fontSize, fontWeight, textShadow} = getComputedStyle(part);
        const look = [part.localName, color, fontSize, fontWeight, textShadow, ground(part)].join();
        looks.set(look, [...looks.get(look) ?? [], part]);
    }
    for (const alike of looks.values())
        for (const part of [alike[0], alike[alike.length >> 1], alike.at(-1)])
            part.dataset.chosen = "";
}"""

#: How tall a window has to be, so that no cell lies below the notebook, on the window's ground.
HEIGHT = """() => Math.ceil(
    document.querySelector(".jp-WindowedPanel-inner").getBoundingClientRect().bottom) + 100"""


class Finding(NamedTuple):
    """One thing that one rule of axe complains about."""

    rule: str
    impact: str
    where: str
    markup: str
    why: str
    classes: list[str]

    @property
    def jupyterlabs_own(self) -> bool:
        """Return whether JupyterLab makes this element, and we only stand inside it."""
        return any(name in JUPYTERLABS_OWN for name in self.classes)


@contextmanager
def laid_out(page) -> Iterator[None]:
    """Show the whole notebook without scrolling: axe judges the colours of what is in view."""
    before = page.viewport_size
    page.evaluate(
        """() => {
            const style = document.createElement("style");
            style.id = "laid-out";
            style.textContent = "body {width: 100vw; height: 100vh}"
                + "body, body * {overflow: visible !important}"
                // the last cells would lie over it, and be judged on its ground
                + "#jp-bottom-panel, #jp-main-statusbar {display: none !important}";
            document.head.append(style);
        }"""
    )
    try:
        # a cell that was not in view is not as tall as JupyterLab guessed
        while (height := still(page, HEIGHT)) > page.viewport_size["height"]:
            page.set_viewport_size({"width": before["width"], "height": height + 1000})
        yield
    finally:
        page.evaluate("() => document.querySelector('#laid-out').remove()")
        page.set_viewport_size(before)


def wait_for_theme(page) -> None:
    """Wait until JupyterLab's theme is applied: its style sheet comes after the page."""
    page.wait_for_function(THEMED)


def colours(page) -> list[Finding]:
    """Return where a text and what lies behind it are too much alike."""
    with laid_out(page):
        wait_for_theme(page)
        return findings(page, {"runOnly": [COLOURS]})


def structure(page) -> list[Finding]:
    """Return what axe finds by all its other rules."""
    return findings(page, {"rules": {COLOURS: {"enabled": False}}})


def narrow(page) -> list[Finding]:
    """Return what axe finds by the rules that a window's width may break."""
    return findings(page, {"runOnly": NARROW})


def findings(page, options: dict, where: str = ".jp-Notebook") -> list[Finding]:
    """Return what axe finds in the notebook in front, or in another part of a page."""
    prepare(page, where, EDITOR)
    found = page.evaluate(
        """async ([where, editor, options]) => {
            const {violations} = await axe.run({include: where, exclude: editor}, options);
            return violations.flatMap(({id, impact, nodes}) => nodes.map(node => [
                id, impact, node.target.flat().join(" > "), node.html.slice(0, 300),
                node.failureSummary.slice(0, 300), [...node.element?.classList ?? []]]));
        }""",
        [where, EDITOR, options | {"resultTypes": ["violations"], "elementRef": True}],
    )
    return [Finding(*each) for each in found]


def prepare(page, where: str = "html", but: str = "none") -> None:
    """Put axe onto the page and choose the texts whose colours it judges; now, as they look now.

    It judges those of each look in ``where``, but not in ``but`` (CSS selectors).
    """
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    page.evaluate(CHOSEN, [where, but])
    page.evaluate(
        """rule => axe.configure({rules: [{id: rule, selector: "[data-chosen]"}]})""", COLOURS
    )


def ours(found: list[Finding]) -> list[Finding]:
    """Return the serious and critical findings of our own making."""
    return [each for each in found if each.impact in GRAVE and not each.jupyterlabs_own]
