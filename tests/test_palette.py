"""Hues can be told apart by every eye, stand in one module, and a country's is nothing else's."""

import re
from itertools import combinations
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

import coursestaff
import courseware
from courseware import palette
from courseware.charts import line_styles
from courseware.ui import css

SEVEN = ["CHN", "RUS", "KAZ", "KGZ", "TJK", "TKM", "UZB"]
POWERS = {code: palette.color(code) for code in ("CHN", "RUS")}
#: What is seen together in one picture, each beside the two powers.
TOGETHER = {
    "the seven": {code: palette.color(code) for code in SEVEN},
    "tones": dict(
        zip(["petrol", "teal", "mint", "sand", "plum", "yellow"], palette.TONES, strict=True)
    ),
    "verdicts": {
        "holds": palette.HOLDS,
        "caveat": palette.CAVEAT,
        "fails": palette.FAILS,
        "unknown": palette.UNKNOWN,
        "passed": palette.PASSED,
        "not judged": palette.NOT_JUDGED,
    },
    "sources": {
        "named": palette.SOURCE_NAMED,
        "pointed": palette.SOURCE_POINTED,
        "none": palette.NO_SOURCE,
    },
    "what stands for nothing": dict(
        zip("abcdef", (hue for hue, *_ in line_styles.OTHERS), strict=True)
    ),
    "cards": {"note": palette.NOTE, "care": palette.CARE, "course": palette.COURSE},
}
HEX = re.compile(r"#[0-9A-Fa-f]{6}\b|#[0-9A-Fa-f]{3}\b")
FALLBACK = re.compile(r"var\(--[^)]*\)")  # CSS: what stands in where JupyterLab is not
#: Modules that hold a style sheet for a page of their own.
STYLE_SHEETS = ("courseware/brief/print_page.py",)


def seen(hue, deficiency):
    """Return a colour in CIE Lab as somebody with a full colour deficiency sees it."""
    import colour

    linear = colour.cctf_decoding(np.array(mpl.colors.to_rgb(hue)), function="sRGB")
    if deficiency:
        matrix = colour.matrix_cvd_Machado2009(deficiency, severity=1.0)
        linear = np.clip(matrix @ linear, 0, 1)
    return colour.XYZ_to_Lab(colour.RGB_to_XYZ(linear, "sRGB", apply_cctf_decoding=False))


#: CSS's `hue-rotate(180deg)` as the standard gives it: what each light makes of red, green, blue.
TURNED = np.array([[-0.574, 1.43, 0.144], [0.426, 0.43, 0.144], [0.426, 1.43, -0.856]])


def by_night(hue):
    """Return a colour as a picture shows it on dark ground (`css.BY_NIGHT`)."""
    share = float(re.match(r"invert\(([\d.]+)\) hue-rotate\(180deg\)$", css.BY_NIGHT)[1])
    lights = np.array(mpl.colors.to_rgb(hue)) * (1 - 2 * share) + share
    return mpl.colors.to_hex(np.clip(TURNED @ lights, 0, 1))


def test_by_night_what_is_drawn_can_be_seen_as_well_as_on_paper():
    ground = palette.luminance(by_night(palette.WHITE)) + 0.05
    hues = {look.hue for look in palette.countries().values()} | {*palette.TONES, palette.GREEN}
    for hue in hues | {*palette.GREYS} | {palette.ink(hue) for hue in hues}:
        night = (palette.luminance(by_night(hue)) + 0.05) / ground
        assert night > min(palette.contrast(hue) * 0.95, 7), hue  # all that WCAG asks for, AAA
    sheet = Path(coursestaff.__file__).parent / "publishing" / "static" / "course.css"
    assert css.BY_NIGHT in sheet.read_text(encoding="utf-8")


def test_by_night_a_country_keeps_its_hue():
    for code in (code for code in SEVEN if palette.color(code) != palette.BLACK):
        day, night = (
            mpl.colors.rgb_to_hsv(mpl.colors.to_rgb(hue))[0] * 360
            for hue in (palette.color(code), by_night(palette.color(code)))
        )
        assert abs(day - night) < 20, code


# The Machado model only approximates a missing third cone, and says so.
@pytest.mark.filterwarnings(r"ignore:\s*\"Machado et al. \(2009\)\" simulation of tritanomaly")
@pytest.mark.parametrize("deficiency", [None, "Protanomaly", "Deuteranomaly", "Tritanomaly"])
@pytest.mark.parametrize("group", TOGETHER)
def test_what_is_seen_together_differs_for_every_eye(group, deficiency):
    import colour

    hues = POWERS | TOGETHER[group]
    labs = {name: seen(hue, deficiency) for name, hue in hues.items()}
    near = {
        (a, b): float(colour.delta_E(labs[a], labs[b], method="CIE 2000"))
        for a, b in combinations(labs, 2)
    }
    close = [f"{a} and {b} are {d:.1f} apart" for (a, b), d in near.items() if d < 10]
    assert not close, f"{'; '.join(close)}: at least 10 is needed. Take another hue."


def test_no_two_countries_share_line_style_and_marker():
    marks = {(str(look.line), look.marker) for look in palette.countries().values()}
    assert len(marks) == len(palette.countries())


def test_a_country_s_hue_stands_for_nothing_else():
    hues = {look.hue for look in palette.countries().values()}
    coloured = {hue for hue in hues if len({*palette.channels(hue)}) > 1}  # greys are nobody's
    assert len(coloured) == 11
    roles = {role: hue for role, hue in vars(palette).items() if isinstance(hue, str)}
    assert {role for role, hue in roles.items() if hue in coloured} == set()


@pytest.mark.parametrize("hue", [*palette.TONES, *(c.hue for c in palette.countries().values())])
def test_labels_have_contrast(hue):
    assert palette.contrast(palette.ink(hue)) >= 4.5
    black = palette.ink_on(hue) == palette.BLACK
    assert (21 / palette.contrast(hue) if black else palette.contrast(hue)) >= 4.5


def test_contrast_is_that_of_wcag():
    assert palette.contrast("#000000") == pytest.approx(21)
    assert palette.contrast("#ffffff") == pytest.approx(1)
    assert palette.contrast("#767676") == pytest.approx(4.54, abs=0.01)


def test_a_country_without_a_colour_is_grey():
    assert palette.color("FRA") == palette.color("OTH")
    assert palette.name("XXX") == "XXX"
    assert palette.name("TUR") == "Türkiye"


def test_style_repeats_in_form_what_colour_says():
    assert palette.style("RUS") == {"color": palette.color("RUS"), "linestyle": "--"}
    assert palette.style("RUS", markers=True)["marker"] == "s"


def test_a_hue_is_named_in_the_palette_and_nowhere_else():
    named = {}
    for package in (courseware, coursestaff):
        home = Path(package.__file__).parent
        for path in home.rglob("*.py"):
            text = FALLBACK.sub("", path.read_text(encoding="utf-8"))
            if found := HEX.findall(text):
                named[path.relative_to(home.parent).as_posix()] = found
    del named["courseware/palette.py"]
    assert {path: hues for path, hues in named.items() if path not in STYLE_SHEETS} == {}
