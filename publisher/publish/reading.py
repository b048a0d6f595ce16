"""Articles become entries in the store: new, changed, same or gone, told by their content.

An entry of somebody's feed is an article like any other, but nobody here can mend it: what is odd
about it is passed over, and where nothing can be made of it that is said once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from publisher.config import Site
from publisher.errors import ArticleError
from publisher.model import Finding, Severity
from publisher.publish.ahead import Ahead
from publisher.publish.desk import Answer, Desk, Task, recipe_of, words_may_wait
from publisher.publish.enclosing import outgrown
from publisher.publish.hands import MANY, in_portions, share_out
from publisher.publish.holders import Holders
from publisher.publish.looked import Looked, path_of
from publisher.publish.progress import Progress, unseen
from publisher.publish.report import Report
from publisher.publish.shown import is_remote, shown_error, shown_findings, shown_path
from publisher.publish.spelling import spelled
from publisher.publish.versions import Versions, keys_of
from publisher.sources import Look, look_over
from publisher.storage import Known, Record, Store, read_tags, record

_Good = tuple[Answer, Record, Known | None]  # what was read, what comes of it, what was known
_Refused = tuple[Answer, ArticleError, Known | None]


def read_articles(
    site: Site,
    store: Store,
    now: datetime,
    report: Report,
    *,
    look: Look | None = None,
    ahead: Ahead | None = None,
    full: bool = False,
    progress: Progress = unseen,
) -> None:
    """Bring the store up to date with all articles that there are; `full` reads all again.

    `look` is what the folder holds, if somebody has looked at it just now, and `ahead` what others
    have begun to read of it.

    An article that can't be read keeps its last good entry; it is tried again on each run, and
    so is one that was read with findings: they are named until they are mended.
    """
    look = look or look_over(site.articles, max_bytes=site.max_bytes)
    lines = look.lines
    if site.settings.sources:
        from publisher.publish.remotes import look_at_remotes  # noqa: PLC0415 - few have any

        lines = lines + look_at_remotes(site, store)
    report.articles = len(lines) + len(look.problems)
    recipe = recipe_of(site)
    looked = Looked(store, recipe, lines)
    enclosing = store.enclosed.known()
    again = outgrown(site, enclosing)
    if not (full or look.problems or again) and looked.is_same:
        return
    one = _Round(site, store, now, report, lines, look.problems, recipe, enclosing, ahead)
    one.go(looked, again, full=full, progress=progress)


@dataclass(slots=True)
class _Round:
    """One reading of the folder."""

    site: Site
    store: Store
    now: datetime
    report: Report
    lines: list[str]
    problems: list[ArticleError]
    recipe: str
    enclosing: Mapping[str, Mapping[str, int]]  # the sizes of files beside articles, by path
    ahead: Ahead | None
    again: set[str] = field(init=False)  # paths that stay to be looked into
    moved: set[str] = field(default_factory=set)  # paths that are no longer an article's
    refused: list[_Refused] = field(default_factory=list)  # somebody else has their slug or id
    spellings: dict[str, str] = field(default_factory=dict)  # of tags, by slug
    spells_all: bool = False  # whether those are all that there are
    desk: Desk = field(init=False)
    seen: datetime = field(init=False)
    versions: Versions = field(init=False)

    def go(
        self, looked: Looked, outgrown: AbstractSet[str], *, full: bool, progress: Progress
    ) -> None:
        self.seen = self.now
        self.desk = Desk.of(self.site, self.store, self.now)
        self.versions = Versions(self.store, self.now)
        changed, vanished, self.again = looked.news(self.problems, full=full)
        if outgrown and not full:
            news = set(changed)
            changed = [one for one in self.lines if one in news or path_of(one) in outgrown]
        missing = [one for one in self.store.catalogue.known(vanished).values() if not one.gone]
        lost = {one.digest: one for one in missing if one.digest}
        for problem in self.problems:
            kept = self.store.catalogue.known([problem.path])
            self.report.blame(shown_error(problem, self.site, kept=bool(kept)))
        again = set(map(path_of, self.lines)) if full else outgrown
        known: dict[str, Known] = {}
        holders = Holders(self.store)
        if len(changed) * 100 > len(self.lines):
            self.spellings = self.store.catalogue.spellings(self.recipe)
            self.spells_all = True
        with progress("Reading articles", len(changed)) as advance:
            for answers in self._read(changed, known, again):
                self._take(answers, known, lost, holders)
                advance(len(answers))
        self._forget({one.path for one in missing} - self.moved)
        self._try_again(holders)
        looked.keep(changed, self.again)

    def _forget(self, paths: set[str]) -> None:
        """Articles are no longer there; of a story, an earlier version may tell it again."""
        told, gone = self.versions.without(paths)
        self.store.catalogue.save_all([self._spelled(one) for one in told])
        self.store.catalogue.gone(gone, self.now)
        self.report.gone = len(gone)
        self.report.changed += len(told)

    def _read(
        self, changed: list[str], known: dict[str, Known], again: AbstractSet[str]
    ) -> Iterator[list[Answer]]:
        """The answers to all that may be news: what the folder has, then what feeds brought."""
        desk = self.desk
        remote = [line for line in changed if is_remote(line)]
        files = [line for line in changed if not is_remote(line)] if remote else changed
        if self.ahead and self.ahead.lines == files and self.store.catalogue.is_empty():
            yield from self.ahead.answers()
        else:
            if self.ahead:
                self.ahead.close()
            yield from share_out(
                desk.read_all,
                self._tasks(files, known, again),
                many=len(files) > MANY and not self.site.summariser,
                prepare=desk.prepare,
            )
        if not remote:
            return
        from publisher.publish.remotes import read_remotes  # noqa: PLC0415 - see above

        for some in self._tasks(remote, known, again):
            brought = read_remotes(self.site, self.store, [task.path for task in some])
            yield list(desk.answers(some, brought))

    def _tasks(
        self, changed: list[str], known: dict[str, Known], again: AbstractSet[str]
    ) -> Iterator[list[Task]]:
        """What there is to read, a portion at a time; `known` grows by what the store has.

        Those to be read `again` are, whatever they hold.
        """
        may_wait = words_may_wait(self.site)
        is_empty = self.store.catalogue.is_empty()
        for lines in in_portions(changed):
            paths = [line.partition("\t") for line in lines]
            some = {} if is_empty else self.store.catalogue.known(path for path, _, _ in paths)
            known.update(some)
            portion = []
            for path, _, stamp in paths:
                one = some.get(path)
                is_read = one is not None and not one.gone and one.recipe == self.recipe
                digest = one.digest if one is not None and is_read else ""
                portion.append(
                    Task(
                        path,
                        stamp,
                        digest,
                        one.identity if one else None,
                        # An article that was read has a last good entry to keep.
                        wait=may_wait and (one is None or one.gone or bool(digest)),
                        # What nobody sees any more is as it was.
                        again=path in again and not (one and one.is_superseded),
                    )
                )
            yield portion

    def _take(
        self,
        answers: list[Answer],
        known: dict[str, Known],
        lost: dict[str, Known],
        holders: Holders,
    ) -> None:
        """Put what was read into the store, and what went wrong into the report."""
        restamped: dict[str, str] = {}
        good: list[_Good] = []
        waiting: set[str] = set()  # what tells others of the same story from what is in `good`
        self.versions.look_up(one for one in answers if one.task.path not in known)
        for answer in answers:
            task, before = answer.task, known.pop(answer.task.path, None)
            before = before and self.versions.current(before)
            if not task.stamp or answer.error or answer.findings:
                self.again.add(task.path)
            else:
                self.again.discard(task.path)
            if before is None and answer.record and (old := lost.pop(answer.digest, None)):
                # A file that went and one that came with the same content are one that moved.
                self.store.catalogue.rename(old.path, task.path)
                self.moved.add(old.path)
                before = replace(self.versions.current(old), path=task.path)
                answer = self._as_known(task, before)  # noqa: PLW2901
            if not waiting.isdisjoint(_keys(answer.record, before)):
                self._save(good, holders)
                self.versions.told |= waiting
                good, waiting = [], set()
            if before is None and (before := self.versions.known(answer)):
                answer = self._as_known(task, before)  # noqa: PLW2901
                if before.identity.id in waiting:
                    self._save(good, holders)
                    good = []
            if answer.error is not None:
                self._blame(answer.error, before)
            elif answer.record is not None:
                good.append(self._told(answer, before))
                waiting |= _keys(answer.record, before)
            elif before is not None and task.stamp != before.stamp:
                restamped[task.path] = task.stamp
        self.store.catalogue.stamp(restamped)
        self._save(good, holders)

    def _try_again(self, holders: Holders) -> None:
        """Take what was refused if there is room by now: a slug given up, a story that came."""
        many = 0
        while self.refused and len(self.refused) != many:
            refused, self.refused = self.refused, []
            many = len(refused)
            for answer, _, before in refused:
                self._take([answer], {answer.task.path: before} if before else {}, {}, holders)
        for _, error, before in self.refused:
            self._blame(error, before)

    def _told(self, answer: Answer, before: Known | None) -> _Good:
        """What is to be saved of what was read: of a story, what all its versions come to."""
        if before is not None and before.is_version:
            one, before = self.versions.tell(answer, before)
        else:
            one = self._dated(answer)
        return answer, self._spelled(one), before

    def _as_known(self, task: Task, before: Known) -> Answer:
        """The same article read again, by the name that it had under another path."""
        (answer,) = self.desk.read_all([task._replace(identity=before.identity)])
        return answer

    def _dated(self, answer: Answer) -> Record:
        """The record; articles without a date that come together stand a second apart.

        Feed readers sort by this moment, and the W3C validator warns of two that are the same.
        """
        assert answer.record is not None
        if answer.undated is None:
            return answer.record
        from publisher.content.outline import first_seen_at  # noqa: PLC0415

        entry = first_seen_at(answer.undated, self.site.publication, self.now, self.seen)
        one = record(
            entry,
            digest=answer.record.digest,
            recipe=self.recipe,
            now=self.seen,
            stamp=answer.record.stamp,
        )
        self.seen -= timedelta(seconds=1)
        return one

    def _spelled(self, one: Record) -> Record:
        """The record with its tags spelled as in the rest of the publication."""
        if not self.spells_all:
            slugs = [slug for _, slug in read_tags(one.outline) if slug not in self.spellings]
            self.spellings |= self.store.catalogue.spellings(self.recipe, slugs) if slugs else {}
        return spelled(one, self.spellings)

    def _save(self, good: list[_Good], holders: Holders) -> None:
        records = []
        for (answer, one, before), error in zip(
            good, holders.take_all([(one, before) for _, one, before in good]), strict=True
        ):
            if error is not None:
                self.again.add(one.path)
                self.refused.append((answer, error, before))
                continue
            records.append(one)
            if one.path == answer.task.path and answer.sizes != self.enclosing.get(one.path, {}):
                self.store.enclosed.save(one.path, answer.sizes)
            self.report.findings += shown_findings(answer.findings, answer.task.path, self.site)
            if before is None or before.gone:
                self.report.new += 1
            else:
                self.report.changed += 1
        self.store.catalogue.save_all(records, are_new=holders.is_new)

    def _blame(self, error: ArticleError, before: Known | None) -> None:
        """Say what is wrong with an article, of somebody's feed only once."""
        if before is None and is_remote(error.path):
            what = f"{error.what}, so it is left out"
            path = shown_path(self.site, error.path)
            self.report.findings.append(Finding(severity=Severity.WARNING, what=what, path=path))
            self.store.remotes.forget([error.path])
            self.again.discard(error.path)
            return
        is_kept = before is not None and not before.gone
        self.report.blame(shown_error(error, self.site, kept=is_kept))


def _keys(one: Record | None, before: Known | None) -> set[str]:
    """By what another article of the same story is told: its story and slug, and the id."""
    if one is None or not one.story:
        return set()
    return keys_of(one) | ({before.identity.id} if before is not None else set())
