"""publisher status: what is published, what is due when, who has got what."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import typer

from publisher.cli.common import local, now, open_site, open_store, show_json, tell
from publisher.cli.options import JsonOption, SiteOption
from publisher.cli.peers import in_words
from publisher.cli.tables import show_table
from publisher.counting import counted

if TYPE_CHECKING:
    from publisher.publish.overview import Overview

_COHORTS = _PEERS = 30  # rows that a person reads


def status(site: SiteOption = None, json: JsonOption = False) -> None:
    """Say what is published, what is due when, and how deliveries stand.

    [bold]Example[/bold]:  publisher status --site /srv/paper
    """
    from publisher.config import keys_are_loose  # noqa: PLC0415
    from publisher.publish.overview import read_overview  # noqa: PLC0415

    place = open_site(site)
    with open_store(place) as store:
        moment = now()
        overview = read_overview(place, store, moment)
    if keys_are_loose(place.folder):
        tell(
            "warning: publisher.key can be read by others on this machine (chmod 600 publisher.key)"
        )
    for what in overview.broken:
        tell(f"error: {what}")
    code = 1 if overview.broken else 0
    if json:
        show_json(overview.as_dict())
        raise typer.Exit(code)
    zone = place.publication.timezone
    _show_counts(overview)
    _show_newsletters(overview, zone)
    _show_sources(overview, zone)
    _show_peers(overview, zone, moment)
    _show_cohorts(overview, zone)
    raise typer.Exit(code)


def _show_counts(overview: Overview) -> None:
    hidden = f"{counted(overview.drafts, 'draft')}, {overview.waiting} waiting"
    show_table(
        ("what", "how many", "more"),
        [
            ("entries", overview.public, hidden),
            ("subscribers", overview.subscribers, ""),
            *((f"  {name}", count, "subscriptions") for name, count in overview.subscriptions),
            *((f"deliveries {state}", count, "") for state, count in overview.deliveries if count),
            (
                "  in doubt",
                overview.in_doubt,
                "perhaps twice, each flagged" if overview.in_doubt else "",
            ),
            *((f"came back: {kind}", count, "in 30 days") for kind, count in overview.returned),
            *_turnover(overview),
        ],
    )


def _turnover(overview: Overview) -> list[tuple[str, int, str]]:
    """Who came and went this week and the last."""
    lately = overview.weeks[-2:]
    came = sum(one.came for one in lately)
    left = sum(one.left for one in lately)
    off = sum(one.bounced + one.removed for one in lately)
    since = f"since {lately[0].begins:%Y-%m-%d}"
    rows = [("subscribers came", came, since), ("  left", left, since), ("  taken off", off, since)]
    return [row for row in rows if row[1]]


def _show_newsletters(overview: Overview, zone: str) -> None:
    if not overview.newsletters:
        return
    typer.echo()
    show_table(
        ("newsletter", "schedule", "next slot", "last edition"),
        [
            (one.name, one.schedule, local(one.next_slot, zone), one.last_edition)
            for one in overview.newsletters
        ],
    )


def _show_sources(overview: Overview, zone: str) -> None:
    if not overview.sources:
        return
    typer.echo()
    show_table(
        ("source", "entries", "last answer", "next try", "state"),
        [
            (
                one.name,
                one.entries,
                local(one.fetched, zone),
                "never" if one.gone else local(one.next_try, zone),
                _state(one.failing_since, zone, gone=one.gone),
            )
            for one in overview.sources
        ],
    )


def _show_peers(overview: Overview, zone: str, moment: datetime) -> None:
    if not overview.peers:
        return
    typer.echo()
    show_table(
        ("mail to", "how it stands", "it said"),
        [(one.name, in_words(one, zone, moment), one.reply) for one in overview.peers[:_PEERS]],
    )
    if len(overview.peers) > _PEERS:
        typer.echo(f"... and {len(overview.peers) - _PEERS} more (--json has them all)")


def _show_cohorts(overview: Overview, zone: str) -> None:
    if not overview.cohorts:
        return
    typer.echo()
    show_table(
        ("readers' own choice", "frequency", "time zone", "readers", "next slot", "last edition"),
        [
            (
                one.newsletter,
                one.frequency or "as scheduled",
                one.timezone,
                f"{one.readers}, {one.pausing} pausing" if one.pausing else one.readers,
                local(one.next_slot, one.timezone or zone) if one.next_slot else "next run",
                one.last_edition,
            )
            for one in overview.cohorts[:_COHORTS]
        ],
    )
    if len(overview.cohorts) > _COHORTS:
        typer.echo(f"... and {len(overview.cohorts) - _COHORTS} more (--json has them all)")


def _state(failing_since: datetime | None, zone: str, *, gone: bool) -> str:
    if gone:
        return "gone for good"
    return f"fails since {local(failing_since, zone)}" if failing_since else ""
