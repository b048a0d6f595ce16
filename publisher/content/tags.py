"""Tags: the editor's own first, then the names that carry the story, the weightiest first."""

from __future__ import annotations

import re

from publisher.content.fields import ChosenTag
from publisher.content.names import Name, find_names, find_places
from publisher.content.places import find_place
from publisher.content.slugs import slugify
from publisher.model import Dateline, Tag, TagKind

_MOST = 14
# Scripts and languages in which a capital does not tell a name, or there are none, get what the
# tables know; German writes every noun with one.
_CAPITALS_TELL = "en"


def choose_tags(
    title: str,
    paragraphs: list[str],
    *,
    chosen: tuple[ChosenTag, ...],
    keywords: tuple[str, ...],
    dateline: Dateline | None,
    language: str,
) -> tuple[Tag, ...]:
    """The tags of an entry, each slug once: all of the editor's, up to 14 of the program's.

    `keywords` are an editor's too, from a page's metadata; `paragraphs` come without dateline
    and byline.
    """
    english = language.partition("-")[0].lower() == _CAPITALS_TELL
    names = find_names(paragraphs) if english else find_places([title, *paragraphs])
    _count_dateline(names, dateline)
    by_slug = {slugify(name.text): name for name in names.values()}
    tags: dict[str, Tag] = {}
    for wish in (*chosen, *(ChosenTag(keyword) for keyword in keywords)):
        slug = slugify(wish.name)
        kind = wish.kind or _kind_of(wish.name, by_slug.get(slug))
        tags.setdefault(slug, Tag(name=wish.name, slug=slug, kind=kind, chosen_by="editor"))
    for name in _salient(list(names.values()), title):
        slug = slugify(name.text)
        tags.setdefault(slug, Tag(name=name.text, slug=slug, kind=name.kind or TagKind.TOPIC))
    return tuple(tags.values())


def _kind_of(text: str, name: Name | None) -> TagKind:
    if find_place(text) is not None:
        return TagKind.PLACE
    return (name.kind if name else None) or TagKind.TOPIC


def _count_dateline(names: dict[str, Name], dateline: Dateline | None) -> None:
    """The dateline's place counts for its country: most datelines are not repeated in the text."""
    if dateline is None:
        return
    city, _, region = dateline.place.partition(",")
    for text in (*re.split("/", city), region.strip()):
        place = find_place(text) or find_place(text.title())
        for label in (place.name, place.country) if place else ():
            if label:
                name = names.setdefault(label, Name(label, 0))
                name.count += 1
                name.known = True
                name.votes[TagKind.PLACE] += 5


def _salient(names: list[Name], title: str) -> list[Name]:
    headline = set(re.findall(r"[^\W_]+", title))
    scored = []
    for name in names:
        in_headline = _in_headline(name, headline, title)
        score = name.count + 2.0 * in_headline + (1.5 if name.first == 0 else 0.0)
        if _is_wanted(name, score, in_headline=in_headline):
            scored.append((score - 0.01 * name.first, name))
    scored.sort(key=lambda pair: (-pair[0], pair[1].first, pair[1].text))
    return [name for _, name in scored[:_MOST]]


def _in_headline(name: Name, headline: set[str], title: str) -> bool:
    if name.kind is TagKind.PERSON:
        return name.tokens[-1] in headline
    return bool(set(name.tokens) & headline) and name.text in title


def _is_wanted(name: Name, score: float, *, in_headline: bool) -> bool:
    """Whether an editor would let it stand: nothing that is only half a name, or said once."""
    if name.kind is TagKind.PLACE and name.known:
        return score >= 2
    if len(name.tokens) == 1 and not name.known:
        return name.count - name.weak >= 2 or (in_headline and name.count > name.weak)
    if name.kind is None:
        return name.count >= 2 or in_headline
    if name.kind is TagKind.PLACE:
        return score >= 2
    return True
