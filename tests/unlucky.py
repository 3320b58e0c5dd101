"""Work for processes of a pool, for the tests of what becomes of it: light to import."""

import os
import signal
import time
from pathlib import Path


def doubled(number: int) -> int:
    """Return the double; three is unlucky, and ends the process."""
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number * 2


def slow(number: int) -> None:
    """Say in the current folder that the work has begun, and take long."""
    Path(f"worker-{os.getpid()}").touch()
    time.sleep(600)
