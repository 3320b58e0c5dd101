"""What students wrote is safe to show, whole, and no larger than it was."""

import base64
import json
import re
import subprocess
import sys
from html import unescape

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from coursestaff.marking import cleaning, page_budget, pictures
from coursestaff.marking.cleaning import TAGS, clean_html, clean_markdown, clean_outputs, clean_text
from coursestaff.marking.page_budget import bounded


def png(width=1, height=1, more=b""):
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + width.to_bytes(4) + height.to_bytes(4)
    return base64.b64encode(head + b"\x08\x06" + more).decode()


def jpeg(width=1, height=1):
    frame = b"\xff\xc2\0\x0b\x08" + height.to_bytes(2) + width.to_bytes(2)
    return base64.b64encode(b"\xff\xd8\xff\xe1\0\x04ab" + frame + bytes(4)).decode()


PNG = png()

# --- HTML ------------------------------------------------------------------------------------

HOSTILE = (
    "<script>alert(1)</script>",
    "<SCRIPT >alert(1)</SCRIPT\n>",
    "<scr<script>x</script>ipt>alert(1)</script>",
    "<script>alert(1)",
    "<img src=x onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)>",
    "<p onclick=alert(1)>a</p>",
    "<td title='a>b<c' onmouseover=alert(1)>x</td>",
    "<a href=javascript:alert(1)>a</a>",
    "<svg onload=alert(1)></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea><b></textarea><img src=x onerror=alert(1)>",
    "<table><td><style><!--</style><img src=x onerror=alert(1)>-->",
    "<iframe src=javascript:alert(1)></iframe>",
    "<object data=data:text/html,x></object><embed src=x>",
    "<form action=javascript:alert(1)><button>go</button></form>",
    "<meta http-equiv=refresh content=0><base href=//example.org>",
    "<b style=background:url(//example.org)>x</b>",
    "<div id=q8 class=jp-x data-commandlinker-command=x>x</div>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<b \0onclick=alert(1)>x</b>",
)
ALLOWED = re.compile(
    rf"</?(?:{'|'.join(TAGS)})(?: (?:scope|colspan|rowspan)=\"[^\"<>]*\")*(?: ?/)?>"
)


@pytest.mark.parametrize("text", HOSTILE)
def test_only_harmless_tags_pass(text):
    assert "<" not in ALLOWED.sub("", clean_html(text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a<b and c > d", "a&lt;b and c &gt; d"),
        ("typed <foo> here", "typed &lt;foo&gt; here"),
        ("x </never-begun> y", "x &lt;/never-begun&gt; y"),
        ("if a<b:", "if a&lt;b:"),
        ("<style>never ended", "&lt;style&gt;never ended"),
        ("<!-- never ended", "&lt;!-- never ended"),
        ("text <!-- mine --> after", "text &lt;!-- mine --&gt; after"),
        ("a <s = 3 words> b", "a &lt;s = 3 words&gt; b"),
        ("if x <b and y=3> z", "if x &lt;b and y=3&gt; z"),
        ("x <script> a <b </script> y", "x  [a script is left out here]  y"),
        ('<img src=x alt="a view"> b', " [picture: a view]  b"),
        ("<h1>Title</h1> <a href=x>link</a>", "Title link"),
        ("<b>bold", "<b>bold</b>"),
        ("&lt;b&gt; &amp; b", "&lt;b&gt; &amp; b"),
    ],
)
def test_no_word_that_was_typed_disappears(text, shown):
    assert clean_html(text) == shown


def test_a_table_stays_a_table_and_its_style_sheet_goes():
    style = "<style scoped>.dataframe tbody tr th { vertical-align: top; }</style>"
    table = '<table border="1" class="dataframe"><tr><th scope="row">1</th><td>2</td></tr></table>'
    assert clean_html(f"<div>{style}{table}</div>") == (
        '<div><table><tbody><tr><th scope="row">1</th><td>2</td></tr></tbody></table></div>'
    )


LARGE = {
    "nested": "<b>" * 5_000,
    "nested deeply": "<div>" * 60_000,
    "nested in paragraphs": "<p><b><i>" * 1_700,
    "with attributes": "".join(f"<b a={n}>" for n in range(30)) + "<p>x</p>" * 20_000,
    "tables in tables": "<table>" * 5_000,
    "tables with stray text": "<table>" * 30 + "<b>x" * 9_000,
    "signs": "<" * 300_000,
    "comments that never end": "<!--" * 60_000,
    "styles that never end": "<style>" * 40_000,
    "ends without beginning": "</style " * 30_000 + "<style>",
    "tags that never end": "<b a='" * 40_000,
    "ended by other names": "<p>"
    + "".join(f"<b a={n}></i>" for n in range(2_400))
    + "<p>x" * 2_400,
    "up and down": ("<div>" * 30 + "</div>" * 30) * 200,
}


@pytest.mark.parametrize("what", LARGE)
def test_what_is_large_or_nested_stays_in_bounds(what):
    shown = clean_html(LARGE[what])
    assert len(shown) <= 6 * len(LARGE[what]) + 20_000
    (output,) = clean_outputs([{"output_type": "display_data", "data": {"text/html": LARGE[what]}}])
    if what == "nested in paragraphs":  # fifteen kilobytes grow to no page of megabytes
        assert len(output["data"]["text/html"]) < 100_000


# --- Markdown --------------------------------------------------------------------------------

PAYLOADS = (
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](javascript\\:alert(1))",
    "[x]: javascript\\:alert(1)\n\n[x]",
    "[x]\n(javascript:alert(1))",
    "[x][y]\n\n[y]:\n  javascript\\:alert(1)",
    "![x](https://example.org/seen.png)",
    "![x](attachment:none.png)",
    "![a[b]](attachment:none.png)",
    "[x](data\\:text/html,1)",
    "[![x](https://example.org/a.png)](javascript:alert(1))",
    "# [x](vbscript:1)",
    "$\\href{javascript:alert(1)}{x}$",
    "&#36;&#92;href{javascript:alert(1)}{x}&#36;",
    "```mermaid\n<img src=x onerror=alert(1)>\n```",
    "$\\mmlToken{mtext}[href=javascript:alert(1)]{x}$",
    "$\\class{jp-x}{x} \\cssId{a}{x}$",
    "\\\\(\\style{background:url(//example.org)}{x}\\\\)",
    "$\\data{commandlinker-command=x}{x}$",
    "$$\\bbox[background:url(//example.org/a)]{x}$$",
    "$\\unicode[x;background:url(//a)]{x41}$",
    "$\\fcolorbox{red;background:url(//example.org/a)}{red}{x}$",
    "$\\require{../../x}$",
    "$\\setOptions[html]{x=1}$",
    "$\\let\\x=\\href \\x{javascript:alert(1)}{x}$",
    "$\\def\\x#1{\\h#1}$",
    "$\\newcommand{\\x}[1]{\\h#1}\\x{ref}$",
    "$\\csname href\\endcsname{x}{y}$",
)
TEX = re.compile(
    r"\\(href|mmlToken|class|cssId|style|data|bbox|unicode|fcolorbox|require|setOptions|let|def|"
    r"newcommand|csname)"
)


@pytest.mark.parametrize("text", PAYLOADS)
def test_markdown_leads_nowhere_but_to_the_web(text):
    page = markdown2html_mistune(clean_markdown(text))
    assert "<img" not in page and not TEX.search(page)
    assert 'href="' not in page.replace('href="http', "").replace('href="#', "")
    assert "&#" not in page.replace("&#182;", "")


def test_a_picture_that_comes_as_html_too_is_shown_as_a_picture():
    """Cleaned HTML has no pictures, and pages prefer it to them."""
    both = {"text/html": '<img src="data:image/png;base64,AAAA" alt="A">', "image/png": PNG}
    (shown,) = clean_outputs([{"output_type": "display_data", "data": both}])
    assert shown["data"] == {"image/png": PNG}


@pytest.mark.parametrize("text", [r"$\frac{1}{2}$", r"$\left(\sum_{i} x_i\right)$", r"$\text{a}$"])
def test_ordinary_maths_stays(text):
    assert clean_markdown(text) == text


def test_pasted_pictures_stay_if_they_are_pictures():
    forms = {"image/png": PNG, "image/svg+xml": "PHN2Zz4="}
    cell = {"source": "![it](attachment:a.png) ![no](attachment:b.png)"}
    cell["attachments"] = {"a.png": forms, "b.png": {"image/svg+xml": "PHN2Zz4="}, "c": 1}
    shown = clean_text(cell)
    assert shown["attachments"] == {"a.png": {"image/png": PNG}}
    assert shown["source"] == (
        f"![it](attachment:a.png) !\\[no](attachment:b.png){cleaning.NO_PICTURE}"
    )


def test_a_picture_is_shown_once_and_one_that_is_shown_nowhere_is_left_out():
    cell = {"source": "![it](attachment:a.png)\n" * 300}
    cell["attachments"] = {name: {"image/png": PNG} for name in ("a.png", "b.png")}
    shown = clean_text(cell)
    assert set(shown["attachments"]) == {"a.png"}
    assert shown["source"].count("![") == 1 and shown["source"].count(cleaning.AGAIN) == 299


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("image/png", "PHN2Zz4="),
        ("image/png", base64.b64encode(b"\xff\xd8\xff\xe0").decode()),
        ("image/png", png()[:-1] + "<"),
        ("image/png", png(40_000, 40_000)),
        ("image/png", png(more=bytes(pictures.MAX_PICTURE))),
        ("image/png", "iVB"),
        ("image/png", ""),
        ("image/png", None),
        ("image/jpeg", png()),
        ("image/jpeg", jpeg(40_000, 40_000)),
        ("image/jpeg", base64.b64encode(b"\xff\xd8\xff\xff\xc0").decode()),
    ],
)
def test_what_is_no_picture_is_not_shown_as_one(kind, content):
    assert not pictures.is_picture(kind, content)
    assert pictures.is_picture("image/png", png())
    assert pictures.is_picture("image/jpeg", jpeg(3_000, 4_000))
    assert pictures.dots("image/jpeg", jpeg(3_000, 4_000)) == 12_000_000


@pytest.mark.parametrize("kind", ["image/png", "image/jpeg"])
def test_small_files_of_many_dots_are_shown_as_far_as_a_page_goes(kind):
    form = {kind: (png if kind == "image/png" else jpeg)(4_000, 5_000)}
    pasted = [own(n, f"![a](attachment:{n})", None, {f"{n}": form}) for n in range(9)]
    drawn = [own(9, "", [{"output_type": "display_data", "data": form}] * 9)]
    assert sum("attachments" in cell for cell in bounded(pasted)) == 3
    assert [len(cell["outputs"]) for cell in bounded(drawn)] == [4]  # the last says so


def test_the_name_of_a_picture_is_looked_for_an_end_so_far_and_no_farther():
    """Else each of thousands of beginnings would be, through the rest of the text."""
    found = [cleaning.PICTURE.match(f"![](attachment:{'a' * n})")["name"] for n in (100, 101)]
    assert found == ["a" * 100, None]


@pytest.mark.parametrize(
    ("output", "why"),
    [
        ({"data": {"image/svg+xml": "<svg></svg>"}}, " image/svg+xml "),
        ({"data": {"image/png": "PHN2Zz4="}}, " image/png "),
        ({"data": {}}, ""),
    ],
)
def test_an_output_that_cannot_be_shown_is_said(output, why):
    (shown,) = clean_outputs([{"output_type": "display_data"} | output])
    assert shown["text"].startswith(cleaning.NOT_SHOWN.partition("{")[0]) and why in shown["text"]


def test_what_is_cut_off_says_so():
    long = "x" * (cleaning.MAX_OUTPUT + 1)
    outputs = [{"output_type": "stream", "name": "stdout", "text": long}]
    outputs += [{"output_type": "display_data", "data": {kind: long}} for kind in cleaning.KEPT]
    outputs[2]["data"] = {}  # a picture is never cut
    for shown in clean_outputs([outputs[0], outputs[1], outputs[3]]):
        text = shown.get("text") or "".join(shown["data"].values())
        assert cleaning.CUT_OUTPUT.strip() in unescape(text)


# --- The weight of a page --------------------------------------------------------------------


def own(number, source="", outputs=None, attachments=None):
    """Return a cell of a student's own, as it is shown."""
    cell = {"id": f"own-{number}", "metadata": {}, "source": source}
    if outputs is None:
        return cell | {"cell_type": "markdown", "attachments": attachments or {}}
    return cell | {"cell_type": "code", "execution_count": None, "outputs": outputs}


def marked(text="0 of 2 points."):
    """Return a check's cell with its mark."""
    outputs = [{"output_type": "stream", "name": "stdout", "text": text}]
    about = {"nbgrader": {"grade": True, "grade_id": "q1"}}
    return own(0, "check()", outputs) | {"id": "q1", "metadata": about}


def picture_output():
    data = {"image/png": png(more=bytes(900_000))}
    return {"output_type": "display_data", "data": data, "metadata": {}}


FLOODS = {
    "text and code": [
        cell for n in range(9) for cell in (own(n, "# a\n" * 9_000), own(n, "f'{" * 9_000, []))
    ],
    "outputs": [
        own(n, "", [{"output_type": "stream", "name": "stdout", "text": "\x1b[1m&" * 9_000}] * 2)
        for n in range(20)
    ]
    + [own(n, "", [picture_output()] * 2) for n in range(10)],
    "pasted": [
        own(n, f"![a](attachment:{n}.png)", None, {f"{n}.png": picture_output()["data"]})
        for n in range(20)
    ],
}


@pytest.mark.parametrize("what", FLOODS)
def test_the_page_of_a_flood_is_bounded_keeps_the_marks_and_says_what_it_leaves_out(what):
    flood = [cell | {"id": f"own-{n}"} for n, cell in enumerate(FLOODS[what])]
    cells = bounded([*flood, marked()])
    assert cells[-1] == marked()
    notebook = nbformat.from_dict(
        {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    )
    page, _ = HTMLExporter(template_name="basic").from_notebook_node(notebook)
    assert len(page) < 20_000_000
    assert page_budget.ROOM in page


def test_ordinary_work_is_shown_whole():
    cells = [own(0, "text"), own(1, "x", [picture_output()]), marked()]
    assert bounded(cells) == cells


#: What takes a parser of Markdown long, where it looks through the rest of a text each time.
OPENED = ("\\\\[", "\\\\(", "\\begin{", "\\begin{a}", "$", "$$", "[", "![", "[a](", "*", "**a")
OPENED += ("*_", "`", "``a`", "<", "> ", "- a\n", "1. a\n", "|a", "|a|\n|-|\n", "a\n: b\n", "\n")
OPENED += ("a\n===\n", "```\n", "http://", "\\", " ")
#: And one of Python: names with a dot.
CODE = ("a.", "+", "a ", "f'{", "'\\")

RENDER = """
import json, resource, sys
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.markdown_mistune import markdown2html_mistune
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))  # those of formulas alone took longer
texts, code = json.load(sys.stdin)
list(map(markdown2html_mistune, texts))
list(map(Highlight2HTML(), code))
"""


def test_no_text_and_no_code_keeps_a_page_waiting():
    """All of them in less time than those of formulas took."""
    texts = [clean_markdown(each * (25_000 // len(each))) for each in OPENED]
    code = [bounded([own(0, each * 60_000, [])])[0]["source"] for each in CODE]
    given = json.dumps([texts, code]).encode()
    subprocess.run([sys.executable, "-c", RENDER], input=given, check=True)


@pytest.mark.parametrize("opened", OPENED[:4])
def test_a_text_of_too_many_formulas_is_shown_as_it_was_typed(opened):
    text = f"<b>{opened}~~~~ ![a](x)\n" * 101
    page = markdown2html_mistune(clean_markdown(text))
    assert cleaning.AS_TYPED.strip("*") in page
    assert text in unescape(page) and "<b>" not in page and "<img" not in page
    assert clean_markdown(f"{opened} x") == f"{opened} x"
