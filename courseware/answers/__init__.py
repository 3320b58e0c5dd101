"""The one judge of answers: what it is asked by a *Your turn*, a check in an exercise, and marks."""
