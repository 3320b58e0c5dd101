"""A hand-in comes in: taken from a platform's zip or from a folder, read, and put in order.

`collect` sorts a platform's zip (`lms`) into students' folders by the class list. `handed_in` says
what is taken of a zip, and what there is to mark in a folder: `load` reads it, `releases` tells
which release it was made from, and `repair` in `exercises.cells` puts its cells into that release's
order. Why something cannot be marked is one of `reasons`.
"""
