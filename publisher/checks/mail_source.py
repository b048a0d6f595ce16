"""A message taken apart once, for all the checks of it to look at."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

from publisher.model import Finding, Severity
from publisher.valueclass import valueclass

_UNFOLD = re.compile(r"\r\n(?=[ \t])")
_FIELD = re.compile(r"([!-9;-~]+):[ \t]*(.*)", re.DOTALL)
_URIS = re.compile(r"<([^<>]*)>")


@valueclass
class MailSource:
    """A message as bytes and as its parts; nothing in it is trusted.

    `domain` is ours; `listed` says that it goes to many, who can leave. `head` has the header
    lines as they stand, `fields` their names in lower case with values unfolded, in order;
    `strays` are header lines that are no field. `text` and `html` are the decoded parts, None
    where there is none or it can't be decoded.
    """

    data: bytes
    domain: str
    listed: bool
    head: str
    fields: tuple[tuple[str, str], ...]
    strays: tuple[str, ...]
    parsed: EmailMessage
    text: str | None
    html: str | None

    def values(self, name: str) -> list[str]:
        """Every value of a field, as written."""
        return [value for key, value in self.fields if key == name]

    def value(self, name: str) -> str:
        """The first value of a field, or an empty string."""
        return next(iter(self.values(name)), "")

    def uris(self, name: str) -> list[str]:
        """The addresses in angle brackets in a field (RFC 2369 section 2)."""
        return _URIS.findall(self.value(name))

    @property
    def leave(self) -> str:
        """The https address by which the reader leaves, or an empty string."""
        uris = self.uris("list-unsubscribe")
        good = (uri for uri in uris if uri.lower().startswith("https://") and " " not in uri)
        return next(good, "")

    def is_ours(self, domain: str) -> bool:
        """Whether a domain is ours or below it."""
        lower, ours = domain.lower(), self.domain.lower()
        return lower == ours or lower.endswith(f".{ours}")


def read_source(data: bytes, domain: str, *, listed: bool = True) -> MailSource:
    """Take a message apart; whatever it is, this does not fail."""
    head = re.split(rb"\r\n\r\n|\n\n", data, maxsplit=1)[0].decode("utf-8", "surrogateescape")
    fields: list[tuple[str, str]] = []
    strays: list[str] = []
    for line in re.split(r"\r\n|\n", _UNFOLD.sub("", head)):
        match = _FIELD.fullmatch(line)
        if match:
            fields.append((match[1].lower(), match[2].strip()))
        else:
            strays.append(line)
    parsed = message_from_bytes(data, policy=policy.default)
    assert isinstance(parsed, EmailMessage)  # that is what policy.default makes
    return MailSource(
        data=data,
        domain=domain,
        listed=listed,
        head=head,
        fields=tuple(fields),
        strays=tuple(strays),
        parsed=parsed,
        text=_content(parsed, "text/plain"),
        html=_content(parsed, "text/html"),
    )


def error(what: str, rule: str, mend: str, *, at: str = "", line: int | None = None) -> Finding:
    """A MUST is broken: the message stays here. `at` is a header's name or a part's type."""
    return Finding(severity=Severity.ERROR, what=what, rule=rule, mend=mend, path=at, line=line)


def warning(what: str, rule: str, mend: str, *, at: str = "", line: int | None = None) -> Finding:
    """A SHOULD is broken: the message may leave."""
    return Finding(severity=Severity.WARNING, what=what, rule=rule, mend=mend, path=at, line=line)


def _content(parsed: EmailMessage, media_type: str) -> str | None:
    for part in parsed.walk():
        if part.get_content_type() != media_type:
            continue
        payload = part.get_payload(decode=True)
        try:
            return payload.decode("utf-8") if isinstance(payload, bytes) else None
        except UnicodeDecodeError:
            return None
    return None
