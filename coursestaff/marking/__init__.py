"""A hand-in is run where it can do no harm, compared, marked and recorded.

The one road to marks is `pipeline`: what was collected is run, compared (`compare`) and marked
(`marks`). `check` takes it for one's own work, `coordinator` for a class's: `submission` by
submission, in isolation (`sandbox`), into nbgrader's `gradebook` and ``autograded/`` (`autograded`,
`provenance`). `doubts` says why a person has to look, `report` how it went. What a person marks is
on the `marksheet`.

None of it travels to students, and it imports none of the drawing code. Which process starts which,
and what each knows::

    course grade           `coordinator`: gradebook, expected values; no student's code
    ├─ solution            `sandbox.process`: the expected values are computed here, with the
    │                      coordinator's rights
    └─ executor's process  `submission`, `pipeline`, `sandbox.zygote`: expected values; checks
       │                   replies, compares, marks; no student's code. On a cluster a worker's
       │                   process takes its place
       └─ zygote           `sandbox.forking`: imports libraries, reads tables, then isolates itself;
          │                no expected value, no student's code
          └─ child         forked for one submission; `sandbox.confinement` isolates it further,
                           `sandbox.worker` runs its cells: the code, and the names to look at

    course check           `check`, `pipeline`: one's own work
    └─ own process         `sandbox.process` starts `sandbox.worker`, and isolates nothing
"""
