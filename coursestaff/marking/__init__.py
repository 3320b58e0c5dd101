"""A hand-in is run where it can do no harm, compared, marked and recorded.

The one road to marks is `pipeline`: what was collected is run, compared (`compare`) and marked
(`marks`). `check` takes it for one's own work, `coordinator` for a class's: `submission` by
submission, in isolation (`sandbox`), into nbgrader's `gradebook` and ``autograded/`` (`autograded`,
`provenance`). `doubts` says why a person has to look, `report` how it went. What a person marks is
on the `marksheet`.

None of it travels to students, and it imports none of the drawing code.
"""
