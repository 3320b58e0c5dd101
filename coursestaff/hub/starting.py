"""Start the hub: check what would end it later, and become JupyterHub."""

import os
import socket
from argparse import Namespace
from pathlib import Path

from coursestaff.hub import accounts, environment, network, processes
from coursestaff.hub.network import INSIDE, LOOPBACK, VARIABLE, Network
from coursestaff.hub.place import COURSE, Place, home
from coursestaff.hub.programs import HubError, check_machine


def start_here(course: Path, options: Namespace) -> None:
    """Say where the hub can be reached, and become it."""
    where = network.choose(
        options.address,
        options.port,
        options.certificate,
        options.key,
        options.inside,
        options.subdomains,
    )
    print(network.in_words(where), flush=True)
    start(Place(options.folder.resolve()), where)


def start(place: Place, where: Network) -> None:
    """Become the hub; this does not return.

    Raises:
        HubError: it is not set up, it runs already, or something else has its ports.

    """
    check_machine()
    members = place.read()
    if not members.graders or not environment.proxy_program(place).is_file():
        raise HubError(f"There is no hub in {place.folder} yet. Run `course hub setup` first.")
    keeper = members.graders[0]
    if not accounts.exists(keeper) or not (home(keeper) / COURSE).is_dir():
        raise HubError(
            f"The course folder of {keeper} is missing. Run `course hub setup` to create it again."
        )
    if processes.is_running(place):
        raise HubError(
            "The hub is already running, and a second hub must never use the same database. Stop "
            "the running hub first, or keep using it."
        )
    processes.end_leftovers(place)
    for address, port in [
        (where.address, where.port),
        *((LOOPBACK, where.inside + n) for n in range(INSIDE)),
    ]:
        _check_free(address, port)
    os.chdir(place.private)
    os.umask(0o077)
    variables = os.environ | {VARIABLE: where.as_text()}
    program = str(place.python)
    os.execve(program, [program, "-P", "-m", processes.HUB], variables)


def _check_free(address: str, port: int) -> None:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((address, port))
        except OSError as problem:
            raise HubError(
                f"The hub cannot use port {port} of {address} ({problem.strerror}). If another "
                "program uses this port, stop that program. You can also start the hub on other "
                "ports: --port sets the port that browsers use, and --inside sets the first of "
                "the four ports that the hub uses only on this computer."
            ) from problem
