from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.content import slugify
from publisher.content.identity import slug_of_path
from tests.vectors import vectors


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Night train to the coast", "night-train-to-the-coast"),
        ("C++ & C#", "c-plus-plus-and-c-sharp"),
        ("Ann’s São Paulo, Grüße", "anns-sao-paulo-grusse"),
        ("Пекин", "pekin"),
        ("北京", "beijing"),
        ("../../etc/passwd", "etc-passwd"),
        ("index", "index-1"),
        ("CON", "con-1"),
        ("com1", "com1-1"),
    ],
)
def test_slugs(text, slug):
    assert slugify(text) == slug


def test_composed_and_decomposed_spellings_agree():
    assert slugify("é") == slugify("e\u0301") == "e"


def test_a_long_name_is_cut_between_words():
    assert slugify("word " * 40) == "-".join(["word"] * 16)


@given(st.text())
@pytest.mark.threat(11)
def test_a_slug_is_always_in_its_alphabet(text):
    slug = slugify(text)
    assert re.fullmatch(r"[a-z0-9-]{1,80}", slug)
    assert slug not in {"index", "con", "prn", "aux", "nul"}
    assert slugify(slug) in {slug, f"{slug}"} or slug.startswith("x")


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("news/2026-11-23-night-train.md", "night-train"),
        ("night train.txt", "night-train"),
        ("2026/the-pier/index.html", "the-pier"),
        ("index.md", "index-1"),
        ("2026-11-23.md", "2026-11-23"),
    ],
)
def test_a_file_gives_its_slug(path, slug):
    assert slug_of_path(path) == slug


@pytest.mark.threat(11)
@pytest.mark.parametrize("name", vectors("slug"), ids=ascii)
def test_no_name_leads_out_of_its_folder(name):
    for slug in (slugify(name), slug_of_path(f"{name}.md")):
        assert re.fullmatch(r"[a-z0-9-]{1,80}", slug)
        assert slug not in {"index", "con", "prn", "aux", "nul"}
