"""The style sheet of what the course shows in JupyterLab: cards, questions, explorers, by class.

It travels inside each widget (`ui.own_keys`), for a notebook has no page of its own to put it on.
Colours that follow the theme are JupyterLab's; the others have one value by day and one by night.
What JupyterLab may do without (a card on an exported page) is said in ``ui``, element by element.
"""

import json
from base64 import b64encode
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import quote

from courseware import palette

SERIF = "'Course Serif', Charter, Cambria, 'Liberation Serif', Georgia, serif"
SANS = "'Course Sans', var(--jp-content-font-family, sans-serif)"
#: The course's typefaces as a page loads them: file, family, weight.
FACES = (
    ("CourseSans-Regular", "Course Sans", 400),
    ("CourseSans-Bold", "Course Sans", 700),
    ("CourseSerif-Regular", "Course Serif", 400),
    ("CourseSerif-Bold", "Course Serif", 700),
)

#: A picture on dark ground: paper becomes the ground, ink becomes pale, and hues stay hues.
BY_NIGHT = "invert(0.92) hue-rotate(180deg)"

FONTS = Path(__file__).with_name("fonts")

#: Text cells at about 75 letters a line, beside which a picture may be wider. Where what to see
#: has no room beside its picture it stands above it, and the picture is lower: one screen has both.
PROSE = f"""
.jp-RenderedMarkdown > :is(p, ul, ol, blockquote, dl) {{ max-width: 66ch; }}
.no-limits-chart {{ container-type: inline-size; }}
@container (max-width: 1040px) {{
  .nl-seen figure img {{ width: auto !important; max-height: 280px; }} }}
.dataframe caption {{ text-align: left; color: var(--jp-content-font-color2); }}
body[data-jp-theme-light="false"] :is(.no-limits-chart, .nl-picture) figure img {{
  background: {palette.WHITE}; border: 0; filter: {BY_NIGHT}; }}
.nl-card, .no-limits-chart, .nl-explorer {{ font-family: {SANS}; }}
.jp-Placeholder-content {{ min-width: 0; }}
.jp-Placeholder .jp-PlaceholderText {{ overflow: hidden; text-overflow: ellipsis; }}
@media (max-width: 1100px) {{
  .jp-RenderedHTML .dataframe :is(th, td) {{ padding-inline: 0.2em; }} }}
"""

#: JupyterLab serves the course's folder under "files"; elsewhere the page keeps its own letters.
LOAD = """
const said=document.getElementById('jupyter-config-data');
if(said&&!window.noLimitsFaces){window.noLimitsFaces=true;
const base=JSON.parse(said.textContent).baseUrl+'files/courseware/fonts/web/';
for(const [file,family,weight] of FACES)
new FontFace(family,`url(${base}${file}.woff2)`,{weight}).load()
.then(face=>document.fonts.add(face),()=>{})}
"""

#: Of a list that drops down: ipywidgets has a black arrow only, which dark ground swallows.
ARROW = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 18 18'>"
    f"<path d='M4 7l5 5 5-5' fill='none' stroke='{palette.PALE}' stroke-width='1.5'/></svg>"
)

_SHEET = Template("""
body { --nl-strong: $petrol; --nl-on-strong: $white; --nl-focus: $focus; }
body[data-jp-theme-light="false"] { --nl-strong: $petrol_by_night; --nl-on-strong: $ink;
  --nl-focus: $focus_by_night; }

/* A question and a claim on trial: one card around text and controls */
.widget-vbox:has(> .jupyter-widgets .nl-keys):not(.nl-explorer) {
  border: 1px solid var(--jp-border-color1); border-radius: 8px; margin: 8px 0; padding: 0 0 8px;
  background: var(--jp-layout-color1); overflow: visible; }
.widget-vbox:has(> .jupyter-widgets .nl-keys):not(.nl-explorer) > * {
  margin: 4px 18px; width: auto; }
.widget-vbox:has(> .jupyter-widgets .nl-keys):not(.nl-explorer) > :first-child { margin: 0; }
.widget-vbox:has(> .jupyter-widgets .nl-keys):not(.nl-explorer) > :first-child .nl-card {
  border: 0 !important; margin: 0 !important; max-width: none !important; }
.widget-vbox:has(> .jupyter-widgets .nl-keys) .nl-body > p { margin: 6px 0; }
.widget-vbox:has(> .jupyter-widgets .nl-keys):not(.nl-explorer) > :first-child
  .nl-body > p:first-child:not(.nl-ask) { font: 400 1.3em/1.35 $serif;
  border-left: 4px solid $marker; padding-left: 14px; }
.nl-ask { font-family: $serif; font-size: 1.2em; font-weight: 600; line-height: 1.3; }

/* Controls */
.nl-explorer, .widget-vbox:has(> .jupyter-widgets .nl-keys) { font-family: $sans;
  --jp-widgets-font-size: max(13px, calc(var(--jp-content-font-size1) * 0.85)); }
.widget-vbox:has(> .jupyter-widgets .nl-keys):not(.nl-explorer)
  :is(select, input, textarea, button) { font-family: inherit; }
.jupyter-widgets.jupyter-button { border-radius: 6px; border: 1px solid var(--jp-border-color1);
  background: var(--jp-layout-color1); color: var(--jp-content-font-color1); height: auto;
  min-height: 28px; line-height: 1.3; padding: 3px 10px; }
.jupyter-widgets.jupyter-button.mod-primary, .jupyter-widgets.jupyter-button.mod-active {
  background: var(--nl-strong); color: var(--nl-on-strong); border-color: var(--nl-strong); }
.jupyter-widgets.jupyter-button:disabled { opacity: 0.6; }
.jupyter-widgets :is(button, select, input, textarea, [role=slider]):focus-visible,
.jupyter-widgets.jupyter-button:focus-visible {
  outline: 3px solid var(--nl-focus); outline-offset: 1px; }
.widget-radio-box { display: flex; flex-flow: row wrap; gap: 8px; }
.widget-radio-box label { border: 1px solid var(--jp-border-color1); border-radius: 6px;
  padding: 5px 12px 5px 8px; width: auto; height: auto; line-height: 1.3; white-space: normal; }
.widget-radio-box label:has(:checked) { border-color: var(--nl-strong);
  box-shadow: inset 0 0 0 1px var(--nl-strong); }
.widget-vbox:has(> .jupyter-widgets .nl-keys):not(.nl-explorer) .widget-hslider {
  flex-flow: row wrap; height: auto; }
.widget-vbox:has(> .jupyter-widgets .nl-keys):not(.nl-explorer) .widget-hslider
  > .widget-readout { flex: 0 0 auto; min-width: 6em; max-width: none; }
body[data-jp-theme-light="false"] { --jp-widgets-dropdown-arrow: url("data:image/svg+xml,$arrow"); }
.jupyter-widgets .noUi-connect { background: var(--nl-strong); }

/* An explorer: controls beside the picture, or above it where there is no room */
.nl-explorer { margin: 4px 0; overflow: visible; }
.nl-explorer > .widget-html:first-child { margin: 0; }
.nl-explorer .widget-html-content { line-height: 1.4; }
.nl-explorer h3 { font: 600 17px/1.25 $serif; margin: 0; color: var(--jp-content-font-color1); }
.nl-explorer .widget-html p { margin: 0; font-size: 13px; }
.nl-beside { display: flex; flex-flow: row wrap; gap: 4px 18px; align-items: flex-start;
  overflow: visible; }
.nl-controls { flex: 1 0 300px; min-width: min(300px, 100%); max-width: 100%; width: auto;
  display: flex; flex-flow: row wrap; gap: 2px 14px; align-content: flex-start; overflow: visible; }
.nl-controls:has(.nl-reads) { flex-basis: 330px; }
.nl-controls > .jupyter-widgets { flex: 1 1 284px; max-width: 100%; }
.nl-controls > .jupyter-widgets.widget-checkbox { flex: 0 1 auto; }
.nl-picture { flex: 100 1 480px; min-width: 0; width: auto; overflow: visible; }
.nl-controls > .jupyter-widgets { margin: 0; width: auto; }
.nl-controls .widget-inline-hbox, .nl-controls .widget-checkbox { height: auto; width: auto;
  flex-flow: row wrap; align-items: center; margin: 0; }
.nl-controls .widget-inline-hbox > .widget-label { flex: 0 0 auto; width: auto !important;
  max-width: 100%; text-align: left; margin-right: 6px; height: 24px; line-height: 24px; }
.nl-controls .widget-inline-hbox > :is(select, input) { flex: 1 1 90px; min-width: 0; width: auto;
  height: 25px; }
.nl-controls .widget-inline-hbox > select[multiple] { flex: 1 1 100%; height: auto; }
.nl-controls .widget-inline-hbox > .slider-container { flex: 1 1 110px; margin: 0 10px 0 12px; }
.nl-controls .widget-inline-hbox > .widget-readout { flex: 0 0 auto; min-width: 0; width: auto; }
.nl-controls .widget-checkbox label { margin: 0; height: 22px; line-height: 22px; }
.nl-controls > .widget-html:not(:has(.widget-html-content > *)) { display: none; }
.nl-controls .nl-reading { align-self: flex-start; border-left: 4px solid $marker;
  padding-left: 8px; margin: 4px 0; }
.nl-controls .jupyter-widgets.jupyter-button { min-height: 25px; padding: 1px 8px; margin: 0;
  font-size: max(12.5px, calc(var(--jp-content-font-size1) * 0.78)); }
.nl-picture > .jupyter-widgets { margin: 0; }
.nl-picture .nl-title { font: 600 16px/1.25 $serif; }
.nl-picture .nl-unit, .nl-picture .nl-source { font-size: 12px !important; line-height: 1.3;
  color: var(--jp-content-font-color1); }
.nl-picture figure { margin: 2px 0 !important; }
.nl-picture figure img {
  width: min(100%, var(--nl-shape) * max(260px, 100vh - 270px)) !important; }
.nl-reads.widget-radio { display: flex; flex-flow: row nowrap; align-items: center; gap: 6px;
  width: auto; height: 24px; margin: 0 !important; overflow: visible; position: relative; }
.nl-reads.widget-radio > .widget-label { flex: 1 1 auto; min-width: 0; width: auto !important;
  height: auto; line-height: 1; margin: 0; text-align: left; white-space: normal;
  overflow: visible; pointer-events: none; }
/* What a row's piece says, where somebody points at the row or has come to it by Tab */
.nl-reads:is(:hover, :has(:focus-visible)) > .widget-label::after { content: attr(title);
  position: absolute; z-index: 3; left: 0; right: 0; top: 100%; padding: 6px 10px;
  background: var(--jp-layout-color1); color: var(--jp-content-font-color1); font-size: 13px;
  line-height: 1.35; border: 1px solid var(--jp-border-color1); border-left: 4px solid $marker;
  border-radius: 6px; box-shadow: 0 2px 8px rgb(0 0 0 / 25%); }
.nl-reads:nth-child(n+8):is(:hover, :has(:focus-visible)) > .widget-label::after {
  top: auto; bottom: 100%; }
.widget-gridbox:has(> .nl-reads:hover) > .nl-reads:not(:hover) > .widget-label::after {
  display: none; }
.nl-reads.widget-radio > .widget-radio-box { flex: 0 0 auto; flex-flow: row nowrap; gap: 0;
  width: auto; height: 24px; min-height: 0; margin: 0; padding: 0; line-height: 22px; }
.nl-reads .widget-radio-box label { position: relative; flex: 0 0 auto; width: 30px; height: 22px;
  line-height: 20px; margin: 1px 0 1px -1px; padding: 0; border-radius: 0; text-align: center;
  font-size: 12.5px; }
.nl-reads .widget-radio-box label:has(:checked) { background: var(--nl-strong);
  color: var(--nl-on-strong); }
.nl-reads .widget-radio-box label:has(:focus-visible) { outline: 3px solid var(--nl-focus);
  outline-offset: 1px; z-index: 1; }
.nl-reads .widget-radio-box input { position: absolute; inset: 0; width: 100%; height: 100%;
  margin: 0; opacity: 0; cursor: pointer; }

.nl-picture .nl-table [role=group] { max-height: max(180px, calc(100vh - 600px)) !important;
  overflow-y: auto; }
.nl-explorer .nl-card { font-size: 13px; margin: 2px 0 !important; }
.nl-explorer :is(.nl-bar, .nl-body) { padding: 4px 10px !important; }
.nl-explorer .widget-html details { margin: 0 !important; font-size: 13px; }
""")


def page() -> str:
    """Return what a page needs, once or more often: width of prose, charts by night, typefaces."""
    faces = json.dumps([[*face[:2], str(face[2])] for face in FACES])
    load = escape(" ".join(LOAD.replace("FACES", faces).split()))
    return f'<style onload="{load}">{PROSE}</style>'


@cache
def faces() -> str:
    """Return the rules that bring the typefaces to a page of its own, fonts inside.

    Such a page then writes ``var(--nl-sans)`` and ``var(--nl-serif)``.
    """
    names = f":root{{--nl-sans:{SANS};--nl-serif:{SERIF}}}\n"
    return names + "".join(
        f'@font-face{{font-family:"{family}";font-weight:{weight};src:url(data:font/woff2;base64,'
        f'{b64encode((FONTS / "web" / f"{file}.woff2").read_bytes()).decode()})format("woff2")}}\n'
        for file, family, weight in FACES
    )


def sheet() -> str:
    """Return the style sheet as an element of HTML."""
    looks = _SHEET.substitute(
        petrol=palette.PETROL,
        petrol_by_night=palette.PETROL_BY_NIGHT,
        ink=palette.PAGE_INK,
        white=palette.WHITE,
        focus=palette.FOCUS,
        focus_by_night=palette.FOCUS_BY_NIGHT,
        marker=palette.YELLOW,
        serif=SERIF,
        sans=SANS,
        arrow=quote(ARROW),
    )
    return f"<style>{looks}</style>"
