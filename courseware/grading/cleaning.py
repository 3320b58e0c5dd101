"""Make a student's cells safe to show: formgrader opens them in the instructor's own Jupyter."""

import re

import bleach

KEPT = ("text/plain", "image/png", "text/html")
TAGS = ("b", "br", "caption", "code", "details", "div", "em", "i", "p", "pre", "span", "strong")
TAGS += ("summary", "table", "tbody", "td", "th", "thead", "tr", "ul", "ol", "li")
ATTRIBUTES = {"th": ["scope", "colspan", "rowspan"], "td": ["colspan", "rowspan"]}
MAX_OUTPUT = 200_000  # characters of one output
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")


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
        return bleach.clean(content, tags=TAGS, attributes=ATTRIBUTES, strip=True)
    return content


def clean_markdown(text: str) -> str:
    """Return Markdown in which HTML is only text, and no link starts a script."""
    text = re.sub(r"<(?=[A-Za-z/!?])", "&lt;", text)
    return re.sub(r"(?i)\b(javascript|vbscript|data)\s*:", r"\1 :", text)
