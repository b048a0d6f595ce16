"""Reading tags.toml, the publication's own vocabulary: every mistake at once, with its line."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from publisher.config.mistakes import mistake, not_toml
from publisher.config.names import VOCABULARY_NAME
from publisher.config.replacing import replace_text
from publisher.config.tables import Table
from publisher.config.values import Line, MediaTopic
from publisher.errors import ConfigError
from publisher.model import TagKind, Term, Vocabulary


class TermTable(Table):
    """[tags.NAME]: a tag by its preferred name."""

    kind: Literal["person", "place", "organisation", "topic"] | None = None
    synonyms: tuple[Line, ...] = ()
    medtop: MediaTopic | None = None


class VocabularyTable(Table):
    """The whole of tags.toml."""

    blocked: tuple[Line, ...] = ()
    always: dict[Line, tuple[Line, ...]] = Field(default_factory=dict)
    tags: dict[Line, TermTable] = Field(default_factory=dict)


def load_vocabulary(folder: Path) -> tuple[Vocabulary, list[str]]:
    """The vocabulary in a site's folder, empty if there is none, and every mistake in it."""
    path = folder / VOCABULARY_NAME
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Vocabulary(), []
    except (OSError, UnicodeDecodeError) as err:
        return Vocabulary(), [f"{path}: can't be read: {err}"]
    try:
        table = VocabularyTable.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as err:
        return Vocabulary(), [not_toml(path, err)]
    except ValidationError as err:
        found = [_explain(item, text, path) for item in err.errors(include_url=False)]
        return Vocabulary(), found
    mistakes = [mistake(path, text, where, what) for where, what in _contradictions(table)]
    return _vocabulary(table), mistakes


def add_terms(folder: Path, lines: str) -> None:
    """Write more terms behind those of tags.toml, of which everything stays as it is.

    Raises ConfigError, and leaves the file alone, if the whole would not be a vocabulary.
    """
    path = folder / VOCABULARY_NAME
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    gap = "\n" if before and not before.endswith("\n\n") else ""
    try:
        VocabularyTable.model_validate(tomllib.loads(before + gap + lines))
        replace_text(path, before + gap + lines)
    except (tomllib.TOMLDecodeError, ValidationError, OSError) as err:
        raise ConfigError(f"{path} can't take more tags: {err}", path=str(path)) from None


def _vocabulary(table: VocabularyTable) -> Vocabulary:
    return Vocabulary(
        terms=tuple(
            Term(
                name=name,
                kind=TagKind(term.kind) if term.kind else None,
                synonyms=term.synonyms,
                medtop=term.medtop or "",
            )
            for name, term in table.tags.items()
        ),
        blocked=table.blocked,
        always=tuple(table.always.items()),
    )


def _contradictions(table: VocabularyTable) -> Iterator[tuple[tuple[str, ...], str]]:
    from publisher.content import slugify  # noqa: PLC0415 - few sites have the file

    blocked = {slugify(name) for name in table.blocked}
    holders: dict[str, str] = {}
    for name in table.tags:
        slug = slugify(name)
        if slug in holders:
            yield ("tags", name), f"is the same tag as {holders[slug]!r}; keep one of them"
        if slug in blocked:
            yield ("tags", name), "is blocked too; take it from one of the two"
        holders.setdefault(slug, name)
    for name, term in table.tags.items():
        for synonym in term.synonyms:
            holder = holders.setdefault(slugify(synonym), name)
            if holder != name:
                yield (
                    ("tags", name, "synonyms"),
                    f"has {synonym!r}, which is {holder!r} already; give it to one of them",
                )
    for section, names in table.always.items():
        for name in names:
            if slugify(name) in blocked:
                yield ("always", section), f"has {name!r}, which is blocked; take it from one"


def _explain(item: Any, text: str, path: Path) -> str:
    where = tuple(str(part) for part in item["loc"])
    if item["type"] == "extra_forbidden":
        known = [*TermTable.model_fields] if len(where) > 1 else [*VocabularyTable.model_fields]
        near = difflib.get_close_matches(where[-1], known, n=1)
        meant = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"
        return mistake(path, text, where, f"is no key that we know; {meant}")
    message = item["msg"].removeprefix("Value error, ")
    return mistake(path, text, where, message[:1].lower() + message[1:])
