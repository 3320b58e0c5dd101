// JupyterLab serves the course's folder under "files"; elsewhere a page keeps its own letters.

/** Loads typefaces, each given by its file, family and weight, once a page. */
function loadTypefaces(faces) {
  const said = document.getElementById("jupyter-config-data");
  if (!said || window.noLimitsFaces) return;
  window.noLimitsFaces = true;
  const base = `${JSON.parse(said.textContent).baseUrl}files/courseware/fonts/web/`;
  for (const [file, family, weight] of faces)
    new FontFace(family, `url(${base}${file}.woff2)`, { weight }).load().then(
      (face) => document.fonts.add(face),
      () => {}, // and the page keeps its letters
    );
}
