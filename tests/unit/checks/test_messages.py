import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.checks.messages import check_message, check_words
from publisher.checks.support import FAMILIES, features
from publisher.model import Severity
from tests import vectors

DOMAIN = "courier.example"
LEAVE = f"https://{DOMAIN}/leave/7.daily.Ab3_Ab3_Ab3_Ab3_Ab3_"
BASE = vectors.text("message.eml")
HTML = BASE[BASE.index("<!doctype") : BASE.index("--=_b--")]
BROKEN = vectors.broken("broken_messages.jsonl")


def known(address):
    if not address.startswith(f"https://{DOMAIN}/"):
        return None
    return "gone" not in address


def check(text):
    return check_message(vectors.wire(text), domain=DOMAIN, path="a.eml", known=known)


def errors(text):
    return [one.what for one in check(text) if one.severity is Severity.ERROR]


def test_a_good_message_has_no_finding():
    assert check(BASE) == []


@pytest.mark.parametrize(("old", "new", "says"), BROKEN, ids=[says for *_, says in BROKEN])
def test_a_message_broken_in_one_way_has_the_one_finding_that_names_it(old, new, says):
    found = check(vectors.replaced(BASE, old, new))
    assert [f"{one.severity}: {one.what}"[: len(says)] for one in found] == [says], found
    (one,) = found
    assert one.rule
    assert one.mend


def test_there_are_many_of_them():
    assert len(BROKEN) >= 40
    assert len({says for *_, says in BROKEN}) >= 40


def test_a_finding_has_the_line_of_the_file():
    for old, new, line in (
        ("Ferry late again", "Re: Ferry", 3),
        (" alt=", " title=", 33),
        ("again\n\nLeave", "again\n\nTom &amp; Ana\n\nLeave", 21),
    ):
        (one,) = check(vectors.replaced(BASE, old, new))
        assert (one.path, one.line) == ("a.eml", line), one


def test_a_finding_has_the_line_of_a_file_in_quoted_printable():
    broken = vectors.replaced(BASE, "Encoding: 8bit\n\n<!d", "Encoding: quoted-printable\n\n<!d")
    start = broken.index("<!doctype")
    html = broken[start:].replace("=", "=3D").replace("=3D_b", "=_b")
    soft = html.replace("<p><img", "<p>=\n=\n<img").replace(" alt=", " title=")
    lines = [line[i : i + 70] for line in soft.split("\n") for i in range(0, max(len(line), 1), 70)]
    cut = [line + ("=" if len(line) == 70 and not line.endswith("=") else "") for line in lines]
    found = [one for one in check(broken[:start] + "\n".join(cut)) if "no alt" in one.what]
    text = (broken[:start] + "\n".join(cut)).split("\n")
    assert [text[one.line - 1].startswith("<p>=") for one in found] == [True]


def test_without_a_file_a_finding_names_the_header_or_the_part():
    broken = vectors.replaced(BASE, " alt=", " title=").replace("Subject: F", "Subject: Re: F")
    found = check_message(vectors.wire(broken), domain=DOMAIN)
    assert [(one.path, one.line) for one in found] == [("Subject", None), ("text/html", 7)]


def test_each_finding_names_its_source():
    findings = check_message(b"nothing of the kind", domain=DOMAIN)
    assert len(findings) > 8
    assert all(finding.rule and finding.what for finding in findings)


def test_the_parts_can_stand_the_wrong_way_round():
    plain, html = (
        BASE.index("--=_b\nContent-Type: text/plain"),
        BASE.index("--=_b\nContent-Type: text/html"),
    )
    end = BASE.index("--=_b--")
    turned = BASE[:plain] + BASE[html:end] + BASE[plain:html] + BASE[end:]
    assert errors(turned) == [
        "the parts are text/html, text/plain, not text/plain before text/html"
    ]


def test_the_address_for_leaving_is_a_secret():
    for address, what in ((f"https://{DOMAIN}/leave/7", "has no token"),
                          (f"{LEAVE}?who=ana%40post.example", "shows a mail address")):  # fmt: skip
        assert [what in one for one in errors(BASE.replace(LEAVE, address))] == [True]


def test_markup_that_the_readers_of_the_html_see_too_is_no_error():
    text = BASE.replace("again\n\nLeave", "again: <p>, &amp;, {{ x }}\n\nLeave")
    shown = text.replace("Read on", "How to write &lt;p&gt; and &amp;amp; or {{ x }}")
    assert errors(shown) == []


def test_what_the_template_decides_is_not_asked_again_for_each_reader():
    html = HTML.replace("<h1>", '<h1 style="color:#999">')
    assert check_words(html=html, text=f"x {LEAVE}", leave=LEAVE) == []


def test_a_mail_to_one_person_has_nothing_to_leave():
    head, _, body = BASE.partition("List-Id:")
    body = body[body.index("Auto-Submitted") :].replace(LEAVE, f"https://{DOMAIN}/confirm/9")
    assert check_message(vectors.wire(head + body), domain=DOMAIN, listed=False) == []


def test_a_picture_behind_words_is_not_judged():
    assert check(BASE.replace("<td>", '<td background="https://courier.example/a.png">')) == []


def test_large_words_may_be_fainter():
    faint = '<p style="font-size:{}px;color:#8a8a8a">Ferry</p><h1>'
    assert check(BASE.replace("<h1>", faint.format(24))) == []
    assert len(check(BASE.replace("<h1>", faint.format(23)))) == 1


def test_what_has_a_fallback_is_no_finding():
    assert check(BASE.replace("<h1>", '<h1 style="border-radius:4px;box-shadow:0 1px #000">')) == []


def test_each_feature_of_the_table_can_be_found_and_has_figures():
    assert len(features()) > 150
    for one in features():
        assert len(one.clients) == len(FAMILIES)
        assert 0 <= one.whole <= one.share <= 1


@given(st.binary(max_size=300))
def test_no_bytes_make_the_check_fail(data):
    check_message(data, domain=DOMAIN, path="x", known=known)
    check_message(b"From: x\r\n\r\n" + data, domain=DOMAIN)


@pytest.mark.slow
@given(st.text(max_size=200))
def test_no_html_makes_the_check_fail(text):
    check(BASE.replace("<h1>", text.replace("\r", "")))
    check(BASE.replace("<style>", "<style>" + text.replace("\r", "")))


def test_a_date_is_read_whatever_its_zone():
    assert check(BASE.replace("+0000", "-0330")) == []
