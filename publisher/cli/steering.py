"""publisher editions pause, resume, cancel: an edition that must not go on by itself."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from publisher.cli.common import answer, open_site, open_store
from publisher.cli.editions import EditionArgument
from publisher.cli.options import JsonOption, SiteOption
from publisher.counting import counted


def pause(edition: EditionArgument, site: SiteOption = None, json: JsonOption = False) -> None:
    """Stop the deliveries of an edition for now, within a batch of 100.

    [bold]Example[/bold]:  publisher editions pause daily-2026-11-23-0700
    """
    _steer(edition, site, "paused", ("open",), json=json)


def resume(edition: EditionArgument, site: SiteOption = None, json: JsonOption = False) -> None:
    """Go on with an edition that was paused, or held back after the database was put back.

    [bold]Example[/bold]:  publisher editions resume daily-2026-11-23-0700
    """
    _steer(edition, site, "open", ("paused", "restored"), json=json)


def cancel(edition: EditionArgument, site: SiteOption = None, json: JsonOption = False) -> None:
    """End an edition: whoever has not got it will not get it.

    [bold]Example[/bold]:  publisher editions cancel daily-2026-11-23-0700
    """
    _steer(edition, site, "cancelled", ("open", "paused", "restored"), json=json)


def _steer(edition: str, site: Path | None, state: str, of: Collection[str], *, json: bool) -> None:
    with open_store(open_site(site)) as store:
        store.editions.steer(edition, state, of=of)
        owed = sum(n for kind, n in store.ledger.counts(edition).states.items() if kind in _OWED)
    answer(
        {"edition": edition, "state": state, "owed": owed},
        f"{edition} is {state}, with {counted(owed, 'delivery', 'deliveries')} not made",
        json=json,
    )


_OWED = ("pending", "claimed", "started", "deferred")
