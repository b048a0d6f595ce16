import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.delivery import MessageTemplate, Outbox
from publisher.delivery.transports.outbox import file_name
from publisher.errors import AddressError, TransportError
from publisher.model import Outcome

SENDER = "bounces@courier.example"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "site" / "outbox"


def test_a_message_becomes_a_file_that_only_its_owner_may_read(
    folder, make_message, make_recipient
):
    data = MessageTemplate(make_message()).fill(make_recipient())
    with Outbox(folder) as outbox:
        receipt = outbox.send("digest@courier.example", make_recipient(), data)
    (file,) = folder.iterdir()
    assert receipt.outcome is Outcome.ACCEPTED
    assert file.suffix == ".eml"
    assert file.name in receipt.reply
    assert file.read_bytes() == data
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_second_attempt_replaces_the_first(folder, make_recipient):
    with Outbox(folder) as outbox:
        outbox.send(SENDER, make_recipient(), b"one")
        outbox.send(SENDER, make_recipient(), b"two")
        outbox.send(SENDER, make_recipient(2), b"three")
    assert sorted(file.read_bytes() for file in folder.iterdir()) == [b"three", b"two"]


def test_what_a_killed_run_left_is_written_over(folder, make_recipient):
    folder.mkdir(parents=True)
    name = file_name(make_recipient().message_id)
    (folder / f".{name}.tmp").write_bytes(b"hal")
    with Outbox(folder) as outbox:
        outbox.send(SENDER, make_recipient(), b"whole")
    assert [file.name for file in folder.iterdir()] == [name]


def test_a_bad_address_is_refused_here_too(folder, make_recipient):
    with Outbox(folder) as outbox, pytest.raises(AddressError):
        outbox.send(SENDER, make_recipient(address="a@b.example, c@d.example"), b"x")
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_is_told_when_it_is_opened(tmp_path):
    (tmp_path / "outbox").write_text("a file")
    with pytest.raises(TransportError, match="outbox can't be written"):
        Outbox(tmp_path / "outbox").open()


@pytest.mark.threat(33, 34)
def test_a_full_disk_stops_the_transport_and_leaves_no_half_message(
    folder, make_recipient, monkeypatch
):
    def full(_):
        raise OSError(28, "No space left on device")

    with Outbox(folder) as outbox:
        monkeypatch.setattr("publisher.delivery.transports.outbox.os.fsync", full)
        with pytest.raises(TransportError, match="No space left"):
            outbox.send(SENDER, make_recipient(), b"x")
    assert list(folder.iterdir()) == []


def test_a_name_says_which_edition():
    assert file_name("<daily-2026-11-23.0a1b@courier.example>") == "daily-2026-11-23.0a1b.eml"


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_message_id_gives_a_safe_name_of_its_own(one, other):
    names = [file_name(f"<{local}@courier.example>") for local in (one, other)]
    for name in names:
        assert name.endswith(".eml")
        assert not name.startswith((".", "-"))
        assert "/" not in name
        assert "\0" not in name
        assert len(name.encode()) < 230
    assert (names[0] == names[1]) == (one == other)
