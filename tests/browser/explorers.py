"""Drive an explorer by keyboard, beside a twin of it in Python that says what should be seen."""

import re
import time

from courseware.explorers import (
    argument_map,
    border_ruler,
    claim_explorer,
    debt,
    dependence,
    evidence_weigher,
    participation,
    silk_roads,
    state_dashboard,
    timeline,
    trade,
    un_voting,
)
from courseware.explorers.base import Explorer, Panel

#: Each explorer and the chapter it stands in.
EXPLORERS: dict[type[Explorer], str] = {
    argument_map.ArgumentMap: "01_the_argument",
    claim_explorer.ClaimExplorer: "01_the_argument",
    trade.TradeExplorer: "02_the_trade_lifeline",
    dependence.DependenceExplorer: "03_friends_or_partners",
    un_voting.UNVotingExplorer: "03_friends_or_partners",
    timeline.TimelineExplorer: "04_the_xian_summit",
    silk_roads.SilkRoadsExplorer: "05_silk_roads_then_and_now",
    participation.ParticipationExplorer: "06_the_belt_and_road_at_ten",
    debt.DebtExplorer: "06_the_belt_and_road_at_ten",
    border_ruler.BorderRuler: "07_kazakhstans_long_border",
    state_dashboard.StateDashboard: "08_five_states_between_two_powers",
    evidence_weigher.EvidenceWeigher: "09_the_verdict",
}
PICTURE = re.compile(r'<img src="(data:image/png;base64,[^"]+)"')

#: What has the focus: which row of the panel, which control in it, and what the control is.
FOCUSED = """panel => {
    const it = document.activeElement;
    if (!panel.contains(it)) return null;
    const rows = [...panel.children];
    const row = rows.findIndex(part => part.contains(it));
    const field = [...rows[row].children].findIndex(part => part.contains(it));
    const among = [...rows[row].children[field]?.querySelectorAll("select") ?? []];
    const box = it.getBoundingClientRect(), around = panel.getBoundingClientRect();
    return {
        row, field, piece: among.indexOf(it),
        left: box.left - around.left, top: box.top - around.top, bottom: box.bottom - around.top,
        tag: it.tagName.toLowerCase(), role: it.getAttribute("role"), type: it.type ?? "",
        several: it.multiple ?? false, upper: it.matches(".noUi-handle-upper"),
        index: it.selectedIndex ?? -1, length: it.options?.length ?? 0,
        now: Number(it.getAttribute("aria-valuenow")),
        max: Number(it.getAttribute("aria-valuemax")),
        text: it.textContent,
    };
}"""
#: What the control in front now holds.
HELD = """panel => {
    const it = document.activeElement;
    const handles = it.closest(".noUi-base")?.querySelectorAll("[role=slider]") ?? [];
    return {
        chosen: [...it.selectedOptions ?? []].map(option => option.index),
        checked: it.checked ?? false, text: it.value ?? "",
        numbers: [...handles].map(one => Math.round(Number(one.getAttribute("aria-valuenow")))),
    };
}"""
#: The rows of `courseware.explorers.base.Panel`.
PRESETS, INPUTS, BELOW = 1, 2, 6


class Driver:
    """An explorer on the page and its twin."""

    def __init__(self, page, explorer_class: type[Explorer]) -> None:
        """Find the explorer on ``page`` and make a twin of it."""
        self.page = page
        heading = page.get_by_role("heading", name=explorer_class.title, exact=True)
        self.panel = page.locator(".widget-vbox", has=heading).last
        self.picture = self.panel.locator("figure img")
        explorer = explorer_class()
        self.twin = Panel(explorer, explorer.presets[0].state)
        self.presses = {button.description: button for button in self.twin.preset_buttons}
        self.reached: set[str] = set()

    def enter(self) -> None:
        """Put the focus on the first control."""
        first = self.panel.get_by_role("button").first
        first.scroll_into_view_if_needed()
        first.focus()

    def focused(self) -> dict | None:
        """Return what has the focus, or None if that is outside."""
        return self.panel.evaluate(FOCUSED)

    def follows(self, seconds: float = 15) -> bool:
        """Wait until the page shows the twin's picture; return whether it does."""
        expected = PICTURE.search(self.twin.figure.value)[1]
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.picture.get_attribute("src") == expected:
                return True
            self.page.wait_for_timeout(10)
        return False

    def use(self, control: dict) -> None:
        """Change the control in front with one key, and the twin in the same way."""
        if control["row"] == PRESETS:
            self.page.keyboard.press("Enter")
            self.presses[control["text"]].click()
            self.reached.add(control["text"])
        elif control["row"] == INPUTS and control["role"] != "textbox":
            self.page.keyboard.press(self._key(control))
            if control["type"] == "text":
                self.page.keyboard.type("Russia\n")
            self._follow(control)

    def _key(self, control: dict) -> str:
        if control["type"] == "checkbox":
            return "Space"
        if control["role"] == "slider":
            return "ArrowLeft" if control["now"] >= control["max"] else "ArrowRight"
        if control["type"] == "text":
            return "Control+a"
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
        elif control["type"] == "text":
            twin.value = held["text"]
        else:
            twin.index = held["chosen"][0]

    def all_controls(self) -> set[str]:
        """Return a name for each preset, each control, each handle and each list of a group."""
        names = set(self.presses) | set(self.twin.inputs)
        for name, control in self.twin.inputs.items():
            if hasattr(control, "choices"):
                names |= {f"{name} {number}" for number in range(len(control.choices))}
            elif isinstance(control.value, tuple) and hasattr(control, "min"):
                names.add(f"{name} to")
        return names
