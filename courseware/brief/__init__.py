"""What a student hands in or keeps: the closing brief, and the journal as pages to read.

``journal.start_brief``, ``journal.show_brief`` and ``journal.export`` are these.
"""

from courseware.brief.exported import Exported, export
from courseware.brief.page import show_brief
from courseware.brief.template import start_brief

__all__ = ["Exported", "export", "show_brief", "start_brief"]
