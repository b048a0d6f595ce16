"""From the bytes of an article to its text, or a plain word on why that can't be.

Order: size, emptiness, byte order mark, binary, UTF-8, and for HTML and XML what is declared.
Nothing is guessed: text in another encoding would reach readers as mojibake unnoticed.
"""

from __future__ import annotations

import codecs
import re

from publisher.content.text.characters import clean, forbidden, is_plain
from publisher.errors import ArticleError
from publisher.late import late_pattern
from publisher.model import Article, Finding, Severity
from publisher.valueclass import valueclass

# The longer mark first: UTF-32 LE begins with the mark of UTF-16 LE.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = {
    b"%PDF-": "a PDF file",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF87a": "a GIF image",
    b"GIF89a": "a GIF image",
    b"PK\x03\x04": "a ZIP archive (or an office document)",
    b"\x1f\x8b": "a gzip archive",
    b"\xd0\xcf\x11\xe0": "an old office document",
    b"\x7fELF": "a program",
    b"{\\rtf": "a rich text (RTF) document",
    b"ID3\x03": "an MP3 file",
    b"ID3\x04": "an MP3 file",
    b"OggS\x00": "an Ogg file",
}
_XML_DECLARED = late_pattern(
    rb"\s{0,20}<\?xml[^<>?]{1,100}?encoding\s*=\s*[\"']([A-Za-z0-9_:.-]{1,40})[\"']"
)
_PRINTABLE_MAGIC = (b"%PDF-", b"GIF8", b"{\\rtf")
_DECLARED = late_pattern(
    rb"<meta[^<>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE
)
# Encodings of the web (WHATWG Encoding Standard) by Python's name. Python knows codecs that are
# none ("hex", "zip", "unicode_escape"): a document must not be able to ask for them.
_WEB = late_pattern(
    r"iso8859-\d+|cp125\d|cp866|cp874|koi8-[ru]|shift_jis|euc_jp|iso2022_jp|gbk|gb2312|gb18030"
    r"|big5|euc_kr|mac-roman"
)
_MOST_LINES_NAMED = 5


@valueclass(kw_only=False)
class Decoded:
    """The text of an article with line feeds as line ends, and what had to be dropped from it."""

    text: str
    findings: tuple[Finding, ...] = ()


def decode(article: Article, *, max_bytes: int, html: bool) -> Decoded:
    """The text of an article; `html` says whether an encoding declared inside may be believed.

    Raises ArticleError for what is too large, empty, binary or wrongly encoded.
    """
    data = article.data
    if len(data) > max_bytes:
        raise ArticleError(
            f"the article is too large: {len(data):,} bytes, at most {max_bytes:,} are read",
            path=article.path,
            mend="split it, or raise the limit",
        )
    if (plain := _plain(data)) is not None:
        return Decoded(plain)
    text = _unify(_text(article, html=html))
    if not text.strip():
        raise ArticleError(
            "the article is empty", path=article.path, mend="write something or delete the file"
        )
    return Decoded(clean(text), tuple(_name_dropped(article.path, text)))


def _plain(data: bytes) -> str | None:
    """The text if it is printable ASCII, as most English articles are; None: look closer."""
    if not data.isascii() or data.startswith(_PRINTABLE_MAGIC):
        return None
    text = data.decode("ascii")
    return text if is_plain(text) and text.strip() else None


def _unify(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _text(article: Article, *, html: bool) -> str:
    data = article.data
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(article, data[len(mark) :], encoding, len(mark))
    _refuse_binary(article)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        declared = _declared(data) if html else None
        if declared is None:
            raise _not_text(article, error, "UTF-8", 0) from error
    return _strict(article, data, declared, 0)


def _strict(article: Article, data: bytes, encoding: str, skipped: int) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _not_text(article, error, encoding.upper(), skipped) from error


def _not_text(
    article: Article, error: UnicodeDecodeError, encoding: str, skipped: int
) -> ArticleError:
    at = skipped + error.start
    before = article.data[:at].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return ArticleError(
        f"the text is not valid {encoding}: byte 0x{article.data[at]:02X} at offset {at}",
        path=article.path,
        line=before.count(b"\n") + 1,
        mend="save the file as UTF-8, or: iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW",
    )


def _refuse_binary(article: Article) -> None:
    data = article.data
    for magic, name in _MAGIC.items():
        if data.startswith(magic):
            raise _binary(article, f"it is {name}")
    if (nul := data.find(b"\0")) >= 0:
        raise _binary(article, f"a NUL byte stands at offset {nul}")


def _binary(article: Article, why: str) -> ArticleError:
    return ArticleError(
        f"this is no text: {why}",
        path=article.path,
        mend="export it as plain text in UTF-8, or keep it out of the articles folder",
    )


def _declared(data: bytes) -> str | None:
    match = _XML_DECLARED.match(data[:256]) or _DECLARED.search(data[:4096])
    if match is None:
        return None
    try:
        name = codecs.lookup(match[1].decode("ascii")).name
    except LookupError:
        return None
    # What calls itself Latin-1 on the web is windows-1252 (WHATWG Encoding Standard section 4.2).
    return "cp1252" if name == "iso8859-1" else name if _WEB.fullmatch(name) else None


def _name_dropped(path: str, text: str) -> list[Finding]:
    by_line: dict[int, list[str]] = {}
    for line, character in forbidden(text):
        by_line.setdefault(line, []).append(f"U+{ord(character):04X}")
    findings = [
        Finding(
            severity=Severity.ERROR,  # published, but not as it was written
            what=f"characters that no feed can carry were dropped: {_few(characters)}",
            mend="delete them from the file",
            path=path,
            line=line,
            rule="XML 1.0 section 2.2",
        )
        for line, characters in list(by_line.items())[:_MOST_LINES_NAMED]
    ]
    if len(by_line) > _MOST_LINES_NAMED:
        findings.append(
            Finding(
                severity=Severity.WARNING,
                what=f"such characters stand in {len(by_line)} lines in all",
                mend="delete them from the file",
                path=path,
            )
        )
    return findings


def _few(names: list[str]) -> str:
    distinct = list(dict.fromkeys(names))
    return ", ".join(distinct[:5]) + (", …" if len(distinct) > 5 else "")
