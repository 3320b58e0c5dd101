"""What instructors run: grading, the printed course, and the ``course`` command.

It imports `courseware`, never the other way, and never travels to students.
"""
