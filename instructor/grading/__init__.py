"""What an instructor's side does with exercises: release, bundle, check in full, grade.

Here: an exercise's questions (`spec`), what its solution answers (`running`, `expected`), comparing
and marking (`compare`, `marking`), handing out (`release`, `bundle`), checking one's own (`alone`).
In `sandbox`: how a stranger's code is run. In `classroom`: how a class's work is graded.

Nothing of this package travels to students (see `instructor.grading.bundle`), and it imports
none of the drawing code.
"""
