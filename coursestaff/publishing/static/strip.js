// Film strips: an explorer's pictures along one control, drawn beforehand. Each position is a
// <template>: what it holds loads nothing before it is shown. Without scripts strips stay hidden.
function move(strip) {
  const [control, range, at, line, frame] = [
    ".strip-control",
    "[type=range]",
    ".strip-at",
    ".strip-line",
    ".strip-frame",
  ].map((part) => strip.querySelector(part));
  const positions = strip.querySelectorAll("template");
  // Where a slider stands, or which chip is chosen.
  const place = () => Number((range ?? control.querySelector(":checked")).value);

  // The address of a picture: a narrow screen has its own.
  function address(position) {
    const drawn = position?.content.querySelector("figure");
    const narrow = drawn?.querySelector("source");
    const fits = narrow && window.matchMedia(narrow.media).matches;
    return fits ? narrow.getAttribute("srcset") : drawn?.querySelector("img").getAttribute("src");
  }

  // On its way to one position a hand asks for the next: fetch the neighbours' pictures.
  function fetchBeside() {
    for (const step of [-1, 1]) {
      const beside = address(positions[place() + step]);
      if (beside) new Image().src = beside;
    }
  }

  // A narrow screen shows a few chips of the row; the chosen one is among them.
  function showChosen() {
    control.querySelector(":checked + label")?.scrollIntoView({ block: "nearest" });
  }

  control.addEventListener("focusin", () => {
    showChosen();
    fetchBeside();
  });
  control.addEventListener("input", async () => {
    const position = positions[place()];
    showChosen();
    if (range) {
      at.textContent = position.dataset.at;
      range.setAttribute("aria-valuetext", position.dataset.at);
    }
    const next = document.importNode(position.content, true);
    await next.querySelector("img").decode().catch(() => {}); // its description shows in its place
    if (position !== positions[place()]) return; // moved on meanwhile
    const folds = [...frame.querySelectorAll("details")]; // what is open stays open
    next.querySelectorAll("details").forEach((fold, place) => {
      fold.open = folds[place]?.open ?? false;
    });
    frame.replaceChildren(next);
    line.textContent = position.dataset.line;
    fetchBeside();
  });
  // The button that shows the strip, and its label, wait for this script; then it is pressed.
  const [button, label] = strip.parentElement.querySelectorAll(":scope > .moves");
  for (const part of [strip, button, label]) part.hidden = false;
  button.checked = true;
}
document.querySelectorAll(".strip").forEach(move);
