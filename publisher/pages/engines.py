"""The two kinds of Jinja that fill templates in: with the sandbox, and for our own without it."""

from __future__ import annotations

import re
from collections.abc import Callable, MutableMapping
from functools import lru_cache
from typing import Any

import jinja2
from jinja2.compiler import CodeGenerator
from jinja2.nodes import EvalContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from publisher.pages.translations import Words

_DECISIONS = 10_000  # remembered at most: a template may make up names in a loop
_MESSAGES = 1000  # likewise; ours have some hundred
_ESCAPED = re.compile("[&<>\"']")


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, which asks the same of each value of a kind again: half of a digest's time.

    What it decides depends on the kind of value and on the attribute's name alone.
    """

    def __init__(self, *words: Any, **options: Any) -> None:
        super().__init__(*words, **options)
        self._decided: dict[tuple[type, str], bool] = {}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may read this attribute."""
        decided = self._decided.get((type(obj), attr))
        if decided is None:
            decided = super().is_safe_attribute(obj, attr, value)
            if len(self._decided) < _DECISIONS:
                self._decided[type(obj), attr] = decided
        return decided


class _Generator(CodeGenerator):
    """Writes programs of the same meaning that take less time.

    What is escaped only to be joined with other text is escaped by the environment. The pieces
    of a template, and of a block, are gathered in a list, as Jinja has it for a macro, and given
    out as one: by themselves each would come up through the generators of all that is around.
    """

    def blockvisit(self, nodes: Any, frame: Any) -> None:
        if frame.buffer is not None:
            super().blockvisit(nodes, frame)
            return
        self.buffer(frame)
        super().blockvisit(nodes, frame)
        self.writeline(f"if {frame.buffer}: yield concat({frame.buffer})")

    def _output_child_pre(self, node: Any, frame: Any, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.escaped(" + (finalize.src or ""))


class Ours(jinja2.Environment):
    """Jinja for templates that nobody but us has written: they need no guard, and are faster."""

    code_generator_class = _Generator

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The names that all templates know: none is added once there is a template.

        Jinja's own are looked up in two mappings, each time that one includes another.
        """
        return {**self.globals, **(d or {})}

    @staticmethod
    def escaped(value: object) -> str:
        """A value as HTML. Jinja makes an object (Markup) of each, which takes as long again."""
        return value if type(value) is str and _ESCAPED.search(value) is None else escape(value)


def open_engine(
    kind: type[jinja2.Environment],
    load: Callable[[str], tuple[str, str, Callable[[], bool]] | None],
) -> jinja2.Environment:
    """An engine of that kind, as narrow as all of ours are; `load` brings the templates."""
    environment = kind(
        loader=jinja2.FunctionLoader(load),
        undefined=jinja2.StrictUndefined,
        autoescape=lambda name: not (name or "").endswith(".txt"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    # A message may stand on several lines of a template and is one all the same.
    environment.policies["ext.i18n.trimmed"] = True
    return environment


def saying(words: Words) -> Callable[..., str]:
    """What `_()` is in templates: Jinja's new style of gettext, with each message made once."""

    @lru_cache(_MESSAGES)
    def said(message: str, *, is_html: bool) -> str:
        return Markup(words.text(message)) if is_html else words.text(message)  # noqa: S704 - ours

    @jinja2.pass_eval_context
    def say(context: EvalContext, message: str, **values: object) -> str:
        text = said(message, is_html=context.autoescape)
        return text % values if values or "%" in text else text

    return say
