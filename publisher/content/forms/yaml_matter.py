"""Front matter by the YAML parser, of which only plain texts, lists and mappings are taken."""

from __future__ import annotations

import yaml

from publisher.content.forms.matter import DEEPEST, Field
from publisher.content.text.characters import clean
from publisher.errors import ArticleError

# libyaml is ten times faster and gives the same events; some builds of PyYAML come without it.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(block: str, path: str) -> dict[str, Field]:
    """The fields of a block, which begins in the second line of the file.

    Raises ArticleError with a line for what can't be understood.
    """
    return _Builder(path).build(block)


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
