from __future__ import annotations

from publisher.content.explain import explain


def told(reading):
    return {one.what: one.source for one in explain(reading) if one.what != "tag"}


def tags(reading):
    return {one.value: one.source for one in explain(reading) if one.what == "tag"}


def test_what_an_editor_says_has_its_line(read):
    text = "---\ntitle: Ferry returns\ndate: 2026-11-12\nsummary: Back.\nlanguage: en\nsection: Harbour\ntags: [Ferries]\nauthor: Ana\nembargo: 2026-12-01\n---\nText about it.\n"
    reading = read(text)
    assert told(reading) == {
        "form": "the name of the file", "id": "made of domain, day and slug", "slug": "the name of the file",
        "title": "front matter, line 2", "published": "front matter, line 3", "summary": "front matter, line 4",
        "language": "front matter, line 5", "section": "front matter, line 6", "authors": "front matter, line 8",
        "embargo": "front matter, line 9",
    }  # fmt: skip
    assert tags(reading) == {"Ferries (topic)": "front matter, line 7"}


def test_wire_copy_names_its_places(read):
    reading = read(
        "UPDATE 2-Oslo waits\n\nBy Ann Example\n\nOSLO, Nov. 20 (AP) — Oslo waits. Oslo is patient.\n",
        "a.txt",
    )
    found = told(reading)
    assert found["title"] == "the first line"
    assert found["published"] == "dateline"
    assert found["dateline"] == "the first paragraph"
    assert found["authors"] == "the byline"
    assert "mark" in found["version"]
    assert "leading whole sentences" in found["summary"]
    assert "dateline" in tags(reading)["Norway (place)"]


def test_a_page_names_its_meta_elements(read):
    text = '<html lang=de><head><meta name=author content="Anna B"><meta property="og:title" content="T"><meta name=date content="2026-11-01">'
    found = told(read(text + "<body><p>Text.</p>", "a.html"))
    assert found["authors"] == "meta author"
    assert found["published"] == "meta date"
    assert found["language"] == "<html lang>"
    assert found["title"] == "meta og:title"


def test_an_agency_s_document_names_its_elements(read):
    text = '<nitf><head><docdata><doc-id id-string="urn:newsml:x:1"/><date.issue norm="20261112"/></docdata></head><body><body.head><hedline><hl1>T</hl1></hedline></body.head><body.content><p>Text.</p></body.content></body></nitf>'
    found = told(read(text, "a.xml"))
    assert found["published"] == "NITF date.issue"
    assert found["id"] == found["title"] == "nitf"


def test_the_date_of_a_file_name_and_of_first_sight(read):
    assert told(read("# T\n\nText.", "2026-11-02-a.md"))["published"] == "file name"
    assert told(read("# T\n\nText."))["published"] == "first seen"
    assert told(read("# T\n\nText."))["title"] == "heading"
