"""What makes grading quick: nothing is loaded that takes long and that no submission needs."""

import subprocess
import sys


def test_no_grammar_of_web_addresses_is_built() -> None:
    code = "import coursestaff, nbformat, nbgrader.api, sys\n"
    code += "print(*(name for name, module in sys.modules.items() if module))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found = set(done.stdout.split())
    assert {"nbformat", "nbgrader.api", "jsonschema"} <= found
    assert not {"lark", "rfc3987_syntax"} & found
