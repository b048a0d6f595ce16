"""Digests leave for a real mail server on loopback, plainly and encrypted, and arrive as sent."""

import re
import shutil
import socket
import ssl
import subprocess
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from publisher.checks.messages import check_message
from publisher.delivery import MessageTemplate, Smtp, message_id
from publisher.errors import TransportError
from publisher.model import Mark, Message, Outcome, Recipient, Rendered

DOMAIN = "courier.example"
SENDER = f"bounces@{DOMAIN}"
HTML = f"""<!doctype html>
<html lang="pt"><head><title>Correio</title><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<style>@media (prefers-color-scheme: dark) {{ body {{ color: #eee; }} }}</style></head>
<body><div style="display:none">A maré</div><h1>Correio</h1><p>{"Uma frase muito longa. " * 400}</p>
<p><a href="{Mark.LEAVE}">Sair</a> · <a href="{Mark.PREFERENCES}">Escolher</a></p></body></html>
"""
TEXT = f"CORREIO\n\n.\n..\n{'Uma frase muito longa. ' * 100}\n\nSair: {Mark.LEAVE}"


class Mailbox:
    """What arrived: envelope and bytes, as the server took them."""

    def __init__(self):
        self.arrived, self.logins = [], 0

    async def handle_DATA(self, server, session, envelope):
        self.logins += getattr(session, "logged_in", False)
        self.arrived.append((envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content))
        return "250 2.0.0 queued"


@contextmanager
def server(**options):
    """A real SMTP server; gives its mailbox and its port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield mailbox, port
    finally:
        controller.stop()


def plain(port):
    return Smtp(host="127.0.0.1", port=port, security="none")


@pytest.fixture(scope="module")
def template():
    return MessageTemplate(
        Message(
            rendered=Rendered(
                subject="Atraso no barco para a Ilha das Gaivotas, e outras notícias da semana – 潮",
                preheader="A maré",
                html=HTML,
                text=TEXT,
            ),
            edition="diario-2026-11-23-0700",
            newsletter="diario",
            list_title="Correio, diário",
            list_id=f"diario.{DOMAIN}",
            sender_name="O Correio da Ilha",
            sender=f"digest@{DOMAIN}",
            reply_to=f"desk@{DOMAIN}",
            language="pt",
            date=datetime(2026, 11, 23, 7, tzinfo=UTC),
            archive=f"https://{DOMAIN}/editions/diario-2026-11-23-0700.html",
            mailto_leave=f"mailto:desk@{DOMAIN}?subject=unsubscribe",
        )
    )


def reader(number, address=None, name=""):
    token = f"{number}.diario.{'Ab3_-' * 8}"
    return Recipient(
        subscriber=number,
        address=address or f"reader{number}@post.example",
        name=name,
        message_id=message_id(b"k" * 32, "diario-2026-11-23-0700", number, DOMAIN),
        leave=f"https://{DOMAIN}/newsletter/leave/{token}?a=1&b=2",
        preferences=f"https://{DOMAIN}/newsletter/preferences/{token}",
    )


READERS = [
    reader(1, name="Ana Reis"),
    reader(2, name="Zoë “Z” Ångström, Lda. & Filhos do Mar Profundo e da Ilha das Gaivotas"),
    reader(3, address="bo@bücher.example"),
    reader(4, address="o'brien+news@post.example", name="=?utf-8?q?x=0D=0ABcc:_v=40evil.example?="),
    reader(5, address="ñandú@post.example"),
]


def test_a_digest_arrives_once_for_each_reader_byte_for_byte(template):
    sent = [template.fill(one) for one in READERS]
    with server() as (mailbox, port), plain(port) as transport:
        receipts = [
            transport.send(SENDER, one, data) for one, data in zip(READERS, sent, strict=True)
        ]
    assert [(receipt.outcome, receipt.reply) for receipt in receipts] == [
        (Outcome.ACCEPTED, "250 2.0.0 queued")
    ] * 5
    assert [data for *_, data in mailbox.arrived] == sent
    assert [envelope for *envelope, _ in mailbox.arrived] == [
        [SENDER, ("reader1@post.example",)],
        [SENDER, ("reader2@post.example",)],
        [SENDER, ("bo@xn--bcher-kva.example",)],
        [SENDER, ("o'brien+news@post.example",)],
        [SENDER, ("ñandú@post.example",)],
    ]


def test_what_arrives_parses_without_defects_and_meets_every_must(template):
    with server() as (mailbox, port), plain(port) as relay:
        for one in READERS[:4]:
            relay.send(SENDER, one, template.fill(one))
    for (*_, data), one in zip(mailbox.arrived, READERS, strict=False):
        parsed = message_from_bytes(data, policy=policy.default)
        assert not [defect for part in parsed.walk() for defect in part.defects]
        assert parsed["subject"].endswith("notícias da semana – 潮")
        assert "bcc" not in parsed
        assert one.leave in parsed.get_body(("plain",)).get_content()
        assert one.leave.replace("&", "&amp;") in parsed.get_body(("html",)).get_content()
        assert check_message(data, domain=DOMAIN) == []


@pytest.mark.threat(9)
def test_an_address_beyond_ascii_fails_where_the_server_cannot_take_it(template):
    with server(enable_SMTPUTF8=False) as (mailbox, port), plain(port) as transport:
        refused = transport.send(SENDER, READERS[4], template.fill(READERS[4]))
        accepted = transport.send(SENDER, READERS[0], template.fill(READERS[0]))
    assert refused.outcome is Outcome.REFUSED
    assert refused.reply.startswith("needs SMTPUTF8")
    assert accepted.outcome is Outcome.ACCEPTED
    assert len(mailbox.arrived) == 1


def test_a_message_larger_than_the_server_takes_is_refused_before_it_is_sent(template):
    with server(data_size_limit=1000) as (mailbox, port), plain(port) as transport:
        receipt = transport.send(SENDER, READERS[0], template.fill(READERS[0]))
    assert receipt.outcome is Outcome.REFUSED
    assert "the server takes 1000" in receipt.reply
    assert mailbox.arrived == []


# ---------------------------------------------------------------- encrypted


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """Paths of a self-made certificate for 127.0.0.1, of one for another name, and their keys."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is missing: the command that makes a certificate for the test")
    folder = tmp_path_factory.mktemp("certificates")
    made = []
    for name, subject in (("good", "IP:127.0.0.1"), ("other", "DNS:other.example")):
        certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
        command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
        subprocess.run(
            [
                *command.split(),
                *("-keyout", key, "-out", certificate),
                *("-subj", f"/CN={name}", "-addext", f"subjectAltName={subject}"),
            ],
            check=True,
            capture_output=True,
        )
        made.append((certificate, key))
    return made


def server_context(pair):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*pair)
    return context


def check_login(server, session, envelope, mechanism, data):
    session.logged_in = (data.login, data.password) == (b"ana", b"a secret word")
    return AuthResult(success=session.logged_in, handled=False)


@contextmanager
def encrypting_server(security, pair):
    context = server_context(pair)
    if security == "tls":
        options = {"ssl_context": context, "auth_require_tls": False}
    else:
        options = {"tls_context": context, "require_starttls": True, "auth_required": True}
    with server(authenticator=check_login, **options) as found:
        yield found


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_encrypted_and_logged_in_a_digest_arrives(security, certificates, template):
    good = certificates[0]
    trust = ssl.create_default_context(cafile=good[0])
    with encrypting_server(security, good) as (mailbox, port):
        transport = Smtp(
            host="127.0.0.1",
            port=port,
            security=security,
            username="ana",
            password="a secret word",
            context=trust,
        )
        with transport:
            receipts = [transport.send(SENDER, one, template.fill(one)) for one in READERS]
    assert {receipt.outcome for receipt in receipts} == {Outcome.ACCEPTED}
    assert mailbox.logins == len(READERS)
    assert [data for *_, data in mailbox.arrived] == [template.fill(one) for one in READERS]


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("fault", ["unknown issuer", "another name"])
def test_a_certificate_that_proves_nothing_ends_it(security, fault, certificates):
    good, other = certificates
    trust = ssl.create_default_context(cafile=other[0]) if fault == "another name" else None
    with encrypting_server(security, other if fault == "another name" else good) as (_, port):
        transport = Smtp(host="127.0.0.1", port=port, security=security, context=trust)
        with pytest.raises(TransportError, match="no safe connection") as caught:
            transport.open()
    assert "certificate" in str(caught.value)


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.threat(26)
def test_a_wrong_password_is_told_without_it(security, certificates):
    good = certificates[0]
    trust = ssl.create_default_context(cafile=good[0])
    with encrypting_server(security, good) as (_, port):
        transport = Smtp(
            host="127.0.0.1",
            port=port,
            security=security,
            username="ana",
            password="another word",
            context=trust,
        )
        with pytest.raises(TransportError, match="PUBLISHER_SMTP_PASSWORD") as caught:
            transport.open()
    assert "another word" not in str(caught.value) + repr(transport)


@pytest.mark.threat(39)
def test_a_server_without_encryption_gets_nothing_unless_it_is_switched_off():
    with server() as (mailbox, port), pytest.raises(TransportError, match="STARTTLS"):
        Smtp(host="127.0.0.1", port=port).open()
    assert mailbox.arrived == []


# ---------------------------------------------------------------- the whole program


def test_a_site_sends_each_subscriber_one_digest_that_meets_every_must(site):
    site.article(
        "ferry.txt",
        "Ferry to Little Skerry late again\n\nSKERRY HARBOUR (CN) -- The morning ferry left two "
        "hours late on Monday, the harbour office said.\n\nIt was the third time this week.\n",
    )
    with server() as (mailbox, port):
        site.config(
            f'\n[mail.smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n',
        )
        path = site.folder / "publisher.toml"
        mail = '[mail]\ntransport = "smtp"\nbounces = "back@courier.example"\nverp = true\n'
        path.write_text(path.read_text().replace("[mail]\n", mail))
        for number in range(1, 4):
            site.command(
                "subscribers", "add", f"reader{number}@post.example", "--newsletter", "daily"
            )
        first = site.run()
        second = site.run()
    assert (first.sent, first.failed, first.deferred, first.held) == (3, 0, 0, 0)
    assert second.sent == 0
    recipients = Counter(address for _, recipients, _ in mailbox.arrived for address in recipients)
    assert recipients == {f"reader{number}@post.example": 1 for number in range(1, 4)}
    senders = {sender for sender, *_ in mailbox.arrived}
    assert len(senders) == 3  # each its own, by which a bounce tells whom it is about
    assert all(re.fullmatch(r"back\+[0-9a-f]+-[a-z2-7]+@courier\.example", one) for one in senders)
    for *_, data in mailbox.arrived:
        errors = [one for one in check_message(data, domain=DOMAIN) if one.severity == "error"]
        assert errors == []
