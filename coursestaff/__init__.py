"""What instructors run: grading, the printed course, and the ``course`` command.

It imports `courseware`, never the other way, and never travels to students.
"""

import sys

# jsonschema, which nbformat and nbgrader load, would build a grammar of international web
# addresses as it is imported: longer than all else that a command loads, and nothing here has any.
sys.modules.setdefault("rfc3987_syntax", None)
