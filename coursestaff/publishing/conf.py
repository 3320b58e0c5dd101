"""How Sphinx prints the course. `site` makes the sources and calls it."""

from pathlib import Path

import courseware
from coursestaff.publishing import metadata
from coursestaff.publishing.lite import building
from courseware import article

HERE = Path(__file__).resolve().parent

project = article.facts()["course"]
author = f"the {project} authors"
version = release = courseware.__version__
language = "en_GB"

extensions = [
    "myst_nb",
    "coursestaff.publishing.addresses",
    "coursestaff.publishing.details_directive",
    "coursestaff.publishing.metadata",
]
OWN = article.pages()
templates_path = [str(HERE / "templates"), str(OWN)]
nitpicky = True

nb_execution_mode = "off"  # execution.py has run the chapters, all at once
nb_ipywidgets_js = {}  # no widgets, so nothing to fetch from elsewhere
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"
myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist"]
myst_heading_anchors = 3

html_baseurl = metadata.SITE
html_theme = "pydata_sphinx_theme"
html_title = article.course()
FONTS = Path(courseware.__file__).parent / "fonts"
html_favicon = str(building.ICON)
html_static_path = [str(HERE / "static"), str(FONTS / "web"), str(FONTS / "OFL.txt")]
html_css_files = ["course.css", "home_page.css"]
html_js_files = [(script, {"defer": "defer"}) for script in ("fold.js", "strip.js")]
html_context = {"default_mode": "light"}  # by night where the reader's system is: layout.html
#: Pages that stand by themselves: beside them the margin would have nothing to show.
PAGES = (HERE / "pages", HERE / "guide_pages", OWN / "site", OWN / "guide")
ALONE = [page.stem for folder in PAGES for page in folder.glob("*.md")]
html_sidebars = {page: [] for page in {*ALONE, "words", "code", "claims", "search"}}
html_use_index = False
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": project},
    "navbar_align": "left",
    "navbar_end": [],
    "header_links_before_dropdown": 7,
    "secondary_sidebar_items": ["page-toc"],
    "show_toc_level": 1,
    "footer_start": ["licence"],
    "footer_end": [],
    "search_bar_text": "Search the course",
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}


def setup(app) -> None:
    """Take in the pictures that the site has made."""
    app.config.html_static_path.append(str(Path(app.srcdir) / "made"))
