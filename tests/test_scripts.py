"""A linter reads every script and style sheet of ours."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.notebooks import ROOT

BIOME = shutil.which("biome", path=Path(sys.executable).parent)


@pytest.mark.skipif(not BIOME, reason="the linter has no wheel for this kind of computer")
def test_a_linter_finds_no_error():
    ours = [
        str(path)
        for folder in ("courseware", "no_limits", "coursestaff")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in (".js", ".css") and "vendor" not in path.parts
    ]
    done = subprocess.run(
        [BIOME, "lint", "--diagnostic-level=error", *ours],
        capture_output=True,
        text=True,
    )
    assert f"Checked {len(ours)} files" in done.stdout
    assert done.returncode == 0, done.stdout
