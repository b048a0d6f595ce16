import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.checks.messages import check_message
from publisher.model import Severity

DOMAIN = "courier.example"
LEAVE = f"https://{DOMAIN}/leave/7.daily.Ab3_Ab3_Ab3_Ab3_Ab3_"
HEADERS = f"""From: The Courier <digest@{DOMAIN}>
To: Ana Reis <ana@post.example>
Subject: Ferry late again
Date: Mon, 23 Nov 2026 07:00:00 +0000
Message-ID: <daily-7@{DOMAIN}>
List-Id: The Courier <daily.{DOMAIN}>
List-Unsubscribe: <{LEAVE}>, <mailto:desk@{DOMAIN}?subject=unsubscribe>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
List-Help: <mailto:desk@{DOMAIN}?subject=help>
Feedback-ID: daily-7:daily:digest:courier
Auto-Submitted: auto-generated
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_b"
"""
TEXT = f"Ferry late again\n\nLeave: {LEAVE}\n"
HTML = f"""<!doctype html>
<html lang="en"><head><title>The Courier</title><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<style>@media (prefers-color-scheme: dark) {{ body {{ color: #eee; }} }}</style></head>
<body><div style="display:none">Also: the tide</div>
<table role="presentation"><tr><td><h1>The Courier</h1>
<p><img src="https://{DOMAIN}/ferry.jpg" alt="The ferry" width="300"></p>
<p><a href="https://{DOMAIN}/ferry.html">Read on</a></p>
<p><a href="{LEAVE}">Leave</a></p>
</td></tr></table></body></html>
"""


def part(subtype, text):
    return f"--=_b\nContent-Type: text/{subtype}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}"


def build(headers=HEADERS, text=TEXT, html=HTML, body=None):
    if body is None:
        body = f"{part('plain', text)}\n{part('html', html)}\n--=_b--\n"
    return f"{headers}\n{body}".replace("\n", "\r\n").encode()


def errors(data):
    return [
        finding.what
        for finding in check_message(data, domain=DOMAIN)
        if finding.severity is Severity.ERROR
    ]


def warnings(data):
    return [
        finding.what
        for finding in check_message(data, domain=DOMAIN)
        if finding.severity is Severity.WARNING
    ]


def test_a_good_message_has_no_finding():
    assert check_message(build(), domain=DOMAIN) == []


def test_each_finding_names_its_source():
    findings = check_message(b"nothing of the kind", domain=DOMAIN)
    assert len(findings) > 10
    assert all(finding.rule and finding.what for finding in findings)


BROKEN_RAW = [
    (build().replace(b"\r\n", b"\n"), "CRLF"),
    (build().replace(b"Ferry late", b"Ferry\rlate", 1), "CRLF"),
    (build().replace(b"Ferry late again\r\n\r\n", b"Ferry late\0again\r\n\r\n"), "NUL"),
    (build(text=TEXT + "x" * 999), "999 bytes, not at most 998"),
    (build(text=TEXT + ("x" * 900 + "\n") * 12000), "many servers take no more"),
]


@pytest.mark.parametrize(("data", "what"), BROKEN_RAW, ids=[what for _, what in BROKEN_RAW])
def test_bytes_that_a_server_would_refuse_are_errors(data, what):
    assert any(what in error for error in errors(data))


def replaced(old, new):
    assert old in HEADERS
    return build(headers=HEADERS.replace(old, new))


def without(name):
    return build(
        headers="".join(
            line for line in HEADERS.splitlines(True) if not line.startswith(f"{name}:")
        )
    )


BROKEN_HEADERS = [
    (build(headers=HEADERS + "Bcc: x@evil.example\n"), "Bcc"),
    (build(headers=HEADERS + "Return-Path: <x@evil.example>\n"), "Return-Path"),
    (build(headers=HEADERS + "Received: from x\n"), "Received"),
    (build(headers=HEADERS + "To: x@evil.example\n"), "2 To headers"),
    (build(headers=HEADERS + "Subject: Twice\n"), "2 Subject headers"),
    (build(headers=HEADERS + "List-Id: <daily.courier.example>\n"), "2 List-Id headers"),
    (build(headers=HEADERS + "Reply-To: a@b.example\nReply-To: c@d.example\n"), "2 Reply-To"),
    (build(headers=HEADERS + "no header at all\n"), "is none"),
    *((without(name), name) for name in ("From", "To", "Subject", "Date", "Message-ID")),
    (without("MIME-Version"), "Mime-Version"),
    (without("List-Id"), "List-Id"),
    (without("List-Unsubscribe"), "no https address"),
    (without("List-Unsubscribe-Post"), "One-Click"),
    (replaced(f"digest@{DOMAIN}", "digest@elsewhere.example"), "not courier.example"),
    (replaced(f"digest@{DOMAIN}", f"digest@evil{DOMAIN}"), "not courier.example"),
    (replaced(f"<digest@{DOMAIN}>", f"<a@{DOMAIN}>, <b@{DOMAIN}>"), "exactly one address"),
    (replaced("<ana@post.example>", "<ana@post.example>, b@evil.example"), "2 addresses"),
    (replaced("Ana Reis", "Änne"), "beyond ASCII"),
    (replaced("+0000", "GMT"), "numeric zone"),
    (replaced("Mon, 23 Nov 2026 07:00:00", "some day"), "numeric zone"),
    (replaced(f"<daily-7@{DOMAIN}>", "daily-7"), "local@domain"),
    (replaced("<daily-7@", f"<{'x' * 250}@"), "local@domain"),
    (replaced(f"<daily-7@{DOMAIN}>", "<daily-7@elsewhere.example>"), "not ours"),
    (replaced("Ferry late again", ""), "empty"),
    (replaced("Ferry late again", "=?utf-8?b?/w==?="), "decoded"),
    (replaced("Ferry late again", "=?no-such?q?x?="), "decoded"),
    (replaced("Ferry late again", "=?utf-8?q?x=0D=0ABcc:_v?="), "control"),
    (replaced("Ferry late again", "Re: Ferry"), "pretends"),
    (replaced("Ferry late again", "FWD : Ferry"), "pretends"),
    (replaced("Ferry late again", f"=?utf-8?q?{'x' * 70}?="), "encoded word has 82"),
    (replaced(f"<daily.{DOMAIN}>", "<daily>"), "List-Id"),
    (replaced(f"<daily.{DOMAIN}>", "<daily.elsewhere.example>"), "List-Id"),
    (replaced(f"<{LEAVE}>", "=?utf-8?q?=3Chttps=3A?="), "literal"),
    (replaced(f"<{LEAVE}>", f"<{LEAVE} x>"), "literal"),
    (replaced(LEAVE, LEAVE.replace("https", "http")), "no https"),
    (replaced(LEAVE, f"https://{DOMAIN}/leave/7"), "token"),
    (replaced(LEAVE, f"{LEAVE}?who=ana%40post.example"), "mail address"),
    (replaced(f", <mailto:desk@{DOMAIN}?subject=unsubscribe>", ""), "no mailto"),
    (replaced("List-Unsubscribe=One-Click", "one-click"), "One-Click"),
]


@pytest.mark.parametrize(("data", "what"), BROKEN_HEADERS)
def test_a_header_that_breaks_a_must_is_an_error(data, what):
    assert any(what in error for error in errors(data)), errors(data)


QP = "Content-Transfer-Encoding: quoted-printable"
BROKEN_PARTS = [
    (replaced("multipart/alternative", "multipart/mixed"), "not multipart/alternative"),
    (build(body=f"{part('html', HTML)}\n{part('plain', TEXT)}\n--=_b--\n"), "before text/html"),
    (build(body=f"{part('html', HTML)}\n--=_b--\n"), "a text part is missing"),
    (build(body=f"{part('plain', TEXT)}\n{part('html', HTML)}\n"), "CloseBoundaryNotFound"),
    (build().replace(b"text/plain; charset=utf-8", b"text/plain; charset=latin-1"), "charset"),
    (build(text=TEXT + "?").replace(b"?", b"\xff"), "not UTF-8"),
    (build().replace(b"Encoding: 8bit", b"Encoding: uuencode", 1), "'uuencode'"),
    (build(headers=HEADERS + QP + "\n"), "must not be encoded"),
    (build(text=TEXT + "x" * 80).replace(b"8bit", b"quoted-printable", 1), "over 76"),
    (build(text=TEXT + "=zz").replace(b"8bit", b"quoted-printable", 1), "no legal quoted"),
    (replaced("MIME-Version: 1.0", "MIME-Version: 2.0"), "MIME-Version"),
]


@pytest.mark.parametrize(("data", "what"), BROKEN_PARTS)
def test_a_structure_that_breaks_a_must_is_an_error(data, what):
    assert any(what in error for error in errors(data)), errors(data)


BROKEN_TEXTS = [
    ("", "empty"),
    ("Ferry late again", "address for leaving"),
    (f"{TEXT}<p>Ferry</p>", "'<p>'"),
    (f"{TEXT}Tom &amp; Ana", "'&amp;'"),
    (f"{TEXT}\ufdd0name\ufdd1", "not filled in"),
]


@pytest.mark.parametrize(("text", "what"), BROKEN_TEXTS)
def test_a_text_part_that_breaks_a_must_is_an_error(text, what):
    assert any(what in error for error in errors(build(text=text)))


def test_markup_that_the_readers_of_the_html_see_too_is_no_error():
    text = f"{TEXT}How to write <p> and &amp;"
    html = HTML.replace("Read on", "How to write &lt;p&gt; and &amp;amp;")
    assert errors(build(text=text, html=html)) == []


def in_body(markup):
    return HTML.replace("<h1>", f"{markup}<h1>")


BROKEN_HTML = [
    ("", "empty"),
    (in_body("<!-- " + "x" * 102_400 + " -->"), "clips"),
    *((in_body(f"<{name}></{name}>"), f"<{name}>") for name in ("script", "iframe", "object")),
    *((in_body(f"<{name}>"), f"<{name}>") for name in ("embed", "form", "base")),
    (in_body('<p onclick="x()">x</p>'), "onclick"),
    (in_body('<a href="java\tscript:x()">x</a>'), "runs a script"),
    (HTML.replace(' lang="en"', ""), "lang"),
    (HTML.replace('lang="en"', 'lang="und"'), "lang"),
    (HTML.replace("<title>The Courier</title>", ""), "title"),
    (HTML.replace('<meta charset="utf-8">', ""), "charset"),
    (HTML.replace(' alt="The ferry"', ""), "alt"),
    (in_body('<a href="/ferry.html">x</a>'), "not absolute"),
    (in_body('<a href="">x</a>'), "not absolute"),
    (in_body('<img src="ferry.jpg" alt="">'), "not absolute"),
    (in_body('<a href="data:text/html,x">x</a>'), "not absolute"),
    (HTML.replace(f'href="{LEAVE}"', 'href="https://x.example/"'), "no link for leaving"),
    (HTML.replace(">Leave</a>", "></a>"), "no link for leaving"),
    (HTML.replace("<table role", '<table style="display: none" role'), "no link for leaving"),
    (in_body("\ufdd0preferences\ufdd1"), "not filled in"),
    (in_body('<a href="https://x.example/%EF%B7%90leave%EF%B7%91">x</a>'), "not filled in"),
    (in_body("<mj-text>x</mj-text>"), "not compiled"),
    (in_body('<a href="https://x.example/{{ slug }}">x</a>'), "template code"),
]


@pytest.mark.parametrize(("html", "what"), BROKEN_HTML)
def test_an_html_part_that_breaks_a_must_is_an_error(html, what):
    assert any(what in error for error in errors(build(html=html))), errors(build(html=html))


def test_template_code_that_an_article_shows_is_no_error():
    assert errors(build(html=in_body("<p>{{ how to }} {% write %}</p>"))) == []


CARELESS = [
    (replaced("Ferry late again", "Ferry " * 14), "83 characters"),
    (without("Auto-Submitted"), "Auto-Submitted"),
    (without("Feedback-ID"), "Feedback-ID"),
    (replaced("digest:courier", "digest:x"), "Feedback-ID"),
    (without("List-Help"), "List-Help"),
    (replaced(f"<{LEAVE}>", f"<{LEAVE}>, <https://{DOMAIN}/too>"), "more than one https"),
    (build(html=HTML.replace('name="viewport"', 'name="x"')), "viewport"),
    (build(html=HTML.replace('name="color-scheme"', 'name="x"')), "color-scheme"),
    (build(html=HTML.replace("prefers-color-scheme", "x")), "dark mode"),
    (build(html=HTML.replace("display:none", "color:red")), "preheader"),
    (build(html=HTML.replace(' role="presentation"', "")), "role="),
    (build(html=in_body('<img src="https://x.example/p" alt="" width="1">')), "one pixel"),
    (build(html=in_body('<a href="http://x.example/">x</a>')), "not https"),
    (build(html=HTML.replace("<style>", "<style>@import url(x);")), "from elsewhere"),
    (
        build(html=in_body('<link rel="stylesheet" href="https://fonts.example/x">')),
        "from elsewhere",
    ),
]


@pytest.mark.parametrize(("data", "what"), CARELESS)
def test_a_should_that_is_broken_is_only_a_warning(data, what):
    assert any(what in warning for warning in warnings(data)), warnings(data)
    assert errors(data) == []


def test_a_date_is_read_whatever_its_zone():
    assert errors(replaced("+0000", "-0330")) == []


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_whatever_the_bytes_are_they_are_judged_and_not_fatal(data):
    assert errors(data)
    assert isinstance(errors(build() + data), list)
