"""Where the hub can be reached: without a certificate from its own machine only."""

import json
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from coursestaff.hub.programs import HubError
from coursestaff.this_computer import leads_here

LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"
INSIDE = 4  # ports from the inner one on: the hub's, the proxy's, formgrader's and one between
VARIABLE = "NO_LIMITS_HUB_NETWORK"  # by which `starting` tells `configuration`


class Network(NamedTuple):
    """Where the hub can be reached."""

    address: str
    port: int
    certificate: Path | None
    key: Path | None
    inside: int  #: the first of the ports that only this machine uses
    subdomains: str = ""  #: the hub's address, whose subdomains the servers have; none if empty

    def as_text(self) -> str:
        """Return all of it as one line."""
        return json.dumps({key: value and str(value) for key, value in self._asdict().items()})

    @classmethod
    def of_text(cls, text: str) -> "Network":
        """Return what `as_text` wrote."""
        said = json.loads(text)
        files = {name: said[name] and Path(said[name]) for name in ("certificate", "key")}
        ports = {name: int(said[name]) for name in ("port", "inside")}
        return cls(said["address"], subdomains=said["subdomains"] or "", **ports, **files)


def choose(
    address: str | None,
    port: int | None,
    certificate: Path | None,
    key: Path | None,
    inside: int,
    subdomains: str = "",
) -> Network:
    """Return where the hub is to be reached: without a certificate from this machine only.

    Raises:
        HubError: passwords would cross the network for all to read, a file is missing, or there
            can be no subdomains of such an address.

    """
    if bool(certificate) != bool(key):
        raise HubError("A certificate needs its key, so give both --certificate and --key.")
    if missing := [path for path in (certificate, key) if path and not path.is_file()]:
        raise HubError(f"There is no file {missing[0]}. Check its path.")
    address = address or (EVERYWHERE if certificate else LOOPBACK)
    if not certificate and not leads_here(address):
        raise HubError(
            f"Without a certificate, the hub cannot open at {address}, because passwords would "
            "cross the network unencrypted. Give --certificate and --key, or put a web server "
            "with a certificate in front of the hub. The guide (Your own hub) explains both ways."
        )
    if subdomains and not _has_subdomains(subdomains):
        raise HubError(
            f"{subdomains} cannot have subdomains. Give the address that the class types. It must "
            "contain a name instead of a number, such as https://hub.example.org."
        )
    port = port or (443 if certificate else 8000)
    return Network(address, port, certificate, key, inside, subdomains.rstrip("/"))


def in_words(where: Network) -> str:
    """Return where to find the hub, and why it is to be found only there."""
    if where.subdomains:
        return (
            f"The hub opens at {where.subdomains}. Each server opens at a subdomain of that "
            "address."
        )
    if where.certificate:
        return (
            f"The hub opens on port {where.port}, with your certificate. All accounts share one "
            "web address. The guide (Your own hub) explains why that is a risk and how to give "
            "each server an address of its own."
        )
    return (
        f"The hub opens at http://{where.address}:{where.port}, for this machine only, because it "
        "has no certificate. The guide (Your own hub) describes two ways to open it to a class."
    )


def _has_subdomains(address: str) -> bool:
    """Return whether each server can have a name of its own below this address."""
    parts = urlsplit(address)
    name = parts.hostname or ""
    return parts.scheme == "https" and "." in name and not name.replace(".", "").isdecimal()
