"""Articles of which the outline was enough so far: their words are read when a feed wants them.

What they are in feeds is made by the same process at once, where there is room for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from publisher.config import Site
from publisher.model import Entry, Feed
from publisher.publish.desk import Answer, Desk, Task
from publisher.publish.fragments import HELD, Batch, Items, Wanted, prepare_items, render_batches
from publisher.publish.hands import MANY, in_portions, share_out
from publisher.publish.report import Report
from publisher.publish.shown import shown_error, shown_findings
from publisher.publish.spelling import spelled
from publisher.storage import Known, Store

_PORTION = 100  # articles of which one process reads the words before it asks for more


class _Read(NamedTuple):
    """What came of some articles, and the items of those that are as they were."""

    answers: list[Answer]
    batches: list[Batch]


def read_waiting(
    site: Site,
    store: Store,
    now: datetime,
    report: Report,
    ids: Mapping[str, Entry],
    paths: Sequence[str],
    sample: Feed,
    items: Items,
) -> bool:
    """Read the words that still wait, of the outlines at these paths; whether all is as it was.

    `ids` has all outlines by id. One that can't be read after all, or was edited just now, is not
    the entry that was asked for: then the choice has to be made again. `items` gets what those are
    in feeds such as the `sample`.
    """
    desk = Desk.of(site, store, now)
    formats = site.publication.formats
    forms = formats if len(paths) * len(formats) <= HELD else ()

    def portions() -> Iterator[list[Task]]:
        for some in in_portions(paths, _PORTION):
            yield [_again(one) for one in store.catalogue.known(some).values()]

    def work(some: Sequence[Task]) -> list[_Read]:
        answers = [_spelled(answer, ids) for answer in desk.read_all(some)]
        same = [one.record for one in answers if _is_same(one)]
        wanted = [Wanted(one.entry_id, one.words, forms) for one in same if one and one.words]
        return [_Read(answers, render_batches(site.publication, sample, wanted))]

    def prepare() -> None:
        desk.prepare()
        prepare_items()

    is_same = True
    for read in share_out(
        work,
        portions(),
        many=len(paths) > MANY // 4 and not site.summariser,
        prepare=prepare,
        meanwhile=partial(store.catalogue.release, now),
    ):
        for answers, batches in read:
            items.take(batches)
            same = [one.record for one in answers if one.record and _is_same(one)]
            other = [one.record for one in answers if one.record and not _is_same(one)]
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


def _is_same(answer: Answer) -> bool:
    return answer.digest == answer.task.digest


def _spelled(answer: Answer, ids: Mapping[str, Entry]) -> Answer:
    """The answer with its tags called as in the outline."""
    one = answer.record
    if one is None:
        return answer
    return answer._replace(
        record=spelled(one, {tag.slug: tag.name for tag in ids[one.entry_id].tags})
    )
