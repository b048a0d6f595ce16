"""Small exports of invented sites, in the shape that each program gives them."""

from __future__ import annotations

import json

WXR_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!-- generator="WordPress/6.6" -->
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>The Old Post</title><link>https://old.example</link><language>en-GB</language>
<wp:wxr_version>1.2</wp:wxr_version>
<wp:author><wp:author_login><![CDATA[ana]]></wp:author_login><wp:author_email>ana@old.example</wp:author_email>
<wp:author_display_name><![CDATA[Ana Reis]]></wp:author_display_name></wp:author>
"""
WXR_TAIL = "</channel></rss>\n"


def wxr_item(
    number=1,
    *,
    kind="post",
    status="publish",
    title="Ferry returns",
    body="<p>It is back.</p>",
    more="",
    guid=None,
):
    guid = f"https://old.example/?p={number}" if guid is None else guid
    return f"""<item><title><![CDATA[{title}]]></title><link>https://old.example/2026/11/post-{number}/</link>
<pubDate>Thu, 12 Nov 2026 07:30:00 +0000</pubDate><dc:creator><![CDATA[ana]]></dc:creator>
<guid isPermaLink="false">{guid}</guid><description></description>
<content:encoded><![CDATA[{body}]]></content:encoded><excerpt:encoded><![CDATA[]]></excerpt:encoded>
<wp:post_id>{number}</wp:post_id><wp:post_date><![CDATA[2026-11-12 08:30:00]]></wp:post_date>
<wp:post_date_gmt><![CDATA[2026-11-12 07:30:00]]></wp:post_date_gmt>
<wp:post_modified_gmt><![CDATA[2026-11-13 07:30:00]]></wp:post_modified_gmt>
<wp:post_name><![CDATA[post-{number}]]></wp:post_name><wp:status>{status}</wp:status>
<wp:post_type>{kind}</wp:post_type>{more}</item>
"""


def wxr(*items):
    return (WXR_HEAD + "".join(items) + WXR_TAIL).encode()


def ghost(*posts, wrapped=True, **tables):
    data = {
        "posts": list(posts),
        "tags": [{"id": "t1", "name": "Harbour"}, {"id": "t2", "name": "Ferries"}, {"id": "t3", "name": "#wide"}],
        "posts_tags": [{"post_id": "p1", "tag_id": "t2", "sort_order": 1}, {"post_id": "p1", "tag_id": "t1", "sort_order": 0},
                       {"post_id": "p1", "tag_id": "t3", "sort_order": 2}],
        "users": [{"id": "u1", "name": "Ana Reis", "email": "ana@old.example", "website": "https://ana.example/"}],
        "posts_authors": [{"post_id": "p1", "author_id": "u1", "sort_order": 0}],
        "posts_meta": [{"post_id": "p1", "feature_image_alt": "A ferry", "feature_image_caption": "At the pier"}],
        **tables,
    }  # fmt: skip
    content = {"meta": {"version": "5.90.0"}, "data": data}
    return json.dumps({"db": [content]} if wrapped else content).encode()


def ghost_post(**more):
    return {
        "id": "p1", "uuid": "3f1a9f0e-0000-4000-8000-000000000001", "title": "Ferry returns", "slug": "ferry-returns",
        "html": '<p>It is back.</p><img src="__GHOST_URL__/content/images/a.jpg" alt="x">', "type": "post",
        "status": "published", "visibility": "public", "feature_image": "__GHOST_URL__/content/images/f.jpg",
        "created_at": "2026-11-11T07:00:00.000Z", "updated_at": "2026-11-13T07:30:00.000Z",
        "published_at": "2026-11-12T07:30:00.000Z", "custom_excerpt": "The ferry is back.", **more,
    }  # fmt: skip


class Folder(dict):
    """Files by path, as an export's folder."""

    def names(self):
        return sorted(self)

    def read(self, name):
        data = self[name]
        return data.encode() if isinstance(data, str) else data


def substack(**more):
    return Folder({
        "posts.csv": "post_id,post_date,is_published,email_sent_at,type,audience,title,subtitle,podcast_url\n"
        "101.ferry-returns,2026-11-12T07:30:00.000Z,true,,newsletter,everyone,Ferry returns,It is back,\n"
        "102.for-payers,2026-11-13T07:30:00.000Z,true,,newsletter,only_paid,For payers,,\n"
        "103.tides,2026-11-14T07:30:00.000Z,true,,podcast,everyone,Tides,,https://cdn.example/tides.mp3\n"
        "104,,false,,newsletter,everyone,,,\n"
        "105.about,2026-11-14T07:30:00.000Z,true,,page,everyone,About,,\n",
        "posts/101.ferry-returns.html": '<p>It is back.</p><div class="subscription-widget-wrap" data-attrs="{}">'
        "<div><p>Subscribe now</p></div></div><p>Really.</p>",
        "posts/102.for-payers.html": "<p>Secret.</p>",
        "posts/103.tides.html": "<p>Listen.</p>",
        "posts/105.about.html": "<p>About.</p>",
        **more,
    })  # fmt: skip
