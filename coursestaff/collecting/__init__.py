"""A hand-in comes in: taken from a platform's zip or from a folder, read, and put in order.

`collect` sorts a platform's zip (`platform_zip`, `lms`) into students' folders by the class list.
`handed_in` says what there is to mark: `load` reads it, `releases` tells which release it was made
from, `repair` puts its cells into that release's order. Why something cannot be marked is one of
`reasons`.
"""
