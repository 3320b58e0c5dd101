"""A small Sphinx extension: folds, and tables whose first column names the rows.

``<details>`` needs no script: it opens with a click or a key, a link or a search into it opens
it, and what it holds is in the page, so it can be printed and indexed.
"""

from html import escape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective

REST = "I have written my predictions down: open the rest of the chapter"


def folded(summary: str, content: list[nodes.Node], classes: str = "fold") -> list[nodes.Node]:
    """Return nodes in a fold; ``summary`` is the line that stays visible."""
    opened = f'<details class="{classes}"><summary>{escape(summary)}</summary>\n'
    return [
        nodes.raw("", opened, format="html"),
        *content,
        nodes.raw("", "</details>\n", format="html"),
    ]


class FoldDirective(SphinxDirective):
    """``:::{fold} Summary``: fold what stands between the colons."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the fold with its parsed content."""
        return folded(self.arguments[0], self.parse_content_to_nodes())


def fold_after_predict(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Fold what follows a chapter's section *Predict*.

    Only now, when the contents in the margin are already drawn up: they list folded sections too.
    """
    if not page.startswith("chapters/"):
        return
    for section in doctree.findall(nodes.section):
        if section["names"] == ["predict"]:
            chapter, place = section.parent, section.parent.index(section) + 1
            chapter[place:] = folded(REST, chapter[place:], "fold after-predict")
            return


class HeadlessTables(SphinxTransform):
    """Markdown cannot write a table without a head: an empty one means that rows have names."""

    default_priority = 500

    def apply(self) -> None:
        """Remove empty heads, and make the first column the names of the rows."""
        for group in self.document.findall(nodes.tgroup):
            heads = [child for child in group if isinstance(child, nodes.thead)]
            if heads and not heads[0].astext().strip():
                group.remove(heads[0])
                next(group.findall(nodes.colspec))["stub"] = 1


def name_folds_by_their_words(app: Sphinx, page: str, template: str, context: dict, *_) -> None:
    """Take back the name that myst-nb gives its folds: it hides the words that one sees."""
    context["body"] = context.get("body", "").replace(' aria-label="Toggle hidden content"', "")


def setup(app: Sphinx) -> dict:
    """Tell Sphinx what there is."""
    app.add_directive("fold", FoldDirective)
    app.add_transform(HeadlessTables)
    app.connect("doctree-resolved", fold_after_predict)
    app.connect("html-page-context", name_folds_by_their_words)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
