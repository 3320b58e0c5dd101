// Two things that older browsers do not do by themselves with folds (<details>):
// a link to something folded opens the fold, and a chapter is printed whole.
function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let box = target; box; box = box.parentElement) {
    if (box.tagName === "DETAILS") box.open = true;
  }
  if (target) target.scrollIntoView();
}
window.addEventListener("hashchange", reveal);
window.addEventListener("load", reveal);
window.addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll("details.after-predict")) fold.open = true;
});
