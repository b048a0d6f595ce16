"""Runs the templates that an operator may restyle, in a sandbox, with errors that name the line.

Jinja2 with the narrowest settings: nothing private is reachable, nothing can be changed, a name
that is not there is an error and not an empty place, and all that comes from an article is escaped
everywhere but in plain text. Content is only ever a value, never template source, so `{{ }}` in an
article is four signs like any others. The program's own words go through `_()` and `{% trans %}`.

Templates that are as we ship them (`Shipped`) do without the sandbox, which guards against those
who write one, and costs a sixth of a page; all else is the same for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

import jinja2
from jinja2.exceptions import SecurityError

from publisher.confined import MEMORY, Confined, EndedError
from publisher.errors import TemplateError
from publisher.model import Restyled, Shipped
from publisher.pages.engines import Ours, Sandbox, open_engine, saying
from publisher.pages.translations import Words, words_for

FOLDER = "templates/"
_NAMED = re.compile(r"'(\w+)'")


class Templates:
    """Templates by name ("pages/index.html"), compiled when first wanted.

    `compiled` has sources that stand in for those of the same name but are no longer as the
    operator wrote them (a compiled digest): errors are still traced to the operator's lines.
    Names that end in `.txt` are plain text; all others are escaped as HTML. Where some are the
    operator's own (`Restyled`), all work on them is done in a process of its own, with limits.
    """

    def __init__(
        self,
        sources: Mapping[str, str],
        *,
        compiled: Mapping[str, str] | None = None,
        filters: Mapping[str, Callable[..., str]] | None = None,
    ) -> None:
        self._sources = sources
        self._compiled = compiled or {}
        self._filters = filters or {}
        # One for each language: a template is compiled with the words it speaks.
        self._environments: dict[str, jinja2.Environment] = {}
        self._kind = Ours if isinstance(sources, Shipped) else Sandbox
        self._confined: Confined | None = None
        if isinstance(sources, Restyled):
            words = (dict(sources), self._compiled, self._filters)
            self._confined = Confined("publisher.pages.environment:made", *words)

    def __contains__(self, name: str) -> bool:
        return name in self._sources

    def check(self, name: str, source: str) -> None:
        """Raise TemplateError if this is not a template, with the line of the mistake."""
        if self._confined:
            self._call(name, "check", name, source)
            return
        try:
            self._environment(words_for("")).parse(source, name)
        except jinja2.TemplateSyntaxError as err:
            raise self._syntax(err, name) from err

    def render(self, name: str, context: Mapping[str, object], language: str = "") -> str:
        """The template filled in, with the program's words in `language` as far as it can.

        `words` tells templates which language that is (language, direction). Raises TemplateError
        for whatever goes wrong in a template.
        """
        if self._confined:
            return self._call(name, "render", name, context, language)
        try:
            return self._environment(words_for(language)).get_template(name).render(context)
        except jinja2.TemplateSyntaxError as err:
            raise self._syntax(err, name) from err
        except jinja2.TemplateNotFound as err:
            raise TemplateError(
                f"there is no template {err.name}",
                mend="put it there, or take away the line that asks for it",
                path=FOLDER + name,
            ) from err
        except Exception as err:
            # Values are made before and are plain, so what fails now fails in the template.
            place, line = self._place(err, name)
            raise TemplateError(
                f"the template can't be filled in: {_reason(err)}",
                mend=_mend(err),
                path=FOLDER + place,
                line=line,
            ) from err

    def _call(self, name: str, method: str, *words: object) -> str:
        assert self._confined
        try:
            return self._confined.call(method, *words)
        except EndedError as err:
            raise TemplateError(
                f"the template can't be filled in: {err}",
                mend="look for a loop in a loop, and for texts multiplied",
                path=FOLDER + name,
            ) from None

    def _environment(self, words: Words) -> jinja2.Environment:
        environment = self._environments.get(words.language)
        if environment is None:
            environment = self._environments[words.language] = open_engine(self._kind, self._load)
            environment.filters.update(self._filters)
            environment.globals["words"] = {
                "language": words.language,
                "direction": words.direction,
            }
            translating: Any = environment
            translating.install_gettext_translations(words.catalogue, newstyle=True)
            environment.globals["_"] = saying(words)
        return environment

    def _load(self, name: str) -> tuple[str, str, Callable[[], bool]] | None:
        source = self._compiled.get(name, self._sources.get(name))
        return None if source is None else (source, FOLDER + name, lambda: True)

    def _syntax(self, err: jinja2.TemplateSyntaxError, name: str) -> TemplateError:
        place = err.name or name
        return TemplateError(
            f"the template can't be read: {err.message}",
            mend="each {% if %} and {% for %} needs its end, each {{ its }}",
            path=FOLDER + place,
            line=None if place in self._compiled and err.name else err.lineno,
        )

    def _place(self, err: Exception, name: str) -> tuple[str, int | None]:
        """Template and line where it failed: the innermost frame that is a template's."""
        place, line = name, None
        for filename, number in _frames(err.__traceback__):
            if filename.startswith(FOLDER) and filename.removeprefix(FOLDER) in self._sources:
                place, line = filename.removeprefix(FOLDER), number
        if place in self._compiled:
            line = _line_naming(_NAMED.findall(str(err)), self._sources[place])
        return place, line


def made(
    sources: Mapping[str, str],
    compiled: Mapping[str, str],
    filters: Mapping[str, Callable[..., str]],
) -> Templates:
    """Templates as the other process makes them: there, and not in yet another one."""
    return Templates(sources, compiled=compiled, filters=filters)


def _frames(trace: TracebackType | None) -> list[tuple[str, int]]:
    found = []
    while trace is not None:
        found.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
        trace = trace.tb_next
    return found


def _line_naming(names: list[str], source: str) -> int | None:
    """The first line where one of these names, the last first, stands in a template's tag."""
    for name in reversed(names):
        found = re.search(rf"\{{[{{%][^}}]*\b{name}\b", source)
        if found:
            return source.count("\n", 0, found.end()) + 1
    return None


def _reason(err: Exception) -> str:
    if isinstance(err, jinja2.UndefinedError):
        return re.sub(r"'[\w.]+\.(\w+) object'", r"this \1", str(err))
    if isinstance(err, MemoryError):
        return f"it needs more than {MEMORY >> 20} MB"
    if isinstance(err, TimeoutError):
        return str(err)
    return f"{err}" if isinstance(err, jinja2.TemplateError) else f"{type(err).__name__}: {err}"


def _mend(err: Exception) -> str:
    if isinstance(err, jinja2.UndefinedError):
        return "the names that a template may use stand at the top of the one that is shipped"
    if isinstance(err, MemoryError | TimeoutError):
        return "look for a loop in a loop, and for texts multiplied"
    if isinstance(err, SecurityError):
        return "a template may read the values it is given and nothing else"
    return "compare it with the template that is shipped"
