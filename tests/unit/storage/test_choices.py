from datetime import timedelta

from sqlalchemy import text

from publisher.model import Choice, Cohort, Frequency, Selection
from publisher.storage import Store
from publisher.storage.database import Database
from tests.unit.storage.samples import NOW, choose, open_edition, readers, upgrade_to

LATER = NOW + timedelta(hours=1)
WEEKLY = Choice(frequency=Frequency.WEEKLY, timezone="Asia/Tokyo")
OPERA = Choice(topics=Selection(tags=frozenset({"opera"})))


def only(store, person):
    (one,) = store.readers.get(person.id).subscriptions
    return one


def test_a_choice_is_changed_and_what_was_met_stays_met(store):
    (ana,) = readers(store, 1)
    open_edition(store, (ana,))
    before = only(store, ana)
    choose(store, ana.id, WEEKLY, now=LATER)
    after = only(store, ana)
    assert (after.choice, after.watermark, after.chosen) == (WEEKLY, before.watermark, LATER)


def test_only_another_frequency_or_clock_counts_as_chosen_anew(store):
    (ana,) = readers(store, 1)
    assert only(store, ana).chosen == NOW
    choose(store, ana.id, OPERA, now=LATER)
    assert (only(store, ana).choice, only(store, ana).chosen) == (OPERA, NOW)
    for choice, chosen in ((OPERA, NOW), (WEEKLY, LATER)):
        store.subscribers.add(
            ana.address, name="", subscriptions={"daily": choice}, source="test", now=LATER
        )
        assert (only(store, ana).choice, only(store, ana).chosen) == (choice, chosen)


def test_who_comes_after_the_first_edition_gets_what_is_released_from_then_on(store):
    (ana,) = readers(store, 1)
    assert only(store, ana).watermark is None
    open_edition(store, (ana,))
    (_, ben) = readers(store, 2)
    assert only(store, ben).watermark == 1


def test_a_pause_and_a_language_are_kept(store):
    (ana,) = readers(store, 1)
    choose(store, ana.id, Choice(), until=LATER, language="pt")
    assert store.readers.get(ana.id).subscriber.language == "pt"
    assert only(store, ana).paused_until == LATER
    choose(store, ana.id, Choice())
    assert only(store, ana).paused_until is None


def test_slots_and_editions_from_before_cohorts_are_the_newsletters_own(store_url, tmp_path):
    database = Database.open(store_url, tmp_path)
    with database.reshape() as connection:
        upgrade_to(connection, "0005")
        for statement in (
            "INSERT INTO subscriber VALUES (1, 'a@b', 'a@b', '', 'test', 1, '')",
            "INSERT INTO subscription VALUES (1, 'daily', '{}', '', '', NULL, NULL)",
            "INSERT INTO subscription VALUES (1, 'other', '{}', '', '', NULL, NULL)",
            "INSERT INTO slot VALUES ('daily', 1000, 'opened', 1000)",
            "INSERT INTO edition VALUES ('daily-1', 'daily', 1000, 'News', 'open', 1, 'd', 1, 1000)",
            "INSERT INTO segment VALUES ('daily-1', 0, '[]', 's', 'p', 'h', 't')",
            "INSERT INTO delivery VALUES (1, 'daily-1', 1, 1, 'a@b', '', 'sent', 0, false, '', 1, '', 1)",
        ):
            connection.execute(text(statement))
    database.close()
    with Store.open(store_url, site=tmp_path) as store:
        assert store.slots.latest("daily")[Cohort(newsletter="daily")].moment.timestamp() == 1000
        assert [one.id for one in store.editions.all()] == ["daily-1"]
        assert store.editions.words("daily-1")[0].text == "t"
        assert store.ledger.check("daily-1").states
        subscriptions = store.readers.get(1).subscriptions
        assert [one.watermark for one in subscriptions] == [1, None]
