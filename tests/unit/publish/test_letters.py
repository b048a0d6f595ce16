"""The mails that people on the web ask for: who must not get one costs as much as who does."""

from datetime import UTC, datetime, timedelta

import pytest

from publisher.checks import messages
from publisher.config import load_site
from publisher.model import Choice
from publisher.publish import letters
from publisher.sources import load_templates
from publisher.storage import Store

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CONFIG = """\
[publication]
title = "The Courier"
url = "https://courier.example/"
[mail]
from = "The Courier <post@courier.example>"
[newsletters.daily]
title = "Courier daily"
schedule = "daily at 07:00"
"""


@pytest.fixture
def site(tmp_path):
    (tmp_path / "publisher.toml").write_text(CONFIG, encoding="utf-8")
    return load_site(tmp_path, {})


@pytest.fixture
def store(site):
    url = site.settings.storage.url
    with Store.open(url, site=site.folder, secret=site.secret) as opened:
        opened.subscribers.add(
            "known@reader.example",
            name="",
            subscriptions={"daily": Choice()},
            source="test",
            now=NOW - timedelta(days=9),
        )
        opened.suppressions.add("off@reader.example", reason="complaint", now=NOW)
        yield opened


def answer(site, store, kind, who):
    """Ask and answer; the recipients of what left."""
    store.requests.ask(kind, f"{who}@reader.example", newsletters=["daily"], now=NOW)
    before = set(site.folder.glob("outbox/*.eml"))
    assert (
        letters.answer_requests(site, store, load_templates(site.folder), clock=lambda: NOW) == []
    )
    mails = set(site.folder.glob("outbox/*.eml")) - before
    return [line for mail in mails for line in mail.read_text().splitlines() if line[:4] == "To: "]


@pytest.mark.threat(20)
@pytest.mark.parametrize(("kind", "served"), [("confirm", {"known", "fresh"}), ("link", {"known"})])
def test_a_mail_is_made_and_checked_for_every_address(site, store, monkeypatch, kind, served):
    made = []
    check = messages.check_message
    monkeypatch.setattr(
        messages, "check_message", lambda *words, **named: made.append(1) or check(*words, **named)
    )
    for who in ("known", "fresh", "off"):
        made.clear()
        sent = answer(site, store, kind, who)
        assert sent == ([f"To: {who}@reader.example"] if who in served else [])
        assert len(made) == 1


@pytest.mark.threat(20)
def test_who_asks_twice_in_a_day_gets_one_mail_and_waits_as_long(site, store):
    from sqlalchemy import event

    assert answer(site, store, "confirm", "fresh")
    said = []
    event.listen(
        store.database.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_rest: said.append(statement.split()[0]),
    )
    store.requests.ask("confirm", "other@reader.example", newsletters=["daily"], now=NOW)
    first = ["UPDATE" if one == "INSERT" else one for one in said]
    said.clear()
    store.requests.ask("confirm", "fresh@reader.example", newsletters=["daily"], now=NOW)
    assert said == first
    assert answer(site, store, "link", "nobody") == ["To: other@reader.example"]  # and no "fresh"
