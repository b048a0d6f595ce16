"""A mail provider's webhooks on a running service: signed events are carried out, others refused."""

import json
import os

import pytest

from tests.system.service import mail_server, make_site, serving
from tests.unit.returns.test_events import SENDGRID_KEY, basic, mailgun, sendgrid

JSON = {"Content_Type": "application/json"}


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hooks") / "site"
    environ = {
        "PUBLISHER_MAILGUN_KEY": "key",
        "PUBLISHER_SENDGRID_KEY": SENDGRID_KEY,
        "PUBLISHER_POSTMARK_LOGIN": "hook:secret",
    }
    with mail_server() as (mailbox, port), pytest.MonkeyPatch.context() as patch:
        for name, value in environ.items():
            patch.setitem(os.environ, name, value)
        make_site(folder, port)
        with serving(folder, mailbox) as running:
            yield running


def post(service, provider, body, **headers):
    return service.ask("POST", f"/newsletter/webhooks/{provider}", body, **JSON, **headers)


def complained(address, **options):
    return mailgun({"event": "complained", "recipient": address}, **options)


def is_subscribed(service, address):
    with service.store() as store:
        return store.subscribers.find(address) is not None


def test_a_signed_complaint_takes_its_reader_off(service):
    service.reader("ana@reader.example")
    assert post(service, "mailgun", complained("ana@reader.example")).status == 204
    assert not is_subscribed(service, "ana@reader.example")
    assert post(service, "mailgun", complained("ana@reader.example")).status == 204  # sent again


def test_a_forged_event_changes_nothing(service):
    service.reader("bob@reader.example")
    answer = post(service, "mailgun", complained("bob@reader.example", key="guessed"))
    assert (answer.status, answer.text) == (403, "The event has a signature that does not hold.\n")
    body, headers = sendgrid([{"event": "spamreport", "email": "bob@reader.example"}])
    signed = {name.replace("-", "_"): value for name, value in headers.items()}
    assert post(service, "sendgrid", body + b" ", **signed).status == 403
    event = json.dumps({"RecordType": "SpamComplaint", "Email": "bob@reader.example"})
    assert post(service, "postmark", event).status == 403
    assert is_subscribed(service, "bob@reader.example")
    assert post(service, "sendgrid", body, **signed).status == 204
    assert not is_subscribed(service, "bob@reader.example")


@pytest.mark.threat(21)
def test_every_changed_bit_of_a_signature_is_refused(service):
    service.reader("bits@reader.example")
    event = json.loads(complained("bits@reader.example"))
    signature = event["signature"]["signature"]
    for place, char in enumerate(signature):
        for bit in range(7):
            other = signature[:place] + chr(ord(char) ^ 1 << bit) + signature[place + 1 :]
            event["signature"]["signature"] = other
            assert post(service, "mailgun", json.dumps(event)).status == 403
    body, headers = sendgrid([{"event": "spamreport", "email": "bits@reader.example"}])
    for place in range(len(body)):
        other = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        signed = {name.replace("-", "_"): value for name, value in headers.items()}
        assert post(service, "sendgrid", other, **signed).status == 403
    assert is_subscribed(service, "bits@reader.example")


def test_a_password_of_ours_is_believed(service):
    service.reader("eve@reader.example")
    event = json.dumps({"RecordType": "SpamComplaint", "Email": "eve@reader.example"})
    login = basic("hook:secret")["authorization"]
    assert post(service, "postmark", event, Authorization=login).status == 204
    assert not is_subscribed(service, "eve@reader.example")


@pytest.mark.parametrize("provider", ["ses", "nobody", "Mailgun"])
def test_a_provider_that_was_not_set_up_has_no_page(service, provider):
    assert post(service, provider, b"{}").status == 404


def test_what_is_no_event_is_refused(service):
    assert post(service, "mailgun", b"not json").status == 400
    assert post(service, "mailgun", b"x" * (3 * 2**20)).status == 413
    assert post(service, "mailgun/more", b"{}").status == 405
    assert service.get("/newsletter/webhooks/mailgun").status == 404
