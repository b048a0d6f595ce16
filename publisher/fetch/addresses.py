"""Which network addresses a stranger's server may have: those of the internet, and no others.

A name that somebody else controls may lead to this machine, to the router, to the cloud's
metadata service. `ipaddress.is_global` is not enough: it also is True for multicast, and for IPv6
addresses with an IPv4 address inside, which a gateway or the kernel would unpack.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# The registries of special addresses (RFC 6890 and IANA's lists), whatever Python's version says.
_SPECIAL4 = tuple(
    IPv4Network(one)
    for one in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # the 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",  # multicast, and what is reserved above it
    )
)
# All that is given out for use lies in one block; within it, these are not for us.
_GIVEN_OUT6 = IPv6Network("2000::/3")
_SPECIAL6 = tuple(
    IPv6Network(one)
    for one in (
        "2001::/23",  # protocols, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address inside
        "3fff::/20",
    )
)
# A network without IPv4 reaches it by such addresses (RFC 6052): what counts is the one inside.
_NAT64 = IPv6Network("64:ff9b::/96")

_PRIVATE4 = tuple(
    IPv4Network(one)
    for one in ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
)
_PRIVATE6 = (IPv6Network("fc00::/7"), IPv6Network("::1/128"))


def why_refused(text: str, *, private: bool = False) -> str:
    """Why a connection to this address must not be made; empty if it may be.

    `text` is what resolving a name gave. `private` lets this machine and private networks pass:
    still no multicast, no link-local address (the cloud's metadata), none with another inside.
    """
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return "is no address"
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if isinstance(address, IPv6Address) and address in _NAT64:
        address = IPv4Address(int(address) & 0xFFFFFFFF)
    if isinstance(address, IPv4Address):
        near = any(address in network for network in _PRIVATE4)
        special = any(address in network for network in _SPECIAL4) or not address.is_global
    else:
        near = any(address in network for network in _PRIVATE6)
        special = any(address in network for network in _SPECIAL6) or address not in _GIVEN_OUT6
    if near:
        return "" if private else "is on this machine or a private network"
    return "is not on the internet" if special else ""


def is_literal(host: str) -> bool:
    """Whether a host is given by its address, or as localhost, and not by a name."""
    try:
        ip_address(host)
    except ValueError:
        return host == "localhost"
    return True
