"""Articles of which the outline was enough so far: their words are read when a feed wants them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from publisher.config import Site
from publisher.model import Entry
from publisher.publish.desk import Desk, Task
from publisher.publish.hands import MANY, PORTION, in_portions, share_out
from publisher.publish.report import Report
from publisher.publish.shown import shown_error, shown_findings
from publisher.publish.spelling import spelled
from publisher.storage import Record, Store


def read_waiting(
    site: Site, store: Store, now: datetime, report: Report, ids: Mapping[str, Entry]
) -> bool:
    """Read the words that still wait, of these outlines by id; whether all is as it was.

    One that can't be read after all, or was edited just now, is not the entry that was asked
    for: then the choice has to be made again.
    """
    paths = store.catalogue.unread(ids)
    if not paths:
        return True
    desk = Desk.of(site, store, now)
    known = store.catalogue.known(paths)
    tasks = [Task(one.path, one.stamp, "", one.identity, wait=False) for one in known.values()]
    is_same = True
    for answers in share_out(
        desk.read_all,
        in_portions(tasks, PORTION // 2),
        many=len(tasks) > MANY // 4 and not site.summariser,
        prepare=desk.prepare,
    ):
        same: list[Record] = []
        other: list[Record] = []
        lost: list[str] = []
        for answer in answers:
            path = answer.task.path
            if answer.error is not None:
                report.blame(shown_error(answer.error, site, kept=False))
                lost.append(path)
            elif answer.record is not None:
                one, tags = answer.record, ids[answer.record.entry_id].tags
                one = spelled(one, {tag.slug: tag.name for tag in tags})
                is_known = answer.digest == known[path].digest
                (same if is_known else other).append(one)
                report.findings += shown_findings(answer, site)
        store.catalogue.save_words(same)
        store.catalogue.save_all(other)
        store.catalogue.gone(lost, now)
        is_same = is_same and not (other or lost)
    return is_same
