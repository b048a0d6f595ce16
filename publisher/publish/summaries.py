"""Summaries by a program of the operator's own: each article is told to it once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from publisher.config import Site
from publisher.model import Entry, Finding, Reading, Severity
from publisher.sources import ask_summariser
from publisher.storage import Store

_MOST_FAILURES = 3  # in one run: then the program is let be until the next one


class Summaries:
    """Asks the program, and remembers its answer for as long as the article stays the same."""

    def __init__(self, site: Site, store: Store) -> None:
        self._site = site
        self._store = store
        self._failures = 0

    def told(self, reading: Reading) -> Reading:
        """The reading with the program's summary, or its own with a finding that says why.

        The same reading where no program is named, or an editor wrote the summary.
        """
        command = self._site.summariser
        entry = reading.entry
        if not command or entry.summary_by == "editor":
            return reading
        from publisher.content import fit_summary, text_in  # noqa: PLC0415 - seldom needed

        words = text_in(entry.html)
        if not words:
            return reading
        question = self._question(entry, words)
        asked = json.dumps([command, question], ensure_ascii=False, sort_keys=True)
        key = hashlib.sha256(asked.encode()).hexdigest()
        text = self._store.summaries.find(entry.id, key)
        problem = ""
        if text is None:
            text, problem = self._ask(command, question)
        if text and not problem:
            fitted = fit_summary(
                text, limit=self._site.settings.articles.summary_length, language=entry.language
            )
            self._store.summaries.save(entry.id, key, text)
            return replace(reading, entry=replace(entry, summary=fitted))
        found = Finding(
            severity=Severity.WARNING,
            what=f"its summary is made of its first sentences: `{command[0]}` {problem}",
            mend="mend the program that `summary` in [articles] names, or write `summary:`",
            path=entry.path,
        )
        return replace(reading, findings=(*reading.findings, found))

    def _question(self, entry: Entry, words: str) -> dict[str, object]:
        return {
            "title": entry.title,
            "text": words,
            "language": entry.language,
            "limit": self._site.settings.articles.summary_length,
        }

    def _ask(self, command: tuple[str, ...], question: dict[str, object]) -> tuple[str, str]:
        if self._failures >= _MOST_FAILURES:
            return "", f"was not asked, after {_MOST_FAILURES} failures in this run"
        answer = ask_summariser(
            command,
            question,
            folder=self._site.folder,
            seconds=self._site.settings.articles.summary_timeout,
        )
        self._failures += bool(answer.problem)
        return answer.text, answer.problem
