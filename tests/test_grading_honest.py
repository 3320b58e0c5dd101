"""Honest work loses nothing: students who answer rightly, each in a way of their own."""

import pytest

from tests import honest
from tests.cases import cases
from tests.exercises import NAMES, exercise
from tests.graded import executor, new_course, no_network
from tests.isolated import needs_isolation

__all__ = ["executor", "no_network"]  # fixtures


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return new_course(tmp_path_factory.mktemp("honest") / "course")


@pytest.mark.sandbox
@needs_isolation
@pytest.mark.parametrize("numbers", cases([honest.TWO, honest.THREE], [honest.TWO]))
@pytest.mark.parametrize("name", cases(NAMES, NAMES[1::3]))
def test_no_honest_student_loses_a_mark(name, numbers, course, executor, proved):
    lost = list(honest.graded(course, name, numbers, executor))
    assert not lost, "\n\n".join(map(str, lost))
    asked = [question.id for question in exercise(name).checked]
    proved("honest answers", *(f"{name} {q} {n}" for q in asked for n in numbers))


@pytest.mark.parametrize("name", NAMES)
def test_every_question_has_up_to_three_answers_and_no_two_students_hand_in_the_same(name):
    answers = honest.answers(name)
    assert set(answers) - {"own"} == {question.id for question in exercise(name).checked}
    for sources in answers.values():
        assert 1 <= len(sources) == len(set(sources)) <= 3
    made = [[cell.source for cell in honest.student(name, n).cells] for n in honest.ALL]
    assert all(one not in made[:n] for n, one in enumerate(made))
