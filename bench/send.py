"""How fast newsletters leave, side by side in one run; only the ratios mean anything.

    python -m bench.send [--rounds 3] [--messages 3000] [--sbin DIR] [--out bench-send.json]

Each round runs every way of sending once, one after the other, to a sink on loopback: our own,
and Postfix's smtp-sink where it is installed (or lies in DIR, with LD_LIBRARY_PATH set to its
libraries). Beside the rate stands the time that the sender's own processes used, which a busy
machine distorts less. At the end a relay that answers after 20 ms, over 200 connections.

loop        what people write: an EmailMessage for each recipient, signed by dkimpy, smtplib
signed      ours: template filled, RSA-2048 in as many processes as cores, ledger, 10 connections
both        the same with an Ed25519 signature beside it
unsigned    ours without signatures
ready       smtplib, one reused connection, bytes ready made: nothing is built or recorded
source      Postfix's smtp-source, written in C: nothing is built or recorded
fill+sign   no sending at all: what filling in and signing alone costs one process
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import smtplib
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from bench.sink import own_sink, postfix_program, running_postfix_sink
from publisher.delivery import MessageTemplate, Smtp, deliver, message_id
from publisher.delivery.dkim import DkimSigner, SigningKey
from publisher.delivery.signing import Signers
from publisher.model import Choice, Claim, Cohort, Mark, Message, Recipient, Rendered
from publisher.storage import Audience, Slot, Store, Wording

DOMAIN = "courier.example"
CORES = len(os.sched_getaffinity(0))
SENDER = f"bounces@{DOMAIN}"
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
EDITION = "daily-2026-11-23-0700"
STORY = (
    '<tr><td><h2><a href="https://courier.example/entries/ferry-{n}.html">Ferry {n} is late</a></h2>'
    "<p>The ferry to Little Skerry was late again on Monday – the third time this month, said the "
    "harbour master, who blamed the tide, the fog and a cow on the landing stage. Passengers waited "
    "in the café until noon, and several of them asked for a bridge.</p></td></tr>\n"
)
HTML = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The Courier</title></head>'
    '<body><table role="presentation">\n'
    + "".join(STORY.format(n=n) for n in range(24))
    + f'</table><p><a href="{Mark.LEAVE}">Leave</a> <a href="{Mark.PREFERENCES}">Choose</a></p>'
    "</body></html>\n"
)
TEXT = "".join(
    f"FERRY {n} IS LATE\nThe ferry to Little Skerry was late again on Monday.\n" for n in range(24)
)
WORDS = Rendered(
    subject="Ferry late again – and other news",
    preheader="",
    html=HTML,
    text=f"{TEXT}\nLeave: {Mark.LEAVE}\nChoose: {Mark.PREFERENCES}\n",
)
MESSAGE = Message(
    rendered=WORDS,
    edition=EDITION,
    newsletter="daily",
    list_title="The Courier, daily",
    list_id=f"daily.{DOMAIN}",
    sender_name="The Courier",
    sender=f"digest@{DOMAIN}",
    reply_to=f"desk@{DOMAIN}",
    language="en",
    date=NOW,
    archive=f"https://{DOMAIN}/editions/{EDITION}.html",
    mailto_leave=f"mailto:desk@{DOMAIN}?subject=unsubscribe",
)
Seconds = tuple[float, float]  # by the clock, and of the sender's own processes
Way = Callable[[int, int], Seconds]


def clock() -> Seconds:
    return time.perf_counter(), own_time()


def since(started: Seconds) -> Seconds:
    wall, own = clock()
    return wall - started[0], own - started[1]


def own_time() -> float:
    """Processor time of this process and of those it waited for."""
    used = [resource.getrusage(one) for one in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


COVERED = [b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type"]
COVERED += [b"list-id", b"list-unsubscribe", b"list-unsubscribe-post"]


def pem(private: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    return private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL
        if isinstance(private, rsa.RSAPrivateKey)
        else serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


RSA = pem(rsa.generate_private_key(65537, 2048))
ED25519 = pem(ed25519.Ed25519PrivateKey.generate())
RSA_SIGNER = DkimSigner([SigningKey.read(RSA, domain=DOMAIN, selector="news")])
BOTH_SIGNER = DkimSigner(
    [
        SigningKey.read(RSA, domain=DOMAIN, selector="news"),
        SigningKey.read(ED25519, domain=DOMAIN, selector="ed"),
    ]
)


def recipient(number: int) -> Recipient:
    token = f"{number}.daily.{'Ab3_-' * 8}"
    return Recipient(
        subscriber=number,
        address=f"reader{number}@post.example",
        name=f"Reader {number}",
        message_id=message_id(b"k" * 32, EDITION, number, DOMAIN),
        leave=f"https://{DOMAIN}/newsletter/leave/{token}",
        preferences=f"https://{DOMAIN}/newsletter/preferences/{token}",
    )


def handmade(to: Recipient) -> bytes:
    """One message as the standard library and dkimpy make it."""
    message = EmailMessage()
    message["From"] = f"The Courier <digest@{DOMAIN}>"
    message["To"] = f"{to.name} <{to.address}>"
    message["Subject"] = WORDS.subject
    message["Date"] = format_datetime(NOW)
    message["Message-ID"] = to.message_id
    message["List-Id"] = f"<daily.{DOMAIN}>"
    message["List-Unsubscribe"] = f"<{to.leave}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    for subtype, text in (("plain", WORDS.text), ("html", WORDS.html)):
        filled = text.replace(Mark.LEAVE, to.leave).replace(Mark.PREFERENCES, to.preferences)
        if subtype == "plain":
            message.set_content(filled, cte="quoted-printable")
        else:
            message.add_alternative(filled, subtype="html", cte="quoted-printable")
    data = message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
    signature: bytes = dkim.sign(
        data,
        b"news",
        DOMAIN.encode(),
        RSA,
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=COVERED,
    )
    return signature + data


def loop(port: int, count: int) -> Seconds:
    people = [recipient(number) for number in range(count)]
    started = clock()
    with smtplib.SMTP("127.0.0.1", port) as relay:
        for one in people:
            relay.sendmail(SENDER, [one.address], handmade(one))
    return since(started)


def ready(port: int, count: int) -> Seconds:
    template = MessageTemplate(MESSAGE)
    people = [recipient(number) for number in range(count)]
    made = [(one.address, template.fill(one)) for one in people]
    started = clock()
    with smtplib.SMTP("127.0.0.1", port) as relay:
        for address, data in made:
            relay.sendmail(SENDER, [address], data)
    return since(started)


def ours(signer: DkimSigner | None, connections: int = 10) -> Way:
    def send(port: int, count: int) -> Seconds:
        templates = {1: MessageTemplate(MESSAGE, signer)}
        with tempfile.TemporaryDirectory() as folder, open_store(Path(folder), count) as store:
            started = clock()
            with (
                store.ledger.owner(NOW) as owner,
                Smtp(
                    host="127.0.0.1", port=port, security="none", connections=connections
                ) as transport,
            ):
                tally = deliver(
                    EDITION,
                    ledger=store.ledger,
                    transport=transport,
                    owner=owner,
                    templates=templates,
                    recipient_for=for_claim,
                    sender_for=lambda _: SENDER,
                    clock=lambda: NOW,
                    stop=lambda: False,
                    batch=max(100, 2 * connections),
                    signers=Signers(signer, templates, processes=CORES) if signer else None,
                )
            spent = since(started)
            assert tally.sent == count, tally
            return spent

    return send


def for_claim(claim: Claim) -> Recipient:
    return recipient(claim.subscriber.id)


def open_store(folder: Path, count: int) -> Store:
    """A store with one edition that is owed to `count` readers."""
    store = Store.open("sqlite:///publisher.db", site=folder)
    for number in range(count):
        store.subscribers.add(
            f"reader{number}@post.example",
            name="",
            subscriptions={"daily": Choice()},
            source="bench",
            now=NOW,
        )
    wording = Wording()
    for number in (0, 1):
        wording.add(number, [], WORDS)
    opened = store.editions.open(
        EDITION,
        wording,
        Audience(newsletter="daily", clocks=[("", "")], segments={("{}", None, ""): 1}),
        cohort=Cohort(newsletter="daily"),
        slot=Slot(NOW),
        last_sequence=1,
        to_nobody=False,
        now=NOW,
    )
    assert opened
    return store


def fill_and_sign(_port: int, count: int) -> Seconds:
    template = MessageTemplate(MESSAGE, RSA_SIGNER)
    people = [recipient(number) for number in range(count)]
    started = clock()
    for one in people:
        template.fill(one)
    return since(started)


def smtp_source(program: str, size: int) -> Way:
    def send(port: int, count: int) -> Seconds:
        words = ["-d", "-s", "10", "-m", str(count), "-l", str(size), "-f", SENDER]
        started = clock()
        to = ["-t", "reader@post.example", f"127.0.0.1:{port}"]
        subprocess.run([program, *words, *to], check=True)
        return since(started)

    return send


# Each way, and which share of the messages it gets: the slow ones would take all the time.
WAYS: dict[str, tuple[Way, float]] = {
    "loop": (loop, 0.05),
    "signed": (ours(RSA_SIGNER), 1),
    "both": (ours(BOTH_SIGNER), 1),
    "unsigned": (ours(None), 1),
    "ready": (ready, 1),
    "fill+sign": (fill_and_sign, 0.2),
}
RATIOS = [
    ("signed", "loop"),
    ("both", "loop"),
    ("unsigned", "ready"),
    ("unsigned", "source"),
    ("signed", "unsigned"),
]
Measured = dict[str, list[tuple[float, float]]]  # messages a second, and a second of our own time


def measure(port: int, rounds: int, messages: int, names: list[str]) -> tuple[Measured, int]:
    """The rates of each way in each round, and how many messages were sent."""
    rates: Measured = {name: [] for name in names}
    sent = 0
    for number in range(rounds):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            way, share = WAYS[name]
            count = max(1, int(messages * share))
            wall, own = way(port, count)
            rates[name].append((count / wall, count / own))
            sent += count if name != "fill+sign" else 0
    return rates, sent


def summary(sink: str, rates: Measured) -> dict[str, object]:
    print(
        f"\n{sink}\n{'way':<12}{'msg/s':>10}{'us each':>10}{'least':>10}{'most':>10}{'own us':>10}"
    )
    for name, found in rates.items():
        walls = [wall for wall, _ in found]
        middle, own = statistics.median(walls), statistics.median(cpu for _, cpu in found)
        print(
            f"{name:<12}{middle:>10,.0f}{1e6 / middle:>10,.0f}{min(walls):>10,.0f}{max(walls):>10,.0f}"
            f"{1e6 / own:>10,.0f}"
        )
    ratios = {}
    for one, other in RATIOS:
        if one not in rates or other not in rates:
            continue
        pairs = list(zip(rates[one], rates[other], strict=True))
        each = [a[0] / b[0] for a, b in pairs]
        own = statistics.median(a[1] / b[1] for a, b in pairs)
        ratios[f"{one} / {other}"] = {
            "median": round(statistics.median(each), 2),
            "least": round(min(each), 2),
            "most": round(max(each), 2),
            "own time": round(own, 2),
        }
        print(
            f"{one + ' / ' + other:<22}{statistics.median(each):>8.2f}x  "
            f"({min(each):.2f}-{max(each):.2f}), by own time {own:.2f}x"
        )
    return {"sink": sink, "rates": rates, "ratios": ratios}


def distant(messages: int, connections: int = 200) -> dict[str, object]:
    """A relay that answers after 20 ms: there the number of connections decides."""
    counts: list[int] = []
    with own_sink(counts, delay=0.02) as port:
        rate = messages / ours(None, connections)(port, messages)[0]
    print(f"\na relay of 20 ms, {connections} connections, unsigned: {rate:,.0f} msg/s")
    return {"sink": "20 ms", "connections": connections, "rate": rate}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--messages", type=int, default=3000)
    parser.add_argument("--sbin", default="/usr/sbin", help="where Postfix's programs are")
    parser.add_argument("--out", type=Path, default=Path("bench-send.json"))
    asked = parser.parse_args()
    size = len(MessageTemplate(MESSAGE).fill(recipient(1)))
    print(f"messages of {size:,} bytes, {asked.messages} in each of {asked.rounds} rounds")
    sink, source = (postfix_program(name, asked.sbin) for name in ("smtp-sink", "smtp-source"))
    if source:
        WAYS["source"] = (smtp_source(source, size), 1)
    results: list[dict[str, object]] = []
    counts: list[int] = []
    with own_sink(counts) as port:
        names = [name for name in WAYS if name != "source"]
        rates, sent = measure(port, asked.rounds, asked.messages, names)
    assert counts == [sent], (counts, sent)
    results.append(summary("our own sink", rates))
    if sink:
        with running_postfix_sink(sink) as port:
            rates, _ = measure(port, asked.rounds, asked.messages, list(WAYS))
        results.append(summary("Postfix smtp-sink", rates))
    else:
        print("\nPostfix's smtp-sink is not installed: only our own sink was used")
    results.append(distant(asked.messages))
    asked.out.write_text(json.dumps({"bytes": size, "results": results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
