"""One article becomes a record for the store, or an error: what each hand does, in any process."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from publisher.config import Site
from publisher.content import RECIPE
from publisher.errors import ArticleError, PublisherError, trace
from publisher.model import Article, Entry, Finding, Identity, Reading
from publisher.publish.enclosing import measure
from publisher.publish.shown import is_remote
from publisher.sources import read_article_files
from publisher.steps import Steps, in_turn
from publisher.storage import Record, record

if TYPE_CHECKING:
    from publisher.publish.summaries import Summaries
    from publisher.storage import Store

_NONE: Mapping[str, int] = {}
_TOGETHER = 100  # articles
_MOST_BYTES = 4 << 20


class Task(NamedTuple):
    """An article to read: what the folder says of it, and what the store knows.

    `digest` is the content that was read by these rules, "" if none was; it is read `again` only
    if somebody asks for that. `identity` is None for an article never seen. `wait` says that its
    words may wait until something carries it, unless they are other than those that were read.
    """

    path: str
    stamp: str
    digest: str
    identity: Identity | None
    wait: bool
    again: bool = False


class Answer(NamedTuple):
    """What came of it: a record, an error, or neither where the content is as it was.

    `undated` is the entry again if it stands under the moment at which it was first seen; `sizes`
    are those of the files beside the article that it encloses.
    """

    task: Task
    digest: str = ""
    record: Record | None = None
    findings: tuple[Finding, ...] = ()
    undated: Entry | None = None
    sizes: Mapping[str, int] = _NONE
    error: ArticleError | None = None

    @property
    def is_same(self) -> bool:
        """Whether the content is the one that the task named."""
        return self.digest == self.task.digest


class _Told(NamedTuple):
    """What an article says, before it is a record."""

    task: Task
    digest: str
    entry: Entry
    is_whole: bool
    findings: tuple[Finding, ...]
    sizes: Mapping[str, int]


@dataclass(slots=True)
class Desk:
    """Reads articles of one site at one moment, by the rules that `recipe` names."""

    site: Site
    recipe: str
    now: datetime
    summaries: Summaries | None = None  # which asks a program, and the store
    folder: Path = field(init=False)

    def __post_init__(self) -> None:
        self.folder = self.site.articles

    @classmethod
    def of(cls, site: Site, store: Store, now: datetime) -> Desk:
        """The desk of a site, with its rules and what it knows of summaries."""
        if not site.summariser:
            return cls(site, recipe_of(site), now)
        from publisher.publish.summaries import Summaries  # noqa: PLC0415 - few have one

        return cls(site, recipe_of(site), now, Summaries(site, store))

    @staticmethod
    def prepare() -> None:
        """Import what reads articles; else it is when the first is read."""
        from publisher.content import read  # noqa: F401, PLC0415
        from publisher.storage.records import form  # noqa: PLC0415

        form()
        Desk.prepare_outlines()

    @staticmethod
    def prepare_outlines() -> None:
        """Import what reads outlines alone."""
        from publisher.content import outline  # noqa: F401, PLC0415

    def read_all(self, tasks: Sequence[Task]) -> list[Answer]:
        """The answers to some tasks on files of the folder, in their order."""
        files = read_article_files(
            self.folder, [task.path for task in tasks], max_bytes=self.site.max_bytes
        )
        return list(self.answers(tasks, files))

    def answers(
        self, tasks: Sequence[Task], files: Iterator[Article | ArticleError]
    ) -> Iterator[Answer]:
        """The same for articles that somebody else brings.

        Step by step for some dozens together: a processor that goes on doing the same takes a
        sixth less for each than one that fetches, reads and records them in turn.
        """
        pairs = zip(tasks, files, strict=True)
        while fetched := _fetched(pairs):
            read = in_turn(self._read(task, file) for task, file in fetched)
            yield from [one if isinstance(one, Answer) else self._recorded(one) for one in read]

    def _read(self, task: Task, file: Article | ArticleError) -> Steps[Answer | _Told]:
        """What an article says, or the answer where there is no more to do."""
        if isinstance(file, ArticleError):
            return Answer(task, error=file)
        digest = hashlib.sha256(file.data).hexdigest()
        if digest == task.digest and not task.again:
            return Answer(task, digest)
        try:
            return (yield from self._told(task, file, digest))
        except ArticleError as err:
            return Answer(task, digest, error=err)

    def _told(self, task: Task, article: Article, digest: str) -> Steps[_Told]:
        findings: tuple[Finding, ...] = ()
        sizes: Mapping[str, int] = _NONE
        may_wait = task.wait and task.digest in {"", digest}
        entry = self._outline(task, article) if may_wait else None
        is_whole = entry is None
        if entry is None:
            reading = yield from self._read_whole(task, article)
            if self.summaries is not None:
                reading = self.summaries.told(reading)
            entry, sizes = measure(self.site, reading.entry)
            # Nobody here can mend an entry of somebody's feed.
            findings = () if is_remote(task.path) else reading.findings
        return _Told(task, digest, entry, is_whole, findings, sizes)

    def _recorded(self, told: _Told) -> Answer:
        task, digest, entry, is_whole, findings, sizes = told
        undated = task.identity is None and entry.published_from == "first seen"
        return Answer(
            task,
            digest,
            # What there was something to say about is read, and said, again next time.
            record=record(
                entry,
                digest="" if findings else digest,
                recipe=self.recipe,
                now=self.now,
                stamp="" if findings else task.stamp,
                is_whole=is_whole,
            ),
            findings=findings,
            undated=entry if undated else None,
            sizes=sizes,
        )

    def _outline(self, task: Task, article: Article) -> Entry | None:
        from publisher.content.outline import read_outline  # noqa: PLC0415

        return read_outline(
            article,
            self.site.publication,
            identity=task.identity,
            max_bytes=self.site.max_bytes,
        )

    def _read_whole(self, task: Task, article: Article) -> Steps[Reading]:
        """An article's entry; ArticleError also where it trips a mistake of ours.

        That one article must not keep all the others from their readers, so a bug does not end
        the run here. Where it is stands in the message.
        """
        from publisher.content import read_in_steps  # noqa: PLC0415

        try:
            return (
                yield from read_in_steps(
                    article,
                    self.site.publication,
                    identity=task.identity,
                    now=self.now,
                    summary_limit=self.site.settings.articles.summary_length,
                    summary_method=self.site.summary_method,
                    vocabulary=self.site.vocabulary,
                    max_bytes=self.site.max_bytes,
                )
            )
        except PublisherError:
            raise
        except Exception as err:
            raise ArticleError(
                f"publisher itself fails on this article ({trace(err)})",
                path=article.path,
                mend="please report it with the article; until then keep it out of the folder",
            ) from err


def _fetched(
    pairs: Iterator[tuple[Task, Article | ArticleError]],
) -> list[tuple[Task, Article | ArticleError]]:
    """The next of them, as many as are read together."""
    fetched = []
    size = 0
    for task, file in pairs:
        fetched.append((task, file))
        size += len(file.data) if isinstance(file, Article) else 0
        if len(fetched) == _TOGETHER or size > _MOST_BYTES:
            break
    return fetched


def recipe_of(site: Site) -> str:
    """What else an entry is made from: when it changes, every article is read again."""
    articles = site.settings.articles
    how = (articles.summary_length, articles.summary, site.vocabulary, words_may_wait(site))
    words = f"{RECIPE}\n{site.publication!r}\n{how!r}"
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def words_may_wait(site: Site) -> bool:
    """Whether nothing but a feed may ever need an entry's words."""
    # A vocabulary files an entry also by what its words say.
    return not (site.publication.pages or site.newsletters or site.vocabulary.names_tags)
