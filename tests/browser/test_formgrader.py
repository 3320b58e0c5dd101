"""formgrader opens on a graded class, shows marks and hints, and runs no script of a student's."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import expect

from coursestaff.marking import coordinator
from coursestaff.nbgrader_course import directory, gradebook
from tests import handins
from tests.exercises import exercise
from tests.isolated import needs_isolation
from tests.notebooks import ROOT

NAME = "02_the_trade_lifeline"
pytestmark = needs_isolation

#: What a script would leave behind, whichever way it got to run.
TRACE = "window.seen = (window.seen || '') + '%s '"
MARKDOWN = (
    f'<script>{TRACE % "tag"}</script> <img src=x onerror="{TRACE % "image"}"> '
    "[link](javascript:window.seen='link') ![picture](x\"onerror=\"window.seen='markdown')"
)
OUTPUTS = (
    f"HTML('''<script>{TRACE % 'html'}</script>''')",
    f"HTML('''<img src=x onerror=\"{TRACE % 'handler'}\">''')",
    f"Javascript('''{TRACE % 'javascript'}''')",
    f"SVG('''<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"{TRACE % 'svg'}\"></svg>''')",
    f"Markdown('''<script>{TRACE % 'shown'}</script>''')",
    f"Latex('''</script><script>{TRACE % 'latex'}</script>''')",
)


def hostile() -> dict:
    """Return a right submission with a wrong answer and a script wherever one fits."""
    answers = {"q2-answer": "growth_total = 0.42", "q9": MARKDOWN}
    notebook = handins.answered(NAME, answers)
    imports = "from IPython.display import HTML, Javascript, Latex, Markdown, SVG, display"
    for shown in OUTPUTS:
        handins.with_cells(notebook, f"{imports}\ndisplay({shown})")
    said = {"cell_type": "markdown", "metadata": {}, "source": MARKDOWN}
    notebook["cells"].append(said)
    return notebook


@pytest.fixture(scope="module")
def graded(course):
    """The course, with two submissions graded and feedback written."""
    before = os.environ.get("NO_LIMITS_DATA")
    os.environ["NO_LIMITS_DATA"] = str(ROOT / "data")
    for student, notebook in (("ann", handins.answered(NAME)), ("eve", hostile())):
        handins.write(course / "submitted" / student / NAME, NAME, notebook)
    summary = coordinator.grade(course, NAME)
    told = {each.student: each.trouble for each in summary.graded}
    assert told.keys() == {"ann", "eve"} and told["ann"] is None
    assert told["eve"].startswith("The box of q9 holds few words")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = [sys.executable, "-m", "nbgrader", "generate_feedback", NAME]
    env = os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=course, env=env, check=True, capture_output=True)
    yield course
    if before is None:
        del os.environ["NO_LIMITS_DATA"]
    else:
        os.environ["NO_LIMITS_DATA"] = before


#: Pages of formgrader: all that show a name, or a student's id.
PAGES = (
    "manage_assignments",
    f"manage_submissions/{NAME}",
    "gradebook",
    f"gradebook/{NAME}",
    f"gradebook/{NAME}/{NAME}",
    "manage_students",
    "manage_students/eve",
    f"manage_students/eve/{NAME}",
)


@pytest.fixture
def named(graded):
    """The class, with scripts for names in its gradebook, as nbgrader may hold them."""
    before = Gradebook(directory(graded).db_url)
    for student, sign in (("eve", "<"), ("ann", "&lt;")):
        first, last = (
            f'{sign}img src=x onerror="{TRACE % part}">&amp;' for part in ("first", "last")
        )
        before.update_or_create_student(student, first_name=first, last_name=last, email=last)
    before.close()
    gradebook(directory(graded)).close()  # as every command does
    return graded


def submission_of(course, student):
    """Return nbgrader's id of a student's notebook."""
    book = gradebook(directory(course))
    try:
        return book.find_submission_notebook(NAME, NAME, student).id
    finally:
        book.close()


@pytest.fixture
def watched(page):
    """A page that notes every window that a script would open."""
    opened = []
    page.on("dialog", lambda dialog: (opened.append(dialog.message), dialog.dismiss()))
    yield page
    assert opened == []
    assert page.evaluate("() => window.seen") is None


def test_formgrader_lists_the_class(graded, page, lab):
    page.goto(f"{lab}/formgrader/gradebook/{NAME}/{NAME}")
    rows = page.locator("table tbody tr")
    expect(rows).to_have_count(2)
    expect(page.get_by_text("Submission #1")).to_be_visible()


@pytest.mark.matrix  # `make test` has its logic: no such name enters the gradebook
def test_a_script_for_a_name_runs_on_no_page(named, watched, lab):
    places = [f"submissions/{submission_of(named, student)}/" for student in ("ann", "eve")]
    for place in (*PAGES, *places):
        watched.goto(f"{lab}/formgrader/{place}")
        watched.wait_for_load_state("networkidle")
        for hidden in watched.locator(".glyphicon.name-hidden").all():
            hidden.click()
        watched.wait_for_timeout(300)  # time for pictures to fail and handlers to run
        assert watched.evaluate("() => window.seen") is None, place
    assert "‹img" in watched.content()


def test_a_graded_submission_shows_marks_and_hints_and_runs_no_script(graded, watched, lab):
    watched.goto(f"{lab}/formgrader/submissions/{submission_of(graded, 'eve')}/")
    hint = exercise(NAME).questions["q2"].misconceptions[0].hint
    expect(watched.get_by_text("0 of 2 points").first).to_be_visible()
    comment = watched.locator("#q2-answer-comment")
    expect(comment).to_have_attribute("placeholder", hint)
    text = watched.locator("body").inner_text()
    assert hint not in text  # it stands in the comment's box only
    assert watched.locator(".output_html table").count() and ".dataframe" not in text
    for link in watched.locator("#notebook a").all():
        assert not (link.get_attribute("href") or "").lower().startswith("javascript:")
    watched.wait_for_timeout(500)  # time for pictures to fail and handlers to run


def test_feedback_shows_the_hint_and_runs_no_script(graded, watched):
    path = graded / "feedback" / "eve" / NAME / f"{NAME}.html"
    watched.goto(path.as_uri())
    hint = exercise(NAME).questions["q2"].misconceptions[0].hint
    text = watched.locator("body").inner_text()
    assert text.count(hint) == 1
    listed = watched.locator("nav li").all_inner_texts()
    assert [each.split(":")[0] for each in listed] == list(exercise(NAME).questions)
    assert "q2: 0 of 2" in listed
    assert watched.locator(".output_html table").count() and ".dataframe" not in text
    watched.wait_for_timeout(500)
