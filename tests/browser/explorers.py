"""Drive an explorer by keyboard, beside a twin of it in Python that says what should be seen."""

import base64
import time

from coursestaff.chapters import own_name
from courseware.explorers.base import Panel
from no_limits.explorers import find
from tests.notebooks import NOTEBOOKS

#: How wide an explorer's picture is at least, in pixels of the page, where a notebook has the
#: whole of a laptop's 1366 pixels and the picture stands beside its controls (measured: 864, and
#: 834 beside the evidence weigher's). What is written in a picture is read at this width.
SHOWN = 834
LEAST = 12  # pixels of the page, of the smallest letters

#: What has the focus: which part of the column of controls it is in, and what the control is.
FOCUSED = """panel => {
    const it = document.activeElement;
    if (!panel.contains(it)) return null;
    const parts = [...panel.querySelector(".nl-controls").children];
    const part = parts.findIndex(part => part.contains(it));
    const among = [...parts[part]?.querySelectorAll("select, .widget-radio") ?? []];
    const group = it.type === "radio" ? it.closest(".widget-radio") : null;
    const radios = [...group?.querySelectorAll("input") ?? []];
    const box = it.getBoundingClientRect(), around = panel.getBoundingClientRect();
    return {
        part, piece: among.indexOf(group ?? it),
        left: box.left - around.left, top: box.top - around.top, bottom: box.bottom - around.top,
        tag: it.tagName.toLowerCase(), role: it.getAttribute("role"), type: it.type ?? "",
        several: it.multiple ?? false, upper: it.matches(".noUi-handle-upper"),
        index: group ? radios.indexOf(it) : it.selectedIndex ?? -1,
        length: group ? radios.length : it.options?.length ?? 0,
        now: Number(it.getAttribute("aria-valuenow")),
        max: Number(it.getAttribute("aria-valuemax")),
        text: it.textContent,
    };
}"""
#: What the control in front now holds.
HELD = """panel => {
    const it = document.activeElement;
    const handles = it.closest(".noUi-base")?.querySelectorAll("[role=slider]") ?? [];
    const radios = [...it.closest(".widget-radio")?.querySelectorAll("input") ?? []];
    return {
        chosen: radios.length ? [radios.indexOf(it)]
            : [...it.selectedOptions ?? []].map(option => option.index),
        checked: it.checked ?? false,
        numbers: [...handles].map(one => Math.round(Number(one.getAttribute("aria-valuenow")))),
    };
}"""
KERNEL = """() => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel;
    return {kernel: kernel?.status, connection: kernel?.connectionStatus};
}"""
#: The column of controls in `courseware.explorers.base.Panel`: the views, a note, the inputs.
VIEWS, FIRST_INPUT = 0, 2


def notebook(name: str) -> str:
    """Return the name of the first chapter, or companion, that shows an explorer."""
    return next(
        own_name(path)
        for path in NOTEBOOKS
        if f"{find(name).__name__}(" in path.read_text(encoding="utf-8")
    )


class Driver:
    """An explorer on the page and its twin."""

    def __init__(self, page, name: str) -> None:
        """Find the explorer called ``name`` on ``page`` and make a twin of it."""
        self.page = page
        self.explorer = find(name)()
        heading = page.get_by_role("heading", name=self.explorer.title, exact=True)
        self.panel = page.locator(".widget-vbox", has=heading).last
        self.picture = self.panel.locator("figure img")
        self.twin = Panel(self.explorer, self.explorer.presets[0].state)
        self.views = [preset.name for preset in self.explorer.presets]
        self.one_menu = len(self.twin.inputs) == 1  # which has the views itself
        self.reached: set[str] = set(self.twin.inputs) if self.one_menu else set()

    def enter(self) -> None:
        """Put the focus on the first control."""
        first = self.panel.get_by_role("combobox").first
        first.scroll_into_view_if_needed()
        first.focus()

    def focused(self) -> dict | None:
        """Return what has the focus, or None if that is outside."""
        found = self.panel.evaluate(FOCUSED)
        if found is not None:
            found["field"] = found["part"] - FIRST_INPUT + self.one_menu
            found["is_input"] = 0 <= found["field"] < len(self.twin.inputs)
        return found

    def through_the_views(self) -> None:
        """Go with the arrow keys from the first view to the last; each shows the twin's picture."""
        self.page.keyboard.press("Home")
        for number, name in enumerate(self.views):
            if number:
                self.page.keyboard.press("ArrowDown")
            self.twin.view.value = number
            assert self.follows(), f"not the twin's picture of {name!r}"
            self.reached.add(name)

    def show(self, name: str) -> None:
        """Choose a view by its name."""
        self.panel.get_by_role("combobox").first.select_option(value=name)

    def follows(self, seconds: float = 30) -> bool:
        """Wait until the page shows the twin's picture at rest; return whether it does."""
        drawn = self.explorer.picture(self.twin.state).png
        expected = f"data:image/png;base64,{base64.b64encode(drawn).decode('ascii')}"
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.picture.get_attribute("src") == expected:
                return True
            self.page.wait_for_timeout(10)
        return False

    def shown(self) -> dict:
        """Return what is on the page instead, and how its kernel is, for who reads a failure."""
        kernel = self.page.evaluate(KERNEL)
        view = self.panel.get_by_role("combobox").first.locator("option:checked").inner_text()
        return kernel | {"view": view, "dots": self.picture.evaluate("it => it.naturalWidth")}

    def use(self, control: dict) -> None:
        """Change the control in front with one key, and the twin in the same way."""
        if control["part"] == VIEWS or self.one_menu:
            self.through_the_views()
        elif control["is_input"] and control["role"] != "textbox":
            self.page.keyboard.press(self._key(control))
            self._follow(control)

    def _key(self, control: dict) -> str:
        if control["type"] == "checkbox":
            return "Space"
        if control["role"] == "slider":
            return "ArrowLeft" if control["now"] >= control["max"] else "ArrowRight"
        return "ArrowUp" if control["index"] == control["length"] - 1 else "ArrowDown"

    def _follow(self, control: dict) -> None:
        """Give the twin's control the value that the one on the page has now."""
        held = self.panel.evaluate(HELD)
        name, twin = list(self.twin.inputs.items())[control["field"]]
        self.reached.add(name + (" to" if control["upper"] else ""))
        if hasattr(twin, "choices"):
            self.reached.add(f"{name} {control['piece']}")
            twin = twin.choices[control["piece"]]
        if control["role"] == "slider":
            numbers = tuple(held["numbers"])
            twin.value = numbers if isinstance(twin.value, tuple) else numbers[0]
        elif control["several"]:
            twin.index = tuple(held["chosen"])
        elif control["type"] == "checkbox":
            twin.value = held["checked"]
        else:
            twin.index = held["chosen"][0]

    def all_controls(self) -> set[str]:
        """Return a name for each preset, each control, each handle and each list of a group."""
        names = set(self.views) | set(self.twin.inputs)
        for name, control in self.twin.inputs.items():
            if hasattr(control, "choices"):
                names |= {f"{name} {number}" for number in range(len(control.choices))}
            elif isinstance(control.value, tuple) and hasattr(control, "min"):
                names.add(f"{name} to")
        return names
