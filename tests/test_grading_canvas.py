"""Points and pages go to Canvas once, to the right student, and nothing private goes elsewhere."""

import logging
import os

import pytest

from coursestaff import cli
from coursestaff.canvas import sending as sending
from coursestaff.returning import feedback
from courseware import CourseError
from tests.canvas import TOKEN, Canvas, running

pytestmark = pytest.mark.filterwarnings("ignore:Canvas may respond unexpectedly")

NAME = "02_the_trade_lifeline"
NAMES = {"101": "Example, Ada", "102": "Sample, Bo", "103": "Third, Cy", "109": "Gone, Di"}


@pytest.fixture
def pages(tmp_path, monkeypatch):
    monkeypatch.setenv(sending.TOKEN, TOKEN)
    made = {}
    for student in ("101", "102"):
        made[student] = tmp_path / student / f"{NAME}.html"
        made[student].parent.mkdir()
        made[student].write_text(f"<h1>Private: {student}</h1>", encoding="utf-8")
    return made


def planned(place, pages, points=None, scale=False):
    os.environ[sending.TOKEN] = TOKEN  # the plan before has taken it away
    points = {"101": 19.5, "102": 12.0} if points is None else points
    return sending.plan(sending.connect(place, NAME, scale=scale), points, 20, pages, scale)


def test_a_plan_reads_only_and_says_what_would_be_sent(pages):
    there = Canvas([101, 102, 103], post_manually=True)
    there.submissions[102]["score"] = there.submissions[102]["entered_score"] = 11.0
    with running(there) as place:
        plan = planned(place, pages)
    assert {method for method, *_ in there.asked} == {"GET"}
    assert sending.in_words(plan, NAMES).splitlines() == [
        "To '02 Trade' in Canvas (20 points). Students see the points and pages only when you "
        "post the grades there:",
        "  101 Example, Ada: 19.5 points (now none) and feedback page",
        "  102 Sample, Bo: 12 points (now 11) and feedback page",
    ]


def test_points_and_pages_arrive_once_and_at_their_student(pages):
    there, said = Canvas([101, 102, 103]), []
    with running(there) as place:
        assert sending.send(planned(place, pages), NAMES, said.append) == []
        assert said == ["Sent: 101 Example, Ada.", "Sent: 102 Sample, Bo."]
        before = len(there.asked)
        again = planned(place, pages)
        assert sending.send(again, NAMES, said.append) == [] and len(said) == 2
        assert {method for method, *_ in there.asked[before:]} == {"GET"}
        assert (
            "101 Example, Ada: nothing to send, because Canvas already has it all"
            in sending.in_words(again, NAMES)
        )
        pages["102"].write_text("<h1>Private: another mark</h1>", encoding="utf-8")
        (step,) = [step for step in planned(place, pages).steps if step.page]
        assert step.student == "102" and step.points is None
    assert [there.submissions[n]["score"] for n in (101, 102, 103)] == [19.5, 12.0, None]
    for number in (101, 102):
        (comment,) = there.submissions[number]["submission_comments"]
        name = comment["attachments"][0]["filename"]
        assert name.startswith(f"{NAME}-") and name.endswith(".html")
        assert (name, f"<h1>Private: {number}</h1>".encode()) in there.files.values()
    assert not there.submissions[103]["submission_comments"]
    assert [known for _, path, known in there.asked if path == "/upload"] == [False, False]


def test_points_with_many_decimals_are_sent_once(pages):
    there, points = Canvas([101]), {"101": 20 * 2 / 3}  # a late penalty of a third
    with running(there) as place:
        assert sending.send(planned(place, {}, points), NAMES) == []
        assert [step.points for step in planned(place, {}, points).steps] == [None]


def test_other_points_are_refused_or_scaled(pages):
    there = Canvas([101, 102], points_possible=100.0)
    with running(there) as place:
        with pytest.raises(
            CourseError, match=r"allows 100 points, but the exercise has 20\. Use --scale"
        ):
            planned(place, pages)
        sending.send(planned(place, {}, scale=True), NAMES)
    assert [each["score"] for each in there.submissions.values()] == [97.5, 60.0]


def test_who_is_excused_or_not_there_gets_nothing_and_is_named(pages):
    there = Canvas([101, 102])
    there.submissions[102]["excused"] = True
    with running(there) as place:
        plan = planned(place, pages, {"101": 1.0, "102": 2.0, "109": 3.0})
        sending.send(plan, NAMES)
    said = sending.in_words(plan, NAMES)
    assert "Graded here, but missing from this assignment in Canvas: 109 Gone, Di." in said
    assert "Excused in Canvas, so nothing is sent: 102 Sample, Bo." in said
    assert there.submissions[102]["score"] is None


@pytest.mark.parametrize(
    ("assignment", "said"),
    [
        ({"grading_type": "letter_grade"}, "'02 Trade' is graded by 'letter_grade'"),
        ({"points_possible": 0}, "allows 0 points, but the exercise has 20. Set the maximum"),
    ],
)
def test_what_takes_no_points_is_refused(pages, assignment, said):
    with running(Canvas([101], **assignment)) as place, pytest.raises(CourseError, match=said):
        planned(place, pages)


def test_an_anonymous_assignment_is_refused(pages):
    there = Canvas([101])
    there.submissions[101]["user_id"] = None
    with running(there) as place, pytest.raises(CourseError, match="graded anonymously"):
        planned(place, pages)


def test_one_refusal_is_named_and_the_others_go_on(pages):
    there = Canvas([101, 102])
    there.refused = {101}
    with running(there) as place:
        failed = sending.send(planned(place, pages), NAMES)
    assert failed == [
        "101 Example, Ada: The owner of this token may not grade in this Canvas course. "
        "Use the token of somebody who may."
    ]
    assert there.submissions[102]["score"] == 12.0


def test_where_canvas_has_gone_sending_stops_and_goes_on_later(pages):
    there = Canvas([101, 102])
    with running(there) as place:
        plan = planned(place, pages)

        def gone(said):
            there.gone = True

        with pytest.raises(CourseError, match=r"cannot be reached.*Run the same command again"):
            sending.send(plan, NAMES, gone)
        there.gone = False
        assert [step.student for step in planned(place, pages).steps if step.page] == ["102"]


def test_without_a_token_or_with_a_wrong_one_nothing_is_asked_for(pages, monkeypatch):
    there = Canvas([101])
    with running(there) as place:
        monkeypatch.setenv(sending.TOKEN, "wrong")
        with pytest.raises(CourseError, match="does not accept this token") as refused:
            sending.connect(place, NAME)
        assert "wrong" not in str(refused.value).replace("it is wrong", "")
        with pytest.raises(
            CourseError, match=r"no token in.*CANVAS_TOKEN.*Never write the token into a command"
        ):
            sending.connect(place, NAME)  # the first one has taken it away


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("https://canvas.example.org/courses/12", "Copy the address from the browser"),
        ("http://canvas.example.org/courses/12/assignments/345", "begin with https://"),
        ("http://127.0.0.1.example.org/courses/1/assignments/2", "begin with https://"),
        (
            "http://localhost@example.org/courses/1/assignments/2",
            "Copy the address from the browser",
        ),
        ("ftp://canvas.example.org/courses/1/assignments/2", "Copy the address from the browser"),
    ],
)
def test_an_address_that_would_show_the_token_is_refused(pages, place, said):
    with pytest.raises(CourseError, match=said):
        sending.connect(place, NAME)


def test_no_log_has_the_token_names_or_marks(pages, caplog):
    there = Canvas([101, 102])
    there.refused = {102}
    with caplog.at_level(logging.DEBUG), running(there) as place:
        sending.send(planned(place, pages), NAMES)
    for private in (TOKEN, "Example", "19.5", "Private", "posted_grade"):
        assert private not in caplog.text


def test_the_command_is_a_dry_run_unless_it_is_told_to_send(pages, monkeypatch, capsys):
    made = feedback.Pages(pages, {"101": 19.5, "102": 12.0}, 20, NAMES, {})
    monkeypatch.setattr(feedback, "make", lambda course, name: made)
    there = Canvas([101, 102])
    with running(there) as place:
        for more in ([], ["--dry-run"]):
            os.environ[sending.TOKEN] = TOKEN
            assert cli.main(["canvas", NAME, "--at", place, *more]) == 0
            said = capsys.readouterr().out
            assert said.endswith(
                "Nothing has been sent yet. Check this list, and then run the same command with "
                "--send.\n"
            )
        assert not there.files and there.submissions[101]["score"] is None
        os.environ[sending.TOKEN] = TOKEN
        assert cli.main(["canvas", NAME, "--at", place, "--only", "points", "--send"]) == 0
    assert there.submissions[101]["score"] == 19.5 and not there.files
    assert TOKEN not in capsys.readouterr().out
    with pytest.raises(SystemExit):
        cli.main(["canvas", NAME, "--at", place, "--dry-run", "--send"])


@pytest.fixture
def no_pages(monkeypatch):
    """Making pages takes a minute for a class, so what is refused is refused before."""
    monkeypatch.setattr(feedback, "make", lambda course, name: pytest.fail("pages were made"))


def test_another_exercise_s_assignment_is_refused_unless_its_title_is_given(pages, no_pages):
    with running(Canvas([101], name="02 Trade")) as place:
        os.environ[sending.TOKEN] = TOKEN
        with pytest.raises(
            CourseError, match=r"'02 Trade', which does not match 04_the_xian_summit"
        ):
            sending.connect(place, "04_the_xian_summit")
        os.environ[sending.TOKEN] = TOKEN
        with pytest.raises(CourseError, match="'02 Trade', not 'Summit'"):
            sending.connect(place, NAME, title="Summit")
        os.environ[sending.TOKEN] = TOKEN
        assert sending.connect(place, "04_the_xian_summit", title="02 Trade").id == 345


@pytest.mark.parametrize(
    ("assignment", "said"),
    [
        ({"name": "Week 3"}, "'Week 3', which does not match"),
        ({"points_possible": 100.0}, "allows 100 points, but the exercise has 20"),
        ({"grading_type": "letter_grade"}, "by 'letter_grade'"),
    ],
)
def test_the_command_refuses_before_it_makes_pages(pages, no_pages, capsys, assignment, said):
    there = Canvas([101], **assignment)
    with running(there) as place:
        assert cli.main(["canvas", NAME, "--at", place, "--send"]) == 1
    assert said in capsys.readouterr().err
    assert {method for method, *_ in there.asked} == {"GET"}


def test_where_canvas_cannot_be_reached_no_page_is_made(pages, no_pages, capsys):
    there = Canvas([101])
    there.gone = True
    with running(there) as place:
        assert cli.main(["canvas", NAME, "--at", place]) == 1
    assert "cannot be reached" in capsys.readouterr().err


def test_without_a_token_no_page_is_made(monkeypatch, no_pages, capsys):
    monkeypatch.delenv(sending.TOKEN, raising=False)
    place = "https://canvas.example.org/courses/12/assignments/345"
    assert cli.main(["canvas", NAME, "--at", place]) == 1
    assert "no token in the environment" in capsys.readouterr().err
    assert cli.main(["canvas", NAME, "--at", "https://canvas.example.org"]) == 1
    assert "Copy the address from the browser" in capsys.readouterr().err


# The list for who has no token ---------------------------------------------------------------


def test_the_list_has_speedgrader_s_order_and_nothing_of_names_as_html(tmp_path, monkeypatch):
    names = {"1": "Zimmer, Ada", "2": "älter, Bo", "3": "Ämter <b>, Cy", "4": "Abel, Di", "5": ""}
    pages = {each: tmp_path / "feedback" / each / NAME / f"{NAME}.html" for each in names}
    made = feedback.Pages(pages, {}, 20, names, {})
    monkeypatch.setattr(feedback, "make", lambda course, name: made)
    (tmp_path / "feedback").mkdir()
    for _ in range(2):  # a second list takes the place of the first
        to = feedback.listed(tmp_path, NAME)
    assert to == tmp_path / "feedback" / f"{NAME}.canvas.html"
    assert os.name == "nt" or to.stat().st_mode & 0o077 == 0
    page = to.read_text(encoding="utf-8")
    order = [page.index(f"<td>{student}</td><td><a") for student in "54231"]
    assert order == sorted(order)
    assert "Ämter &lt;b&gt;, Cy" in page and "<b>" not in page
    assert f'<a href="3/{NAME}/{NAME}.html">3/{NAME}/{NAME}.html</a>' in page
    assert "http" not in page and "<script" not in page
