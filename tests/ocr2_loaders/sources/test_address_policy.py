from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.sources.address_policy import AddressPolicy, is_public


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses_are_allowed(address: str) -> None:
    assert AddressPolicy().allows(address, 80)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_public_in_every_ipv6_spelling_or_in_none(address: IPv4Address) -> None:
    mapped = IPv6Address(0xFFFF_0000_0000 | int(address))
    nat64 = IPv6Address((0x64_FF9B << 96) | int(address))
    six_to_four = IPv6Address((0x2002 << 112) | (int(address) << 80))
    spellings = {is_public(str(spelling)) for spelling in (mapped, nat64, six_to_four)}
    assert spellings == {is_public(str(address))}


@given(st.ip_addresses())
def test_what_the_standard_library_calls_special_is_never_public(address: IPv4Address | IPv6Address) -> None:
    special = (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or (address.version == 4 and address.is_reserved)
    )
    mapped = address.version == 6 and address.ipv4_mapped
    assert not (special and not mapped and is_public(str(address)))


def test_a_link_local_address_with_its_interface_is_not_public() -> None:
    assert not is_public("fe80::1%eth0")


def test_an_exception_holds_for_its_port_alone() -> None:
    policy = AddressPolicy(exceptions=frozenset({("127.0.0.1", 8000)}))
    assert policy.allows("127.0.0.1", 8000)
    assert not policy.allows("127.0.0.1", 8001)
    assert not policy.allows("127.0.0.2", 8000)


def test_everything_is_allowed_on_demand() -> None:
    assert AddressPolicy(allow_private=True).allows("169.254.169.254", 80)
