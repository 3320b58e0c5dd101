"""What belongs to one learning platform: its class list, its zips, its columns."""

from coursestaff.collecting.lms.canvas import Canvas
from coursestaff.collecting.lms.moodle import Moodle
from coursestaff.collecting.lms.platform import Platform

#: By the name that commands take.
PLATFORMS: dict[str, Platform] = {each.name: each for each in (Canvas(), Moodle())}
