"""Points, feedback and the report on a class go back; in the end everything is erased.

`export` writes points in a platform's columns, `feedback` packs the pages, `class_report` says what
a class got wrong, and `forgetting` erases what a course folder holds of a student or a class.
"""
