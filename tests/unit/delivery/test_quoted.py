import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.delivery.quoted import encode_link, encode_piece

LINK = "https://courier.example/newsletter/leave/" + "x" * 60


@pytest.mark.parametrize("end", ["", "é", "=", ".", " ", "日本"])
def test_no_line_grows_too_long_where_a_link_is_joined_in(end):
    for length in range(200):
        judge("a" * length + end, "b" * length)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=300), st.text("ab é=\n"))
def test_pieces_and_links_are_read_back_whole(before, after):
    judge(before, after)


def judge(before, after):
    data = encode_piece(before) + encode_link(LINK) + encode_piece(after)
    assert max(map(len, data.split(b"\r\n"))) <= 76
    assert quopri.decodestring(data).decode().replace("\r\n", "\n") == before + LINK + after
