"""Pages by templates of the operator's own: what of them is used, and what they must not."""

from dataclasses import replace

import pytest

from publisher.errors import TemplateError
from publisher.pages import Pages
from tests.unit.pages.conftest import tree


def test_a_template_of_the_same_name_is_used(templates, publication):
    own = templates | {"pages/style.css": "body { color: teal }"}
    assert Pages(own, publication).style == b"body { color: teal }"


def test_pages_ask_for_their_looks_by_what_is_in_them(templates, publication, make_entry):
    def asked(*, templates=templates, publication=publication, **how):
        page = tree(Pages(templates, publication, **how).entry(make_entry()))
        return page.xpath("//link[@rel='stylesheet']/@href"), page.xpath("//style/text()")

    (address,), inside = asked()
    assert address.startswith("../publisher.css?v=")
    assert inside == []
    own = templates | {"pages/style.css": "body { color: teal }"}
    assert asked(templates=own)[0] != [address]
    # Where no such file is written, and in a page that stands alone, they are in the page.
    for addresses, inside in (
        asked(templates=own, publication=replace(publication, pages=False)),
        asked(templates=own, in_place=True),
    ):
        assert addresses == []
        assert "color: teal" in inside[0]


def test_what_stands_around_the_content_has_templates_of_its_own(
    templates, publication, make_entry
):
    own = templates | {
        "pages/masthead.html": "<p id=above>{{ publication.title }} & {{ publication.home }}",
        "pages/colophon.html": "<p id=below>{{ everything.href }}",
    }
    pages = Pages(own, publication)
    entry = make_entry()
    for page, way in ((pages.entry(entry), "../"), (pages.index([], []), "")):
        above, below = (tree(page).get_element_by_id(name).text for name in ("above", "below"))
        assert above.split(" & ") == [publication.title, f"{way}index.html"]
        assert below.strip() == f"{way}index.html"


def test_what_a_template_adds_to_the_style_stands_in_its_pages(templates, publication, make_entry):
    more = '{% extends "pages/base.html" %}{% block style %}{{ super() }}a { top: 0 }{% endblock %}'
    page = tree(Pages(templates | {"pages/entry.html": more}, publication).entry(make_entry()))
    assert [text.strip() for text in page.xpath("//style/text()")] == ["a { top: 0 }"]
    assert page.xpath("//link[@rel='stylesheet']")


@pytest.mark.parametrize(
    ("name", "source", "line", "says"),
    [
        ("pages/index.html", "a\nb {{ nothing }}", 2, "'nothing' is undefined"),
        ("pages/index.html", "a\n{{ publication.tilte }}", 2, "tilte"),
        ("pages/index.html", "a\n\n{% if %}", 3, "can't be read"),
        ("pages/index.html", "{{ ''.__class__ }}", 1, "unsafe"),
        ("pages/index.html", "\n{{ 1/0 }}", 2, "ZeroDivisionError"),
        ("pages/index.html", "{{ feed.addresses.clear() }}", 1, "clear"),
        ("pages/style.css", "a{}\n{{ nothing }}", 2, "'nothing' is undefined"),
        ("pages/parts.html", "\n\n{% macro stories( %}", 3, "can't be read"),
    ],
)
def test_a_mistake_is_named_with_its_line(templates, publication, name, source, line, says):
    with pytest.raises(TemplateError) as caught:
        Pages(templates | {name: source}, publication).index([], [])
    error = caught.value
    assert (error.path, error.line) == (f"templates/{name}", line)
    assert says in error.what
    assert error.mend


def test_a_missing_template_is_named(templates, publication):
    less = {name: source for name, source in templates.items() if name != "pages/base.html"}
    with pytest.raises(TemplateError, match="there is no template pages/base"):
        Pages(less, publication).index([], [])


def test_the_environment_is_out_of_reach(templates, publication, monkeypatch):
    monkeypatch.setenv("SECRET_CANARY", "canary-4711")
    for attempt in (
        "{{ ''.__class__.__mro__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.environ }}",
        "{{ '{0.__class__}'.format(page) }}",
        "{{ page.__class__ }}",
        "{% include '/etc/hostname' %}",
        "{% set x = page.update({'a': 1}) %}",
    ):
        with pytest.raises(TemplateError):
            Pages(templates | {"pages/index.html": attempt}, publication).index([], [])
