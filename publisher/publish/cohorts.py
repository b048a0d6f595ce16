"""Which cohorts of a newsletter's readers are due now, and at which slot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from publisher.counting import counted
from publisher.model import Choice, Cohort, Frequency, Newsletter
from publisher.publish.report import Report
from publisher.storage import Clock, Presence, Slot, Store
from publisher.timetable import (
    Due,
    Schedule,
    cohort_of,
    due_slot,
    latest_slot,
    local_time,
    next_slot,
    schedule_of,
    zone_of,
)
from publisher.valueclass import valueclass

_MUCH = timedelta(days=1)  # by which a clock gone back is no mere correction


@valueclass
class DueCohort:
    """A cohort at its slot, with what is known of its readers."""

    cohort: Cohort
    slot: Slot
    present: tuple[Presence, ...]

    @property
    def clocks(self) -> tuple[Clock, ...]:
        """What its readers chose, which may be several things that come to the same."""
        return tuple(one.clock for one in self.present)

    @property
    def active(self) -> int:
        """How many of them do not pause."""
        return sum(one.active for one in self.present)

    @property
    def lowest(self) -> int | None:
        """How far all of these have been met; None if one of them has had nothing yet."""
        marks = [one.lowest for one in self.present if one.active]
        return (
            None if None in marks else min((mark for mark in marks if mark is not None), default=0)
        )


def cohorts_of(
    newsletter: Newsletter, present: Sequence[Presence]
) -> dict[Cohort, tuple[Presence, ...]]:
    """The cohorts of these readers, that of the newsletter's own schedule first and always."""
    found: dict[Cohort, tuple[Presence, ...]] = {Cohort(newsletter=newsletter.name): ()}
    for one in present:
        choice = Choice(frequency=one.frequency, timezone=one.timezone)
        cohort = cohort_of(newsletter, choice)
        found[cohort] = (*found.get(cohort, ()), one)
    return found


def due_cohorts(
    store: Store, newsletter: Newsletter, now: datetime, report: Report
) -> Iterator[DueCohort]:
    """Each cohort that has a slot to serve now; slots passed over are put on record."""
    served = store.slots.latest(newsletter.name)
    if any(now < one.moment - _MUCH for one in served.values()):
        report.notes.append(
            f"{newsletter.name}: the clock stands before its last slot; nothing is opened"
        )
        return
    last_sequence = store.catalogue.last_sequence()
    everybody = store.readership.present(newsletter.name, now)
    missed = 0
    for cohort, present in cohorts_of(newsletter, everybody).items():
        if cohort.frequency is Frequency.EACH:
            slot = _at_once(present, served.get(cohort), last_sequence, now)
        else:
            due, slot = _due(store, newsletter, cohort, present, served, now)
            missed += len(due.missed)
        if slot is not None and not everybody:
            report.notes.append(
                f"{newsletter.name}: nobody has subscribed yet "
                f"(publisher subscribers add ADDRESS --newsletter {newsletter.name})"
            )
        elif slot is not None:
            yield DueCohort(cohort=cohort, slot=slot, present=present)
    if missed:
        report.notes.append(
            f"{newsletter.name}: {counted(missed, 'slot')} passed while nothing "
            "ran; what they would have said goes into the next edition"
        )


def next_due(store: Store, newsletter: Newsletter, now: datetime) -> Iterator[datetime]:
    """The next slot of each cohort that has slots."""
    for cohort in cohorts_of(newsletter, store.readership.present(newsletter.name, now)):
        schedule = schedule_of(newsletter, cohort.frequency)
        if schedule is not None:
            yield next_slot(schedule, zone_of(newsletter, cohort), now)


def _at_once(
    present: Sequence[Presence], last: Slot | None, last_sequence: int, now: datetime
) -> Slot | None:
    """Now, if something has been released that somebody has not been given."""
    if last is not None and now <= last.moment:
        return None
    behind = any(one.new or (one.active and one.lowest != last_sequence) for one in present)
    return Slot(now) if behind else None


def _due(
    store: Store,
    newsletter: Newsletter,
    cohort: Cohort,
    present: Sequence[Presence],
    served: Mapping[Cohort, Slot],
    now: datetime,
) -> tuple[Due, Slot | None]:
    """What is due by the schedule, and the slot to serve."""
    schedule, zone = schedule_of(newsletter, cohort.frequency), zone_of(newsletter, cohort)
    assert schedule is not None  # whoever gets each entry at once has no slots
    last = served.get(cohort)
    since = _since(cohort, present, last)
    if since is None:
        newest = latest_slot(schedule, zone, now)
        if newsletter.first == "at once" and not cohort.label:
            return Due(slot=newest), _slot(schedule, zone, newest)
        store.slots.record({_slot(schedule, zone, newest): "start"}, cohort, now)
        return Due(), None
    due = due_slot(
        schedule,
        zone,
        now=now,
        last=last.moment if last else None,
        last_local=last.local if last else None,
        since=since,
        catch_up=newsletter.catch_up,
    )
    missed = {_slot(schedule, zone, moment): "missed" for moment in due.missed}
    store.slots.record(missed, cohort, now)
    return due, _slot(schedule, zone, due.slot) if due.slot else None


def _since(cohort: Cohort, present: Sequence[Presence], last: Slot | None) -> datetime | None:
    """From when on slots of a cohort count; None: from the next one on.

    No slot from before its first reader chose it is theirs. That of the newsletter's own schedule
    goes on with nobody in it, for the sake of its pages.
    """
    if not cohort.label:
        return last.moment if last else None
    dates = [one.since for one in present]
    chosen = None if None in dates else min(date for date in dates if date is not None)
    if last is None or chosen is None:
        return chosen or (last.moment if last else None)
    return max(last.moment, chosen)


def _slot(schedule: Schedule, zone: str, moment: datetime) -> Slot:
    return Slot(moment, local_time(schedule, zone, moment))
