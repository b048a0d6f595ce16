from __future__ import annotations

import pytest

from publisher.content.naming.vocabulary import is_known, one_spelling, settle
from publisher.content.text.slugs import slugify
from publisher.model import Tag, TagKind, Term, Vocabulary

WORDS = Vocabulary(
    terms=(
        Term(name="Harbour Board", kind=TagKind.ORGANISATION, synonyms=("Port Board", "HB")),
        Term(name="ferries", synonyms=("ferry", "渡轮")),
    ),
    blocked=("Thursday",),
    always=(("World", ("abroad", "Port Board")),),
)


def tag(name, by="program", kind=TagKind.TOPIC):
    return Tag(name=name, slug=slugify(name), kind=kind, chosen_by=by)


def settled(*tags, section="", title="", text=(), words=WORDS):
    return settle(tags, words, section=section, title=title, paragraphs=list(text))


def test_a_term_gives_its_tag_the_media_topic_that_it_is():
    words = Vocabulary(terms=(Term(name="ferries", synonyms=("ferry",), medtop="20000337"),))
    (found,) = settled(tag("ferry"), words=words)
    assert (found.name, found.medtop) == ("ferries", "20000337")


def test_a_synonym_becomes_the_preferred_name_with_its_kind():
    (found,) = settled(tag("Port board", kind=TagKind.PLACE))
    assert (found.name, found.slug) == ("Harbour Board", "harbour-board")
    assert found.kind is TagKind.ORGANISATION


def test_two_names_of_one_tag_are_one():
    assert [found.name for found in settled(tag("ferry"), tag("Ferries"))] == ["ferries"]


def test_what_is_blocked_the_program_never_gives_but_an_editor_may():
    assert settled(tag("Thursday")) == ()
    assert [found.name for found in settled(tag("Thursday", by="editor"))] == ["Thursday"]


def test_a_section_always_carries_its_tags_by_their_preferred_names():
    found = settled(section="world")
    assert [one.name for one in found] == ["abroad", "Harbour Board"]
    assert all(one.chosen_by == "editor" for one in found)


@pytest.mark.parametrize(
    ("title", "text", "names"),
    [
        ("The ferry is late", [], ["ferries"]),
        ("", ["The ferry left. A Ferry came."], ["ferries"]),
        ("", ["The ferry left."], []),
        ("", ["The ferryman met the ferrywoman."], []),
        ("渡轮推迟", [], ["ferries"]),
    ],
)
def test_a_term_is_found_in_the_headline_or_where_it_is_said_twice(title, text, names):
    assert [found.name for found in settled(title=title, text=text)] == names


def test_no_vocabulary_changes_nothing():
    tags = (tag("One"), tag("Two", by="editor"))
    assert settled(*tags, words=Vocabulary()) == tags


def test_one_slug_has_one_spelling():
    spellings = {"nato": "NATO"}
    found = one_spelling((tag("Nato"), tag("Skerry"), tag("SKERRY")), spellings)
    assert [one.name for one in found] == ["NATO", "Skerry", "Skerry"]
    assert spellings == {"nato": "NATO", "skerry": "Skerry"}


def test_what_the_vocabulary_knows():
    assert is_known("hb", WORDS)
    assert is_known("thursday", WORDS)
    assert not is_known("skerry", WORDS)
