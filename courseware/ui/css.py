"""What the course shows in JupyterLab, by class: ``widgets.css``, ``page.css`` and their colours.

A notebook has no page of its own to put style sheets on. ``widgets.css`` travels inside each
widget (`ui.own_keys`), ``page.css`` with what stands near the top of a chapter. What JupyterLab may
do without (a card on an exported page) is said in ``ui``, element by element.
"""

import json
from base64 import b64encode
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import quote

from courseware import palette
from courseware.ui import scripts

HERE = Path(__file__).parent
FONTS = HERE.parent / "fonts"
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

#: Of a list that drops down: ipywidgets has a black arrow only, which dark ground swallows.
ARROW = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 18 18'>"
    f"<path d='M4 7l5 5 5-5' fill='none' stroke='{palette.PALE}' stroke-width='1.5'/></svg>"
)

#: What both style sheets know by name.
VARIABLES = {
    "petrol": palette.PETROL,
    "petrol-by-night": palette.PETROL_BY_NIGHT,
    "focus-by-day": palette.FOCUS,
    "focus-by-night": palette.FOCUS_BY_NIGHT,
    "ink": palette.PAGE_INK,
    "white": palette.WHITE,
    "marker": palette.YELLOW,
    "by-night": BY_NIGHT,
    "serif": SERIF,
    "sans": SANS,
    "arrow": f'url("data:image/svg+xml,{quote(ARROW)}")',
}


@cache
def rules(name: str) -> str:
    """Return a style sheet that stands beside this module, after the variables that it knows.

    A page with variables of these names (the site has them by day and by night) keeps its own.
    """
    known = "".join(f"--nl-{name}:{value};" for name, value in VARIABLES.items())
    return f":where(:root){{{known}}}\n{(HERE / name).read_text(encoding='utf-8')}"


def page() -> str:
    """Return what a page needs, once or more often: width of prose, charts by night, typefaces."""
    faces = [[*face[:2], str(face[2])] for face in FACES]
    load = scripts.functions(HERE / "typefaces.js") + f"\nloadTypefaces({json.dumps(faces)})"
    return f'<style onload="{escape(load)}">{rules("page.css")}</style>'


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
    """Return the style sheet of widgets as an element of HTML."""
    return f"<style>{rules('widgets.css')}</style>"
