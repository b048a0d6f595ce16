from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.content import text_in
from publisher.content.forms.versions import is_newer, is_same_story, read_mark, read_note

MARKED = {
    "UPDATE 2-Ferry returns": ("Ferry returns", "update", 2),
    "UPDATE 1 - Ferry returns": ("Ferry returns", "update", 1),
    "WRAPUP 3-Ferry returns": ("Ferry returns", "update", 3),
    "UPDATE: Ferry returns": ("Ferry returns", "update", 0),
    "CORRECTED-Ferry returns": ("Ferry returns", "correction", 0),
    "CORRECTED-(OFFICIAL)-Ferry returns": ("Ferry returns", "correction", 0),
    "CORRECTED-UPDATE 1-Ferry returns": ("Ferry returns", "correction", 1),
    "CORRECTED (OFFICIAL)-Ferry returns": ("Ferry returns", "correction", 0),
    "Correction: Ferry returns": ("Ferry returns", "correction", 0),
    "KORREKTUR: Die Fähre fährt": ("Die Fähre fährt", "correction", 0),
    "REFILE-UPDATE 2-Ferry returns": ("Ferry returns", "update", 2),
    "RPT-Ferry returns": ("Ferry returns", "repeat", 0),
    "Ferry returns, 2nd Ld-Writethru": ("Ferry returns", "update", 2),
    "Ferry returns, 1st Ld": ("Ferry returns", "update", 1),
    "BC-Ferry,3rd Ld-Writethru": ("BC-Ferry", "update", 3),
    "Ferry returns (2nd Ld)": ("Ferry returns", "update", 2),
    "Ferry returns, Writethru": ("Ferry returns", "update", 0),
    "Ferry returns (UPDATES with quotes from the pier)": ("Ferry returns", "update", 0),
    "Ferry returns (CORRECTS name of the captain)": ("Ferry returns", "correction", 0),
    "WITHDRAWN-Ferry returns": ("Ferry returns", "kill", 0),
    "ADVISORY KILL: Ferry returns": ("Ferry returns", "kill", 0),
    "BULLETIN KILL - Ferry returns": ("Ferry returns", "kill", 0),
}
UNMARKED = [
    "Ferry returns", "Update on the ferry", "UPDATE", "UPDATE 2-", "Corrected figures show growth", "Kill Bill returns",
    "Repeat offenders", "England in the lead", "Ships collide - two injured", "Ferry returns (with pictures)",
    "Ferries 2-1 ahead", "The 2nd Ld-Writethru explained", "Withdrawn from sale: a history", "", "-", "(UPDATES x)",
    "RPTs and other reptiles", "Killing: a study", "UPDATEs everywhere",
]  # fmt: skip


@pytest.mark.parametrize(("headline", "told"), MARKED.items(), ids=MARKED)
def test_a_mark_is_taken_off(headline, told):
    mark = read_mark(headline)
    assert (mark.title, mark.kind, mark.number) == told


@pytest.mark.parametrize("headline", UNMARKED)
def test_what_is_no_mark_stays(headline):
    mark = read_mark(headline)
    assert (mark.title, mark.kind, mark.number) == (headline.strip(), "first", 0)


def test_embargoed_is_a_state_and_no_version():
    mark = read_mark("EMBARGOED-Ferry returns")
    assert (mark.title, mark.kind, mark.is_embargoed) == ("Ferry returns", "first", True)


@given(st.text(max_size=500))
def test_nothing_but_marks_is_lost(headline):
    mark = read_mark(headline)
    assert mark.title in headline
    assert mark.title or not headline.strip()


@pytest.mark.parametrize(
    ("paragraph", "kind"),
    [("(Adds quotes, background)", "update"), ("(UPDATES with quotes)", "update"), ("(Corrects name in paragraph 2)", "correction"),
     ("[Refiles to add byline]", "repeat"), ("(Adds quotes) The ferry is back.", None), ("(The ferry is back.)", None), ("Adds quotes", None)],
)  # fmt: skip
def test_a_note_to_editors(paragraph, kind):
    assert read_note(paragraph) == kind


@pytest.fixture
def wire(read):
    def wire(title="Ferry returns", body="OSLO (AP) — The ferry is back.", path="a.txt", **more):
        return read(f"{title}\n\n{body}\n", path, **more).entry

    return wire


def test_a_mark_makes_a_version_of_the_same_story(wire):
    first, second = wire(), wire("UPDATE 2-Ferry returns")
    assert second.title == "Ferry returns"
    assert (second.version, second.version_kind) == (2, "update")
    assert is_same_story(first, second)
    assert is_newer(second, first)
    assert not is_newer(first, second)


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Ferry returns", "body": "OSLO (AP) — Another ferry is back."},
        {"title": "UPDATE 2-Another ferry"},
        {"title": "UPDATE 2-Ferry returns", "body": "OSLO (Reuters) — X is y."},
    ],
)
def test_what_may_be_another_story_is_one(wire, other):
    assert not is_same_story(wire(), wire(path="b.txt", **other))


def test_a_story_of_last_week_is_another(wire):
    first, second = wire(), wire("UPDATE 2-Ferry returns")
    assert not is_same_story(replace(first, published=first.published - timedelta(days=4)), second)


def test_a_note_to_editors_is_not_for_readers(wire):
    entry = wire(
        "CORRECTED-Ferry returns",
        "(Corrects day of return in paragraph 1)\n\nOSLO (AP) — The ferry is back.",
    )
    assert text_in(entry.html) == "OSLO (AP) — The ferry is back."
    assert entry.correction == "Corrects day of return in paragraph 1."
    assert entry.version_kind == "correction"


def test_a_kill_withdraws(wire):
    entry = wire("WITHDRAWN-Ferry returns", "The story is withdrawn. It was wrong.")
    assert entry.title == "Ferry returns"
    assert entry.withdrawn


def test_an_embargo_without_an_end_is_a_draft(read):
    reading = read("EMBARGOED-Ferry returns\n\nText.\n", "a.txt")
    assert reading.entry.draft
    assert "not" in reading.findings[0].what or "nothing" in reading.findings[0].what
    told = read("---\nembargo: 2026-12-01\n---\nEMBARGOED-Ferry returns\n\nText.\n", "a.txt").entry
    assert (told.draft, told.title) == (False, "Ferry returns")


def test_a_blog_may_call_its_headlines_as_it_likes(read):
    assert read("# UPDATE 2-Ferry returns\n\nText.", "a.md").entry.title == "UPDATE 2-Ferry returns"
    entry = read("---\ntitle: UPDATE 2-Ferry returns\n---\nText.\n", "a.txt").entry
    assert (entry.title, entry.version_kind) == ("UPDATE 2-Ferry returns", "first")


def test_an_agency_s_own_key_and_number_win(read):
    text = '<newsItem guid="urn:x" version="{}"><itemMeta><itemClass qcode="ninat:text"/><versionCreated>{}</versionCreated></itemMeta><contentMeta><headline>{}</headline></contentMeta><contentSet><inlineData>Text.</inlineData></contentSet></newsItem>'
    first = read(text.format(3, "2026-11-01", "A"), "a.xml").entry
    second = read(text.format(4, "2026-11-20", "B"), "b.xml").entry
    assert is_same_story(first, second)
    assert is_newer(second, first)
