"""A reader's choices: which newsletters, about what, how often, by which clock, and pauses."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from publisher.audience import (
    Topic,
    masked,
    parse_frequency,
    parse_pause,
    parse_topics,
    write_topics,
)
from publisher.errors import UsageError
from publisher.model import Choice, Frequency, Newsletter, Subscription
from publisher.pages.schedules import spell_schedule
from publisher.pages.translations import languages, nearest
from publisher.storage import Reader
from publisher.timetable import clock_of, find_zone, frequencies_of, known_zones
from publisher.web.forms import Fields, posted
from publisher.web.problems import Problem
from publisher.web.service import Service

_SHOWN = 300  # topics of one newsletter: a page has an end
_KINDS = ("section", "tag", "author")


class Choosing:
    """The page that the second link of every message leads to."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[BaseRoute]:
        """What is answered here."""
        path = self._service.path("preferences", "{token}")
        return [
            Route(path, self.show, methods=["GET"]),
            Route(path, posted(self.choose), methods=["POST"]),
        ]

    def show(self, request: Request) -> Response:
        """All that a reader gets, and could get."""
        reader, newsletter = self._reader(request)
        service = self._service
        note = next((one for one in ("saved", "welcome") if one in request.query_params), "")
        zone = _zone_of(reader)
        leave = service.links.token("leave", reader.subscriber.id, newsletter)
        return service.page(
            request,
            "web/preferences.html",
            language=reader.subscriber.language,
            action=request.url.path,
            note=note,
            address=masked(reader.subscriber.address),
            newsletters=[self._view(request, one, reader) for one in service.site.newsletters],
            timezone=zone,
            zones=known_zones(),
            language_chosen=nearest([reader.subscriber.language]) or reader.subscriber.language,
            languages=_languages(reader),
            leave=service.path("leave", leave),
        )

    def choose(self, request: Request, fields: Fields) -> Response:
        """Make what was filled in all that the reader gets."""
        reader, _ = self._reader(request)
        service = self._service
        now = service.clock()
        zone = _read_zone(fields.one("timezone"))
        wanted = service.newsletters(fields.all("newsletter"))
        done = service.store.readers.choose(
            reader.subscriber.id,
            {one.name: self._choice(one, reader, fields, zone) for one in wanted},
            language=_read_language(fields.one("language"), reader),
            paused={
                one.name: until
                for one in wanted
                if (
                    until := _read_pause(fields.one(f"pause.{one.name}"), zone or one.timezone, now)
                )
            },
            network=service.network(request),
            now=now,
        )
        if not done:
            raise Problem("gone", 410)
        return service.go(request.url.path + "?saved")

    def _reader(self, request: Request) -> tuple[Reader, str]:
        named = self._service.links.read("preferences", request.path_params["token"])
        if named is None:
            raise Problem("token", 404)
        reader = self._service.store.readers.get(named[0])
        if reader is None:
            raise Problem("gone", 410)
        return reader, named[1]

    def _choice(self, newsletter: Newsletter, reader: Reader, fields: Fields, zone: str) -> Choice:
        known = {one.word for one in self._service.topics(newsletter)}
        held = reader.subscription(newsletter.name)
        if held is not None:
            known.update(write_topics(held.choice.topics))
        frequency = fields.one(f"frequency.{newsletter.name}")
        try:
            if held is None or held.choice.frequency.value != frequency:
                parse_frequency(frequency, newsletter)
            return Choice(
                topics=parse_topics(fields.all(f"topic.{newsletter.name}"), known),
                frequency=Frequency(frequency),
                timezone=zone,
            )
        except UsageError:
            raise Problem("choice", 422) from None

    def _view(self, request: Request, newsletter: Newsletter, reader: Reader) -> dict[str, Any]:
        held = reader.subscription(newsletter.name)
        choice = held.choice if held else Choice()
        chosen = write_topics(choice.topics)
        now, clock = self._service.clock(), ZoneInfo(clock_of(newsletter, choice))
        today = now.astimezone(clock).date()
        words = self._service.words(request, reader.subscriber.language)
        return {
            "name": newsletter.name,
            "title": newsletter.title,
            "description": newsletter.description,
            "language": newsletter.language,
            "schedule": spell_schedule(newsletter.schedule, words),
            "timezone": newsletter.timezone,
            "checked": held is not None,
            "paused_until": _paused(held, clock, now),
            "earliest": (today + timedelta(days=1)).isoformat(),
            "latest": (today + timedelta(days=365)).isoformat(),
            "frequency": choice.frequency.value,
            "frequencies": _offered(newsletter, choice),
            "chosen": len(chosen),
            "topics": _by_kind(self._service.topics(newsletter), chosen),
        }


def _offered(newsletter: Newsletter, choice: Choice) -> list[str]:
    offered = [one.value for one in frequencies_of(newsletter) if one]
    if choice.frequency and choice.frequency.value not in offered:
        offered.append(choice.frequency.value)  # chosen when it was still offered
    return offered


def _by_kind(topics: tuple[Topic, ...], chosen: tuple[str, ...]) -> dict[str, list[dict[str, Any]]]:
    """Topics to tick, by kind; what was chosen is there even if nothing is about it any more."""
    names = {one.word: one.name for one in topics[:_SHOWN]}
    names |= {one.word: one.name for one in topics if one.word in chosen}
    names |= {word: word.partition(":")[2] for word in chosen if word not in names}
    shown: dict[str, list[dict[str, Any]]] = {kind: [] for kind in _KINDS}
    for word, name in sorted(names.items(), key=lambda item: item[1].casefold()):
        one = {"word": word, "name": name, "checked": word in chosen}
        shown[word.partition(":")[0]].append(one)
    return shown


def _zone_of(reader: Reader) -> str:
    return next((one.choice.timezone for one in reader.subscriptions if one.choice.timezone), "")


def _paused(held: Subscription | None, zone: ZoneInfo, now: datetime) -> str:
    """Until which day nothing is sent, as a date field has it."""
    until = held.paused_until if held else None
    if until is None or until <= now:
        return ""
    return until.astimezone(zone).date().isoformat()


def _read_zone(name: str) -> str:
    if not name:
        return ""
    try:
        return find_zone(name).key
    except ValueError:
        raise Problem("choice", 422) from None


def _languages(reader: Reader) -> list[str]:
    """What may be chosen; also what a list gave that was imported: we may speak it one day."""
    held = reader.subscriber.language
    return [*languages(), *([held] if held and not nearest([held]) else [])]


def _read_language(language: str, reader: Reader) -> str:
    if language and language not in _languages(reader):
        raise Problem("choice", 422)
    return language


def _read_pause(text: str, zone: str, now: datetime) -> datetime | None:
    if not text.strip():
        return None
    try:
        return parse_pause(text, timezone=zone, now=now)
    except UsageError:
        raise Problem("pause", 422) from None
