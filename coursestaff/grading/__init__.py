"""What an instructor's side does with exercises: release, bundle, check in full, grade.

An exercise's questions (`spec`), what its solution answers (`running`, `solution`), handing out
(`release`, `bundle`). The one road to marks is `observe`: it reads (`load`), puts in order
(`repair`), has the cells run, compares (`compare`, `marking`). `check` takes it for one's own work,
`coordinator` for a class's: `submission` by submission, in isolation (`sandbox`), into nbgrader's
`gradebook` and ``autograded/`` (`autograded`, `stamps`). What a person marks is on the `marksheet`.
Then `report`, `class_report`, `export`, `feedback`; in the end `forgetting`. What belongs to one
learning platform is in `lms`.

Nothing of this package travels to students (see `bundle`), and it imports none of the drawing code.
"""
