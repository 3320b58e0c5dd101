"""How much of what a hub lets happen at once, from the size of the machine."""

import os
from typing import NamedTuple

GIGABYTE = 1_000_000_000
SYSTEM = 1 * GIGABYTE  #: hub, proxy, formgrader and the machine itself
STUDENT = 280_000_000  #: a JupyterLab and one chapter, run to its end
LEAST_PROCESS = 4 * GIGABYTE  #: of addresses, far more than of memory: libraries reserve them


class Sizes(NamedTuple):
    """Limits of a hub."""

    servers: int  #: at once; who comes later is asked to wait until somebody has gone
    starts: int  #: servers starting at once; the others wait for their turn
    process_bytes: int  #: of addresses, for one process of a student
    processes: int  #: processes and threads, for one student

    @classmethod
    def of(cls, cores: int, memory: int) -> "Sizes":
        """Return the limits for a machine with so many cores and bytes of memory."""
        return cls(
            servers=max(2, (memory - SYSTEM) // STUDENT),
            starts=max(2, 2 * cores),
            process_bytes=max(LEAST_PROCESS, memory // 8),
            processes=1024,
        )

    @classmethod
    def of_this_machine(cls) -> "Sizes":
        """Return the limits for this machine."""
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return cls.of(os.cpu_count() or 1, memory)
