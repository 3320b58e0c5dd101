// Brings what has just been shown onto the screen: see `into_view` in scripts.py.

/** How often it looks: what stands above may still change its height. */
const looks = 13;

/** Where a table's tiles stand, or else its whole output. */
function outputAround(mark) {
  return (
    mark.parentElement.querySelector(".no-limits-chart") ??
    mark.closest(".jp-OutputArea-output") ??
    mark
  );
}

/** Scrolls the least that shows the cell around a mark or, if that is too high, its part. */
function intoView(mark, part, milliseconds, token) {
  window.noLimitsSeen ??= new Set();
  const seen = window.noLimitsSeen;
  const cell = mark.closest(".jp-Cell");
  const book = mark.closest(".jp-Notebook");
  if (!cell || !book || seen.has(token)) return;
  seen.add(token);
  window.noLimitsNewest = token;
  let left = looks;
  const stop = () => {
    left = 0;
  };
  for (const done of ["wheel", "pointerdown", "keydown"])
    window.addEventListener(done, stop, { once: true, capture: true, passive: true });
  const at = (one) => Number(one.dataset.windowedListIndex);
  const look = () => {
    const active = book.querySelector(".jp-Cell.jp-mod-active");
    const isOver = left-- < 1 || window.noLimitsNewest !== token;
    if (isOver || !active || (active !== cell && at(active) !== at(cell) + 1)) return;
    const room = (cell.closest(".jp-WindowedPanel-outer") ?? book).clientHeight;
    const shown = cell.offsetHeight <= room ? cell : part;
    shown.scrollIntoView({ block: shown.offsetHeight <= room ? "nearest" : "start" });
    setTimeout(look, 120);
  };
  setTimeout(look, milliseconds);
}
