"""What a student made, where a browser's storage keeps it: saved as one zip, and brought back.

It is the journal with its brief, and the exercises. What was handed out with the site and is as it
was is not theirs, so it is left out, and what comes back may take its place.
"""

from courseware.my_work.buttons import WorkCard
from courseware.my_work.packed import NoWorkError, bring_back, pack

__all__ = ["NoWorkError", "WorkCard", "bring_back", "pack"]
