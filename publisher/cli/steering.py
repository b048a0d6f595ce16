"""publisher editions pause, resume, cancel: an edition that must not go on by itself."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from publisher.cli.common import SiteOption, open_site, open_store, tell
from publisher.cli.editions import EditionArgument


def pause(edition: EditionArgument, site: SiteOption = None) -> None:
    """Stop the deliveries of an edition for now, within a batch of 100.

    [bold]Example[/bold]:  publisher editions pause daily-2026-11-23-0700
    """
    _steer(edition, site, "paused", ("open",))


def resume(edition: EditionArgument, site: SiteOption = None) -> None:
    """Go on with an edition that was paused, or held back after the database was put back.

    [bold]Example[/bold]:  publisher editions resume daily-2026-11-23-0700
    """
    _steer(edition, site, "open", ("paused", "restored"))


def cancel(edition: EditionArgument, site: SiteOption = None) -> None:
    """End an edition: whoever has not got it will not get it.

    [bold]Example[/bold]:  publisher editions cancel daily-2026-11-23-0700
    """
    _steer(edition, site, "cancelled", ("open", "paused", "restored"))


def _steer(edition: str, site: Path | None, state: str, of: Collection[str]) -> None:
    with open_store(open_site(site)) as store:
        store.editions.steer(edition, state, of=of)
        waiting = sum(n for kind, n in store.ledger.counts(edition).states.items() if kind in _OWED)
    tell(f"{edition} is {state}, with {waiting:,} deliveries not made")


_OWED = ("pending", "claimed", "started", "deferred")
