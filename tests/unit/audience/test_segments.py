from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from publisher.audience import choose_entries, make_segments, parse_topics
from publisher.model import (
    Author,
    Choice,
    Entry,
    Form,
    Newsletter,
    Section,
    Selection,
    Subscriber,
    Subscription,
    Tag,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def entry(number, *, tags=(), section=None, authors=()):
    return Entry(
        id=f"tag:courier.example,2026:{number}",
        slug=f"story-{number}",
        path=f"story-{number}.md",
        form=Form.MARKDOWN,
        title=f"Story {number}",
        published=NOON - timedelta(hours=number),
        published_from="front matter",
        language="en",
        html="<p>Text.</p>",
        text="Text.",
        summary="Text.",
        tags=tuple(Tag(name=tag.title(), slug=tag) for tag in tags),
        section=Section(name=section.title(), slug=section) if section else None,
        authors=tuple(Author(name=name.title(), slug=name) for name in authors),
    )


def newsletter(**changes):
    values = dict(
        name="daily",
        title="Daily",
        schedule="daily at 07:00",
        timezone="Europe/Lisbon",
        sender_name="Courier",
        sender="post@courier.example",
    )
    return Newsletter(**{**values, **changes})


def wants(number, *topics):
    reader = Subscriber(id=number, address=f"reader{number}@reader.example")
    return Subscription(
        subscriber=reader, newsletter="daily", choice=Choice(topics=parse_topics(topics))
    )


ENTRIES = (
    entry(1, tags=["skerry", "ferries"], section="harbour"),
    entry(2, section="town", authors=["ilse"]),
    entry(3, tags=["skerry"], section="culture"),
)


def test_readers_of_the_same_entries_share_a_segment():
    segments = make_segments(
        [
            wants(1),
            wants(2, "tag:skerry"),
            wants(3, "section:harbour", "section:culture"),
            wants(4),
        ],
        ENTRIES,
    )
    assert [[one.id for one in part.recipients] for part in segments] == [[1, 4], [2, 3]]
    assert [part.number for part in segments] == [1, 2]
    assert segments[0].entries == ENTRIES


def test_a_reader_for_whom_there_is_nothing_gets_no_mail():
    assert make_segments([wants(1, "tag:opera")], ENTRIES) == ()


def test_an_author_is_a_topic():
    (segment,) = make_segments([wants(1, "author:ilse")], ENTRIES)
    assert [one.slug for one in segment.entries] == ["story-2"]


def test_a_newsletter_carries_its_selection_from_its_first_day_newest_first():
    chosen = choose_entries(
        newsletter(selection=Selection(tags=frozenset({"skerry"}))), reversed(ENTRIES)
    )
    assert [one.slug for one in chosen] == ["story-1", "story-3"]
    assert choose_entries(newsletter(since=date(2026, 11, 21)), ENTRIES) == ()
    assert len(choose_entries(newsletter(since=date(2026, 11, 20)), ENTRIES)) == 3


@given(
    st.lists(
        st.sets(st.sampled_from(["tag:skerry", "tag:ferries", "section:town", "author:ilse"])),
        max_size=12,
    )
)
def test_every_reader_gets_exactly_what_they_asked_for(choices):
    subscriptions = [wants(number, *topics) for number, topics in enumerate(choices, 1)]
    segments = make_segments(subscriptions, ENTRIES)
    got = {one.id: part.entries for part in segments for one in part.recipients}
    for one in subscriptions:
        asked = tuple(item for item in ENTRIES if one.choice.topics.covers(item))
        assert got.get(one.subscriber.id, ()) == asked
    assert sum(len(part.recipients) for part in segments) == len(got)
    assert len({part.entries for part in segments}) == len(segments)
