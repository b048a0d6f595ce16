import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.checks.messages import check_message
from publisher.delivery import MessageTemplate, message_id
from publisher.delivery.headers import clean
from publisher.errors import AddressError, TemplateError
from publisher.model import Message, Recipient, Rendered
from tests.vectors import vectors

DOMAIN = "courier.example"
NAMES = [
    "From",
    "Reply-To",
    "Subject",
    "Date",
    "List-Id",
    "List-Unsubscribe-Post",
    "List-Help",
    "List-Owner",
    "Archived-At",
    "Feedback-ID",
    "Auto-Submitted",
    "Content-Language",
    "MIME-Version",
    "To",
    "Message-ID",
    "List-Unsubscribe",
    "Content-Type",
]


def read(data):
    return message_from_bytes(data, policy=policy.default)


def header(data, name):
    """The value as written, unfolded."""
    head = data.partition(b"\r\n\r\n")[0].decode()
    lines = re.sub(r"\r\n(?=[ \t])", "", head).split("\r\n")
    (value,) = [line.partition(": ")[2] for line in lines if line.startswith(f"{name}: ")]
    return value


def test_a_message_meets_every_must_and_should(make_message, make_recipient):
    data = MessageTemplate(make_message()).fill(make_recipient(name="Ana Reis"))
    assert check_message(data, domain=DOMAIN) == []


def test_the_same_recipient_gets_the_same_bytes_and_another_only_their_own(
    make_message, make_recipient
):
    first, second = MessageTemplate(make_message()), MessageTemplate(make_message())
    assert first.fill(make_recipient(1)) == second.fill(make_recipient(1))
    one, two = first.fill(make_recipient(1)), first.fill(make_recipient(2))
    assert one != two
    assert b"reader2@" not in one
    assert b"/2.daily." not in one


def test_headers_are_ours_and_each_is_there_once(make_message, make_recipient):
    parsed = read(MessageTemplate(make_message()).fill(make_recipient()))
    assert parsed.keys() == NAMES


def test_one_click_stays_literal_however_long_the_links_are(make_message, make_recipient):
    leave = f"https://{DOMAIN}/newsletter/leave/{'Ab3_-' * 60}"
    data = MessageTemplate(make_message()).fill(make_recipient(leave=leave))
    assert (
        f"\r\nList-Unsubscribe: <{leave}>,\r\n <mailto:desk@{DOMAIN}?subject=unsubscribe>\r\n"
        in (data.decode())
    )
    assert check_message(data, domain=DOMAIN) == []


def test_links_read_back_whole_from_both_parts(make_message, make_recipient):
    recipient = make_recipient()
    parsed = read(MessageTemplate(make_message()).fill(recipient))
    text = parsed.get_body(("plain",)).get_content().replace("\r\n", "\n")
    page = parsed.get_body(("html",)).get_content()
    assert f"Leave: {recipient.leave}\n" in text
    assert f"Choose: {recipient.preferences}\n" in text
    assert f'href="{recipient.leave.replace("&", "&amp;")}"' in page
    assert "潮\n.\n..two dots" in text


@pytest.mark.threat(7)
@pytest.mark.parametrize("text", vectors("header"), ids=ascii)
def test_nobody_can_add_a_header_by_what_they_write(text, make_message, make_recipient):
    message = make_message(subject=text, list_title=text, sender_name=text)
    data = MessageTemplate(message).fill(make_recipient(name=text))
    parsed = read(data)
    assert parsed.keys() == NAMES
    assert parsed["subject"] == clean(text)
    assert [box.addr_spec for box in parsed["to"].addresses] == ["reader1@post.example"]
    assert [box.addr_spec for box in parsed["from"].addresses] == [f"digest@{DOMAIN}"]
    assert parsed["to"].addresses[0].display_name == clean(text)
    # What is read may be written again by another program: still no header more.
    assert "bcc" not in message_from_bytes(parsed.as_bytes(), policy=policy.default)
    assert b"\r\nBcc" not in data


@pytest.mark.threat(8)
@pytest.mark.parametrize("address", vectors("address"), ids=ascii)
def test_an_address_that_means_more_than_one_mailbox_is_refused(
    address, make_message, make_recipient
):
    with pytest.raises(AddressError):
        MessageTemplate(make_message()).fill(make_recipient(address=address))


def test_a_domain_beyond_ascii_is_written_as_dns_has_it(make_message, make_recipient):
    template = MessageTemplate(make_message(sender="digest@bücher.example"))
    parsed = read(template.fill(make_recipient(address="ana@Bücher.example")))
    assert parsed["to"] == "ana@xn--bcher-kva.example"
    assert parsed["from"].addresses[0].domain == "xn--bcher-kva.example"


def test_an_address_beyond_ascii_stands_as_it_is(make_message, make_recipient):
    data = MessageTemplate(make_message()).fill(make_recipient(address="ana.ñandú@post.example"))
    assert header(data, "To") == "ana.ñandú@post.example"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Ana Reis", "Ana Reis <reader1@post.example>"),
        ("Reis, Ana", '"Reis, Ana" <reader1@post.example>'),
        ('Ana "A" Reis', r'"Ana \"A\" Reis" <reader1@post.example>'),
        ("", "reader1@post.example"),
        ("Änne", "=?utf-8?b?w4RubmU=?= <reader1@post.example>"),
    ],
)
def test_names_are_written_as_their_grammar_asks(name, written, make_message, make_recipient):
    data = MessageTemplate(make_message()).fill(make_recipient(name=name))
    assert header(data, "To") == written


def test_addresses_on_the_web_are_written_in_ascii(make_message, make_recipient):
    message = make_message(archive="https://bücher.example/editions/grün heute.html")
    data = MessageTemplate(message).fill(make_recipient())
    assert header(data, "Archived-At") == (
        "<https://xn--bcher-kva.example/editions/gr%C3%BCn%20heute.html>"
    )


def test_a_mark_that_nobody_knows_is_a_mistake_in_the_template(make_message):
    with pytest.raises(TemplateError, match="mark"):
        MessageTemplate(make_message(text="Hello \ufdd0password\ufdd1"))


def test_a_message_id_is_the_same_each_time_and_another_for_everybody_else():
    key = b"k" * 32
    first = message_id(key, "daily-2026-11-23", 7, DOMAIN)
    assert first == message_id(key, "daily-2026-11-23", 7, DOMAIN)
    assert re.fullmatch(rf"<daily-2026-11-23\.[0-9a-f]{{32}}@{DOMAIN}>", first)
    others = {
        message_id(key, "daily-2026-11-23", 8, DOMAIN),
        message_id(key, "daily-2026-11-24", 7, DOMAIN),
        message_id(b"x" * 32, "daily-2026-11-23", 7, DOMAIN),
    }
    assert first not in others
    assert len(others) == 3
    assert "\n" not in message_id(key, "x\nBcc: y", 7, DOMAIN)
    assert message_id(key, "daily", 7, "bücher.example").endswith("@xn--bcher-kva.example>")


def test_a_message_id_that_is_none_is_a_bug(make_message, make_recipient):
    with pytest.raises(ValueError, match="Message-ID"):
        MessageTemplate(make_message()).fill(make_recipient(message_id="<x\r\nBcc: y@z.example>"))


def test_the_sender_in_feedback_id_fits_whatever_the_domain(make_message, make_recipient):
    for domain in ("a.example", "x.io", "a-very-long-name-of-a-paper.example"):
        message = make_message(sender=f"d@{domain}", edition="da:ily 2026")
        value = header(MessageTemplate(message).fill(make_recipient()), "Feedback-ID")
        assert re.fullmatch(r"da-ily-2026:daily:digest:[a-z0-9]{5,15}", value)


LINES = st.text(max_size=120)


def _message(subject, name, text):
    return Message(
        rendered=Rendered(subject=subject, preheader="", html=f"<p>{text}</p>", text=text),
        edition="daily",
        newsletter="daily",
        list_title=name,
        list_id=f"daily.{DOMAIN}",
        sender_name=name,
        sender=f"digest@{DOMAIN}",
        reply_to=f"desk@{DOMAIN}",
        language="en",
        date=datetime(2026, 11, 23, tzinfo=UTC),
        archive=f"https://{DOMAIN}/e.html",
        mailto_leave=f"mailto:desk@{DOMAIN}",
    )


def _recipient(name):
    return Recipient(
        subscriber=1,
        address="reader@post.example",
        name=name,
        message_id=f"<x@{DOMAIN}>",
        leave=f"https://{DOMAIN}/leave",
        preferences=f"https://{DOMAIN}/preferences",
    )


@given(LINES, LINES)
@pytest.mark.threat(7)
def test_any_subject_and_name_reads_back_and_adds_no_header(subject, name):
    data = MessageTemplate(_message(subject, name, "x")).fill(_recipient(name))
    parsed = read(data)
    assert parsed.keys() == NAMES
    assert parsed["subject"] == clean(subject)
    (to,) = parsed["to"].addresses
    # Between two encoded words in a phrase email.parser leaves a space (RFC 2047 section 6.2 has
    # none), and all kinds of space are one to it; email.header reads such a phrase rightly.
    written = header(data, "To")
    read_back = to.display_name
    if written.startswith("=?"):
        read_back = str(make_header(decode_header(written.rpartition(" ")[0])))
    assert read_back.split() == clean(name).split()
    assert to.addr_spec == "reader@post.example"
    head = data.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert all(len(word) <= 75 for word in re.findall(rb"=\?utf-8\?\S*", head))


TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029")
    | st.sampled_from("\n\t .=-<&"),
    max_size=400,
).filter(lambda text: not re.search("[\ufdd0-\ufdef]", text))


@given(TEXTS)
@pytest.mark.threat(10)
def test_any_text_reads_back_from_short_crlf_lines(text):
    data = MessageTemplate(_message("s", "n", text)).fill(_recipient("n"))
    plain = next(read(data).iter_parts()).get_payload(decode=True).decode()
    assert plain.replace("\r\n", "\n") == (text if text.endswith("\n") else text + "\n")
    assert data.count(b"\r\n") == data.count(b"\r") == data.count(b"\n")
    body = data.partition(b"\r\n\r\n")[2]
    assert max(map(len, body.split(b"\r\n"))) <= 76
