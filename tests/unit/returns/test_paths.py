import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.returns import LONGEST_MAILBOX, ReturnPath

KEYS = (b"k" * 32, b"n" * 32)
PATHS = ReturnPath(KEYS, "Bounces@courier.example")


@given(st.integers(1, 2**48 - 1), st.text(max_size=30), st.integers(1, 2**63 - 1))
def test_a_return_path_names_its_delivery_and_proves_it(delivery, edition, subscriber):
    address = PATHS.address(delivery, edition, subscriber)
    assert len(address.partition("@")[0]) <= 64
    found, proof = PATHS.delivery_of(["someone@reader.example", address.upper()])
    assert found == delivery
    assert PATHS.proves(proof, edition, subscriber)


def test_another_delivery_or_reader_is_not_proven():
    _, proof = PATHS.delivery_of([PATHS.address(7, "daily-1", 3)])
    assert not PATHS.proves(proof, "daily-2", 3)
    assert not PATHS.proves(proof, "daily-1", 4)


def test_a_rotated_key_still_proves_what_it_made():
    before = ReturnPath(KEYS[:1], "bounces@courier.example").address(7, "daily-1", 3)
    _, proof = PATHS.delivery_of([before])
    assert PATHS.proves(proof, "daily-1", 3)
    stranger = ReturnPath((b"x" * 32,), "bounces@courier.example")
    assert not stranger.proves(proof, "daily-1", 3)


@pytest.mark.threat(21)
def test_no_changed_bit_is_believed():
    address = PATHS.address(7, "daily-1", 3)
    for place, char in enumerate(address):
        for bit in range(7):
            other = address[:place] + chr(ord(char) ^ 1 << bit) + address[place + 1 :]
            if other.lower() == address:
                continue  # some servers change capitals
            found = PATHS.delivery_of([other])
            assert not found or found[0] != 7 or not PATHS.proves(found[1], "daily-1", 3)


@pytest.mark.parametrize(
    "address",
    [
        "bounces@courier.example",
        "bounces+7@courier.example",
        "other+7-" + "a" * 26 + "@courier.example",
        "bounces+7-" + "a" * 26 + "@elsewhere.example",
        "bounces+7-" + "a" * 26 + "@courier.example.elsewhere.example",
        "x bounces+7-" + "a" * 26 + "@courier.example",
    ],
)
def test_an_address_of_somebody_else_is_no_return_path(address):
    assert PATHS.delivery_of([address]) is None


def test_the_longest_mailbox_leaves_room_for_every_delivery():
    local = "b" * LONGEST_MAILBOX
    address = ReturnPath(KEYS, f"{local}@courier.example").address(2**48 - 1, "daily-1", 3)
    assert len(address.partition("@")[0]) == 64
