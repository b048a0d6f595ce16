"""What podcast directories refuse, said while the operator is still at the keyboard."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from publisher.config.tables import PodcastTable
from publisher.model import Podcast

# https://podcasters.apple.com/support/1691-apple-podcasts-categories; others take the same.
_CATEGORIES = {
    "Arts": "Books, Design, Fashion & Beauty, Food, Performing Arts, Visual Arts",
    "Business": "Careers, Entrepreneurship, Investing, Management, Marketing, Non-Profit",
    "Comedy": "Comedy Interviews, Improv, Stand-Up",
    "Education": "Courses, How To, Language Learning, Self-Improvement",
    "Fiction": "Comedy Fiction, Drama, Science Fiction",
    "Government": "",
    "Health & Fitness": "Alternative Health, Fitness, Medicine, Mental Health, Nutrition, "
    "Sexuality",
    "History": "",
    "Kids & Family": "Education for Kids, Parenting, Pets & Animals, Stories for Kids",
    "Leisure": "Animation & Manga, Automotive, Aviation, Crafts, Games, Hobbies, Home & Garden, "
    "Video Games",
    "Music": "Music Commentary, Music History, Music Interviews",
    "News": "Business News, Daily News, Entertainment News, News Commentary, Politics, "
    "Sports News, Tech News",
    "Religion & Spirituality": "Buddhism, Christianity, Hinduism, Islam, Judaism, Religion, "
    "Spirituality",
    "Science": "Astronomy, Chemistry, Earth Sciences, Life Sciences, Mathematics, "
    "Natural Sciences, Nature, Physics, Social Sciences",
    "Society & Culture": "Documentary, Personal Journals, Philosophy, Places & Travel, "
    "Relationships",
    "Sports": "Baseball, Basketball, Cricket, Fantasy Sports, Football, Golf, Hockey, Rugby, "
    "Running, Soccer, Swimming, Tennis, Volleyball, Wilderness, Wrestling",
    "TV & Film": "After Shows, Film History, Film Interviews, Film Reviews, TV Reviews",
    "Technology": "",
    "True Crime": "",
}
_KNOWN = [
    *_CATEGORIES,
    *(f"{name} > {one}" for name, some in _CATEGORIES.items() for one in some.split(", ") if one),
]


def read_podcast(table: PodcastTable) -> Podcast:
    """The table as the model has it."""
    return Podcast(
        categories=tuple(_parts(one) for one in table.categories),
        image=table.image,
        explicit=table.explicit,
        kind=table.type,
        author=table.author,
        owner=table.owner.name if table.owner else "",
        email=table.owner.address if table.owner else "",
        locked=table.locked,
    )


def refusals(table: PodcastTable) -> Iterator[tuple[str, str]]:
    """What directories would refuse: the key, and what is wrong with it."""
    for one in table.categories:
        name = " > ".join(_parts(one))
        if name not in _KNOWN:
            near = difflib.get_close_matches(name, _KNOWN, n=1, cutoff=0.5)
            meant = f"; did you mean {near[0]!r}?" if near else "; 'News > Politics' is one"
            yield "categories", f"has {one!r}, which is none of Apple's{meant}"
    if not table.image.partition("?")[0].lower().endswith((".jpg", ".jpeg", ".png")):
        yield "image", "must be a JPEG or PNG file: its address ends in .jpg or .png"


def _parts(category: str) -> tuple[str, ...]:
    # Apple's names have & and commas in them, none has this.
    return tuple(part.strip() for part in category.split(">"))
