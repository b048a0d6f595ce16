from datetime import UTC, datetime

import pytest

from publisher.delivery import message_id
from publisher.model import Mark, Message, Recipient, Rendered

DOMAIN = "courier.example"

HTML = f"""<!doctype html>
<html lang="en"><head><title>The Courier</title><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<style>@media (prefers-color-scheme: dark) {{ body {{ background: #111; }} }}</style></head>
<body><div style="display:none">What the tide brought in</div>
<table role="presentation" width="100%"><tr><td>
<h1>The Courier</h1>
<p>Ferry to Little Skerry late again – ¡olé! 潮</p>
<p><img src="https://courier.example/ferry.jpg" alt="The ferry" width="300" height="200"></p>
<p><a href="https://courier.example/entries/ferry.html?a=1&amp;b=2">Read on</a></p>
<p><a href="{Mark.LEAVE}">Leave</a> <a href="{Mark.PREFERENCES}">Choose</a></p>
</td></tr></table></body></html>
"""
TEXT = f"""THE COURIER

Ferry to Little Skerry late again – ¡olé! 潮
.
..two dots, and a line that goes on and on until any reader wonders where it might end, if at all

Leave: {Mark.LEAVE}
Choose: {Mark.PREFERENCES}"""


@pytest.fixture
def make_message():
    def make(**changes):
        rendered = Rendered(
            subject=changes.pop("subject", "Ferry late again"),
            preheader="What the tide brought in",
            html=changes.pop("html", HTML),
            text=changes.pop("text", TEXT),
        )
        values = {
            "rendered": rendered,
            "edition": "daily-2026-11-23-0700",
            "newsletter": "daily",
            "list_title": "The Courier, daily",
            "list_id": f"daily.{DOMAIN}",
            "sender_name": "The Courier",
            "sender": f"digest@{DOMAIN}",
            "reply_to": f"desk@{DOMAIN}",
            "language": "en",
            "date": datetime(2026, 11, 23, 7, tzinfo=UTC),
            "archive": f"https://{DOMAIN}/editions/daily-2026-11-23-0700.html",
            "mailto_leave": f"mailto:desk@{DOMAIN}?subject=unsubscribe",
        }
        return Message(**(values | changes))

    return make


@pytest.fixture
def make_recipient():
    def make(number=1, **changes):
        token = f"{number}.daily.{'Ab3_-' * 8}"
        values = {
            "subscriber": number,
            "address": f"reader{number}@post.example",
            "name": "",
            "message_id": message_id(b"k" * 32, "daily-2026-11-23-0700", number, DOMAIN),
            "leave": f"https://{DOMAIN}/newsletter/leave/{token}?one=1&two=2",
            "preferences": f"https://{DOMAIN}/newsletter/preferences/{token}",
        }
        return Recipient(**(values | changes))

    return make
