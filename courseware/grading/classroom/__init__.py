"""From what a class hands in to its points: collect, grade, export.

`collect` and `classlist` bring work in. `coordinator` grades it: `repair` puts a notebook in order,
`submission` has it run and marked, `cleaning` makes it safe to show, `record` writes the gradebook,
`telling` says how it went. `exporting` gives points back, `returning` feedback pages; `refusal`
keeps nbgrader's grader away.
"""
