import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.fetch import why_refused

# fmt: off
ELSEWHERE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255",
    "192.168.1.1", "100.64.0.1", "169.254.169.254", "192.0.0.1", "192.0.2.1", "198.18.0.1",
    "198.51.100.7", "203.0.113.9", "192.88.99.1", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:808:808::",
    "2001:0:808:808::1", "2001:db8::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1",
    "fd12:3456::1", "ff02::1", "ff0e::1", "100::1", "3fff::1", "5f00::1",
    "::8.8.8.8", "not-an-address",
]
# fmt: on


@pytest.mark.threat(18)
@pytest.mark.parametrize("address", ELSEWHERE)
def test_what_is_not_on_the_internet_is_refused(address):
    assert why_refused(address)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "1.1.1.1",
        "2606:4700::1111",
        "2a00:1450::8a",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
    ],
)
def test_the_internet_is_not(address):
    assert why_refused(address) == ""


@pytest.mark.threat(18)
def test_private_means_this_machine_and_private_networks_and_no_more():
    near = {one for one in ELSEWHERE if not why_refused(one, private=True)}
    assert near == {
        *("127.0.0.1", "127.255.255.254", "10.1.2.3", "172.16.0.1", "172.31.255.255"),
        *("192.168.1.1", "100.64.0.1", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::a00:1", "fc00::1", "fd12:3456::1"),
    }


@given(st.ip_addresses())
def test_nothing_passes_that_python_calls_special(address):
    if not why_refused(str(address)):
        inner = getattr(address, "ipv4_mapped", None) or address
        assert {inner.is_private, inner.is_multicast, inner.is_link_local} == {False}


@pytest.mark.threat(18)
@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "localhost"])
def test_however_a_resolver_spells_it(host):
    found = socket.getaddrinfo(host, 80, type=socket.SOCK_STREAM)
    assert all(why_refused(where[0]) for *_, where in found)
