"""What a page says of itself to whoever finds and cites it; a small Sphinx extension.

Every page carries a description, the tags of a card for social media and a `LearningResource` of
schema.org. The facts of a chapter or an exercise are those of its first cell; any other page is
described by its first paragraph. Nothing names an address unless the site's own is known.
"""

from functools import cache

from docutils import nodes
from sphinx.application import Sphinx

from coursestaff.chapters import FURTHER, companion
from coursestaff.publishing import cover, home_page, reader
from courseware import article

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
LONGEST = 300  # letters of a description: what search pages show, and a little more
#: What the pages of a folder, or a page by itself, are; the others are web pages about the course.
KINDS = {
    "chapters": "lesson",
    FURTHER: "lesson",
    "exercises": "exercise",
    "tables": "data dictionary",
    "words": "glossary",
    "code": "glossary",
    "claims": "reference",
    "plans": "lesson plan",
}
GUIDE = "teaching guide"
SITE = ""  #: the address at which the course is published, once that is known
CARD = "card.png"  #: what is shown beside a link to the course, among the pictures


def learning_resource(
    page: str, title: str, body: nodes.document, *, guide: bool, chosen: str | None = None
) -> dict:
    """Return what a page is, in the words of schema.org; ``chosen`` names the chapters."""
    heads = {} if guide else _heads(chosen)
    head = heads.get(page)
    if head:
        able = head.card.get(reader.ABLE)
        description = f"{head.question} {reader.ABLE} {able}." if able else head.question
    else:
        description = reader.opening(_first_paragraph(body) or title, LONGEST)
    minutes = head.minutes if head else 0
    if page == "index" and not guide:
        # What is read after class is nobody's duty.
        minutes = sum(h.minutes for page, h in heads.items() if not page.startswith(FURTHER))
    found = {
        "@context": "https://schema.org",
        "@type": "LearningResource",
        "name": title,
        "description": description,
        "educationalLevel": "beginner",
        "learningResourceType": _kind(page, guide=guide),
        "license": LICENCE,
        "inLanguage": "en-GB",
    }
    if minutes:
        found["timeRequired"] = f"PT{minutes}M"
    if page != "index" or guide:
        found["isPartOf"] = {"@type": "Course", "name": article.course()}
    return found


def _kind(page: str, *, guide: bool) -> str:
    folder, _, name = page.rpartition("/")
    if page == "index" and not guide:
        return "course"
    kind = KINDS.get(folder) if name != "index" else None
    return kind or KINDS.get(page) or (GUIDE if guide else "web page")


def _first_paragraph(body: nodes.document) -> str:
    paragraphs = (" ".join(text.astext().split()) for text in body.findall(nodes.paragraph))
    return next(filter(None, paragraphs), "")


@cache
def _heads(chosen: str | None) -> dict[str, reader.Head]:
    """Return what chapters, companions and exercises say of themselves, by their page's name."""
    taken = reader.chapters(chosen=chosen)
    exercises = reader.exercises(chapters={path.stem[:2] for path in taken})
    further = [path for path in map(companion, taken) if path]
    folders = {"chapters": taken, FURTHER: further, "exercises": exercises}
    return {
        f"{folder}/{path.stem}": reader.read_head(path)
        for folder, paths in folders.items()
        for path in paths
    }


def describe(app: Sphinx, page: str, template: str, context: dict, body) -> str | None:
    """Give a page its description; a page that names a template of its own is drawn by that."""
    if body is None:  # the search page, which is nobody's text
        return None
    guide = app.srcdir.name == "guide"
    title = (
        article.course() if page == "index" and not guide else body.next_node(nodes.title).astext()
    )
    chosen = app.config.course_chapters
    context["about"] = learning_resource(page, title, body, guide=guide, chosen=chosen)
    if app.config.html_baseurl and not guide:
        context["card"] = f"{app.config.html_baseurl.rstrip('/')}/_static/pictures/{CARD}"
        context["card_alt"] = f"{article.course()}. {cover.alt()}"
    own = (context.get("meta") or {}).get("template")
    if own:
        context["home"] = home_page.make(chosen=chosen)
    return own


def setup(app: Sphinx) -> dict:
    """Tell Sphinx what there is."""
    app.add_config_value("course_chapters", None, "html", [str])  # such as "00,01"; all if None
    app.connect("html-page-context", describe)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
