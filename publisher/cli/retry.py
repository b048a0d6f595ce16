"""publisher editions retry: what failed is sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from publisher.cli.common import now, open_site, open_store, show_json, tell
from publisher.cli.editions import EditionArgument
from publisher.cli.options import JsonOption, SiteOption
from publisher.cli.tables import show_table
from publisher.counting import counted
from publisher.errors import UsageError
from publisher.model import DeliveryState

if TYPE_CHECKING:
    from publisher.storage import Retry


def retry(
    edition: EditionArgument,
    address: Annotated[str, typer.Argument(help="For this one alone.")] = "",
    failed: Annotated[
        bool, typer.Option("--failed", help="All that failed, as without any choice.")
    ] = False,
    domain: Annotated[str, typer.Option("--domain", help="Only addresses at this domain.")] = "",
    held: Annotated[
        bool, typer.Option("--held", help="Those held in doubt as well: they may get it twice.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would do.")] = False,
    site: SiteOption = None,
    json: JsonOption = False,
) -> None:
    """Send again what failed, with the next run; nothing that was delivered, nobody who has left.

    With a domain or an address also what waits for a later try, and at once, however they
    answered before.

    [bold]Example[/bold]:  publisher editions retry daily-2026-11-23-0700 --domain post.example
    """
    domain, address = domain.lower().removeprefix("@"), address.lower()
    if bool(domain) + bool(address) + failed > 1:
        raise UsageError(
            "too many choices at once", mend="give one of --failed, --domain and an address"
        )
    states = {DeliveryState.FAILED} | ({DeliveryState.HELD} if held else set())
    if domain or address:
        states.add(DeliveryState.DEFERRED)
    with open_store(open_site(site)) as store:
        found = store.retries.retry(
            edition, now(), states=states, domain=domain, address=address, dry_run=dry_run
        )
        whose = domain or address.rpartition("@")[2]
        if whose and found.queued and not dry_run:
            store.peers.let_be_tried("domain", [whose], now())
    if json:
        show_json(
            {
                "edition": edition,
                "queued": found.queued,
                "suppressed": found.suppressed,
                "left": found.left,
                "dry_run": dry_run,
            }
        )
        return
    _show(edition, found, dry_run=dry_run)


def _show(edition: str, found: Retry, *, dry_run: bool) -> None:
    if found.first:
        show_table(("address", "before"), found.first)
        if found.queued > len(found.first):
            typer.echo(f"... and {found.queued - len(found.first):,} more")
    what = "would be queued again" if dry_run else "are queued again; the next run sends them"
    tell(f"{edition}: {counted(found.queued, 'delivery', 'deliveries')} {what}")
    for number, why in ((found.suppressed, "suppressed"), (found.left, "no longer subscribed")):
        if number:
            tell(f"not again: {number:,} {why}")
    if found.state in ("paused", "restored") and found.queued:
        tell(f"it is {found.state}: `publisher editions resume {edition}` lets them leave")
