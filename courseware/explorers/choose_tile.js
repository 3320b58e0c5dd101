// A click on a tile of an explorer's picture sets a list; who has no mouse uses the list itself.

/** Tiles are the place in the list, then left, upper, right and lower edge as shares. */
function chooseTile(mark, tiles) {
  const panel = mark.closest(".nl-explorer");
  const picture = panel?.querySelector("figure img");
  const list = panel?.querySelector(".nl-chooses select");
  mark.remove();
  if (!list) return;
  const under = (event) => {
    const box = picture.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width;
    const y = (event.clientY - box.top) / box.height;
    return tiles.find((tile) => tile[1] <= x && x <= tile[3] && tile[2] <= y && y <= tile[4]);
  };
  picture.onmousemove = (event) => {
    picture.style.cursor = under(event) ? "pointer" : "";
  };
  picture.onclick = (event) => {
    const tile = under(event);
    list.focus({ preventScroll: true });
    if (!tile || tile[0] === list.selectedIndex) return;
    list.selectedIndex = tile[0];
    list.dispatchEvent(new Event("change", { bubbles: true }));
  };
}
