from dataclasses import replace

import pytest
from lxml import etree

from publisher.feeds import choose_feeds, render_feed
from tests.unit.feeds.samples import PODCAST, PUBLICATION, entry, episodes

I = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"  # noqa: E741
P = "{https://podcastindex.org/namespace/1.0}"


@pytest.fixture
def channel():
    feed = choose_feeds([*episodes(), entry()], PUBLICATION, 9, queries=[PODCAST])[1]
    return etree.fromstring(render_feed(feed, PUBLICATION, "rss")).find("channel")


def test_the_channel_says_what_directories_ask_for(channel):
    assert channel.findtext("title") == "Lantern Radio"
    assert channel.findtext("description") == "The harbour, every week"
    assert channel.findtext(f"{I}author") == PUBLICATION.author
    assert channel.findtext(f"{I}type") == "serial"
    assert channel.findtext(f"{I}explicit") == "false"
    assert channel.find(f"{I}image").get("href") == "https://lantern.example/radio.jpg"
    assert [one.get("text") for one in channel.iter(f"{I}category")] == [
        "News",
        "Politics",
        "Society & Culture",
    ]
    assert channel.findtext(f"{I}owner/{I}name") == "Odo & Marsh"
    assert channel.findtext(f"{I}owner/{I}email") == "radio@lantern.example"
    locked = channel.find(f"{P}locked")
    assert (locked.text, locked.get("owner")) == ("yes", "radio@lantern.example")


def test_its_guid_stays_when_the_publication_moves(channel):
    moved = replace(PUBLICATION, url="https://elsewhere.example/")
    feed = choose_feeds([], moved, 9, queries=[PODCAST])[1]
    there = etree.fromstring(render_feed(feed, moved, "rss")).findtext(f"channel/{P}guid")
    assert there == channel.findtext(f"{P}guid")
    assert len(there) == 36


def test_an_episode_has_all_that_its_editor_gave(channel):
    _, item = channel.findall("item")
    guid = item.find("guid")
    assert (guid.text, guid.get("isPermaLink")) == ("a9d1-kept from elsewhere", "false")
    assert dict(item.find("enclosure").attrib) == {
        "url": "https://lantern.example/pod/12.mp3",
        "length": "9",
        "type": "audio/mpeg",
    }
    said = {one.tag: one.text for one in item if one.tag.startswith((I, P)) and one.text}
    assert said == {
        f"{I}duration": "1865",
        f"{I}season": "2",
        f"{P}season": "2",
        f"{I}episode": "12",
        f"{P}episode": "12",
        f"{I}episodeType": "bonus",
        f"{I}explicit": "true",
    }
    assert item.find(f"{I}image").get("href") == "https://lantern.example/12.jpg"
    assert dict(item.find(f"{P}transcript").attrib) == {
        "url": "https://lantern.example/12.vtt",
        "type": "text/vtt",
    }
    assert item.find(f"{P}chapters").get("type") == "application/json+chapters"


def test_an_episode_that_is_nothing_but_its_sound_says_no_more(channel):
    item, _ = channel.findall("item")
    assert [one.tag for one in item if one.tag.startswith((I, P))] == [f"{I}episodeType"]
    assert item.findtext("guid") == episodes()[1].id


def test_other_feeds_know_nothing_of_podcasts():
    feed = choose_feeds(episodes(), PUBLICATION, 9)[0]
    data = render_feed(feed, PUBLICATION, "rss")
    assert b"itunes" not in data
    assert b"podcastindex" not in data
