"""Who an edition is owed to, written down by the database."""

import random
import threading
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update

from publisher.model import Choice, Selection
from publisher.storage import Audience, Slot, Store, Wording
from publisher.storage.schema import delivery, edition, subscription
from tests.unit.storage.samples import (
    AS_SCHEDULED,
    DAILY,
    NOW,
    WORDS,
    choose,
    crowd,
    open_edition,
    readers,
    states,
    until_somebody_waits,
)

OPERA = Choice(topics=Selection(tags=frozenset({"opera"})))


def marks(store):
    return {one.subscriber.id: one.watermark for one in store.subscribers.subscriptions("daily")}


def test_deliveries_are_written_segment_by_segment(store):
    people = readers(store, 6)
    for one in people[::2]:
        choose(store, one.id, OPERA)
    wording = Wording()
    for number in range(3):
        wording.add(number, [], WORDS)
    groups = store.readership.groups("daily", [AS_SCHEDULED], NOW)
    segments = {one.id: 2 if one.topics.tags else 1 for one in groups}
    assert store.editions.open(
        "daily-1",
        wording,
        Audience(newsletter="daily", clocks=[AS_SCHEDULED], segments=segments),
        cohort=DAILY,
        slot=Slot(NOW),
        last_sequence=1,
        to_nobody=False,
        now=NOW,
    )
    with store.database.read() as connection:
        query = select(delivery.c.segment, delivery.c.subscriber).order_by(delivery.c.id)
        rows = [tuple(row) for row in connection.execute(query)]
    ids = [one.id for one in people]
    assert rows == [(1, one) for one in ids[1::2]] + [(2, one) for one in ids[::2]]


@pytest.mark.parametrize("leaves", [True, False])
def test_who_leaves_or_chooses_anew_at_the_same_moment_is_not_in_it(store, leaves):
    """The edition waits for what was begun before it, and then goes by what came of it."""
    ana, ben = readers(store, 2)
    query = delete(subscription) if leaves else update(subscription).values(topics="{ }")
    opening = threading.Thread(target=open_edition, args=(store, True))
    with store.database.write() as connection:
        connection.execute(query.where(subscription.c.subscriber == ben.id))
        opening.start()
        until_somebody_waits(store)
    opening.join()
    assert states(store) == {"pending": 1}
    assert marks(store) == ({ana.id: 1} if leaves else {ana.id: 1, ben.id: None})


def test_an_edition_leaves_each_readers_row_on_its_page(store):
    only_on_a_server(store)
    crowd(store, 1000)
    before = places(store)
    assert open_edition(store, True)
    after = places(store)
    assert [page for _, page, _ in after] == [page for _, page, _ in before]
    assert [version for *_, version in after] != [version for *_, version in before]


def test_who_was_met_already_is_not_written_again(store):
    only_on_a_server(store)
    readers(store, 2)
    assert open_edition(store, True)
    before = places(store)
    pass_over(store, last=1)
    assert places(store) == before


def test_who_was_met_further_by_another_edition_stays_so(store):
    (ana,) = readers(store, 1)
    assert open_edition(store, True)
    pass_over(store, last=0)
    assert marks(store) == {ana.id: 1}


def pass_over(store, *, last):
    """A slot with nothing for who was met up to 1."""
    audience = Audience(newsletter="daily", clocks=[AS_SCHEDULED], segments={("{}", 1, ""): 0})
    slot = Slot(NOW + timedelta(days=1))
    store.editions.pass_over(audience, cohort=DAILY, slot=slot, last_sequence=last, now=NOW)


def test_two_who_open_editions_while_readers_change_leave_nothing_out(store, store_url, tmp_path):
    """What a reader is given goes on where it ended before, whoever gave it, to the last."""
    people = readers(store, 30)
    busy = [
        threading.Thread(target=open_slots, args=(store_url, tmp_path, slots))
        for slots in (range(1, 12, 2), range(2, 12, 2))
    ]
    for one in busy:
        one.start()
    chance = random.Random(5)
    while any(one.is_alive() for one in busy):
        choice = chance.choice([Choice(), OPERA])
        choose(store, chance.choice(people).id, choice, language=chance.choice(["", "pt"]))
    for one in busy:
        one.join()
    met = dict.fromkeys((one.id for one in people), 0)
    with store.database.read() as connection:
        query = select(delivery.c.subscriber, delivery.c.segment, edition.c.last_sequence)
        query = query.join(edition, edition.c.id == delivery.c.edition)
        for who, segment, last in connection.execute(query.order_by(edition.c.last_sequence)):
            assert segment == met[who] + 1
            met[who] = last
    assert {who: mark or 0 for who, mark in marks(store).items()} == met
    assert any(met.values())


def open_slots(url, site, slots):
    """An edition for each slot, in which each reader's segment says how far they were met."""
    with Store.open(url, site=site) as store:
        for number in slots:
            groups = store.readership.groups("daily", [AS_SCHEDULED], NOW)
            segments = {one.id: (one.watermark or 0) + 1 for one in groups}
            wording = Wording()
            for one in range(number + 1):
                wording.add(one, [], WORDS)
            store.editions.open(
                f"daily-{number}",
                wording,
                Audience(
                    newsletter="daily",
                    clocks=[AS_SCHEDULED],
                    segments={key: one if one <= number else 0 for key, one in segments.items()},
                ),
                cohort=DAILY,
                slot=Slot(NOW + timedelta(days=number)),
                last_sequence=number,
                to_nobody=False,
                now=NOW,
            )


def only_on_a_server(store):
    if store.database.is_sqlite:
        pytest.skip("SQLite changes a row where it stands, whatever is in it")


def places(store):
    """Of each subscription its reader, its page, and which transaction wrote it."""
    query = "SELECT subscriber, (CAST(CAST(ctid AS text) AS point))[0], xmin FROM subscription"
    with store.database.read() as connection:
        return [tuple(row) for row in connection.execute(text(f"{query} ORDER BY subscriber"))]
