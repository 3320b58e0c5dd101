"""What a student hands in or keeps: the closing brief, and the journal as pages to read.

``journal.show_rubric``, ``start_brief``, ``show_material``, ``show_brief``, ``closing`` and
``export`` are these.
"""

from courseware.brief.balance import closing
from courseware.brief.brief_export import Exported, export
from courseware.brief.filled import show_material
from courseware.brief.print_page import show_brief
from courseware.brief.template import show_rubric, start_brief

__all__ = ["Exported", "closing", "export", "show_brief", "show_material"]
__all__ += ["show_rubric", "start_brief"]
