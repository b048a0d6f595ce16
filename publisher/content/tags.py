"""Tags: the editor's own first, then the names that carry the story, the weightiest first."""

from __future__ import annotations

import re
from functools import lru_cache

from publisher.content.forms.fields import ChosenTag
from publisher.content.naming.background import Background, background_of, share_of
from publisher.content.naming.name import Name
from publisher.content.naming.names import find_names, find_places
from publisher.content.naming.places import find_place
from publisher.content.naming.topics import find_topics
from publisher.content.text.slugs import slugify
from publisher.model import NOT_COUNTED, Dateline, Tag, TagKind, WordCounts

_MOST = 14
_LONG = 500  # words: shorter copy is told whole
_KEPT = 3  # however far they are behind the first
_LEAST_TOPIC = 4
_OPENING = 3  # who first comes below this paragraph is there in passing, if named but twice
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
    are_all: bool = False,
    counts: WordCounts = NOT_COUNTED,
) -> tuple[Tag, ...]:
    """The tags of an entry, each slug once: all of the editor's, up to 14 of the program's.

    `are_all` says that the editor has chosen all that there are to be: who says in front matter
    what a story is about has said it. `keywords` are an editor's too, from a page's metadata;
    `paragraphs` come without dateline and byline. `counts` are of the words of the archive.
    """
    if are_all and not _some_stand_in(chosen, [title, *paragraphs]):
        return tags_of_editor(chosen)
    english = language.partition("-")[0].lower() == _CAPITALS_TELL
    names = find_names(paragraphs) if english else find_places([title, *paragraphs])
    _count_dateline(names, dateline)
    by_slug = {slugify(name.text): name for name in names.values()}
    tags: dict[str, Tag] = {}
    for wish in (*chosen, *map(ChosenTag, () if are_all else keywords)):
        slug = slugify(wish.name)
        kind = wish.kind or _kind_of(wish.name, by_slug.get(slug))
        tag = Tag(name=wish.name, slug=slug, kind=kind, chosen_by="editor", medtop=wish.medtop)
        tags.setdefault(slug, tag)
    if are_all:
        return tuple(tags.values())
    if english and not (chosen or keywords):  # who chose topics wants no more of them
        _add_topics(names, title, paragraphs, background_of(counts))
    length = sum(len(paragraph.split()) for paragraph in paragraphs)
    for name in _salient(list(names.values()), title, is_long=length >= _LONG):
        slug = slugify(name.text)
        tags.setdefault(slug, Tag(name=name.text, slug=slug, kind=name.kind or TagKind.TOPIC))
    return tuple(tags.values())


def tags_of_editor(chosen: tuple[ChosenTag, ...]) -> tuple[Tag, ...]:
    """The tags that an editor gave, each slug once, with what the tables know of their kinds."""
    tags: dict[str, Tag] = {}
    for wish in chosen:
        tag = _tag_of_editor(wish)
        tags.setdefault(tag.slug, tag)
    return tuple(tags.values())


@lru_cache(maxsize=4096)  # the same few stand in many articles
def _tag_of_editor(wish: ChosenTag) -> Tag:
    kind = wish.kind or _kind_of(wish.name, None)
    return Tag(
        name=wish.name,
        slug=slugify(wish.name),
        kind=kind,
        chosen_by="editor",
        medtop=wish.medtop,
    )


def _some_stand_in(chosen: tuple[ChosenTag, ...], paragraphs: list[str]) -> bool:
    """Whether the story may tell the kind of a tag of which the editor did not say it."""
    untold = [wish.name.casefold() for wish in chosen if wish.kind is None]
    text = "\n".join(paragraphs).casefold() if untold else ""
    return any(name in text for name in untold)


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
                name.first = 0
                name.known = True
                name.votes[TagKind.PLACE] += 5


def _add_topics(
    names: dict[str, Name], title: str, paragraphs: list[str], background: Background
) -> None:
    taken = {text.casefold() for text in names}
    # A story of few names is told by its topics.
    strong = sum(name.count >= 3 for name in names.values())
    most = 4 if strong < 2 else 3 if strong < 4 else 2
    for word, weight in find_topics(title, paragraphs, background)[:most]:
        if weight >= _LEAST_TOPIC and word not in taken:
            # Names say more than common words do: a topic weighs half of what its mentions would.
            topic = Name(word, 1, count=weight / 2, known=True)
            topic.votes[TagKind.TOPIC] += 1
            names[word] = topic


def _salient(names: list[Name], title: str, *, is_long: bool) -> list[Name]:
    # Agencies write headlines all in capitals, so case says nothing there.
    folded = title.casefold()
    headline = set(re.findall(r"[^\W_]+", folded))
    scored = []
    for name in names:
        in_headline = _in_headline(name, headline, folded)
        score = name.count + 2.5 * in_headline + (1.5 if name.first == 0 else 0.0)
        if name.kind is None:
            score -= 0.5
        if _is_wanted(name, score, in_headline=in_headline, is_long=is_long):
            scored.append((score - 0.01 * name.first, name))
    scored.sort(key=lambda pair: (-pair[0], pair[1].first, pair[1].text))
    least = _least_beside(scored[0][0]) if scored and is_long else 0.0
    return [
        name
        for at, (score, name) in enumerate(scored[:_MOST])
        if at < _KEPT or score >= least or _is_named_organisation(name)
    ]


def _is_named_organisation(name: Name) -> bool:
    return name.kind is TagKind.ORGANISATION and name.count >= 2


def _least_beside(best: float) -> float:
    """What a name has to weigh beside the best one: a story that is wholly about one thing
    has the others in passing.
    """
    return (0.3 if best >= 22 else 0.2 if best >= 12 else 0.0) * best


def _in_headline(name: Name, headline: set[str], title: str) -> bool:
    if name.kind is TagKind.TOPIC and name.known:
        return False  # its weight has the headline in it
    if name.kind is TagKind.PERSON:
        return name.tokens[-1].casefold() in headline
    text = name.text.casefold()
    return bool(set(text.split()) & headline) and text in title


def _is_wanted(name: Name, score: float, *, in_headline: bool, is_long: bool) -> bool:
    """Whether an editor would let it stand: nothing that is only half a name, or in passing.

    Who is named once, below the first paragraphs and not in the headline, is named in passing.
    """
    if name.seat:
        return in_headline or name.count >= 2
    if name.kind is TagKind.PLACE:
        return score >= (1.6 if name.known else 2)
    if name.kind is TagKind.TOPIC and name.known:
        return True
    if len(name.tokens) == 1 and not name.known:
        if name.kind is None and name.count < 5 and share_of(name.text.lower()) >= 25:
            return False  # "Things", "People", "Section"
        return name.count - name.weak >= 2 or (in_headline and name.count > name.weak)
    if name.kind is None:
        return name.count >= 3 or in_headline
    if name.kind is TagKind.PERSON:
        return in_headline or name.count >= 2 + is_long or name.first <= 1
    # A party is seldom named twice, and never in passing.
    often = name.count >= (2 if name.first <= _OPENING else 3)
    return in_headline or often or name.first <= 2 or name.tokens[-1] == "Party"
