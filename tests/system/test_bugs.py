"""A mistake of ours that no one foresaw, met while one message or edition is made."""

from datetime import timedelta

import pytest

from publisher.publish import editions, letters, post
from tests.system.test_bad_input import GOOD
from tests.system.test_smtp import server

pytestmark = pytest.mark.threat(41)
WHO = [f"reader{number}@post.example" for number in range(1, 5)]
BAD = WHO[1]


@pytest.fixture
def owing(site):
    site.article("ferry.md", GOOD)
    path = site.folder / "readers.csv"
    path.write_text("address\n" + "\n".join(WHO))
    site.command("subscribers", "import", str(path), "--newsletter", "daily")
    return site


@pytest.fixture(params=["into a folder", "by a relay, signed by other processes"])
def arrived(request, owing, monkeypatch):
    """Gives a function that says who has been written to, once for each message."""
    if request.param == "into a folder":
        yield lambda: [
            line.removeprefix("To: ")
            for mail in owing.outbox()
            for line in mail.read_text().splitlines()
            if line.startswith("To: ")
        ]
        return
    pytest.importorskip("cryptography", reason="cryptography is missing")
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

    pem = generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    key = owing.folder / "dkim.key"
    key.write_bytes(pem)
    key.chmod(0o600)
    monkeypatch.setattr(post, "_LARGE", 1)
    with server() as (mailbox, port):
        owing.config(
            f'[mail.smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
            '[mail.dkim]\nselector = "news"\n'
        )
        path = owing.folder / "publisher.toml"
        path.write_text(path.read_text().replace("[mail]\n", '[mail]\ntransport = "smtp"\n'))
        yield lambda: [to for _, [to], _ in mailbox.arrived]


def test_who_trips_it_fails_alone_by_name_and_is_sent_to_once_it_is_mended(
    owing, arrived, monkeypatch
):
    real = post.message_id

    def trip(key, edition, subscriber, domain):
        return "none of ours" if subscriber == 2 else real(key, edition, subscriber, domain)

    with monkeypatch.context() as broken:
        broken.setattr(post, "message_id", trip)
        report = owing.run()
    assert (report.sent, report.failed, report.exit_code) == (3, 1, 1)
    assert sorted(arrived()) == [one for one in WHO if one != BAD]
    assert any("publisher itself fails on this message" in note for note in report.notes)
    (edition,) = report.opened
    (failed,) = owing.json("editions", "show", edition, "--who", "failed")["who"]
    assert failed["address"] == BAD
    assert "ValueError in message.py:" in failed["reply"]
    assert owing.run().exit_code == 0  # and it is not tried again by itself
    assert owing.json("editions", "retry", edition)["queued"] == 1
    report = owing.run()
    assert (report.sent, report.failed, report.exit_code) == (1, 0, 0)
    assert sorted(arrived()) == WHO


def test_a_newsletter_that_trips_it_keeps_no_other_waiting_and_leaves_once_it_is_mended(
    owing, monkeypatch
):
    owing.config(
        '[newsletters.other]\ntitle = "Other"\nschedule = "daily at 07:00"\nfirst = "at once"\n'
    )
    owing.command("subscribers", "add", "else@post.example", "--newsletter", "other")
    real = editions.plan_after

    def trip(store, newsletter, *rest):
        if newsletter.name == "daily":
            raise ZeroDivisionError
        return real(store, newsletter, *rest)

    with monkeypatch.context() as broken:
        broken.setattr(editions, "plan_after", trip)
        report = owing.run()
    assert [name.partition("-")[0] for name in report.opened] == ["other"]
    assert report.exit_code == 1
    assert "ZeroDivisionError in test_bugs.py:" in report.findings[0].what
    assert [name.partition("-")[0] for name in owing.run().opened] == ["daily"]
    assert len(owing.outbox()) == len(WHO) + 1


def test_who_asked_for_a_mail_that_trips_it_gets_it_once_it_is_mended(owing, monkeypatch):
    from publisher.config import load_site
    from publisher.storage import Store
    from tests.system.conftest import NOW

    site = load_site(owing.folder, {})
    with Store.open(site.settings.storage.url, site=site.folder, secret=site.secret) as store:
        for who in ("first", "second"):
            address = f"{who}@reader.example"
            store.requests.ask("confirm", address, newsletters=["daily"], now=NOW)
    real = letters.render_letter
    seen = []

    def trip(*words):
        seen.append(words)
        if len(seen) == 1:
            raise ZeroDivisionError
        return real(*words)

    monkeypatch.setattr(letters, "render_letter", trip)
    report = owing.run()
    assert any("has to wait: publisher itself fails" in note for note in report.notes)
    asked = len(owing.outbox()) - len(WHO)
    assert asked == 1
    owing.run(NOW + timedelta(minutes=2))
    assert len(owing.outbox()) - len(WHO) == 2
