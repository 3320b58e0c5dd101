"""A class's journals: read from exported files, tallied and drawn, without names.

Here: reading the files (`files`), the tallies (`journals`), and what draws them, imported only
when it is asked for: `polls`, `predictions`, `verdicts`, and what these share (`drawing`).
"""
