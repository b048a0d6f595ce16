import pytest

from publisher.digest import markup
from publisher.digest.markup import compile_mjml
from publisher.errors import PublisherError, TemplateError


def mail(inside, head=""):
    return (
        f"<mjml><mj-head>{head}</mj-head><mj-body><mj-section><mj-column>\n"
        f"<mj-text>{inside}</mj-text>\n</mj-column></mj-section></mj-body></mjml>"
    )


@pytest.mark.parametrize(
    "inside",
    [
        "{{ a }}",
        '{% if a == "b" and c > d %}x{% endif %}',
        '<a href="{{ a }}" title="{{ b[\'c\'] }}">x</a>',
        "{% for a in b %}<p>{{ a }}</p>{% endfor %}",
        "a<br>b<br/>c<img src='x' alt=''>",
        "<!-- <p> --> & &amp; &nbsp; 2 > 1",
    ],
)
def test_jinja_tags_come_through_as_they_are(inside):
    html = compile_mjml(mail(inside), "templates/digest/x.mjml")
    for tag in ("{{ a }}", "{% if a", "{% for a in b %}", "{% endfor %}"):
        assert (tag in html) == (tag in inside)


def test_comments_of_jinja_are_dropped_and_lines_kept():
    source = "{# <p> 1 < 2\n #}" + mail("x\n<p>")
    with pytest.raises(TemplateError) as caught:
        compile_mjml(source, "templates/digest/x.mjml")
    assert caught.value.line == 4
    assert "<!doctype" in compile_mjml("{# <p> 1 < 2\n #}" + mail("x"), "x")


@pytest.mark.parametrize(
    ("source", "line", "says"),
    [
        (mail("1 < 2"), 2, "'<' opens no tag"),
        (mail("<p>x"), 2, "</mj-text> closes nothing that is open"),
        (mail("x</p>"), 2, "</p> closes nothing"),
        (mail("<a href=x>y</a>"), 2, "'<' opens no tag"),
        (mail("<p {% if a %}dir='x'{% endif %}>y</p>"), 2, "'<' opens no tag"),
        (mail("<p><b>x</p></b>"), 2, "</p> closes nothing"),
        (mail("x\x0c"), 2, "control character"),
        (mail("<![CDATA[x]]>"), 2, "'<' opens no tag"),
        (mail("{{ a }}\n{% if a < b %}x{% endif %}"), 3, "'<' stands inside {% if a < b %}"),
        (
            mail("x").replace("<mj-text>", '<mj-text nonsense="{{ a }}">'),
            2,
            "MJML drops or changes {{ a }}",
        ),
        (mail("<i title='{{ a[\"b\"] }}'>x</i>"), 2, "MJML drops or changes"),
        ("<p>x</p>", 1, "does not begin with <mjml>"),
        ("", 1, "does not begin with <mjml>"),
        ("<mjml>\n<mj-body>\n", 2, "<mj-body> is never closed"),
    ],
)
def test_what_the_compiler_stumbles_over_is_named_with_its_line(source, line, says):
    with pytest.raises(TemplateError) as caught:
        compile_mjml(source, "templates/digest/x.mjml")
    error = caught.value
    assert (error.path, error.line) == ("templates/digest/x.mjml", line)
    assert says in error.what
    assert error.mend


@pytest.mark.parametrize("depth", [101, 20_000])
@pytest.mark.threat(17)
def test_deep_markup_never_reaches_the_compiler(depth):
    with pytest.raises(TemplateError, match="nest deeper"):
        compile_mjml(mail("<b>" * depth + "</b>" * depth), "x")


@pytest.mark.threat(17)
def test_files_are_never_included():
    with pytest.raises(TemplateError, match="MJML can't compile"):
        compile_mjml('<mjml><mj-body><mj-include path="/etc/hostname" /></mj-body></mjml>', "x")


def test_no_fonts_are_fetched():
    html = compile_mjml(mail("x"), "x")
    assert "fonts.g" not in html
    assert "@import" not in html


@pytest.mark.threat(17)
def test_the_other_package_of_that_name_is_refused(monkeypatch):
    monkeypatch.setattr(markup, "mjml2html", lambda *_, **__: "")
    with pytest.raises(PublisherError, match="hides mjml-python"):
        compile_mjml(mail("x"), "x")
