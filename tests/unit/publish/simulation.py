"""A publication and its readers over weeks, played on a real store; what each reader got is kept.

It judges by what readers asked for and when, and knows nothing of how editions are planned.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from sqlalchemy import select

from publisher.config import load_site
from publisher.model import Choice, Frequency, Newsletter, Selection, Tag
from publisher.publish.editions import open_editions
from publisher.publish.report import Report
from publisher.storage.schema import delivery, edition, metadata, segment
from tests.unit.feeds.samples import entry
from tests.unit.storage.samples import choose

START = datetime(2026, 10, 20, 12, tzinfo=UTC)  # Europe's clocks go back on the 25th
CONFIG = """\
[publication]
title = "The Courier"
url = "https://courier.example/"
[mail]
from = "The Courier <post@courier.example>"
"""
TEMPLATES = {
    "digest/digest.mjml": """<mjml lang="en"><mj-head><mj-title>{{ subject }}</mj-title></mj-head>
<mj-body><mj-section><mj-column><mj-text>{% for entry in entries %}
<p>{{ entry.title }}</p>{% endfor %}<a href="{{ leave }}">Leave</a></mj-text></mj-column>
</mj-section></mj-body></mjml>""",
    "digest/digest.txt": "{% for entry in entries %}{{ entry.title }}\n{% endfor %}{{ leave }}\n",
    "digest/subject.txt": "News",
}
SCHEDULES = (
    "daily at 07:00",
    "weekdays at 08:00",
    "weekly on monday at 08:00",
    "monthly on last at 09:00",
    "daily at 02:30 and 20:00",
)
ZONES = ("", "Asia/Tokyo", "America/New_York", "Europe/Lisbon", "Pacific/Chatham", "Nowhere/Land")
TAGS = ("a", "b", "c")
LANGUAGES = ("", "de", "fr")
FREQUENCIES = tuple(Frequency)

tags = st.frozensets(st.sampled_from(TAGS), max_size=2)
clock = st.tuples(st.sampled_from(FREQUENCIES), st.sampled_from(ZONES))
reader = st.integers(0, 3)
steps = st.one_of(
    st.tuples(st.just("publish"), tags),
    st.tuples(st.just("wait"), st.integers(1, 100)),
    st.tuples(st.just("wait"), st.sampled_from([12, 24, 24, 168])),
    st.tuples(st.just("join"), reader, tags, clock),
    st.tuples(st.just("topics"), reader, tags),
    st.tuples(st.just("clock"), reader, clock),
    st.tuples(st.just("speak"), reader, st.sampled_from(LANGUAGES)),
    st.tuples(st.just("pause"), reader, st.integers(1, 20)),
    st.tuples(st.just("resume"), reader),
    st.tuples(st.just("leave"), reader),
    st.tuples(st.just("withdraw"), st.integers(0, 9)),
    st.tuples(st.just("offer"), st.frozensets(st.sampled_from(FREQUENCIES[1:]))),
)


@st.composite
def scripts(draw):
    """A newsletter and what happens to it."""
    newsletter = Newsletter(
        name="news",
        title="News",
        schedule=draw(st.sampled_from(SCHEDULES)),
        timezone=draw(st.sampled_from(["Europe/Lisbon", "UTC"])),
        sender_name="The Courier",
        sender="post@courier.example",
        limit=100,
        catch_up=timedelta(hours=draw(st.sampled_from([1, 6, 48]))),
        first=draw(st.sampled_from(["next slot", "at once"])),
        frequencies=FREQUENCIES[1:],
        after_pause=draw(st.sampled_from(["catch up", "drop"])),
    )
    first = draw(st.lists(st.tuples(st.just("join"), reader, tags, clock), max_size=3))
    return newsletter, [*first, *draw(st.lists(steps, min_size=4, max_size=25))]


@dataclass
class Reader:
    """Somebody, and all that they ever asked for: since when, which topics, and what they got."""

    id: int
    topics: list = field(default_factory=list)
    paused: list = field(default_factory=list)
    until: datetime | None = None
    language: str = ""
    joined: int = 0
    got: dict = field(default_factory=dict)


class Simulation:
    """One newsletter, up to four readers at a time, and the hours going by."""

    def __init__(self, store, folder, newsletter):
        self.store = store
        self.site = folder_site(folder)
        self.newsletter = newsletter
        self.now = START
        self.articles = []
        self.readers = {}
        self.all = []
        self.seen = set()
        self.begun = False
        self.step = 0  # tells what came first of what happens in the same second
        self.published = []
        self.withdrawn = {}
        self.introduced = False
        with store.database.write() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())

    def play(self, script):
        for name, *words in script:
            self.step += 1
            getattr(self, name)(*words)
        # In the end every slot is served, all pauses are over, and a month is long enough.
        self.newsletter = replace(self.newsletter, catch_up=timedelta(days=366))
        for hours in (24 * 21, 24 * 32):
            self.wait(hours)

    def wait(self, hours):
        self.step += 1
        self.now += timedelta(hours=hours)
        self.store.catalogue.release(self.now)
        site = replace(self.site, newsletters=(self.newsletter,))
        report = Report()
        open_editions(site, self.store, TEMPLATES, self.now, report)
        # What these bare templates lack is said in warnings.
        broken = [one for one in report.findings if one.severity == "error"]
        assert not broken, broken
        self.collect()

    def collect(self):
        """What has been frozen since the last look, and whether it came at a slot of theirs."""
        with self.store.database.read() as connection:
            rows = connection.execute(
                select(delivery.c.subscriber, segment.c.entries, segment.c.language, edition)
                .join(edition, edition.c.id == delivery.c.edition)
                .join(
                    segment,
                    (segment.c.edition == delivery.c.edition)
                    & (segment.c.number == delivery.c.segment),
                )
                .where(edition.c.id.not_in(self.seen))
            ).all()
        self.introduced = any(not one.startswith("news--") for one in self.seen)
        self.seen |= {one.id for one in self.store.editions.all()}
        self.begun = bool(self.seen)
        by_id = {one.id: one for one in self.all}
        for row in rows:
            who = by_id[row.subscriber]
            assert who.until is None or who.until <= self.now, "mail in a pause"
            assert who.id in {one.id for one in self.readers.values()}, "mail to one who left"
            assert row.language == ("de" if who.language == "de" else ""), "in another language"
            self.judge_slot(row)
            for identifier in json.loads(row.entries):
                who.got.setdefault(identifier, []).append((self.step, self.now))

    def judge_slot(self, row):
        if row.frequency == "each":
            assert row.slot == self.now
            return
        zone = ZoneInfo(row.timezone or self.newsletter.timezone)
        local = row.slot.astimezone(zone)
        clock = "07:00" if "07" in self.newsletter.schedule else self.newsletter.schedule[-5:]
        if "02:30" not in self.newsletter.schedule:
            assert f"{local:%H:%M}" == clock
        if row.frequency == "weekly":
            assert local.weekday() == 0
        if row.frequency == "monthly":
            last = (local + timedelta(days=1)).day == 1
            assert last if "last" in self.newsletter.schedule else local.day == 1
        late = self.now - row.slot
        own = not row.frequency and not row.timezone
        at_once = own and self.newsletter.first == "at once" and not self.introduced
        assert timedelta(0) <= late <= self.newsletter.catch_up or at_once

    def publish(self, about):
        number = len(self.articles)
        self.published.append(self.step)
        one = entry(
            id=f"tag:courier.example,2026:{number}",
            slug=f"story-{number}",
            path=f"story-{number}.md",
            published=self.now,
            updated=None,
            tags=tuple(Tag(name=slug, slug=slug) for slug in sorted(about)),
        )
        self.articles.append(one)
        self.store.catalogue.save(one, digest=str(number), recipe="", now=self.now)
        self.store.catalogue.release(self.now)

    def withdraw(self, number):
        if number < len(self.articles) and number not in self.withdrawn:
            self.withdrawn[number] = self.step
            taken_back = replace(self.articles[number], withdrawn=self.now)
            self.articles[number] = taken_back
            self.store.catalogue.save(taken_back, digest="w", recipe="", now=self.now)

    def join(self, number, topics, chosen):
        if number in self.readers:
            return
        choice = Choice(topics=Selection(tags=topics), frequency=chosen[0], timezone=chosen[1])
        person = self.store.subscribers.add(
            f"r{len(self.all)}@reader.example",
            name="",
            subscriptions={"news": choice},
            source="test",
            now=self.now,
        )
        who = Reader(id=person.id, joined=self.step if self.begun else 0)
        who.topics.append((self.step, topics))
        who.choice = choice
        self.readers[number] = who
        self.all.append(who)

    def topics(self, number, topics):
        if who := self.readers.get(number):
            who.choice = replace(who.choice, topics=Selection(tags=topics))
            who.topics.append((self.step, topics))
            self.choose(who)

    def clock(self, number, chosen):
        if who := self.readers.get(number):
            who.choice = replace(who.choice, frequency=chosen[0], timezone=chosen[1])
            self.choose(who)

    def pause(self, number, days):
        if who := self.readers.get(number):
            who.until = self.now + timedelta(days=days)
            who.paused.append((self.now, who.until))
            self.choose(who)

    def resume(self, number):
        if who := self.readers.get(number):
            who.until = None
            self.choose(who)

    def speak(self, number, language):
        if who := self.readers.get(number):
            who.language = language
            self.choose(who)

    def choose(self, who):
        choose(
            self.store,
            who.id,
            who.choice,
            "news",
            language=who.language,
            until=who.until,
            now=self.now,
        )

    def leave(self, number):
        if who := self.readers.pop(number, None):
            address = f"r{self.all.index(who)}@reader.example"
            self.store.subscribers.remove(address, now=self.now, reason="left")

    def offer(self, frequencies):
        self.newsletter = replace(
            self.newsletter, frequencies=tuple(one for one in FREQUENCIES if one in frequencies)
        )

    def judge(self):
        """Everything that a reader asked for came exactly once, nothing that they did not."""
        here = {one.id for one in self.readers.values()}
        for who in self.all:
            for number, one in enumerate(self.articles):
                came = who.got.get(one.id, [])
                assert len(came) <= 1, "twice"
                self.judge_article(who, one, number, came, who.id in here)

    def judge_article(self, who, one, number, came, stayed):
        published, withdrawn = self.published[number], self.withdrawn.get(number)
        about = {tag.slug for tag in one.tags}

        def wants(topics):
            return not topics or bool(topics & about)

        if published < who.joined:
            assert not came, "from before they came"
        elif came:
            ((step, _),) = came
            assert wants([topics for at, topics in who.topics if at < step][-1]), "not asked for"
            assert withdrawn is None or step < withdrawn, "taken back"
        elif stayed and withdrawn is None and not self.was_dropped(who, one):
            since = [topics for at, topics in who.topics if at > published]
            before = [topics for at, topics in who.topics if at <= published][-1:]
            assert not all(map(wants, before + since)), "asked for and never came"

    def was_dropped(self, who, one):
        """Whether a pause went on after its release, in a newsletter that then drops it."""
        ends = [end for _, end in who.paused]
        return self.newsletter.after_pause == "drop" and any(end > one.published for end in ends)


def folder_site(folder):
    path = folder / "publisher.toml"
    if not path.exists():
        path.write_text(CONFIG, encoding="utf-8")
    return load_site(folder, {})
