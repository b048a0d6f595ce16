"""publisher bounces: what came back, and what followed from it."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from publisher.cli.common import local, now, open_site, open_store, show_json, tell
from publisher.cli.options import JsonOption, SiteOption
from publisher.cli.tables import show_table
from publisher.errors import UsageError

app = typer.Typer(invoke_without_command=True)


@app.callback()
def file(context: typer.Context, site: SiteOption = None) -> None:
    r"""File one message that came back, from standard input, as a mail server's pipe gives it.

    Mailboxes that \[bounces] names are read by every `run`. Exit 75 asks the server to try again.

    [bold]Example[/bold], a line in /etc/aliases:
    bounces: "|/usr/local/bin/publisher bounces --site /srv/paper"
    """
    if context.invoked_subcommand is not None:
        return
    from publisher.publish.returns import ReturnsDesk  # noqa: PLC0415
    from publisher.sources.maildir import LARGEST  # noqa: PLC0415

    if sys.stdin.isatty():
        raise UsageError(
            "there is no message on standard input",
            mend="publisher bounces < message, or publisher bounces list",
        )
    data = sys.stdin.buffer.read(LARGEST + 1)
    if len(data) > LARGEST or not data.strip():
        raise UsageError(f"the message is empty or has more than {LARGEST // 2**20} MiB")
    place = open_site(site)
    with open_store(place) as store:
        followed = ReturnsDesk(place, store).file_message(data, "pipe", now())
    tell(", ".join(followed) or "it is here already")


@app.command("list")
def list_(
    site: SiteOption = None,
    json: JsonOption = False,
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = 100,
    only: Annotated[
        str, typer.Option(help="suppressed, counted, noted, unmatched or unread.")
    ] = "",
) -> None:
    """List what came back: who it was, why, and what followed.

    [bold]Example[/bold]:  publisher bounces list --only unmatched
    """
    from publisher.storage import Followed  # noqa: PLC0415

    if only and only not in list(Followed):
        raise UsageError(f"{only!r} is none of {', '.join(Followed)}")
    place = open_site(site)
    with open_store(place) as store:
        found = store.returns.list(limit, only=Followed(only) if only else None)
    if json:
        show_json([asdict(one) for one in found])
        return
    zone = place.publication.timezone
    show_table(
        ("id", "received", "way", "what", "status", "followed", "who", "their words"),
        [
            (
                one.id,
                local(one.received, zone),
                one.source,
                one.kind,
                one.status,
                one.followed,
                one.who,
                one.diagnostic[:120],
            )
            for one in found
        ],
    )


@app.command()
def show(
    number: Annotated[int, typer.Argument(help="The id in the list.")], site: SiteOption = None
) -> None:
    """Print the start of a message that nobody understood, as it came.

    [bold]Example[/bold]:  publisher bounces show 12
    """
    with open_store(open_site(site)) as store:
        raw = store.returns.raw(number)
    if raw is None:
        raise UsageError(
            f"nothing is kept of number {number}", mend="only of those that are unread is"
        )
    sys.stdout.buffer.write(raw)
