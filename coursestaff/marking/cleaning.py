"""Make what students write safe to show: formgrader opens it in the instructor's own Jupyter.

nbconvert renders Markdown with whatever HTML and links are in it, in comments too, and MathJax
makes links of its own: so here stands what may pass, not what may not. All of it takes time and
room in proportion to what is cleaned: that is counted first, and the result is measured.
"""

import re
from collections.abc import Container, Iterator
from functools import lru_cache
from html import escape

import nh3

from coursestaff.exercises.cells import source
from coursestaff.marking import pictures

KEPT = ("text/plain", "image/png", "text/html")
TAGS = {"b", "br", "caption", "code", "details", "div", "em", "i", "p", "pre", "span", "strong"}
TAGS |= {"summary", "table", "tbody", "td", "th", "thead", "tr", "ul", "ol", "li"}
ATTRIBUTES = {"th": {"scope", "colspan", "rowspan"}, "td": {"colspan", "rowspan"}}
#: Tags of HTML that are taken out, and what stands between them stays. Any other "<" is a sign.
TAKEN_OUT = {"a", "abbr", "article", "aside", "audio", "blockquote", "body", "button", "canvas"}
TAKEN_OUT |= {"center", "cite", "col", "colgroup", "dd", "del", "dl", "dt", "embed", "figcaption"}
TAKEN_OUT |= {"figure", "font", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "head"}
TAKEN_OUT |= {"header", "hr", "html", "img", "input", "ins", "kbd", "label", "link", "main", "mark"}
TAKEN_OUT |= {"meta", "nav", "object", "q", "s", "samp", "section", "small", "source", "strike"}
TAKEN_OUT |= {"sub", "sup", "tfoot", "time", "tt", "u", "var", "video", "wbr"}
TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-z][a-z0-9]*)(?P<more>\s[^<>]*)?/?>", re.IGNORECASE)
#: What follows the name of a tag; words without "=" are none, but for these few.
VALUE = r"""\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+)"""
SWITCHES = "open|hidden|checked|disabled|controls|scoped"
MORE = re.compile(rf"(?:\s+(?:[a-z_:][\w:.-]*{VALUE}|{SWITCHES}))*\s*/?", re.IGNORECASE)
ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
#: What a browser does not show either, and what is said in its place.
UNSEEN = (
    (r"<style(?:\s[^<>]*)?>", r"</style\s*>", ""),
    (r"<script(?:\s[^<>]*)?>", r"</script\s*>", " [a script is left out here] "),
)
MAX_TAGS = 10_000  # of one output
MAX_DEPTH = 32  # tags within tags, none of them ended
ONE_TAG = {"br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
NO_MATHS = '<div class="tex2jax_ignore mathjax_ignore">{}</div>'
MAX_OUTPUT = 200_000  # characters of one output
MAX_TEXT = 50_000  # characters of one text
CUT = "\n\n[… This is too long and is cut off here. All of it is in `submitted/`.]"
CUT_OUTPUT = "\n[… The output is too long and is cut off here.]"
ALT_TEXT = "A picture that the code above draws"  # nbconvert warns of each picture without one
NOT_SHOWN = "This output is not shown, because {}."
#: What nbconvert looks for an end of, through the whole rest of a text, each time it begins.
FORMULA = re.compile(r"\\\\[\[(]|\\begin\{")
MAX_FORMULAS = 100  # of one text
AGAIN = " *(This picture is shown above.)*"
NO_PICTURE = (
    " *(This picture is not shown, because it is too large or is neither a PNG nor a JPEG.)*"
)
AS_TYPED = "*This text is shown as it was typed, because it has too many formulas to display.*"

#: How TeX commands begin with which MathJax makes a link, takes a style, an id or a font, or loads
#: more of itself; and those that make new commands, which might spell one of these.
NO_TEX = ("href", "style", "class", "cssId", "data", "html", "mmlToken", "bbox", "fcolorbox")
NO_TEX += ("unicode", "require", "setOptions", "def", "gdef", "xdef", "edef", "let", "csname")
NO_TEX += ("newcommand", "renewcommand", "providecommand", "newenvironment", "renewenvironment")

#: In Markdown: (what is taken apart, so that it is text only, and how).
TAKEN_APART = (
    (re.compile(r"&(?=#|\w+;)"), "&amp;"),
    (re.compile(r"<(?=[A-Za-z/!?])"), "&lt;"),
    (re.compile(r"\]\((?!\s*(?:https?://|mailto:|#|attachment:))"), "] ("),
    (re.compile(r"\]:"), "]\\:"),  # where a link goes, said elsewhere
    (re.compile(rf"\\(?={'|'.join(NO_TEX)})"), r"\\ "),
)
#: What of it stands for a single sign, so that a page that shows text only can take it back.
STANDS_FOR = {"&amp;": "&", "&lt;": "<"}
#: Its name is bounded, or each beginning would be looked for an end through all that follows.
PICTURE = re.compile(r"!\[(?:(?P<alt>[^\[\]]*)\]\(attachment:(?P<name>[^)\s]{0,100})\))?")


def clean_outputs(outputs: list[dict]) -> list[dict]:
    """Return outputs with text, pictures (PNG) and harmless HTML only; no script, no SVG."""
    return [cleaned for output in outputs if (cleaned := _clean_output(output))]


def _clean_output(output: dict) -> dict | None:
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": _cut(str(output.get("text")))}
    if kind == "error":
        name, value = str(output.get("ename"))[:100], str(output.get("evalue"))[:2000]
        line = f"{name}: {value}"
        return {"output_type": "error", "ename": name, "evalue": value, "traceback": [line]}
    data = output.get("data")
    if kind not in ("display_data", "execute_result") or not isinstance(data, dict):
        return None
    kept: dict[str, str] = {}
    for mime in KEPT:
        if mime == "text/html" and "image/png" in kept:
            break  # it says the same, and would be shown instead
        if isinstance(data.get(mime), str) and (content := _clean_data(mime, data[mime])):
            kept[mime] = content
    if not kept:
        return not_shown(f"it is {_kinds(data)} instead of text, a table or a PNG picture")
    about = {"image/png": {"alt": ALT_TEXT}} if "image/png" in kept else {}
    return {"output_type": "display_data", "data": kept, "metadata": about}


def not_shown(why: str) -> dict:
    """Return what stands in the place of an output that is not shown."""
    return {"output_type": "stream", "name": "stdout", "text": NOT_SHOWN.format(why) + "\n"}


def _kinds(data: dict) -> str:
    kinds = [mime for mime, content in data.items() if content]
    return (", ".join(map(str, kinds)) or "empty")[:200]


def _cut(text: str) -> str:
    return text if len(text) <= MAX_OUTPUT else text[:MAX_OUTPUT] + CUT_OUTPUT


def _clean_data(mime: str, content: str) -> str:
    if mime == "image/png":
        return content if pictures.is_picture(mime, content) else ""
    if mime == "text/plain":
        return _cut(content)
    said = f"<p>{CUT_OUTPUT}</p>" if len(content) > MAX_OUTPUT else ""
    return NO_MATHS.format(clean_html(content) + said) if content else ""


@lru_cache(maxsize=64)  # what a class shows is mostly the released cells' tables
def clean_html(text: str) -> str:
    """Return HTML with the tags in `TAGS` only; no word of a text between tags is lost.

    What is too deep or has too many tags to be a table or a text is shown as it was typed.
    """
    text = text[:MAX_OUTPUT]
    for begin, end, instead in UNSEEN:
        text = instead.join(_outside(text, begin, end))
    tags = [tag for tag in TAG.finditer(text) if _is_tag(tag)]
    if len(tags) > MAX_TAGS or _depth(tags) > MAX_DEPTH:
        return f"<pre>{escape(text)}</pre>"
    clean = nh3.clean(
        "".join(_signs(text, tags)), tags=TAGS, attributes=ATTRIBUTES, clean_content_tags=set()
    )
    return clean if len(clean) <= 2 * len(text) + MAX_TAGS else f"<pre>{escape(text)}</pre>"


def _is_tag(found: re.Match) -> bool:
    """Return whether what looks like a tag is one: in "a <b and c=3> d" there is none."""
    known = found["name"].lower() in TAGS | TAKEN_OUT
    return known and MORE.fullmatch(found["more"] or "") is not None


def _depth(tags: list[re.Match]) -> int:
    """Return how many tags at most stand open: an end ends only what was begun last.

    A browser repairs the others, and takes the longer the more of them stand open.
    """
    standing: list[str] = []
    most = 0
    for tag in tags:
        name = tag["name"].lower()
        if not tag["end"]:
            standing += [name] if name not in ONE_TAG else []
        elif standing and standing[-1] == name:
            standing.pop()
        most = max(most, len(standing))
    return most


def _outside(text: str, begin: str, end: str) -> Iterator[str]:
    """Yield what of a text is not between ``begin`` and ``end``; a beginning without end stays."""
    first, last = re.compile(begin, re.IGNORECASE), re.compile(end, re.IGNORECASE)
    place = 0
    while (start := first.search(text, place)) and (stop := last.search(text, start.end())):
        yield text[place : start.start()]
        place = stop.end()
    yield text[place:]


def _signs(text: str, tags: list[re.Match]) -> Iterator[str]:
    """Yield a text with every "<" outside these tags escaped."""
    place = 0
    for tag in tags:
        yield text[place : tag.start()].replace("<", "&lt;")
        yield tag[0]
        if tag["name"].lower() == "img" and (alt := ALT.search(tag[0])):
            yield f" [picture: {escape(alt[1] or alt[2] or '')}] "
        place = tag.end()
    yield text[place:].replace("<", "&lt;")


def clean_text(cell: dict) -> dict:
    """Return what of a Markdown cell is shown: its ``source``, and its pasted pictures.

    Each picture is shown once, for a page holds it as often as it is shown; one that is shown
    nowhere is left out.
    """
    pasted = cell.get("attachments") or {}
    kept = pictures.kept(pasted)
    text = clean_markdown(source(cell), kept, pasted)
    seen = {found["name"] for found in PICTURE.finditer(text)}
    kept = {name: forms for name, forms in kept.items() if name in seen}
    return {"source": text} | ({"attachments": kept} if kept else {})


def clean_markdown(text: str, shown: Container[str] = (), pasted: Container[str] = ()) -> str:
    """Return Markdown in which HTML is only text, and links lead to addresses of the web only.

    Args:
        text: what a student wrote.
        shown: names of pasted pictures; others, which would be fetched from somewhere or are
            not there, stay as text.
        pasted: names of all that was pasted: of these it is said that they are not shown.

    """
    text = text[:MAX_TEXT] + (CUT if len(text) > MAX_TEXT else "")
    if len(FORMULA.findall(text)) > MAX_FORMULAS:
        return _as_typed(text)
    for what, instead in TAKEN_APART:
        text = what.sub(instead, text)
    before: set[str] = set()

    def picture(found: re.Match) -> str:
        name = found["name"]
        if name in shown and name not in before:
            before.add(name)
            return found[0]
        said = AGAIN if name in before else NO_PICTURE if name in pasted else ""
        return found[0].replace("![", "!\\[", 1) + said

    return PICTURE.sub(picture, text)


def for_text_only(text: str) -> str:
    """Return cleaned Markdown with "<" and "&" as they were typed: for what shows no HTML."""
    return re.sub("|".join(STANDS_FOR), lambda found: STANDS_FOR[found[0]], text)


def _as_typed(text: str) -> str:
    """Return Markdown that shows a text letter by letter: a block of code, in no language."""
    longest = max((len(run) for run in re.findall("~+", text)), default=0)
    fence = "~" * max(3, longest + 1)
    return f"{AS_TYPED}\n\n{fence}\n{text}\n{fence}"
