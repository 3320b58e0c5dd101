"""Is an answer the expected one? Two descriptions are compared, never two objects.

Both sides are what `courseware.answers.describe` returns: the expected one from the solution's run,
the other from a student's. How they are compared, the question's kind says.
"""

from coursestaff.exercises.spec import Question
from courseware.answers.answer_types import Described
from courseware.answers.kinds import kind_of


def asked(question: Question) -> dict:
    """Return a question as its kind looks at it, with the tolerance that students do not get."""
    own = {"answer": question.answer, "kind": question.kind}
    return own | question.public | {"tolerance": question.tolerance, "within": question.within}


def same(question: Question, expected: Described, got: Described) -> bool:
    """Return whether ``got`` answers ``question`` as the solution does."""
    about = asked(question)
    return kind_of(about).same(about, expected, got)
