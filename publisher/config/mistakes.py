"""Naming a mistake in publisher.toml: its key, its line, what is wrong, what was perhaps meant."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

from publisher.config.tables import FeedsTable, NewsletterTable, QueryTable, Settings, SourceTable
from publisher.errors import ConfigError, describe


def explain(item: Any, text: str, path: Path) -> str:
    where = tuple(str(part) for part in item["loc"])
    if where[:2] == ("mail", "smtp") and "[[mail.smtp]]" not in text:
        where = tuple(part for part in where if not part.isdigit())
    kind, message = item["type"], item["msg"].removeprefix("Value error, ")
    if kind == "extra_forbidden":
        return mistake(path, text, where, f"is no key that we know{_nearest(where)}")
    if where[0] == "feeds" and kind in ("model_type", "model_attributes_type"):
        # A table in [feeds] may have any name; anything else there is a key.
        return mistake(path, text, where, f"is no key that we know{_nearest(where)}")
    if kind == "missing":
        return mistake(path, text, where, "is missing")
    if kind == "string_pattern_mismatch":
        message = "must be one line without control characters"
    given = item.get("input")
    told = not isinstance(given, str | int | float | bool) or repr(given) in message
    shown = "" if told else f" (it is {given!r})"
    return mistake(path, text, where, message[:1].lower() + message[1:] + shown)


def mistake(path: Path, text: str, where: tuple[str, ...], what: str) -> str:
    return describe(f"{'.'.join(where)} {what}", path=str(path), line=_line_of(text, where))


# The tables whose parts have names of the operator's own.
_TABLES: dict[str, Any] = {"newsletters": NewsletterTable, "sources": SourceTable}


def _nearest(where: tuple[str, ...]) -> str:
    """What the writer of an unknown key may have meant."""
    table: Any = Settings
    for part in where[:-1]:
        field = next(
            (f for n, f in getattr(table, "model_fields", {}).items() if part in (n, f.alias)), None
        )
        if field is None:
            table = QueryTable if table is FeedsTable else table
            continue
        table = _TABLES.get(part) or _table_of(field.annotation)
    known = [f.alias or name for name, f in getattr(table, "model_fields", {}).items()]
    near = difflib.get_close_matches(where[-1], known, n=1)
    return f"; did you mean {near[0]}?" if near else f"; known here: {', '.join(sorted(known))}"


def _table_of(annotation: Any) -> Any:
    if isinstance(annotation, type):
        return annotation
    options = getattr(annotation, "__args__", ())
    return next((one for one in options if isinstance(one, type) and one is not type(None)), None)


_HEADER = re.compile(r"\s*(\[{1,2})\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"\s*([A-Za-z0-9_.\"'-]+)\s*=")


def _line_of(text: str, where: tuple[str, ...]) -> int:
    """The line of a key, or of the nearest table around it: tomllib keeps no positions."""
    best, best_depth = 1, 0
    table: tuple[str, ...] = ()
    wanted = tuple(part for part in where if not part.isdigit())
    numbers = [int(part) for part in where if part.isdigit()]
    seen: Counter[tuple[str, ...]] = Counter()  # of tables that come several times
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            here = table = _parts(header[2])
            if header[1] == "[[":
                seen[table] += 1
                if numbers and seen[table] - 1 != numbers[0]:
                    here = table = ()
        elif key := _KEY.match(line):
            here = table + _parts(key[1])
        else:
            continue
        depth = sum(
            1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(here, wanted, strict=False))
        )
        if depth > best_depth:
            best, best_depth = number, depth
    return best


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip(" \"'") for part in dotted.split("."))


def not_toml(path: Path, err: tomllib.TOMLDecodeError) -> str:
    """What keeps a file from being read at all, with its line where the parser tells it."""
    mend = "texts stand in quotes, one key a line, tables in [brackets]"
    said, _, place = str(err).rpartition(" (at line ")
    line, _, column = place.removesuffix(")").partition(", column ")
    if not line.isdigit():
        return describe(f"is not TOML: {err}", mend, str(path))
    return describe(f"is not TOML: {said} in column {column}", mend, str(path), int(line))


def refused(path: Path, mistakes: Sequence[str]) -> ConfigError:
    """The error that carries them all."""
    count = f"{len(mistakes)} mistakes" if len(mistakes) > 1 else "a mistake"
    return ConfigError(f"{path.name} has {count}", mistakes=mistakes, path=str(path))
