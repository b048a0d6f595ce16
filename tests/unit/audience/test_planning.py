from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from publisher.audience import Plan, parse_topics
from publisher.model import (
    Author,
    Entry,
    Form,
    Newsletter,
    Section,
    Selection,
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


ENTRIES = (
    entry(1, tags=["skerry", "ferries"], section="harbour"),
    entry(2, section="town", authors=["ilse"]),
    entry(3, tags=["skerry"], section="culture"),
)


RELEASED = tuple(enumerate(reversed(ENTRIES), 1))  # the oldest was released first
TOPICS = ["tag:skerry", "tag:ferries", "section:town", "section:culture", "author:ilse"]


def asked(plan, *topics, watermark=0):
    chosen = plan.entries_of(plan.asked_for(parse_topics(topics), watermark))
    return [one.slug for one in chosen]


def test_a_reader_gets_what_they_asked_for_newest_first():
    plan = Plan(newsletter(), RELEASED)
    assert asked(plan) == ["story-1", "story-2", "story-3"]
    assert asked(plan, "tag:skerry") == ["story-1", "story-3"]
    assert asked(plan, "section:harbour", "section:culture") == ["story-1", "story-3"]
    assert asked(plan, "author:ilse") == ["story-2"]
    assert asked(plan, "tag:opera") == []


def test_nobody_gets_again_what_they_were_given():
    plan = Plan(newsletter(), RELEASED)
    assert asked(plan, watermark=1) == ["story-1", "story-2"]
    assert asked(plan, "tag:skerry", watermark=1) == ["story-1"]
    assert asked(plan, watermark=3) == []


def test_the_newest_entries_introduce_a_newsletter():
    plan = Plan(newsletter(limit=2), RELEASED)
    assert asked(plan, watermark=None) == ["story-1", "story-2"]
    assert asked(plan, "tag:skerry", watermark=None) == ["story-1"]
    assert asked(plan, watermark=0) == ["story-1", "story-2", "story-3"]


def test_a_newsletter_carries_its_selection_from_its_first_day():
    skerry = newsletter(selection=Selection(tags=frozenset({"skerry"})))
    assert asked(Plan(skerry, RELEASED)) == ["story-1", "story-3"]
    assert asked(Plan(skerry, RELEASED), "section:town") == []
    assert asked(Plan(newsletter(since=date(2026, 11, 21)), RELEASED)) == []
    assert len(asked(Plan(newsletter(since=date(2026, 11, 20)), RELEASED))) == 3


@given(st.lists(st.tuples(st.sets(st.sampled_from(TOPICS)), st.integers(0, 4)), max_size=12))
def test_every_reader_gets_exactly_what_they_asked_for(readers):
    plan = Plan(newsletter(), RELEASED)
    for topics, watermark in readers:
        chosen = parse_topics(topics)
        wanted = [
            entry for number, entry in RELEASED if number > watermark and chosen.covers(entry)
        ]
        these = plan.asked_for(chosen, watermark)
        assert list(plan.entries_of(these)) == wanted[::-1]
