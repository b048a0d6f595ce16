"""Front matter: a small, safe reading of the YAML between two `---` lines at the top.

Everything is text: `no`, `12:30` and `0123` stay what the editor typed. Aliases, anchors, type
tags, double keys, deep nesting and large blocks are refused, each with its line, because a YAML
loader turns them into surprises (threats: alias bombs, silent last-one-wins).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

from publisher.content.characters import clean
from publisher.errors import ArticleError

LARGEST = 64 * 1024
DEEPEST = 20
_FENCE = re.compile(r"---[ \t]*\n")
_CLOSE = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
# libyaml is ten times faster and gives the same events; some builds of PyYAML come without it.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Field:
    """A value in front matter, with the line of the file that it stands in."""

    value: str | list[Field] | dict[str, Field]
    line: int
    key_line: int = 0

    @property
    def empty(self) -> bool:
        """Whether nothing was written after the key."""
        return not self.value


@dataclass(slots=True)
class Split:
    """An article taken apart: its front matter, the text below, and the line that begins at."""

    fields: dict[str, Field]
    body: str
    body_line: int = 1


def split_front_matter(text: str, path: str) -> Split:
    """Take the front matter off an article; without any, `fields` is empty.

    Raises ArticleError with a line for front matter that can't be understood.
    """
    opening = _FENCE.match(text)
    if opening is None:
        return Split({}, text)
    close = _CLOSE.search(text, opening.end())
    if close is None:
        raise ArticleError(
            "the front matter has no end",
            path=path,
            line=1,
            mend="close it with a line `---`, or take the first line away",
        )
    block = text[opening.end() : close.start()]
    if len(block.encode("utf-8", "surrogatepass")) > LARGEST:
        raise ArticleError(
            f"the front matter is larger than {LARGEST // 1024} KiB",
            path=path,
            line=1,
            mend="move the text below the closing `---`",
        )
    fields = _plain_fields(block) or _Builder(path).build(block)
    body = text[close.end() :].removeprefix("\n")
    return Split(fields, body, text.count("\n", 0, close.end()) + 2)


# What nearly every front matter is made of, and what YAML reads without a second meaning: words,
# quoted words without escapes, and lists of them on one line. Anything else is for the parser.
_QUOTED = r"""\"[\w .,:;!?()/+'#&%@*-]*\"|'[\w .,:;!?()/+#&%@*-]*'"""
_WORDS = r"[^\W_](?:[\w .,;!?()/+'-]|:(?=[\w/]))*"
_ITEM = rf"(?:{_QUOTED}|[^\W_][\w .;!()/+'-]*)"
_LINE = re.compile(rf"([A-Za-z_]+): +(?:({_QUOTED}|{_WORDS})|\[ *({_ITEM}(?:, *{_ITEM})*) *\]) *")
_ITEMS = re.compile(_ITEM)


def _plain_fields(block: str) -> dict[str, Field] | None:
    """The fields of a block that is plain all through, as the parser gives them; else None.

    Ten times as fast, and told apart from it by nothing (a property test compares the two).
    """
    fields: dict[str, Field] = {}
    for number, text in enumerate(block.split("\n"), 2):
        if not text:
            continue
        match = _LINE.fullmatch(text)
        if match is None or match[1] in fields or match[1] == "null":
            return None
        if match[2] is not None:
            fields[match[1]] = Field(_plain(match[2]), number, number)
        else:
            items = [Field(_plain(item), number) for item in _ITEMS.findall(match[3])]
            fields[match[1]] = Field(items, number, number)
    return fields


def _plain(text: str) -> str:
    if text[0] in "\"'":
        return clean(text[1:-1]).strip()
    return "" if text.rstrip(" ") == "null" else clean(text).strip()


class _Builder:
    """Builds plain values from YAML events, one at a time, so that nesting costs no stack."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.open: list[tuple[Field, list[Field]]] = []  # container, its pending key
        self.root: Field | None = None

    def build(self, block: str) -> dict[str, Field]:
        try:
            documents = 0
            for event in yaml.parse(block, Loader=_LOADER):
                documents += isinstance(event, yaml.DocumentStartEvent)
                if documents > 1:
                    raise self._error("holds more than one document", _line(event))
                self._take(event)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 2 if mark is not None else 1
            problem = " ".join(str(getattr(error, "problem", None) or "it can't be read").split())
            raise self._error(
                f"is not valid YAML: {problem}",
                line,
                "put a text that holds `: ` or `#`, or begins with a sign, in quotes",
            ) from error
        if self.root is None or self.root.value == "":
            return {}
        if not isinstance(self.root.value, dict):
            raise self._error(
                "is not a mapping", self.root.line, "write one `key: value` on each line"
            )
        return self.root.value

    def _take(self, event: yaml.Event) -> None:
        line = _line(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self._error("uses an anchor or alias (& or *)", line, "write the value out")
        if tag := getattr(event, "tag", None):
            raise self._error(f"uses a type tag ({tag})", line, "write the value plainly")
        if isinstance(event, yaml.ScalarEvent):
            plain_null = event.style is None or event.style == ""
            value = "" if plain_null and event.value in {"~", "null"} else clean(event.value)
            self._add(Field(value.strip(), line))
        elif isinstance(event, yaml.SequenceStartEvent):
            self._open(Field([], line))
        elif isinstance(event, yaml.MappingStartEvent):
            self._open(Field({}, line))
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            self.open.pop()

    def _open(self, field: Field) -> None:
        if len(self.open) >= DEEPEST:
            raise self._error(f"is nested deeper than {DEEPEST} levels", field.line)
        self._add(field, is_key_allowed=False)
        self.open.append((field, []))

    def _add(self, field: Field, *, is_key_allowed: bool = True) -> None:
        if not self.open:
            self.root = field
            return
        container, pending = self.open[-1]
        if isinstance(container.value, list):
            container.value.append(field)
        elif isinstance(container.value, dict):
            if pending:
                key = pending.pop()
                field.key_line = key.line
                container.value[str(key.value)] = field
            elif not is_key_allowed or not isinstance(field.value, str):
                raise self._error("has a key that is no text", field.line)
            elif field.value in container.value:
                raise self._error(f"gives `{field.value}` twice", field.line, "keep one of the two")
            else:
                pending.append(field)

    def _error(self, what: str, line: int, mend: str = "") -> ArticleError:
        return ArticleError(f"the front matter {what}", path=self.path, line=line, mend=mend)


def _line(event: yaml.Event) -> int:
    # Marks count from 0 and the block begins below the opening fence.
    mark = event.start_mark
    return mark.line + 2 if mark is not None else 1
