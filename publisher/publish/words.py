"""The words of articles, and their items in feeds: what each hand makes, in any process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from publisher.model import FeedFormat
from publisher.publish.desk import Answer, Desk, Task
from publisher.publish.fragments import Batch, Wanted, prepare_items, render_batches
from publisher.publish.spelling import spelled


class Waiting(NamedTuple):
    """An article whose words are to be read; what its tags are called, by slug; its item's formats.

    Of an item in no format, none is made.
    """

    task: Task
    tags: Mapping[str, str]
    forms: tuple[FeedFormat, ...]


class Read(NamedTuple):
    """What came of some articles, and the items of those that are as they were."""

    answers: list[Answer]
    batches: list[Batch]


@dataclass(slots=True)
class Words:
    """Reads the words of articles, and makes their items for feeds: what each hand does."""

    desk: Desk

    @staticmethod
    def prepare() -> None:
        """Import what that takes; else it is when the first is read."""
        Desk.prepare()
        prepare_items()

    def read_all(self, waiting: Sequence[Waiting]) -> list[Read]:
        """What comes of each article, and the items of those that are as they were."""
        tasks = [one.task for one in waiting]
        answers = [
            _spelled(answer, one.tags)
            for answer, one in zip(self.desk.read_all(tasks), waiting, strict=True)
        ]
        wanted = [
            Wanted(answer.record.entry_id, answer.record.words, one.forms)
            for answer, one in zip(answers, waiting, strict=True)
            if answer.record and answer.record.words and answer.is_same
        ]
        return [Read(answers, render_batches(self.desk.site.publication, wanted))]


def _spelled(answer: Answer, tags: Mapping[str, str]) -> Answer:
    """The answer with its tags called as in the outline."""
    one = answer.record
    return answer if one is None else answer._replace(record=spelled(one, {**tags}))
