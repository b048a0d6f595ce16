"""The webhooks of mail providers: an event whose signature holds becomes reports.

One module a provider; each reads what its own documentation says. Nothing is read of an event
before its signature was checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, get_args

from publisher.model import Returned
from publisher.returns.amazon import check_sns, read_ses
from publisher.returns.event import MOST_EVENTS, EventError, read_json, utf8
from publisher.returns.mailgun import check_mailgun, read_mailgun
from publisher.returns.postmark import check_postmark, read_postmark
from publisher.returns.sendgrid import check_sendgrid, read_sendgrid

Provider = Literal["ses", "postmark", "sendgrid", "mailgun"]
PROVIDERS: tuple[Provider, ...] = get_args(Provider)


def read_event(
    provider: Provider,
    body: bytes,
    headers: Mapping[str, str],
    *,
    secret: str,
    certificate: Callable[[str], bytes] | None = None,
) -> tuple[Returned, ...]:
    """The reports of a webhook's request; none where it tells of something else.

    `headers` have small letters. `secret` is what the provider and we share: Postmark's user name
    and password with a colon between them, SendGrid's verification key, Mailgun's signing key, and
    for SES the ARN of the topic. `certificate` fetches Amazon's certificate by its address. Raises
    EventError.
    """
    if provider == "postmark":
        check_postmark(headers, secret)
        return tuple(read_postmark(read_json(body)))
    if provider == "sendgrid":
        check_sendgrid(body, headers, secret)
        events = read_json(body)
        if not isinstance(events, list):
            raise EventError("is no list of events")
        return tuple(one for event in events[:MOST_EVENTS] for one in read_sendgrid(event))
    values = read_json(body)
    if provider == "mailgun":
        check_mailgun(values, secret)
        return tuple(read_mailgun(values))
    check_sns(values, secret, certificate)
    if values.get("Type") != "Notification":
        return ()
    return tuple(read_ses(read_json(utf8(values.get("Message", "")))))
