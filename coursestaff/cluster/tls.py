"""How coordinator, scheduler and workers may talk: on one computer, or through TLS.

Dask's own TLS asks for a certificate on both sides of every connection, signed by the authority
that the other side knows.
"""

from pathlib import Path
from urllib.parse import urlsplit

from distributed.security import Security

from coursestaff.cluster import ClusterError
from coursestaff.this_computer import leads_here

#: In the folder of certificates: the authority's, one's own, and the key to it.
AUTHORITY, OWN, KEY = "ca.pem", "cert.pem", "key.pem"
GUIDE = "coursestaff/publishing/guide_pages/cluster.md"


def security(address: str, certificates: Path | None) -> Security | None:
    """Return what a connection to a scheduler is made with; None for plain TCP on this computer.

    Args:
        address: the scheduler's, such as ``tls://10.0.0.5:8786``.
        certificates: the folder that holds `AUTHORITY`, `OWN` and `KEY`.

    Raises:
        ClusterError: it is no such address, it leads off this computer without TLS, or a
            certificate is missing.

    """
    refuse_in_the_clear(address)
    encrypted = urlsplit(address).scheme == "tls"
    if not encrypted and certificates:
        raise ClusterError(
            f"{address} is not encrypted, so certificates cannot be used with it. Give an address "
            "that begins with tls://, or leave --certificates out."
        )
    if not encrypted:
        return None
    if not certificates:
        raise ClusterError(
            f"{address} needs certificates. Give --certificates FOLDER, where FOLDER holds "
            f"{AUTHORITY}, {OWN} and {KEY}. {GUIDE} explains how to make them."
        )
    paths = [certificates / name for name in (AUTHORITY, OWN, KEY)]
    if missing := [path.name for path in paths if not path.is_file()]:
        raise ClusterError(
            f"{certificates} does not hold {', '.join(missing)}. {GUIDE} explains how to make them."
        )
    authority, own, key = map(str, paths)
    return Security(
        require_encryption=True,
        tls_ca_file=authority,
        tls_client_cert=own,
        tls_client_key=key,
    )


def refuse_in_the_clear(address: str) -> None:
    """Refuse an address that anybody on the way could read, or answer for.

    Raises:
        ClusterError: it leads off this computer without TLS, or is no address of Dask's.

    """
    try:
        parts = urlsplit(address)
        whole = parts.scheme in ("tcp", "tls") and parts.hostname and parts.port
    except ValueError:
        whole = False
    if not whole:
        raise ClusterError(
            f"{address!r} is not the address of a scheduler. Write tls://HOST:PORT or, for a "
            "scheduler on this computer, tcp://127.0.0.1:PORT."
        )
    if parts.scheme == "tcp" and not leads_here(parts.hostname):
        raise ClusterError(
            f"{address} is not encrypted and leads to another computer. Anybody who reaches it "
            "could therefore read students' work and run any program on the workers. Use tls:// "
            f"with certificates on both sides. {GUIDE} explains how to make them."
        )
