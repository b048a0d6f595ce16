"""One spelling of each tag in the whole publication."""

from __future__ import annotations

from dataclasses import replace

from publisher.storage import Record, read_outline, read_tags, read_words, record


def spelled(one: Record, spellings: dict[str, str]) -> Record:
    """The record with tags called as `spellings` has it, by slug, which learns new ones."""
    if all(spellings.setdefault(slug, name) == name for name, slug in read_tags(one.outline)):
        return one
    from publisher.content import one_spelling  # noqa: PLC0415 - seldom needed

    entry = read_outline(one.outline) if one.words is None else read_words(one.words)
    return record(
        replace(entry, tags=one_spelling(entry.tags, spellings)),
        digest=one.digest,
        recipe=one.recipe,
        now=one.first_seen,
        stamp=one.stamp,
        is_whole=one.words is not None,
    )
