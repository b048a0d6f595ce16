"""Articles of a new publication are read by other processes while its store is still being opened.

Importing what keeps entries, and making the tables, takes as long as reading two thousand articles.
The same processes read the words that feeds want of them afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime

from publisher.config import Site
from publisher.config.tables import StorageTable
from publisher.cores import usable_cores
from publisher.publish.desk import Answer, Desk, Task, recipe_of, words_may_wait
from publisher.publish.hands import MANY, Hands, begun, in_portions
from publisher.publish.press import prepare_files
from publisher.publish.words import Words
from publisher.sources import Look

_FIRST = 16  # portions that are given out before the first answer is wanted


@dataclass(slots=True)
class Ahead:
    """What was begun at the moment `now`: the articles of these `lines` of a look.

    The `hands` that read them stay, until it is closed, for the `words` that may wait.
    """

    now: datetime
    lines: list[str]
    words: Words
    hands: Hands | None
    _answers: Iterator[list[Answer]]
    _processes: ExitStack

    def answers(self) -> Iterator[list[Answer]]:
        """The answers to all of them, as to articles that were never seen; once."""
        yield from self._answers
        if self.hands and words_may_wait(self.words.desk.site):
            self.hands.each(self.words.prepare)
        else:
            self.close()

    def close(self) -> None:
        """End the processes, whatever they have not read by now; then there may be others."""
        self.hands = None
        self._processes.close()


@contextmanager
def reading_ahead(site: Site, look: Look, now: datetime) -> Iterator[Ahead | None]:
    """Begin to read all articles of the look if nothing can be known of any; else None.

    Whoever asks for the answers has to make sure that it is so: the store may have come meanwhile.
    """
    if not _is_worth_it(site, look):
        yield None
        return
    desk = Desk(site, recipe_of(site), now)
    words = Words(desk)
    may_wait = words_may_wait(site)
    (desk.prepare_outlines if may_wait else desk.prepare)()
    with ExitStack() as stack:
        hands = stack.enter_context(begun(desk.read_all, words.read_all))
        answers = hands.begin(desk.read_all, _portions(look.lines, may_wait), _FIRST)
        prepare_files(site)  # that will be made; the others are at work by now
        yield Ahead(now, look.lines, words, hands, answers, stack)


def _is_worth_it(site: Site, look: Look) -> bool:
    url = StorageTable.model_fields["url"].default
    return (
        len(look.lines) > MANY
        and not site.summariser  # which asks the store
        and site.settings.storage.url == url
        and not (site.folder / url.removeprefix("sqlite:///")).exists()
        and usable_cores() > 1
    )


def _portions(lines: Sequence[str], may_wait: bool) -> Iterator[list[Task]]:
    for some in in_portions(lines):
        parts = [line.partition("\t") for line in some]
        yield [Task(path, stamp, "", None, wait=may_wait) for path, _, stamp in parts]
