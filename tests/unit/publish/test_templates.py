"""Every template is filled in, in every branch, with what its page is really given."""

import asyncio
import itertools
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from publisher.config import load_site, save_password
from publisher.model import Choice, Restyled
from publisher.pages import Pages
from publisher.pages.environment import Templates
from publisher.publish import specimens
from publisher.publish.templates import check_own_templates, check_templates
from publisher.sources import load_templates
from publisher.storage import Store
from publisher.web.app import make_app
from publisher.web.service import Service

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CONFIG = """\
[publication]
title = "The Courier"
url = "https://courier.example/"
[mail]
from = "The Courier <post@courier.example>"
[newsletters.daily]
title = "Courier daily"
schedule = "daily at 07:00"
frequencies = ["weekly"]
[newsletters.weekly]
title = "Courier weekly"
schedule = "weekly on monday at 07:00"
[sources.blog]
url = "https://blog.example/feed.xml"
"""
# Behind each of these begins a branch, or a part that some page may leave out.
BEGINS = re.compile(r"\{%-? *(?:(?:if|elif|for|macro|filter) [^%]+|else *)%\}")


@pytest.fixture
def site(tmp_path):
    (tmp_path / "publisher.toml").write_text(CONFIG, encoding="utf-8")
    return load_site(tmp_path, {})


def findings(publication, templates):
    return [one for each in check_templates(publication, templates) for one in each.findings]


def test_every_branch_of_every_template_is_filled_in(templates, publication, monkeypatch):
    numbers = itertools.count()
    marked = {
        name: BEGINS.sub(lambda found: f"{found[0]}(({next(numbers)}))", source)
        for name, source in templates.items()
    }
    made = []
    render = Templates.render
    monkeypatch.setattr(Templates, "render", lambda *words: made.append(render(*words)) or made[-1])
    assert findings(publication, marked) == []
    seen = {int(one) for text in made for one in re.findall(r"\(\((\d+)\)\)", text)}
    missed = [
        (name, source.count("\n", 0, source.index(f"(({number}))")) + 1)
        for number in set(range(next(numbers))) - seen
        for name, source in marked.items()
        if f"(({number}))" in source
    ]
    assert missed == []


@pytest.mark.parametrize(
    ("name", "old", "new", "what"),
    [
        ("web/subscribe.html", "{{ one.schedule }}", "{{ one.shedule }}", "shedule"),
        ("web/status.html", "{{ one.next or _", "{{ one.nxt or _", "nxt"),
        ("web/preferences.html", "{{ one.latest }}", "{{ one.last }}", "last"),
        ("web/style.css", "color:", "color: {{ colour }}; color:", "colour"),
        ("web/parts.html", "{% if problem", "{% if (problem", "can't be read"),
        ("letters/confirm.txt", "{{ link }}", "{{ lnik }}", "lnik"),
        ("letters/frame.html", "{{ publication.title", "{{ publication.titel", "titel"),
        ("pages/entry.html", "{{ entry.image.caption", "{{ entry.image.title", "title"),
        ("digest/digest.mjml", "{{ entry.image.url }}", "{{ entry.picture }}", "picture"),
        ("digest/subject.txt", "newsletter.title", "newsletter.name", "name"),
    ],
)
def test_a_fault_is_named_once_with_its_file_and_line(templates, publication, name, old, new, what):
    source = templates[name]
    restyled = Restyled(templates | {name: source.replace(old, new, 1)}, frozenset({name}))
    (found,) = findings(publication, restyled)
    assert found.path == f"templates/{name}"
    assert what in found.what
    assert found.line == source.count("\n", 0, source.index(old)) + 1
    assert found.mend


def test_a_template_that_nothing_uses_is_named(site):
    folder = site.folder / "templates/pages"
    folder.mkdir(parents=True)
    (folder / "idnex.html").write_text("never seen")
    (folder / "mine.html").write_text("seen")
    (folder / "feed.html").write_text('{% include "pages/mine.html" %}')
    [found] = [one for each in check_own_templates(site) for one in each.findings]
    assert str(found).startswith("templates/pages/idnex.html: nothing uses this file")


def test_a_person_is_told_once_what_is_being_sent(publication):
    busy, _ = specimens.service_pages(publication)["web/status.html"]
    assert ("started", 2) in busy["deliveries"]
    assert "claimed" not in dict(busy["deliveries"])


class Visitor:
    """Asks the application in this process, and keeps what its pages were filled in with."""

    def __init__(self, service, monkeypatch):
        self.app = make_app(service)
        self.given = {}
        page = Pages.service

        def spy(pages, template, **values):
            self.given.setdefault(template, []).append(values)
            return page(pages, template, **values)

        monkeypatch.setattr(Pages, "service", spy)

    def ask(self, method, path, fields=(), cookie=""):
        asyncio.run(self._ask(method, path, urlencode(fields).encode(), cookie))
        return self.headers

    async def _ask(self, method, path, body, cookie):
        path, _, query = path.partition("?")
        scope = {
            "type": "http", "method": method, "path": path, "query_string": query.encode(),
            "headers": [(b"host", b"localhost"), (b"cookie", cookie.encode()),
                        (b"content-type", b"application/x-www-form-urlencoded")],
            "client": ("192.0.2.1", 1), "server": ("localhost", 80), "scheme": "http",
            "raw_path": path.encode(), "root_path": "", "http_version": "1.1",
        }  # fmt: skip

        async def receive():
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message):
            if message["type"] == "http.response.start":
                self.headers = {name.decode(): value.decode() for name, value in message["headers"]}

        await self.app(scope, receive, send)


def visit_all(site, service, store, visitor):
    """Every page of the service, as readers and the operator come to it."""
    daily = {"daily": Choice(), "weekly": Choice()}
    added = store.subscribers.add(
        "ana@reader.example", name="", subscriptions=daily, source="test", now=NOW
    )
    for number in range(2):
        store.requests.ask("confirm", f"{number}@b.example", newsletters=["daily"], now=NOW)
    [asked, *_] = store.requests.claim(NOW)
    for page in ("subscribe", "link", "sent", "embed", "nowhere"):
        visitor.ask("GET", f"/newsletter/{page}")
    token = service.links.token("confirm", asked.id, str(int(asked.asked.timestamp())))
    visitor.ask("GET", f"/newsletter/confirm/{token}")
    visitor.ask(
        "GET", f"/newsletter/preferences/{service.links.token('preferences', added.id, 'daily')}"
    )
    leave = f"/newsletter/leave/{service.links.token('leave', added.id, 'daily')}"
    visitor.ask("GET", leave)
    visitor.ask("POST", leave, {"List-Unsubscribe": "One-Click"})
    save_password(site.folder, "right enough")
    visitor.ask("GET", "/newsletter/status")
    stamp = service.stamps.stamp(NOW - timedelta(seconds=9))
    form = {"password": "right enough", "stamp": stamp}
    cookie = visitor.ask("POST", "/newsletter/status", form)["set-cookie"].partition(";")[0]
    visitor.ask("GET", "/newsletter/status", cookie=cookie)


def fits(real, ours):
    """Whether both have the same names, as deep as both have any."""
    if isinstance(real, dict) and isinstance(ours, dict):
        return real.keys() == ours.keys() and all(fits(real[name], ours[name]) for name in real)
    if isinstance(real, list | tuple) and isinstance(ours, list | tuple) and real and ours:
        return all(fits(real[0], one) for one in ours)
    return True


def test_the_service_gives_its_pages_what_they_are_checked_with(site, monkeypatch):
    url = site.settings.storage.url
    with Store.open(url, site=site.folder, secret=site.secret) as store:
        service = Service(site, store, load_templates(site.folder), clock=lambda: NOW)
        visitor = Visitor(service, monkeypatch)
        visit_all(site, service, store, visitor)
    ours = specimens.service_pages(site.publication)
    assert visitor.given.keys() == ours.keys()
    for name, ways in ours.items():
        for real in visitor.given[name]:
            del real["service"]
            assert all(fits(real, one) for one in ways), name
