"""How a class did on one exercise, on one page without names: ``course report EXERCISE``.

What the gradebook and ``autograded/`` say is counted (`counting`), what fewer than five students
gave is withheld, with whatever would reveal it (`withholding`), each frequent mistake is set beside
the step of the chapter that it goes back to (`steps`), and the page is written (`page`).

No student's code is run, and no student's word is on the page: it says numbers, and sentences of
the course's own. With ``--private`` the same page has every count, names, and wrong answers as they
were typed, for the class's instructor alone.
"""

from coursestaff.returning.class_report.page import write

__all__ = ["write"]
