"""What an instructor's side does with exercises: release, bundle, check in full, grade.

Nothing of this package travels to students (see `courseware.grading.bundle`), and it imports
none of the drawing code.
"""
