"""What ``jupyterhub -f`` reads; everything is in `configuration`."""

import os
import sys
from pathlib import Path

from instructor.hub.configuration import configure
from instructor.hub.doors import VARIABLE, Doors
from instructor.hub.place import Place

doors = Doors.of_text(os.environ[VARIABLE])
configure(get_config(), Place(Path(sys.prefix).parent), doors)  # noqa: F821 (of traitlets)
