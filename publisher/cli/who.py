"""publisher editions show: who got an edition, who did not and why, and who perhaps twice."""

from __future__ import annotations

import json as json_
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from publisher.cli.common import local, now, open_site, open_store
from publisher.cli.editions import EditionArgument, as_dict
from publisher.cli.options import JsonOption, SiteOption
from publisher.cli.peers import in_words
from publisher.cli.tables import show_table
from publisher.errors import UsageError
from publisher.model import DeliveryState

if TYPE_CHECKING:
    from publisher.storage import Counts, DeliveryRecord, EditionRecord, Store

_TWICE = "twice"
_PAGE = 50
_TABLE = 1000
_PEERS = 10


def show(
    edition: EditionArgument,
    only: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="STATE",
            help="With --who, these alone: sent, failed, held, deferred, pending, claimed, "
            "started, or twice (perhaps got it twice).",
        ),
    ] = None,
    who: Annotated[bool, typer.Option("--who", help="Every recipient, and why not.")] = False,
    to: Annotated[str, typer.Option("--to", help="What became of it for this address.")] = "",
    limit: Annotated[
        int | None, typer.Option(min=0, help=f"Rows to show; 0 is all. Else {_PAGE}, in JSON all.")
    ] = None,
    site: SiteOption = None,
    json: JsonOption = False,
) -> None:
    """Show one edition: its segments, how its deliveries stand, and who got it.

    [bold]Example[/bold]:  publisher editions show daily-2026-11-23-0700 --who failed held
    """
    place = open_site(site)
    chosen = _parse_only(only or [], who=who)
    if limit is None and not json:
        limit = _PAGE
    with open_store(place) as store:
        one = store.editions.get(edition)
        counts = store.ledger.counts(edition)
        found = _recipients(store, edition, to, chosen if who else None, limit)
        if json:
            _stream(one, counts, store, found)
            return
        _tell_edition(one, counts, store, place.publication.timezone)
        if counts.states.get(DeliveryState.DEFERRED):
            _tell_peers(store, place.publication.timezone)
        if not (who or to):
            return
        typer.echo()
        shown = _tell_recipients(found, place.publication.timezone)
        if to and not shown:
            raise UsageError(
                f"edition {edition} was not owed to {to}",
                mend="it goes to who had subscribed when it was opened and finds a topic in it",
            )
        more = 0 if to else _how_many(counts, chosen) - shown
        if more > 0:
            typer.echo(f"... and {more:,} more (--limit 0 shows all)")


def _parse_only(words: Sequence[str], *, who: bool) -> frozenset[str]:
    known = {state.value for state in DeliveryState} | {_TWICE}
    for word in words:
        if word not in known:
            raise UsageError(f"{word!r} is no state", mend=f"there is: {', '.join(sorted(known))}")
    if words and not who:
        raise UsageError("a state is a filter of --who", mend=f"add it: --who {' '.join(words)}")
    return frozenset(words)


def _recipients(
    store: Store, edition: str, to: str, only: frozenset[str] | None, limit: int | None
) -> Iterable[DeliveryRecord]:
    if to:
        record = store.ledger.to_whom(edition, to)
        return () if record is None else (record,)
    if only is None:
        return ()
    return store.ledger.who(
        edition,
        states=[state for state in DeliveryState if state.value in only],
        in_doubt=_TWICE in only,
        limit=limit or None,
    )


def _how_many(counts: Counts, only: frozenset[str]) -> int:
    """How many rows there are; what is both of a state and in doubt is not counted on its own."""
    states = only - {_TWICE}
    if _TWICE in only:
        return 0 if states else counts.in_doubt
    return sum(n for state, n in counts.states.items() if not states or state.value in states)


def _tell_edition(one: EditionRecord, counts: Counts, store: Store, zone: str) -> None:
    whose = one.cohort.label or "as scheduled"
    typer.echo(f"{one.title}\n{one.id}, {whose}, {local(one.slot, zone)}, {one.state}\n")
    show_table(
        ("deliveries", "how many"),
        [(state.value, n) for state, n in counts.states.items() if n]
        + ([("perhaps twice", counts.in_doubt)] if counts.in_doubt else []),
    )
    typer.echo()
    show_table(
        ("segment", "entries", "readers", "language", "subject"),
        [
            (part.number, len(part.entries), part.recipients, part.language, part.subject)
            for part in store.editions.outline(one.id)
        ],
    )


def _tell_peers(store: Store, zone: str) -> None:
    """What deferred deliveries may wait for."""
    moment = now()
    peers = store.peers.troubled()
    if peers:
        typer.echo()
    for peer in peers[:_PEERS]:
        said = f" (it said: {peer.reply})" if peer.reply else ""
        typer.echo(f"{peer.name} {in_words(peer, zone, moment)}{said}")
    if len(peers) > _PEERS:
        typer.echo(f"... and {len(peers) - _PEERS} more (publisher status --json)")


def _tell_recipients(found: Iterable[DeliveryRecord], zone: str) -> int:
    """How many there were; a long list is told table by table and is never all in memory."""
    rows = iter(found)
    shown = 0
    while page := list(islice(rows, _TABLE)):
        shown += len(page)
        show_table(
            ("address", "state", "tries", "perhaps twice", "at", "the other side said"),
            [_row(record, zone) for record in page],
        )
    return shown


def _row(record: DeliveryRecord, zone: str) -> tuple[object, ...]:
    twice = "yes" if record.in_doubt else ""
    at = local(record.changed, zone)
    return (record.address, record.state.value, record.attempts, twice, at, record.reply)


def _stream(
    one: EditionRecord, counts: Counts, store: Store, found: Iterable[DeliveryRecord]
) -> None:
    """One JSON object, written as it comes: a million recipients need no memory."""
    head = as_dict(one, counts) | {
        "segments": [
            {
                "subject": part.subject,
                "language": part.language,
                "entries": part.entries,
                "readers": part.recipients,
            }
            for part in store.editions.outline(one.id)
        ]
    }
    typer.echo(_json(head)[:-1] + ', "who": [', nl=False)
    for row in _commas(found):
        typer.echo(row, nl=False)
    typer.echo("\n]}")


def _commas(found: Iterable[DeliveryRecord]) -> Iterator[str]:
    before = "\n"
    for row in found:
        yield before + _json(
            {
                "address": row.address,
                "state": row.state.value,
                "in_doubt": row.in_doubt,
                "attempts": row.attempts,
                "reply": row.reply,
                "at": row.changed,
            }
        )
        before = ",\n"


def _json(value: Any) -> str:
    return json_.dumps(value, ensure_ascii=False, default=datetime.isoformat)
