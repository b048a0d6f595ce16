"""What a mailbox provider, a mail client or a screen reader would refuse in a message.

An ERROR is a MUST that is broken: such a message does not leave. A WARNING is a SHOULD. The
checks look at the raw bytes and trust nothing that made them. Nothing is asked of DNS: whether
a signature fits the key that is published there, `checks/dns` tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage, Message

from publisher.checks.contrast import check_contrast
from publisher.checks.html_part import UNFILLED, Page, check_html, read_page, visible_text
from publisher.checks.links import Known, check_links
from publisher.checks.mail_headers import check_headers, subject_of
from publisher.checks.mail_source import MailSource, error, read_source
from publisher.checks.places import locate
from publisher.checks.support import check_support
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
_TEXT = "text/plain"


def check_message(
    data: bytes,
    *,
    domain: str,
    listed: bool = True,
    path: str = "",
    known: Known | None = None,
    looks: bool = True,
) -> list[Finding]:
    """Everything that is wrong with a message as it would leave; `domain` is ours.

    One that is not `listed` goes to a single person who asked for it, and has nothing to leave.
    `known` tells which of our own addresses lead somewhere. With `path`, the name of a file that
    has these bytes, findings have its lines; else a header or a part (see Finding). `looks` asks
    for what its template alone decides, too: contrast, and what clients show.
    """
    source = read_source(data, domain, listed=listed)
    findings = [finding for check in _HEAD for finding in check(source)]
    if not source.strays:  # else where the body begins is anybody's guess
        findings += [*_structure(source), *_parts(source)]
        if source.parsed.is_multipart():
            findings += _words(source, known, looks=looks)
    return locate(findings, data, path) if path else findings


def check_words(*, html: str, text: str, leave: str, known: Known | None = None) -> list[Finding]:
    """What is wrong with the parts of a message as its reader sees them, whatever is around them.

    `leave` is the address by which this reader leaves. What the template alone decides (contrast,
    what clients show) is left to `check_message`.
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
    return [*_text_part(source), *_html_part(source, read_page(source), known)]


def _words(source: MailSource, known: Known | None, *, looks: bool) -> Iterator[Finding]:
    page = read_page(source)
    yield from _text_part(source)
    yield from _subject_filled(source)
    yield from _html_part(source, page, known)
    if page is not None and looks:
        yield from check_contrast(page)
        yield from check_support(page)


def _lines(source: MailSource) -> Iterator[Finding]:
    data = source.data
    if not data.count(b"\r\n") == data.count(b"\r") == data.count(b"\n"):
        bare = re.search(rb"\r(?!\n)|(?<!\r)\n", data)
        assert bare is not None  # the counts differ
        yield error(
            "a line does not end in CRLF",
            "RFC 5321 section 2.3.8",
            "end each line in CR LF, and have neither sign alone",
            line=len(re.findall(rb"\r\n|\n", data[: bare.start()])) + 1,
        )
    if b"\0" in data:
        yield error(
            "there is a NUL byte",
            "RFC 5322 section 2.2",
            "take it out",
            line=data.count(b"\n", 0, data.index(b"\0")) + 1,
        )
    lines = re.split(rb"\r\n|\r|\n", data)
    longest = max(lines, key=len)
    if len(longest) > 998:
        yield error(
            f"a line has {len(longest)} bytes, not at most 998",
            "RFC 5322 section 2.1.1",
            "encode the part as quoted-printable, or fold the header",
            line=lines.index(longest) + 1,
        )
    if len(data) >= _LARGEST:
        yield error(
            f"the message has {len(data)} bytes, and many servers take no more than {_LARGEST}",
            "RFC 1870",
            "link to large things instead of sending them",
        )


def _structure(source: MailSource) -> Iterator[Finding]:
    message = source.parsed
    rule = "RFC 2046 section 5.1.4"
    at = "Content-Type"
    if source.values("mime-version") and source.value("mime-version") != "1.0":
        yield error("MIME-Version is not 1.0", "RFC 2045 section 4", "write 1.0", at="MIME-Version")
    if len(source.values("content-type")) > 1:
        return
    mend = "write text/plain first and text/html second in one multipart/alternative"
    if message.get_content_type() != "multipart/alternative" or not message.is_multipart():
        yield error("the message is not multipart/alternative", rule, mend, at=at)
        return
    types = [part.get_content_type() for part in message.iter_parts()]
    if types != [_TEXT, "text/html"]:
        found = ", ".join(types)
        yield error(f"the parts are {found}, not text/plain before text/html", rule, mend, at=at)


def _parts(source: MailSource) -> Iterator[Finding]:
    if not source.parsed.is_multipart() and source.parsed.get_content_maintype() != "multipart":
        return  # no parts at all, which is said already
    for part in source.parsed.walk():
        name = part.get_content_type()
        strange = list(_encoding(part, name))
        yield from strange
        for defect in part.defects:
            # A multipart in base64 can't be taken apart, so one thing wrong makes another.
            if not strange:
                yield error(
                    f"{name} is broken: {type(defect).__name__}",
                    "RFC 2045, RFC 2046",
                    "end each part with its boundary, the last one with two dashes more",
                    at="Content-Type" if part.is_multipart() else name,
                )
        if part.get_content_maintype() == "text" and part.get_content_charset() != "utf-8":
            yield error(
                f"{name} does not say charset utf-8",
                "RFC 2046 section 4.1.2",
                "write charset=utf-8 and encode it so",
                at=name,
            )
    yield from _undecodable(source)


def _undecodable(source: MailSource) -> Iterator[Finding]:
    """Parts that are there, and are not UTF-8."""
    there = {part.get_content_type() for part in source.parsed.walk()}
    for name, words in ((_TEXT, source.text), ("text/html", source.html)):
        if name in there and words is None:
            yield error(f"{name} is not UTF-8", "RFC 3629", "encode it as UTF-8", at=name)


def _encoding(part: Message, name: str) -> Iterator[Finding]:
    encoding = str(part.get("content-transfer-encoding", "7bit")).strip().lower()
    at = "Content-Transfer-Encoding" if part.is_multipart() else name
    if encoding not in _ENCODINGS:
        yield error(
            f"{name} is encoded as {encoding[:30]!a}",
            "RFC 2045 section 6.1",
            "encode it as quoted-printable",
            at=at,
        )
    elif part.get_content_maintype() == "multipart" and encoding not in ("7bit", "8bit"):
        yield error(
            f"{name} must not be encoded as {encoding}",
            "RFC 2045 section 6.4",
            "encode the parts in it instead",
            at="Content-Transfer-Encoding",
        )
    elif encoding == "quoted-printable":
        raw = part.get_payload()
        rule = "RFC 2045 section 6.7"
        mend = "encode the part again, as quoted-printable"
        if isinstance(raw, str) and any(len(line) > 76 for line in raw.splitlines()):
            yield error(f"{name} has an encoded line over 76 characters", rule, mend, at=at)
        if isinstance(raw, str) and re.search(r"=(?![0-9A-Fa-f]{2}|[ \t]*\r?\n)", raw):
            yield error(f"{name} is no legal quoted-printable", rule, mend, at=at)


def _text_part(source: MailSource) -> Iterator[Finding]:
    text = source.text
    if text is None:
        return  # the structure says so
    if not re.search(r"\w", text):
        yield error(
            "the text part is empty",
            "RFC 2046 section 5.1.4",
            "say the same in it as in the HTML part",
            at=_TEXT,
        )
        return
    if source.listed and source.leave and source.leave not in text:
        yield error(
            "the text part does not show the address for leaving",
            "CAN-SPAM section 5(a)(3); RFC 8058 section 1",
            "the text template's footer needs the mark for leaving: {{ leave }}",
            at=_TEXT,
        )
    if found := re.search("[\ufdd0-\ufdef]", text):
        yield error(
            "a mark of the template was not filled in",
            "promise: what leaves has been checked",
            "the marks are {{ leave }} and {{ preferences }}, whole and unchanged",
            at=_TEXT,
            line=text.count("\n", 0, found.start()) + 1,
        )
    yield from _markup(source, text)


def _markup(source: MailSource, text: str) -> Iterator[Finding]:
    """Tags, entities and template code, unless the HTML part shows them too: then it is meant."""
    plain = re.sub(r"\s+", " ", text)
    found = {
        match[0]: mend
        for pattern, mend in _MARKUP
        # Template code stands on one line; two signs on two lines are somebody's title each.
        for match in pattern.finditer(text if pattern is UNFILLED else plain)
        if len(match[0]) < 200
    }
    if found:
        shown = visible_text(source.html or "")
        for markup in sorted(one for one in found if one not in shown):
            yield error(
                f"the text part has {markup[:60]!a} in it",
                "RFC 2046 section 4.1.3",
                found[markup],
                at=_TEXT,
                line=text.count("\n", 0, text.find(markup.split()[0])) + 1,
            )


_MARKUP = (
    (_TAG, "write the text template from the data, not from the HTML"),
    (_ENTITY, "write the text template from the data, not from the HTML"),
    (UNFILLED, "let the template fill it in: the names stand at its top"),
)


def _subject_filled(source: MailSource) -> Iterator[Finding]:
    subject = subject_of(source) or ""
    match = UNFILLED.search(subject)
    if match and match[0] not in visible_text(source.html or ""):
        yield error(
            f"Subject has {match[0][:60]!a} in it",
            "promise: what leaves has been checked",
            "let the template of the subject fill it in",
            at="Subject",
        )


def _html_part(source: MailSource, page: Page | None, known: Known | None) -> Iterator[Finding]:
    if source.html is None:
        return
    yield from check_html(source, page)
    if page is not None and known is not None:
        yield from check_links(page, known)


_HEAD: tuple[Callable[[MailSource], Iterator[Finding]], ...] = (_lines, check_headers)
