"""Articles of which the outline was enough so far: their words are read when a feed wants them.

What they are in feeds is made by the same process at once, where there is room for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from publisher.config import Site
from publisher.model import Entry
from publisher.publish.ahead import Ahead
from publisher.publish.desk import Desk, Task
from publisher.publish.fragments import HELD, Items
from publisher.publish.hands import MANY, in_portions, share_out
from publisher.publish.report import Report
from publisher.publish.shown import shown_error, shown_findings
from publisher.publish.words import Waiting, Words
from publisher.storage import Known, Store

_PORTION = 100  # articles of which one process reads the words before it asks for more


def read_waiting(
    site: Site,
    store: Store,
    now: datetime,
    report: Report,
    ids: Mapping[str, Entry],
    paths: Sequence[str],
    items: Items,
    ahead: Ahead | None,
) -> bool:
    """Read the words that still wait, of the outlines at these paths; whether all is as it was.

    `ids` has all outlines by id. One that can't be read after all, or was edited just now, is not
    the entry that was asked for: then the choice has to be made again. `items` gets what those are
    in feeds. The hands that have read `ahead` do it, if they are still there.
    """
    words = ahead.words if ahead else Words(Desk.of(site, store, now))
    formats = site.publication.formats
    forms = formats if len(paths) * len(formats) <= HELD else ()

    def portions() -> Iterator[list[Waiting]]:
        for some in in_portions(paths, _PORTION):
            yield [
                Waiting(_again(one), _names(ids[one.identity.id]), forms)
                for one in store.catalogue.known(some).values()
            ]

    is_same = True
    for read in share_out(
        words.read_all,
        portions(),
        many=len(paths) > MANY // 4 and not site.summariser,
        prepare=words.prepare,
        hands=ahead.hands if ahead else None,
    ):
        for answers, batches in read:
            items.take(batches)
            same = [one.record for one in answers if one.record and one.is_same]
            other = [one.record for one in answers if one.record and not one.is_same]
            lost = [one for one in answers if one.error]
            for one in lost:
                assert one.error is not None
                report.blame(shown_error(one.error, site, kept=False))
            for one in answers:
                report.findings += shown_findings(one.findings, one.task.path, site)
            store.catalogue.save_words(same)
            store.catalogue.save_all(other)
            store.catalogue.gone([one.task.path for one in lost], now)
            is_same = is_same and not (other or lost)
    return is_same


def _again(one: Known) -> Task:
    """To read an article of which the outline is known, whether or not it was edited since."""
    return Task(one.path, one.stamp, one.digest, one.identity, wait=False, again=True)


def _names(entry: Entry) -> dict[str, str]:
    return {tag.slug: tag.name for tag in entry.tags}
