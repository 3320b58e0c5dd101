"""Make what students write safe to show: formgrader opens it in the instructor's own Jupyter.

nbconvert renders Markdown with whatever HTML and links are in it, in comments too, and MathJax
makes links of its own: so here stands what may pass, not what may not.
"""

import re

import bleach

KEPT = ("text/plain", "image/png", "text/html")
TAGS = ("b", "br", "caption", "code", "details", "div", "em", "i", "p", "pre", "span", "strong")
TAGS += ("summary", "table", "tbody", "td", "th", "thead", "tr", "ul", "ol", "li")
ATTRIBUTES = {"th": ["scope", "colspan", "rowspan"], "td": ["colspan", "rowspan"]}
NO_MATHS = '<div class="tex2jax_ignore mathjax_ignore">{}</div>'
MAX_OUTPUT = 200_000  # characters of one output
MAX_TEXT = 50_000  # characters of one text
MAX_PICTURE = 5_000_000  # characters of one pasted picture
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
PASTED = ("image/png", "image/jpeg")
NAME = re.compile(r"[\w.-]{1,100}")  # of a pasted picture
CUT = "\n\n[… cut off here: too long. The whole of it is in `submitted/`.]"

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
PICTURE = re.compile(r"!\[(?:(?P<alt>[^\[\]]*)\]\(attachment:(?P<name>[^)\s]*)\))?")


def clean_outputs(outputs: list[dict]) -> list[dict]:
    """Return outputs with text, pictures (PNG) and harmless HTML only; no script, no SVG."""
    return [cleaned for output in outputs if (cleaned := _clean_output(output))]


def _clean_output(output: dict) -> dict | None:
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": str(output.get("text"))[:MAX_OUTPUT]}
    if kind == "error":
        name, value = str(output.get("ename"))[:100], str(output.get("evalue"))[:2000]
        line = f"{name}: {value}"
        return {"output_type": "error", "ename": name, "evalue": value, "traceback": [line]}
    data = output.get("data")
    if kind not in ("display_data", "execute_result") or not isinstance(data, dict):
        return None
    kept = {mime: _clean_data(mime, data[mime]) for mime in KEPT if isinstance(data.get(mime), str)}
    kept = {mime: content for mime, content in kept.items() if content}
    return {"output_type": "display_data", "data": kept, "metadata": {}} if kept else None


def _clean_data(mime: str, content: str) -> str:
    if mime == "image/png":
        return content if BASE64.fullmatch(content) else ""
    content = content[:MAX_OUTPUT]
    if mime == "text/html":
        harmless = bleach.clean(content, tags=TAGS, attributes=ATTRIBUTES, strip=True)
        return NO_MATHS.format(harmless)
    return content


def clean_text(cell: dict) -> dict:
    """Return what of a Markdown cell is shown: its ``source``, and its pasted pictures."""
    pasted = cell.get("attachments") or {}
    pictures = {
        name: kept
        for name, forms in pasted.items()
        if NAME.fullmatch(name) and isinstance(forms, dict) and (kept := _pictures(forms))
    }
    text = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
    shown = {"source": clean_markdown(text, pictures)}
    return shown | ({"attachments": pictures} if pictures else {})


def _pictures(forms: dict) -> dict[str, str]:
    return {
        form: forms[form]
        for form in PASTED
        if isinstance(forms.get(form), str)
        and len(forms[form]) <= MAX_PICTURE
        and BASE64.fullmatch(forms[form])
    }


def clean_markdown(text: str, pictures: dict | tuple = ()) -> str:
    """Return Markdown in which HTML is only text, and links lead to addresses of the web only.

    Args:
        text: what a student wrote.
        pictures: names of pasted pictures; others, which would be fetched from somewhere or are
            not there, stay as text.

    """
    text = text[:MAX_TEXT] + (CUT if len(text) > MAX_TEXT else "")
    for what, instead in TAKEN_APART:
        text = what.sub(instead, text)

    def picture(found: re.Match) -> str:
        return found[0] if found["name"] in pictures else found[0].replace("![", "!\\[", 1)

    return PICTURE.sub(picture, text)
