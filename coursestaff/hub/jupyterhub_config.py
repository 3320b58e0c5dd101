"""What ``jupyterhub -f`` reads; everything is in `configuration`."""

import os
import sys
from pathlib import Path

from coursestaff.hub.configuration import configure
from coursestaff.hub.doors import VARIABLE, Doors
from coursestaff.hub.place import Place

doors = Doors.of_text(os.environ[VARIABLE])
configure(get_config(), Place(Path(sys.prefix).parent), doors)  # noqa: F821 (of traitlets)
