"""Each kind of node and card of Ghost's own notation."""

import json

import pytest

from publisher.exports.lexical import lexical_html


def text(words, bits=0):
    return {"type": "extended-text", "text": words, "format": bits}


def node(kind, *children, **more):
    return {"type": kind, "children": list(children), **more}


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ([node("paragraph", text("A <"), text("bold", 3), {"type": "linebreak"})],
         "<p>A &lt;<em><strong>bold</strong></em><br></p>\n"),
        ([node("extended-heading", text("Piers"), tag="h3")], "<h3>Piers</h3>\n"),
        ([node("heading", text("Piers"), tag="script")], "<h2>Piers</h2>\n"),
        ([node("paragraph", node("link", text("times"), url='https://x.example/"'))],
         '<p><a href="https://x.example/&quot;">times</a></p>\n'),
        ([node("list", node("listitem", text("One")), listType="number")],
         "<ol><li>One</li>\n</ol>\n"),
        ([node("extended-quote", text("So."))], "<blockquote>So.</blockquote>\n"),
        ([{"type": "horizontalrule"}], "<hr>\n"),
        ([{"type": "image", "src": "/a.png", "alt": "A pier", "width": 3, "caption": "<b>B</b>"}],
         '<figure><img src="/a.png" alt="A pier" width="3"><figcaption><b>B</b></figcaption></figure>\n'),
        ([{"type": "gallery", "images": [{"src": "/a.png"}, 3]}],
         '<figure><img src="/a.png" alt=""></figure>\n'),
        ([{"type": "codeblock", "code": "a < b"}],
         "<figure><pre><code>a &lt; b</code></pre></figure>\n"),
        ([{"type": "html", "html": "<table></table>"}], "<table></table>"),
        ([{"type": "markdown", "markdown": "*So*"}], "<p><em>So</em></p>\n"),
        ([{"type": "bookmark", "url": "https://x.example/", "metadata": {"title": "X & Y"}}],
         '<figure><p><a href="https://x.example/">X &amp; Y</a><br></p></figure>\n'),
        ([{"type": "embed", "url": "https://x.example/", "html": None}],
         '<figure><p><a href="https://x.example/">https://x.example/</a></p></figure>\n'),
        ([{"type": "callout", "calloutText": "<b>Mind</b>"}],
         "<blockquote><b>Mind</b></blockquote>\n"),
        ([{"type": "toggle", "heading": "More", "content": "<p>x</p>"}],
         "<details><summary>More</summary><p>x</p></details>\n"),
        ([{"type": "button", "buttonUrl": "/a", "buttonText": "Go"}],
         '<p><a href="/a">Go</a></p>\n'),
        ([{"type": "file", "src": "/a.pdf", "fileName": "a.pdf"}],
         '<p><a href="/a.pdf">a.pdf</a></p>\n'),
        ([{"type": "audio", "src": "/a.mp3"}],
         '<figure><audio controls src="/a.mp3"></audio></figure>\n'),
        ([{"type": "video", "src": "/a.mp4"}],
         '<figure><video controls src="/a.mp4"></video></figure>\n'),
        ([{"type": "header", "heading": "Big", "subheading": "small"}], "<h2>Big</h2>small\n"),
        ([{"type": "product", "productTitle": "Boat"}], "<h4>Boat</h4>\n"),
    ],
)  # fmt: skip
def test_the_own_notation_of_ghost_is_said_in_html(nodes, expected):
    tree = json.dumps({"root": node("root", *nodes)})
    lost = []
    assert lexical_html(tree, "x", lost) == expected
    assert not lost


def test_of_the_own_notation_what_is_not_for_everybody_or_not_known_is_said():
    kinds = [{"type": "paywall"}, node("holograms", text("Words"))]
    tree = json.dumps({"root": node("root", *kinds)})
    lost = []
    assert lexical_html(tree, "x", lost) == "Words"
    assert lost == [
        "a card of the kind paywall",
        "a card of the kind holograms: its words alone came",
    ]
