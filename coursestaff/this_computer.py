"""Which addresses lead to this computer only: there nobody on the way can read what is sent."""

from ipaddress import ip_address


def leads_here(host: str) -> bool:
    """Return whether a host, by its name or its number, is this very computer."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
