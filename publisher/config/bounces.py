"""The secrets of bounces and complaints: what opens their mailbox, and who may report them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import field

from pydantic import SecretStr

from publisher.config.tables import BouncesTable, Settings
from publisher.valueclass import valueclass

_IMAP_USERNAME = "PUBLISHER_IMAP_USERNAME"
_IMAP_PASSWORD = "PUBLISHER_IMAP_PASSWORD"  # noqa: S105  the name of it
_WEBHOOKS = {
    "postmark": "PUBLISHER_POSTMARK_LOGIN",
    "sendgrid": "PUBLISHER_SENDGRID_KEY",
    "mailgun": "PUBLISHER_MAILGUN_KEY",
}


@valueclass
class BounceSecrets:
    """What opens the mailbox of bounces, and what webhooks are known by; shown nowhere.

    `webhooks` are by provider; who is not among them is not listened to.
    """

    imap_username: str = ""
    imap_password: SecretStr = field(default_factory=lambda: SecretStr(""))
    webhooks: Mapping[str, SecretStr] = field(default_factory=dict)


def bounce_secrets(
    settings: Settings, environ: Mapping[str, str]
) -> tuple[BounceSecrets, list[str]]:
    """The secrets in the environment, and what is wrong with them."""
    table = settings.bounces
    mistakes = _missing(table, environ)
    webhooks = {
        provider: SecretStr(environ[name])
        for provider, name in _WEBHOOKS.items()
        if environ.get(name)
    }
    if table.ses_topic:
        webhooks["ses"] = SecretStr(table.ses_topic)
    if "postmark" in webhooks and ":" not in environ[_WEBHOOKS["postmark"]]:
        mistakes.append(f"environment: {_WEBHOOKS['postmark']} must be user:password")
    if "sendgrid" in webhooks and not _is_base64(environ[_WEBHOOKS["sendgrid"]]):
        mistakes.append(
            f"environment: {_WEBHOOKS['sendgrid']} must be the verification key that SendGrid shows"
        )
    secrets = BounceSecrets(
        imap_username=environ.get(_IMAP_USERNAME, ""),
        imap_password=SecretStr(environ.get(_IMAP_PASSWORD, "")),
        webhooks=webhooks,
    )
    return secrets, mistakes


def _missing(table: BouncesTable, environ: Mapping[str, str]) -> list[str]:
    if table.imap is None:
        return []
    return [
        f"environment: {name} is not set, and [bounces.imap] needs it"
        for name in (_IMAP_USERNAME, _IMAP_PASSWORD)
        if not environ.get(name)
    ]


def _is_base64(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) > 32
    except (binascii.Error, ValueError):
        return False
