// The register: its claims are found by words, chapter and verdict. Without this script all stand there.
const form = document.querySelector(".finder");
const told = form.querySelector("[role=status]");
const claims = [...form.querySelectorAll("a.square")].map((square) => {
  const row = document.getElementById(square.hash.slice(1)).closest("tr");
  const words = row.cloneNode(true);
  words.querySelector("details").remove(); // who looks for "wrong" is not told a verdict
  return { square, row, words: words.textContent.toLowerCase() };
});

function find() {
  const { words, chapter, verdict } = Object.fromEntries(new FormData(form));
  const wanted = words.toLowerCase().split(/\s+/);
  for (const claim of claims) {
    const { chapter: its, verdict: judged } = claim.square.dataset;
    const fits = wanted.every((word) => claim.words.includes(word));
    const found = fits && ["", its].includes(chapter) && ["", judged].includes(verdict);
    claim.row.hidden = claim.square.hidden = !found;
  }
  for (const table of document.querySelectorAll("table.register")) {
    table.closest("section").hidden = !table.querySelector("tbody tr:not([hidden])");
  }
  const number = claims.filter((claim) => !claim.row.hidden).length;
  told.textContent = `${number} of ${claims.length} claims`;
}

form.addEventListener("input", find);
form.addEventListener("reset", () => setTimeout(find));
form.addEventListener("submit", (event) => event.preventDefault());
for (const part of form.querySelectorAll("[hidden]")) part.hidden = false;
find();
