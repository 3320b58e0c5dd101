"""Honest work loses nothing: five students who answer rightly, each in a way of their own."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import honest
from tests.exercises import NAMES, exercise
from tests.isolated import needs_isolation
from tests.notebooks import ROOT, offline
from tests.test_grading_class import new_course


@pytest.fixture(scope="module")
def hands():
    """Provide one thread, whose zygote serves all exercises."""
    with ThreadPoolExecutor(1) as made:
        yield made


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return new_course(tmp_path_factory.mktemp("honest") / "course")


@pytest.mark.sandbox
@needs_isolation
@pytest.mark.parametrize("name", NAMES)
def test_no_honest_student_loses_a_mark(name, course, hands, monkeypatch):
    for variable, value in (offline() | {"NO_LIMITS_DATA": str(ROOT / "data")}).items():
        monkeypatch.setenv(variable, value)
    lost = list(honest.graded(course, name, honest.FIVE, hands))
    assert not lost, "\n\n".join(map(str, lost))


@pytest.mark.parametrize("name", NAMES)
def test_every_question_has_several_answers_and_no_two_are_alike(name):
    answers = honest.answers(name)
    assert set(answers) - {"own"} == {question.id for question in exercise(name).checked}
    for sources in answers.values():
        assert len(sources) == len(set(sources))
        assert 4 <= len(sources) <= len(honest.ALL)


@pytest.mark.parametrize("name", NAMES)
def test_no_two_students_hand_in_the_same(name):
    made = [[cell.source for cell in honest.student(name, n).cells] for n in honest.ALL]
    assert all(one not in made[:n] for n, one in enumerate(made))
