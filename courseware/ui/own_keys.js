// Names the widgets in the box around a mark and keeps their keys: see `own_keys` in __init__.py.

/**
 * Shift + Enter in a box of widgets goes on to the next cell. JupyterLab would run the box's own
 * cell again, or, from a list or a text, do nothing. It hears keys at the document: this is before.
 */
function goOn(event) {
  const others = event.ctrlKey || event.altKey || event.metaKey;
  if (event.key !== "Enter" || !event.shiftKey || others) return;
  const cell = event.target.closest?.(".widget-vbox:has(.nl-keys)")?.closest(".jp-Cell");
  if (!cell) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  cell.focus(); // what was typed is sent by leaving it
  const next = cell.nextElementSibling;
  if (!next?.matches(".jp-Cell")) return;
  // Not by an arrow key, which passes over cells whose code is folded.
  next.dispatchEvent(new MouseEvent("mousedown", { bubbles: true }));
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

/**
 * Looks after a line or box of text: the box's status says at the first key that it is not saved,
 * and what it holds is sent when it is left, and where Ctrl + S, Enter in a line or a closed page
 * mean as much.
 */
function tellUnsaved(box, part, unsaved) {
  part.dataset.saves = "when left";
  let was = part.value;
  const line = () => box.querySelector("[role=status]");
  const leave = () => {
    const told = line();
    if (part.value !== was) {
      was = part.value;
      part.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (told?.kept !== undefined) {
      told.innerHTML = told.kept;
      delete told.kept;
    }
  };
  part.addEventListener("focus", () => {
    was = part.value;
    document.addEventListener("visibilitychange", leave);
  });
  part.addEventListener("blur", () => {
    document.removeEventListener("visibilitychange", leave);
    leave();
  });
  part.addEventListener("keydown", (event) => {
    const enters = event.key === "Enter" && part.matches("input") && !event.isComposing;
    if (enters || (event.key === "s" && (event.ctrlKey || event.metaKey))) leave();
  });
  part.addEventListener("input", () => {
    const told = line();
    if (!told || told.kept !== undefined) return;
    told.kept = told.innerHTML;
    told.innerHTML = unsaved;
  });
}

/** Gives a slider's part the words beside it as its name. */
function nameBesides(part, words) {
  const label = part
    .closest(".widget-slider,.widget-inline-hbox")
    .querySelector(".widget-label");
  if (label?.textContent) part.setAttribute("aria-label", label.textContent + words);
}

/** Says which end of a slider a handle is, where it has two. */
function end(handle) {
  const two = handle.closest(".noUi-base").querySelectorAll("[role=slider]").length > 1;
  if (!two) return "";
  return handle.matches(".noUi-handle-lower") ? " from" : " to";
}

/** Makes one Tab stop of a row of choices, within which arrow keys move. */
function oneStop(row) {
  row.dataset.row ||= Math.random().toString(36).slice(2);
  for (const one of row.querySelectorAll("input:not([name])")) one.name = row.dataset.row;
  const words = row.parentElement.querySelector(".widget-label")?.textContent;
  if (!words) return;
  row.setAttribute("role", "radiogroup");
  row.setAttribute("aria-label", words);
}

/** Looks after whatever appears in the box around a mark. */
function ownKeys(mark, unsaved, token) {
  if (!window.noLimitsGoesOn) {
    window.noLimitsGoesOn = true;
    window.addEventListener("keydown", goOn, true);
  }
  const box = mark.closest(".widget-vbox");
  const each = (parts, work) => box.querySelectorAll(parts).forEach(work);
  const look = () => {
    each("select,input,[role=slider]", (part) =>
      part.setAttribute("data-lm-suppress-shortcuts", "true"),
    );
    each(".no-limits-says-words .widget-readout", (part) => {
      part.contentEditable = "false";
    });
    each('[role=slider]:not([aria-label]),[role=slider][aria-label=""]', (part) =>
      nameBesides(part, end(part)),
    );
    each(".widget-readout[contenteditable=true]:not([role])", (part) => {
      part.setAttribute("role", "textbox");
      nameBesides(part, " typed");
    });
    each(".widget-radio-box", oneStop);
    each(".nl-reading .widget-html-content:not([aria-live])", (part) =>
      part.setAttribute("aria-live", "polite"),
    );
    each(
      ".no-limits-says-words .widget-readout,.widget-hslider .widget-readout:not([contenteditable])",
      (part) =>
        part.parentElement
          .querySelector("[role=slider]")
          ?.setAttribute("aria-valuetext", part.textContent),
    );
    if (unsaved)
      each(":is(textarea,input[type=text]):not([data-saves])", (part) =>
        tellUnsaved(box, part, unsaved),
      );
  };
  if (box) {
    look();
    new MutationObserver(look).observe(box, { childList: true, subtree: true });
  }
  intoView(mark, box, 250, token);
  mark.remove();
}
