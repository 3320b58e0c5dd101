"""What makes grading quick changes no mark and no picture: each shortcut beside the long way."""

import subprocess
import sys

import pytest


def loaded_by(code: str) -> set[str]:
    """Return the modules that a fresh process holds once it has run some code."""
    words = f"{code}\nimport sys\nprint(*(name for name, module in sys.modules.items() if module))"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("package", ["nbformat", "nbgrader.api"])
def test_no_grammar_of_web_addresses_is_built(package: str) -> None:
    found = loaded_by(f"import coursestaff, {package}")
    assert "jsonschema" in found
    assert not {"lark", "rfc3987_syntax"} & found
