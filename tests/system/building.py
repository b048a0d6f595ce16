"""Articles to build from, and what a build made of them."""

import os
import time

from publisher.publish.rest import Rest, Seen

STORY = """---
title: {title}
date: {date}
tags: [{tags}]
section: {section}
authors: [{author}]
{more}---

{text}
"""


def story(title="Ferry returns", date="2026-11-20 08:00", tags="Skerry", **more):
    text = more.pop("text", "The ferry is back.")
    section, author = more.pop("section", "Harbour"), more.pop("author", "Ana Reis")
    lines = "".join(f"{key}: {value}\n" for key, value in more.items())
    return STORY.format(
        title=title, date=date, tags=tags, section=section, author=author, more=lines, text=text
    )


def settle(site):
    """As if a minute had gone by since the last edit: stat alone may tell now."""
    for path in (site.folder / "articles").rglob("*"):
        then = path.stat().st_mtime - 60
        if then > time.time() - 90:  # it was edited since this was asked last
            os.utime(path, (then, then))


def is_at_rest(site, moment, command="build", environ=None):
    """Whether the note that a run has left says that the next one has nothing to do."""
    rest, seen = Rest.read(site.folder), Seen(site.folder, environ or {})
    return rest is not None and rest.holds(site.folder, command, moment, seen)


def written(site):
    return {
        path.relative_to(site.feeds).as_posix(): path.read_bytes()
        for path in site.feeds.rglob("*")
        if path.is_file()
    }


def times(site):
    return {
        path.relative_to(site.feeds).as_posix(): (path.stat().st_mtime_ns, path.stat().st_ino)
        for path in site.feeds.rglob("*")
        if path.is_file()
    }


def formats(folder):
    return {folder + name for name in ("rss.xml", "atom.xml", "feed.json", "index.html")}


EVERYTHING = """
[feeds]
limit = 2
gzip = true
hub = "https://hub.example/"
archive = ["all", "tags", "town"]

[feeds.town]
title = "In town"
sections = ["Town"]
limit = 1

[feeds.radio]
title = "Radio"
tags = ["Pier"]

[feeds.radio.podcast]
categories = ["News"]
image = "https://courier.example/radio.jpg"
owner = "Bo Lund <bo@courier.example>"
"""
FEEDS_ALONE = """
[publication]
title = "The Courier"
url = "https://courier.example/"

[pages]
enabled = false

[feeds]
limit = 3
"""
