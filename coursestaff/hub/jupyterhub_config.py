"""What ``jupyterhub -f`` reads; everything is in `configuration`."""

import os
import sys
from pathlib import Path

from coursestaff.hub.configuration import configure
from coursestaff.hub.network import VARIABLE, Network
from coursestaff.hub.place import Place

network = Network.of_text(os.environ[VARIABLE])
configure(get_config(), Place(Path(sys.prefix).parent), network)  # noqa: F821 (of traitlets)
