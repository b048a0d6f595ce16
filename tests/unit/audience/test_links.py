from datetime import UTC, datetime

import pytest

from publisher.audience import Links, Stamps

KEYS = (b"k" * 32,)
BASE = "https://courier.example/newsletter/"


def test_a_link_names_its_subscriber_without_an_address():
    links = Links(KEYS, BASE)
    link = links.link("leave", 7, "daily")
    assert link.startswith(f"{BASE}leave/")
    token = link.rpartition("/")[2]
    assert len(token) >= 16
    assert links.read("leave", token) == (7, "daily")


@pytest.mark.threat(21)
def test_a_token_opens_nothing_but_its_purpose():
    links = Links(KEYS, BASE)
    assert links.read("preferences", links.token("leave", 7, "daily")) is None
    assert links.read("leave", links.token("confirm", 7, "daily")) is None
    assert Stamps(KEYS).read(links.token("leave", 7, "daily")) is None


@pytest.mark.threat(21)
def test_every_changed_bit_is_refused():
    links = Links(KEYS, BASE)
    token = links.token("leave", 7, "daily").encode()
    for place in range(len(token)):
        for bit in range(7):
            changed = bytearray(token)
            changed[place] ^= 1 << bit
            assert links.read("leave", changed.decode("latin-1")) is None


def test_older_keys_still_verify_and_the_last_one_signs():
    old = Links(KEYS, BASE).token("leave", 7, "daily")
    rotated = Links((*KEYS, b"n" * 32), BASE)
    assert rotated.read("leave", old) == (7, "daily")
    assert rotated.token("leave", 7, "daily") != old
    assert Links((b"n" * 32,), BASE).read("leave", old) is None


@pytest.mark.parametrize(
    "junk", ["", ".", "7.daily", "7.daily.", "é.daily.x", "\x00", "a" * 10_000]
)
def test_junk_is_no_token(junk):
    assert Links(KEYS, BASE).read("leave", junk) is None


@pytest.mark.threat(19, 21)
def test_a_stamp_tells_when_it_was_made_and_can_not_be_made_up():
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    stamp = Stamps(KEYS).stamp(now)
    assert Stamps(KEYS).read(stamp) == now
    assert Stamps((*KEYS, b"n" * 32)).read(stamp) == now
    assert Stamps((b"n" * 32,)).read(stamp) is None
    assert Stamps(KEYS).read("1" + stamp) is None
    assert Stamps(KEYS).read("") is None
