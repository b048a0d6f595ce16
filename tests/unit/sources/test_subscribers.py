import csv
import io
import re
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.audience import parse_topics
from publisher.errors import UsageError
from publisher.model import Consent, Frequency
from publisher.sources import open_subscribers
from publisher.sources.list_cells import read_cell, write_cell
from publisher.sources.subscribers import write_subscribers
from tests.vectors import vectors


def rows(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "readers.csv"
    path.write_bytes(text.encode(encoding))
    return read(path)


def read(path, stream=None):
    with open_subscribers(path, stream) as opened:
        return list(opened.rows())


def test_a_row_is_what_somebody_asks_for(tmp_path):
    (row,) = rows(
        tmp_path,
        "address,name,newsletter,topics\n"
        'ana@Reader.example,"Reis,  Ana",daily weekly,tag:skerry section:town\n',
    )
    assert (row.line, row.address, row.name) == (2, "ana@reader.example", "Reis, Ana")
    assert row.newsletters == ("daily", "weekly")
    assert row.topics == parse_topics(["tag:skerry", "section:town"])
    assert row.problem is None


@pytest.mark.parametrize("divider", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_spreadsheets_divide_cells_and_lines_as_they_like(tmp_path, divider, ending):
    text = ending.join(
        [divider.join(["Name", "E-Mail"]), divider.join(["Ana", "ana@reader.example"]), ""]
    )
    (row,) = rows(tmp_path, text, "utf-8-sig")
    assert (row.address, row.name) == ("ana@reader.example", "Ana")


def test_what_can_not_be_used_is_named_with_its_line_and_the_rest_goes_on(tmp_path):
    found = rows(
        tmp_path,
        "email,topics\nana@reader.example,\nnobody,\n\nben@reader.example,colour:blue\n"
        'eva@reader.example,"tag:a\ntag:b"\n',
    )
    assert [(row.line, row.problem is None) for row in found] == [
        (2, True),
        (3, False),
        (5, False),
        (7, True),
    ]


def test_bytes_from_elsewhere_are_read_alike(tmp_path):
    (row,) = read(tmp_path / "-", io.BytesIO(b"email\nana@reader.example\n"))
    assert row.address == "ana@reader.example"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no column named address"),
        (b"who,what\nana,daily\n", "no column named address"),
        (b"email\nana\xff@reader.example\n", "UTF-8"),
    ],
)
def test_a_file_that_is_no_list_of_people_is_refused(tmp_path, data, words):
    path = tmp_path / "readers.csv"
    path.write_bytes(data)
    with pytest.raises(UsageError, match=words) as caught:
        read(path)
    assert caught.value.path == str(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UsageError, match="can't be read"):
        read(tmp_path / "nowhere.csv")


def test_a_folder_is_no_list(tmp_path):
    with pytest.raises(UsageError, match="can't be read"):
        read(tmp_path)


# ---------------------------------------------------------------- other programs' lists

MAILCHIMP = (
    "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,"
    "CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,"
    "NOTES,TAGS"
)
MAILCHIMP_ROW = (
    "ana@reader.example,Ana,Reis,3,2024-03-14 09:12:31,192.0.2.1,2024-03-14 09:14:00,192.0.2.2,"
    ',,,,,,,2024-03-14 09:14:00,123456,abcdef0123,,"""Skerry"",""Harbour"""'
)


def test_mailchimp_names_tags_and_consent(tmp_path):
    (row,) = rows(tmp_path, f"{MAILCHIMP}\n{MAILCHIMP_ROW}\n")
    assert (row.address, row.name, row.tags) == (
        "ana@reader.example",
        "Ana Reis",
        ("Skerry", "Harbour"),
    )
    assert [(one.what, one.network, one.at.minute) for one in row.consents] == [
        ("subscribed", "192.0.2.1", 12),
        ("confirmed", "192.0.2.2", 14),
    ]
    assert row.added == datetime(2024, 3, 14, 9, 12, 31, tzinfo=UTC)
    assert not row.off


@pytest.mark.parametrize(
    ("columns", "cells", "reason", "left_all"),
    [
        (
            "UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_REASON_OTHER",
            '2025-01-02 03:04:05,"News",9,NORMAL,',
            "left in Mailchimp",
            False,
        ),
        (
            "UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_REASON_OTHER",
            '2025-01-02 03:04:05,"News",9,SPAM,',
            "left in Mailchimp",
            True,
        ),
        (
            "CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID",
            "2025-01-02 03:04:05,,",
            "bounced in Mailchimp",
            True,
        ),
    ],
)
def test_mailchimp_who_left_or_bounced(tmp_path, columns, cells, reason, left_all):
    (row,) = rows(tmp_path, f"Email Address,{columns},LEID,EUID\nana@reader.example,{cells},1,ab\n")
    assert (row.off, row.left_all) == (reason, left_all)
    assert row.since == datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_substack(tmp_path):
    first, second = rows(
        tmp_path,
        "email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at\n"
        "ana@reader.example,false,,other,false,2024-01-15T10:00:00.000Z,\n"
        "ben@reader.example,true,2026-12-01T00:00:00.000Z,yearly,true,2024-01-15T10:00:00.000Z,\n",
    )
    assert first.added == datetime(2024, 1, 15, 10, tzinfo=UTC)
    assert [one.what for one in first.consents] == ["subscribed"]
    assert (first.off, second.off) == ("", "switched mail off in Substack")


def test_ghost(tmp_path):
    first, second, third = rows(
        tmp_path,
        "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,"
        "created_at,deleted_at,labels,tiers\n"
        'm1,ana@reader.example,Ana Reis,,true,false,,2024-02-01T12:30:00.000Z,,"Skerry,vip",\n'
        "m2,ben@reader.example,Ben,,false,false,,2024-02-01T12:30:00.000Z,,,\n"
        "m3,eva@reader.example,Eva,,true,false,,2024-02-01T12:30:00.000Z,2024-03-01,,\n",
    )
    assert (first.name, first.tags, first.off) == ("Ana Reis", ("Skerry", "vip"), "")
    assert second.off == third.off == "left in Ghost"


def test_listmonk(tmp_path):
    good, left, blocked, odd = rows(
        tmp_path,
        "uuid,email,name,attributes,status,created_at,updated_at\n"
        "u1,ana@reader.example,Ana,{},enabled,2024-01-02 03:04:05.678 +0000 UTC,\n"
        "u2,ben@reader.example,Ben,{},disabled,2024-01-02 03:04:05 +0100 CET,\n"
        "u3,eva@reader.example,Eva,{},blocklisted,,2024-05-02 03:04:05 +0000 UTC\n"
        "u4,leo@reader.example,Leo,{},asleep,,\n",
    )
    assert good.added == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert left.off == "disabled in listmonk"
    assert (blocked.off, blocked.left_all) == ("blocklisted in listmonk", True)
    assert "asleep" in str(odd.problem)


@pytest.mark.parametrize(
    "columns", ["email,subscriber_type,creation_date", "email_address,type,creation_date"]
)
def test_buttondown(tmp_path, columns):
    good, left, bounced, unconfirmed = rows(
        tmp_path,
        f"{columns},tags,ip_address,unsubscription_date,undeliverability_date\n"
        'ana@reader.example,regular,2024-01-02T03:04:05Z,"[""Skerry"", ""vip""]",192.0.2.9,,\n'
        "ben@reader.example,unsubscribed,2024-01-02T03:04:05Z,,,2025-01-01,\n"
        "eva@reader.example,regular,2024-01-02T03:04:05Z,,,,2025-02-01\n"
        "leo@reader.example,unactivated,2024-01-02T03:04:05Z,,,,\n",
    )
    assert good.tags == ("Skerry", "vip")
    assert [(one.what, one.network) for one in good.consents] == [("subscribed", "192.0.2.9")]
    assert (left.off, left.left_all) == ("unsubscribed in Buttondown", False)
    assert (bounced.off, bounced.left_all) == ("undeliverable in Buttondown", True)
    assert unconfirmed.skip


@pytest.mark.parametrize("moment", ["yesterday", "0001-01-01", "9999-12-31", "31/12/2024"])
def test_a_date_that_can_not_be_read_is_named(tmp_path, moment):
    (row,) = rows(
        tmp_path,
        f"email,active_subscription,email_disabled,created_at\na@reader.example,,false,{moment}\n",
    )
    assert "date" in str(row.problem)


# ---------------------------------------------------------------- our own

HEADER = (
    "address,name,language,newsletter,topics,frequency,timezone,paused_until,added,source,consent"
)


def test_our_own_list_says_everything(tmp_path):
    consent = '[{""newsletter"":""daily"",""what"":""confirmed"",""source"":""form"",""network"":""192.0.2.1"",""at"":""2026-01-02T03:04:05Z""}]'
    (row,) = rows(
        tmp_path,
        f"{HEADER}\nana@reader.example,'=Ana,pt,daily,tag:skerry,weekly,Asia/Tokyo,"
        f'2026-12-24T00:00:00Z,2026-01-02T03:04:05Z,form,"{consent}"\n',
    )
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (row.name, row.language, row.frequency) == ("=Ana", "pt", Frequency.WEEKLY)
    assert (row.timezone, row.added) == ("Asia/Tokyo", moment)
    assert row.paused_until == datetime(2026, 12, 24, tzinfo=UTC)
    assert row.consents == (
        Consent(
            newsletter="daily", what="confirmed", source="form", network="192.0.2.1", at=moment
        ),
    )


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (",,daily,,hourly,,,,,", "frequency"),
        (",,daily,,,Mars/Olympus,,,,", "time zone"),
        (",??,daily,,,,,,,", "language"),
        (",,daily,,,,,,,{", "consent"),
        (",,daily,,,,,,,[1]", "consent"),
        (",,daily,,,,soon,,,", "date"),
    ],
)
def test_what_our_own_list_never_says_is_named(tmp_path, cells, words):
    (row,) = rows(tmp_path, f"{HEADER}\nana@reader.example,{cells}\n")
    assert words in str(row.problem)


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=20))
def test_a_cell_comes_back_as_it_was(text):
    assert read_cell(write_cell(text)) == text


@given(
    st.text(st.sampled_from("'=+-@\t\r\n＝＋－＠a;,\" "), max_size=8),
)
@pytest.mark.threat(27)
def test_no_cell_is_a_formula(text):
    assert write_cell(text)[:1] not in set("=+-@\t\r\n＝＋－＠")
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow([write_cell(text)])
    ((cell,),) = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert read_cell(cell) == text


@pytest.mark.threat(27)
@pytest.mark.parametrize("text", vectors("csv"), ids=ascii)
def test_row_27_a_name_that_is_a_formula_is_text_in_a_spreadsheet_and_comes_back(text):
    cell = write_cell(text)
    assert not unicodedata.normalize("NFKC", cell).startswith(tuple("=+-@\t\r\n"))
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow([cell])
    ((written,),) = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert read_cell(written) == text


@pytest.mark.threat(27)
def test_every_cell_of_an_export_is_quoted():
    file = io.StringIO()
    assert write_subscribers([], file) == 0
    assert all(re.fullmatch(r'"\w+"', cell) for cell in file.getvalue().strip().split(","))
