"""Two hundred broken articles, made of the good ones: each is named, none stops anything.

Cut in the middle, in another encoding, with bytes that are no text, nested without end, bombs, dates
of nothing. What is broken so little that an entry can be made of it says what was left out.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from publisher.content import read_article
from publisher.errors import ArticleError
from publisher.model import Article, Publication

from .test_golden import CASES, GOLDEN, NOW

PUBLICATION = Publication(title="P", url="https://post.example/", domain="post.example")
# Wire copy and Markdown that was cut is shorter text: nobody can tell. These can.
STRICT = (".xml", ".json")


def samples(*endings):
    names = sorted(case.name.removesuffix(".expected.json") for case in CASES)
    good = [
        name for name in names if "error" not in (GOLDEN / f"{name}.expected.json").read_text()[:12]
    ]
    return [Path(GOLDEN / name) for name in good if name.endswith(endings)]


def vectors():
    rng = random.Random(20261123)
    every = samples("")
    for path in samples(*STRICT):
        data = path.read_bytes()
        for part in range(1, 10):
            yield f"{path.name} cut at {part}0 %", path.name, data[: len(data) * part // 10]
    for path in every:
        data = path.read_bytes()
        text = data.decode("latin-1")
        yield (
            f"{path.name} with a NUL",
            path.name,
            data[: len(data) // 2] + b"\0" + data[len(data) // 2 :],
        )
        yield f"{path.name} is a picture", path.name, b"\x89PNG\r\n\x1a\n" + data
        yield (
            f"{path.name} with half a letter",
            path.name,
            data.replace(b"charset", b"x").replace(b"encoding", b"x") + b"\n\xc3(",
        )
        if path.suffix == ".md" and text.startswith("---\n"):
            yield (
                f"{path.name} without an end of front matter",
                path.name,
                text.replace("\n---\n", "\n").encode("latin-1"),
            )
            yield (
                f"{path.name} with a key twice",
                path.name,
                b"---\ntitle: A\ntitle: B\n" + data[4:],
            )
            yield f"{path.name} with an alias", path.name, b"---\na: &a [x]\nb: *a\n" + data[4:]
            yield (
                f"{path.name} dated 0000-00-00",
                path.name,
                b"---\nupdated: 0000-00-00\n" + data[4:].replace(b"\nupdated", b"\nx"),
            )
        elif path.suffix == ".md":
            for front in (
                "date: 0000-00-00",
                "date: [1]",
                "a: " + "[" * 30,
                "image: {x: y}",
                "draft: perhaps",
            ):
                yield (
                    f"{path.name} under {front[:20]}",
                    path.name,
                    f"---\n{front}\n---\n".encode() + data,
                )
        if path.suffix == ".html":
            for depth in (300, 10_000):
                yield f"{path.name} nested {depth} deep", path.name, data + b"<div>" * depth
            yield f"{path.name} with 60,000 elements", path.name, data + b"<i></i>" * 60_000
        if path.suffix == ".xml":
            root = text.find("<", text.find("?>") + 2 if "?>" in text else 0)
            for what in ('[<!ENTITY a "ha">]', '[<!ENTITY x SYSTEM "file:///etc/passwd">]'):
                yield (
                    f"{path.name} with {what}",
                    path.name,
                    f"<!DOCTYPE x {what}>".encode() + text[root:].encode("latin-1"),
                )
            yield f"{path.name} nested", path.name, data[:-8] + b"<p>" * 10_000
            yield f"{path.name} with a stray tag", path.name, data.replace(b"</", b"</x></", 1)
        if path.suffix == ".json":
            for bad in (
                b"[" * 100_000,
                b"{}",
                b"[]",
                b"null",
                b'{"uri": 1' + b"0" * 5000 + b"}",
                b'{"type": "picture", "uri": "x"}',
            ):
                yield f"{path.name} is {bad[:12]!r}", path.name, bad
        if path.suffix in STRICT and b"ISO-8859" not in data:
            at = rng.randrange(1, len(data) - 1)
            yield f"{path.name} with a hole", path.name, data[:at] + b"\xff\xfe" + data[at:]


VECTORS = list(vectors())


def test_there_are_two_hundred():
    assert len({data for _, _, data in VECTORS}) >= 200


@pytest.mark.threat(5, 6, 14)
@pytest.mark.parametrize(
    ("name", "data"), [one[1:] for one in VECTORS], ids=[one[0] for one in VECTORS]
)
def test_a_broken_article_is_named(name, data):
    assert what_is_said(name, data)


def what_is_said(name, data):
    """The error that names the article, or what its editor is told of it."""
    try:
        reading = read_article(Article(path=name, data=data), PUBLICATION, identity=None, now=NOW)
    except ArticleError as error:
        return error.what if error.path == name else ""
    return [finding.what for finding in reading.findings]
