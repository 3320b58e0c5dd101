"""What belongs to one learning platform: its class list, its zips, its columns."""

from coursestaff.grading.lms.canvas import Canvas
from coursestaff.grading.lms.moodle import Moodle
from coursestaff.grading.lms.platform import Platform

#: By the name that commands take.
PLATFORMS: dict[str, Platform] = {each.name: each for each in (Canvas(), Moodle())}
