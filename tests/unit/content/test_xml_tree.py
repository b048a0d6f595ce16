from __future__ import annotations

import pytest

from publisher.content.forms.decode import decode
from publisher.content.forms.xml_tree import parse_xml
from publisher.errors import ArticleError
from publisher.model import Article

BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(20))
XXE = '<!ENTITY x SYSTEM "file:///etc/passwd">'


@pytest.mark.threat(5)
@pytest.mark.parametrize("subset", [BOMB, XXE, '<!ENTITY % p SYSTEM "http://127.0.0.1/d">%p;', ""])
def test_a_dtd_of_its_own_is_refused(subset):
    with pytest.raises(ArticleError, match="DTD") as caught:
        parse_xml(f'<?xml version="1.0"?>\n<!DOCTYPE nitf [{subset}]>\n<nitf>&x;</nitf>', "a.xml")
    assert caught.value.line == 2


@pytest.mark.threat(5)
def test_a_doctype_that_only_names_a_dtd_is_passed_over():
    text = '<?xml version="1.0"?><!-- x -->\n<!DOCTYPE nitf SYSTEM "http://127.0.0.1:9/n.dtd">\n<nitf a="b"/>'
    root = parse_xml(text, "a.xml")
    assert (root.tag, root.get("a"), root.sourceline) == ("nitf", "b", 3)


@pytest.mark.threat(5)
@pytest.mark.parametrize("depth", [101, 1000, 100_000])
def test_nesting_has_an_end(depth):
    with pytest.raises(ArticleError):
        parse_xml("<a>" * depth + "</a>" * depth, "a.xml")


@pytest.mark.threat(25)
def test_too_many_elements_are_refused():
    with pytest.raises(ArticleError, match="50,000"):
        parse_xml("<a>" + "<b/>" * 60_000 + "</a>", "a.xml")


@pytest.mark.parametrize(
    "text", ["<?xml", "<!--", "<!DOCTYPE", "<!DOCTYPE a [", "", "  ", "<?x?>", "<a>&no;</a>"]
)
def test_what_is_no_document_is_named(text):
    with pytest.raises(ArticleError):
        parse_xml(text, "a.xml")


def test_entities_of_html_are_letters_and_those_of_xml_stay():
    root = parse_xml("<a>caf&eacute;&nbsp;&amp; &lt;b&gt;</a>", "a.xml")
    assert root.text == "café\xa0& <b>"


def test_namespaces_are_forgotten():
    root = parse_xml('<n:a xmlns:n="urn:n" xmlns="urn:d"><b/></n:a>', "a.xml")
    assert [one.tag for one in root.iter()] == ["a", "b"]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-8", "utf-16"])
def test_xml_may_declare_its_encoding(encoding):
    data = f'<?xml version="1.0" encoding="{encoding}"?><a>Größe</a>'.encode(encoding)
    text = decode(Article(path="a.xml", data=data), max_bytes=1000, html=True).text
    assert parse_xml(text, "a.xml").text == "Größe"
