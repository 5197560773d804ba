"""Which network addresses may be reached on behalf of a URL."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_NAT64 = ip_network("64:ff9b::/96")
_ALSO_NOT_PUBLIC = tuple(
    ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments; the standard library names only parts of it before Python 3.12
        "192.88.99.0/24",  # the retired 6to4 relays
        "168.63.129.16/32",  # a cloud's host service behind a public-looking address
        "64:ff9b:1::/48",  # NAT64 of a local network
    )
)


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """Public addresses are allowed, everything else only on demand.

    Not public are private, loopback, link-local, unspecified, multicast, reserved, shared (CGNAT) and site-local
    addresses, and the IPv6 spellings of such IPv4 addresses. `exceptions` are pairs of address and port that are
    allowed nevertheless.
    """

    allow_private: bool = False
    exceptions: frozenset[tuple[str, int]] = frozenset()

    def allows(self, address: str, port: int) -> bool:
        return self.allow_private or (address, port) in self.exceptions or is_public(address)


def is_public(address: str) -> bool:
    meant = _meant(ip_address(address))
    if any(meant in network for network in _ALSO_NOT_PUBLIC if network.version == meant.version):
        return False
    return meant.is_global and not (meant.is_multicast or meant.is_reserved)


def _meant(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that packets to an IPv6 address end up at, where there is one."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
