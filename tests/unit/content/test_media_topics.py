import pytest

from publisher.content.naming.media_topics import media_topic, name_of
from publisher.errors import ArticleError

NITF = """<nitf><head><docdata><identified-content>
<classifier type="topic" value="medtop:20000337">ferries</classifier>
<classifier type="topic" value="medtop:17000000"/>
<classifier type="desk" value="x">desk</classifier>
</identified-content></docdata></head><body><body.head><hedline><hl1>Ferry</hl1></hedline></body.head>
<body.content><p>It is back.</p></body.content></body></nitf>"""
NEWSML = """<newsItem guid="urn:newsml:x"><itemMeta><itemClass qcode="ninat:text"/></itemMeta><contentMeta>
<headline>Ferry</headline><subject qcode="medtop:20000337"><name>ferries</name></subject>
<subject uri="http://cv.iptc.org/newscodes/mediatopic/17000000"/><subject qcode="medtop:20009999"/>
</contentMeta><contentSet><inlineData>It is back.</inlineData></contentSet></newsItem>"""
NINJS = """{"uri": "urn:newsml:x", "type": "text", "headline": "Ferry", "body_text": "It is back.",
"subject": [{"name": "ferries", "code": "medtop:20000337"}, {"code": "medtop:17000000"}]}"""
TOLD = {"ferries": "20000337", "weather": "17000000"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("medtop:20000337", "20000337"),
        ("http://cv.iptc.org/newscodes/mediatopic/20000337", "20000337"),
        ("https://cv.iptc.org/newscodes/mediatopic/20000337", "20000337"),
        ("20000337", ""),
        ("medtop:2000033", ""),
        ("subj:15000000", ""),
        ("", ""),
    ],
)
def test_the_number_of_a_topic(text, code):
    assert media_topic(text) == code


def test_a_number_alone_only_where_nothing_else_can_stand():
    assert media_topic("20000337", bare=True) == "20000337"
    assert media_topic("ferries", bare=True) == ""


@pytest.mark.parametrize(("path", "text"), [("a.xml", NITF), ("a.xml", NEWSML), ("a.json", NINJS)])
def test_what_agencies_say_is_kept_and_named(read, path, text):
    tags = read(text, path).entry.tags
    assert {tag.name: tag.medtop for tag in tags if tag.medtop} == TOLD
    assert name_of("17000000") == "weather"


def test_front_matter_may_say_it(read):
    text = "---\ntags:\n  - {name: ferries, medtop: '20000337'}\n---\n# Ferry\n\nBack.\n"
    assert read(text).entry.tags[0].medtop == "20000337"
    with pytest.raises(ArticleError, match="Media Topic"):
        read(text.replace("20000337", "ferries"))
