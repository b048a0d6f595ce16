"""What a mailbox provider, a mail client or a screen reader would refuse in a message.

An ERROR is a MUST that is broken: such a message does not leave. A WARNING is a SHOULD. The
checks look at the raw bytes and trust nothing that made them. Nothing is asked of DNS: whether
a signature fits the key that is published there is for whoever receives it to find out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage, Message

from publisher.checks.html_part import check_html, visible_text
from publisher.checks.mail_headers import check_headers
from publisher.checks.mail_source import MailSource, error, read_source
from publisher.model import Finding

_LARGEST = 10_000_000
_ENCODINGS = ("7bit", "8bit", "quoted-printable", "base64")
# Inside must stand attributes: a title that ends in "<b" makes no tag with the line below it.
_TAG = re.compile(
    r"</?(?:a|b|blockquote|body|br|div|em|figure|h[1-6]|head|html|hr|i|img|li|link|meta|mj-[a-z]+|"
    r"ol|p|script|span|strong|style|table|tbody|td|th|tr|u|ul)"
    r"(?:\s+[a-z_:][\w:.-]*(?:\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'<>]+))?)*\s*/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|[lr][sd]quo|[mn]dash|hellip|#\d+|#x[\da-f]+);")


def check_message(data: bytes, *, domain: str, listed: bool = True) -> list[Finding]:
    """Everything that is wrong with a message as it would leave; `domain` is ours.

    One that is not `listed` goes to a single person who asked for it, and has nothing to leave.
    """
    source = read_source(data, domain, listed=listed)
    return [finding for check in _CHECKS for finding in check(source)]


def check_words(*, html: str, text: str, leave: str) -> list[Finding]:
    """What is wrong with the parts of a message as its reader sees them, whatever is around them.

    `leave` is the address by which this reader leaves.
    """
    source = MailSource(
        data=b"",
        domain="",
        listed=True,
        head="",
        fields=(("list-unsubscribe", f"<{leave}>"),),
        strays=(),
        parsed=EmailMessage(),
        text=text,
        html=html,
    )
    return [*_text_part(source), *_html_part(source)]


def _lines(source: MailSource) -> Iterator[Finding]:
    data = source.data
    if not data.count(b"\r\n") == data.count(b"\r") == data.count(b"\n"):
        yield error("a line does not end in CRLF", "RFC 5321 section 2.3.8")
    if b"\0" in data:
        yield error("there is a NUL byte", "RFC 5322 section 2.2")
    longest = max(map(len, re.split(rb"[\r\n]", data)))
    if longest > 998:
        yield error(f"a line has {longest} bytes, not at most 998", "RFC 5322 section 2.1.1")
    if len(data) >= _LARGEST:
        yield error(
            f"the message has {len(data)} bytes, and many servers take no more than {_LARGEST}",
            "RFC 1870",
        )


def _structure(source: MailSource) -> Iterator[Finding]:
    message = source.parsed
    rule = "RFC 2046 section 5.1.4"
    if source.value("mime-version") != "1.0":
        yield error("MIME-Version is not 1.0", "RFC 2045 section 4")
    if message.get_content_type() != "multipart/alternative" or not message.is_multipart():
        yield error("the message is not multipart/alternative", rule)
        return
    types = [part.get_content_type() for part in message.iter_parts()]
    if types != ["text/plain", "text/html"]:
        yield error(f"the parts are {', '.join(types)}, not text/plain before text/html", rule)


def _parts(source: MailSource) -> Iterator[Finding]:
    for part in source.parsed.walk():
        name = part.get_content_type()
        for defect in part.defects:
            yield error(f"{name} is broken: {type(defect).__name__}", "RFC 2045, RFC 2046")
        yield from _encoding(part, name)
        if not part.is_multipart() and part.get_content_charset() != "utf-8":
            yield error(f"{name} does not say charset utf-8", "RFC 2046 section 4.1.2")
    if source.text is None or source.html is None:
        yield error("a text part is missing, or is not UTF-8", "RFC 3629")


def _encoding(part: Message, name: str) -> Iterator[Finding]:
    encoding = str(part.get("content-transfer-encoding", "7bit")).strip().lower()
    if encoding not in _ENCODINGS:
        yield error(f"{name} is encoded as {encoding[:30]!a}", "RFC 2045 section 6.1")
    elif part.is_multipart() and encoding not in ("7bit", "8bit"):
        yield error(f"{name} must not be encoded as {encoding}", "RFC 2045 section 6.4")
    elif encoding == "quoted-printable":
        raw = part.get_payload()
        if isinstance(raw, str) and any(len(line) > 76 for line in raw.splitlines()):
            yield error(f"{name} has an encoded line over 76 characters", "RFC 2045 section 6.7")
        if isinstance(raw, str) and re.search(r"=(?![0-9A-Fa-f]{2}|[ \t]*\r?\n)", raw):
            yield error(f"{name} is no legal quoted-printable", "RFC 2045 section 6.7")


def _text_part(source: MailSource) -> Iterator[Finding]:
    text = source.text or ""
    if not re.search(r"\w", text):
        yield error("the text part is empty", "RFC 2046 section 5.1.4")
    if source.listed and (not source.leave or source.leave not in text):
        yield error(
            "the text part does not show the address for leaving",
            "CAN-SPAM section 5(a)(3); RFC 8058 section 1",
            mend="the text template's footer needs the mark for leaving",
        )
    if re.search("[\ufdd0-\ufdef]", text):
        yield error(
            "a mark of the template was not filled in", "promise: what leaves has been checked"
        )
    yield from _markup(source, text)


def _markup(source: MailSource, text: str) -> Iterator[Finding]:
    """Tags and entities, unless the HTML part shows the same to its readers: then it is meant."""
    plain = re.sub(r"\s+", " ", text)
    found = {match[0] for match in (*_TAG.finditer(plain), *_ENTITY.finditer(plain))}
    if found:
        shown = visible_text(source.html or "")
        for markup in sorted(one for one in found if one not in shown):
            yield error(
                f"the text part has {markup[:60]!a} in it",
                "RFC 2046 section 4.1.3",
                mend="write the text template from the data, not from the HTML",
            )


def _html_part(source: MailSource) -> Iterator[Finding]:
    if source.html is not None:
        yield from check_html(source)


_CHECKS: tuple[Callable[[MailSource], Iterator[Finding]], ...] = (
    _lines,
    check_headers,
    _structure,
    _parts,
    _text_part,
    _html_part,
)
