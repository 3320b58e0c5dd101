"""Names and ids of students are text in formgrader's pages; a platform gets its own back."""

import pytest

from coursestaff import names
from coursestaff.collecting import classlist
from coursestaff.nbgrader_course import directory, gradebook
from tests.notebooks import ROOT

CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,E (1)
"Diaz, <img src=x>",102,,,,
"""


def test_a_name_in_a_class_list_is_text_in_the_gradebook_and_goes_back_as_it_came(tmp_path):
    path = tmp_path / "canvas.csv"
    path.write_text(CANVAS, encoding="utf-8")
    listed = classlist.read(path, "canvas")
    assert listed.names == {"102": "Diaz, ‹img src=x›"}
    assert b"Diaz, <img src=x>" in listed.with_points("E (1)", {"102": 3.0})


def test_opening_an_old_gradebook_makes_its_names_plain(tmp_path):
    (tmp_path / "nbgrader_config.py").symlink_to(ROOT / "nbgrader_config.py")
    folders = directory(tmp_path)
    before = gradebook(folders)
    before.update_or_create_student("1", first_name="<b>Bo</b>", last_name="O'Neil & Co")
    before.close()
    after = gradebook(folders)
    try:
        student = after.find_student("1")
        assert (student.first_name, student.last_name) == ("‹b›Bo‹/b›", "O'Neil & Co")
        assert student.email is None
    finally:
        after.close()


@pytest.mark.parametrize("student", ["<img src=x>", 'a"b', "a\\b", "a\nb"])
def test_an_id_that_a_page_would_take_for_something_else_does_not_fit(student):
    assert not names.fits(student)
    assert names.fits("o'neil.b-2@example.org")
