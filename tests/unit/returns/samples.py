"""Mails that came back, as servers write them, about readers who do not exist."""

ORIGINAL = b"""Return-Path: <bounces+2a-proof@courier.example>
From: The Lantern Bay Courier <digest@courier.example>
To: ana@reader.example
Subject: The Courier today
Message-ID: <daily-2026-11-23.0123456789abcdef@courier.example>

"""


def dsn(
    *blocks,
    sent_to=b"bounces@courier.example",
    original=ORIGINAL,
    kind=b"text/rfc822-headers",
    subject=b"Undelivered Mail Returned to Sender",
):
    """A report as RFC 3464 has it; each block is one recipient's fields."""
    fields = b"\n".join(block.strip() + b"\n" for block in blocks)
    return b"".join(
        [
            b"From: MAILER-DAEMON@mx.reader.example (Mail Delivery System)\n",
            b"To: " + sent_to + b"\n",
            b"Subject: " + subject + b"\n",
            b"MIME-Version: 1.0\n",
            b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n',
            b"--b\nContent-Type: text/plain\n\nI'm sorry to have to inform you ...\n\n",
            b"--b\nContent-Type: message/delivery-status\n\n",
            b"Reporting-MTA: dns; mx.reader.example\nArrival-Date: Mon, 23 Nov 2026 07:00:01 +0000\n\n",
            fields,
            b"\n--b\nContent-Type: " + kind + b"\n\n",
            original,
            b"\n--b--\n",
        ]
    )


def recipient(
    address=b"ana@reader.example",
    *,
    action=b"failed",
    status=b"5.1.1",
    words=b"smtp; 550 5.1.1 <ana@reader.example>: Recipient address rejected: User unknown",
):
    """One recipient's fields."""
    return b"\n".join(
        [
            b"Final-Recipient: rfc822; " + address,
            b"Action: " + action,
            b"Status: " + status,
            b"Diagnostic-Code: " + words,
        ]
    )


def arf(kind=b"abuse", extra=b"", original=ORIGINAL):
    """A complaint as RFC 5965 has it."""
    return b"".join(
        [
            b"From: <abuse@provider.example>\nTo: <bounces@courier.example>\nSubject: FW: The Courier\n",
            b"MIME-Version: 1.0\n",
            b'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n',
            b"--b\nContent-Type: text/plain\n\nThis is an email abuse report.\n\n",
            b"--b\nContent-Type: message/feedback-report\n\n",
            b"Feedback-Type: " + kind + b"\nUser-Agent: Provider/1.0\nVersion: 1\n" + extra,
            b"\n--b\nContent-Type: message/rfc822\n\n",
            original,
            b"Text of the mail\n\n--b--\n",
        ]
    )


AWAY = b"""From: ana@reader.example
To: bounces@courier.example
Subject: Out of office
Auto-Submitted: auto-replied

I am away until Monday.
"""

QMAIL = b"""From: MAILER-DAEMON@mx.reader.example
To: bounces@courier.example
Subject: failure notice

Hi. This is the qmail-send program at mx.reader.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ana@reader.example>:
192.0.2.7 does not like recipient.
Remote host said: 550 no such user
Giving up on 192.0.2.7.

--- Below this line is a copy of the message.

Subject: The Courier today
"""
