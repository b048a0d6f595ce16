from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.audience import masked, parse_address, parse_mailbox
from publisher.errors import AddressError
from tests.vectors import vectors


@pytest.mark.parametrize(
    ("given_", "wire"),
    [
        ("ana@reader.example", "ana@reader.example"),
        (" ana@reader.example ", "ana@reader.example"),
        ("Ana.Reis+news@Reader.EXAMPLE", "Ana.Reis+news@reader.example"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("ана@почта.example", "ана@xn--80a1acny.example"),
        ("o'neil@reader.example", "o'neil@reader.example"),
    ],
)
def test_an_address_takes_the_form_that_goes_to_the_server(given_, wire):
    assert parse_address(given_) == wire


@pytest.mark.threat(8)
@pytest.mark.parametrize("bad", vectors("address"), ids=ascii)
def test_what_a_server_could_misread_is_refused_with_a_mend(bad):
    with pytest.raises(AddressError) as caught:
        parse_address(bad)
    assert caught.value.mend
    assert "\r" not in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.text(max_size=60))
def test_any_text_is_one_clean_address_or_refused(text):
    try:
        address = parse_address(text)
    except AddressError:
        return
    assert address.count("@") == 1
    assert not set(address) & set(' \r\n\t<>,;:"()[]\\\x00')
    assert parse_address(address) == address


def test_a_mailbox_has_a_name_and_an_address():
    box = parse_mailbox('"The Courier" <post@courier.example>')
    assert (box.name, box.address) == ("The Courier", "post@courier.example")
    assert str(parse_mailbox("post@courier.example")) == "post@courier.example"
    assert str(box) == "The Courier <post@courier.example>"


def test_a_mailbox_name_can_not_start_a_new_line():
    with pytest.raises(AddressError):
        parse_mailbox("The Courier\r\nBcc: eve@evil.example <post@courier.example>")


@pytest.mark.threat(26)
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ana@paper.example", "a…@paper.example"),
        ("550 <Ana.Reis@paper.example>: no o'b@x.example here", "550 <A…@paper.example>: no o…@x.example here"),
        ("SRS0=ab=cd=paper.example=ana@relay.example", "S…@relay.example"),
        ("nobody at all", "nobody at all"),
        ("@", "…@"),
    ],
)  # fmt: skip
def test_an_address_in_a_text_is_masked(text, shown):
    assert masked(text) == shown


def test_of_ascii_an_address_may_have_letters_digits_and_these():
    taken = ""
    for char in map(chr, range(128)):
        try:
            parse_address(f"a{char}b@paper.example")
        except AddressError:
            continue
        taken += char
    assert "".join(sorted(taken)) == "".join(
        sorted(f"{ascii_letters}{digits}!#$%&'*+/=?^_`{{|}}~-.")
    )
