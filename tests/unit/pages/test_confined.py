"""Templates of the operator's own: nothing that stands in one can hang, fill or crash a run."""

import os
from pathlib import Path

import pytest
from markupsafe import Markup

from publisher import confined
from publisher.confined import Confined, EndedError
from publisher.errors import TemplateError
from publisher.model import Restyled, Shipped
from publisher.pages.environment import Templates
from tests.vectors import vectors

NAME = "pages/index.html"


def restyled(templates, source):
    return Templates(Restyled(templates | {NAME: source}, frozenset({NAME})))


@pytest.mark.slow
@pytest.mark.threat(16)
@pytest.mark.parametrize("source", vectors("template"), ids=lambda source: source[:50])
def test_row_16_a_hostile_template_is_named_and_nothing_else_happens(
    source, templates, monkeypatch
):
    monkeypatch.setenv("PUBLISHER_SMTP_PASSWORD", "canary")
    monkeypatch.setattr(confined, "CPU_SECONDS", 0.5)
    monkeypatch.setattr(confined, "SECONDS", 3.0)
    before = memory()
    with pytest.raises(TemplateError) as caught:
        print(restyled(templates, f"one\n{source}").render(NAME, {}))
    assert caught.value.path == f"templates/{NAME}"
    assert "canary" not in str(caught.value)
    assert memory() < before + 200
    # The next one is served as if nothing had been.
    assert restyled(templates, "{{ 1 + 1 }}").render(NAME, {}) == "2"


def memory():
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") >> 20


def test_what_fails_is_named_with_its_line(templates):
    for source in ("\n\n{{ 'a' * 10**9 }}", "\n\n{{ missing }}", "\n\n{% for %}"):
        with pytest.raises(TemplateError) as caught:
            restyled(templates, source).render(NAME, {})
        assert caught.value.line == 3


def test_it_gives_what_the_same_templates_give_here(templates):
    source = "{% include 'own.txt' %}{{ value }}{{ _('Next') }}"
    sources = templates | {NAME: source, "own.txt": "&"}
    there = Templates(Restyled(sources, frozenset({NAME})))
    for language in ("en", "de"):
        told = there.render(NAME, {"value": "<潮>"}, language)
        assert told == Templates(sources).render(NAME, {"value": "<潮>"}, language)


@pytest.mark.threat(16, 17)
def test_whatever_becomes_of_the_process_we_go_on(monkeypatch):
    monkeypatch.setattr(confined, "SECONDS", 1.0)
    ends = {"crashed": ("os:abort",), "ended": ("os:_exit", 3), "too long": ("time:sleep", 60)}
    for why, words in ends.items():
        with pytest.raises(EndedError, match=why):
            Confined(*words).call("upper")
    with pytest.raises(EndedError, match="more than 512 MB"):
        Confined("builtins:bytearray", confined.MEMORY).call("upper")
    assert Confined("builtins:str", "a").call("upper") == "A"


@pytest.mark.threat(16)
def test_the_process_has_nothing_of_ours(monkeypatch):
    monkeypatch.setenv("PUBLISHER_SMTP_PASSWORD", "canary")
    told = Confined("builtins:str", "{}")
    assert "canary" not in Confined("os:popen", "env").call("read")
    assert told.call("format", 1) == "1"


@pytest.mark.threat(16)
@pytest.mark.parametrize("kind", [dict, lambda shipped: Shipped(shipped) | {NAME: ""}])
def test_only_what_is_shipped_does_without_the_sandbox(kind, templates):
    sources = kind(templates)
    sources[NAME] = "{{ words.__class__ }}"
    with pytest.raises(TemplateError, match="unsafe"):
        Templates(sources).render(NAME, {})


def test_what_is_shipped_is_as_strict_and_escapes_as_much(templates):
    shipped = Shipped({NAME: "{{ value }}", "strict.html": "{{ missing }}"})
    assert Templates(shipped).render(NAME, {"value": "<a>"}) == "&lt;a&gt;"
    with pytest.raises(TemplateError, match="missing"):
        Templates(shipped).render("strict.html", {})


def test_without_the_sandbox_the_same_comes_of_a_template(templates):
    source = """{% macro bold(text) %}<b>{{ text }}</b>{{ caller() }}{% endmacro %}
{% set held %}<i>{{ value }}</i>{% endset %}{{ held }}{{ held ~ value }}{{ value|upper }}{{ 5 }}
{% call bold(value) %}{{ value }}{% endcall %}{% filter upper %}{{ value }}{% endfilter %}
{% autoescape false %}{{ value }}{% endautoescape %}{{ safe }}{{ none }}{{ [value, 1]|join("<") }}
{{ _("You get %(titles)s", titles=value) }}{{ _("5 %% & more") }}{% trans %}A & {{ value }}{% endtrans %}"""
    sources = {NAME: source, "plain.txt": source}
    values = {"value": """<潮> & 'so' "on\"""", "safe": Markup("<b>&amp;</b>")}
    for name in sources:
        told = Templates(Shipped(sources)).render(name, values)
        assert told == Templates(sources).render(name, values)
