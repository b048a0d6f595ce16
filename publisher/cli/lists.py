"""publisher subscribers import and export: lists of people, in and out."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from publisher.cli.common import newsletter_named, now, open_site, open_store, show_json, tell
from publisher.cli.options import JsonOption, SiteOption
from publisher.counting import counted

if TYPE_CHECKING:
    from publisher.config import Site
    from publisher.errors import PublisherError
    from publisher.storage import Store


def import_(
    file: Annotated[Path, typer.Argument(help="A CSV file, or - for standard input.")],
    newsletter: Annotated[
        list[str] | None, typer.Option(help="For rows that name none; may be repeated.")
    ] = None,
    suppressions: Annotated[
        bool,
        typer.Option(
            "--keep-suppressions/--drop-suppressions",
            help="Keep off here too who left or bounced there; they are never subscribed.",
        ),
    ] = True,
    topics: Annotated[
        bool,
        typer.Option("--topics-from-tags", help="Tags that articles here have become topics."),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done.")] = False,
    site: SiteOption = None,
    json: JsonOption = False,
) -> None:
    """Import subscribers from CSV: Mailchimp, Substack, Ghost, listmonk, Buttondown, or our own.

    A list made by hand has the columns address, name, newsletter, topics, of which only the
    address must be there. Several newsletters or topics in one cell stand apart by spaces. A row
    that can't be used is named with its line; the others go on.

    [bold]Example[/bold]:  publisher subscribers import readers.csv --newsletter daily
    """
    from publisher.errors import describe  # noqa: PLC0415
    from publisher.publish.lists import ListImporter  # noqa: PLC0415
    from publisher.sources import open_subscribers  # noqa: PLC0415

    place = open_site(site)
    names = [newsletter_named(place, name).name for name in newsletter or ()]
    stream = sys.stdin.buffer if str(file) == "-" else None
    with open_subscribers(file, stream) as opened, open_store(place) as store:
        importer = ListImporter(
            site=place,
            name=file.name,
            newsletters=names,
            suppress=suppressions,
            topics=_tags(store) if topics else frozenset(),
            on_problem=lambda line, err: tell(
                f"error: {describe(err.what, err.mend, str(file), line)}"
            ),
        )
        result = importer.take(opened, None if dry_run else store, now())
    if json:
        counts = ("done", "kept_out", "failed", "kept_off", "skipped")
        show_json({"dry_run": dry_run, **{name: getattr(result, name) for name in counts}})
        raise typer.Exit(1 if result.failed else 0)
    verb = "would be imported" if dry_run else "imported"
    said = [
        f"{result.done} {verb}",
        f"{result.kept_out} kept out because they left",
        f"{result.failed} could not be used",
    ]
    if result.kept_off:
        said.append(f"{result.kept_off} kept off from now on, for they left or bounced there")
    if result.skipped:
        said.append(f"{result.skipped} passed over")
    tell(", ".join(said))
    raise typer.Exit(1 if result.failed else 0)


def export(
    newsletter: Annotated[str, typer.Option(help="Only who gets this one.")] = "",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file; else standard output.")
    ] = None,
    site: SiteOption = None,
) -> None:
    """Write all subscribers as CSV: what they chose, since when, and what they agreed to.

    One row for each subscription, sorted by address; imported again, nothing is lost. Cells that
    a spreadsheet would compute are marked with an apostrophe, which an import takes off again.

    [bold]Example[/bold]:  publisher subscribers export -o readers.csv
    """
    place = open_site(site)
    if newsletter:
        newsletter_named(place, newsletter)
    if output is None:
        count = _write_out(place, newsletter)
    else:
        count = _write_file(place, newsletter, output)
    tell(f"{counted(count, 'subscriber')} written")


def _write_out(site: Site, newsletter: str) -> int:
    from publisher.sources import write_subscribers  # noqa: PLC0415

    file = io.TextIOWrapper(sys.stdout.buffer, "utf-8", newline="")
    with open_store(site) as store:
        count = write_subscribers(store.subscribers.export(newsletter), file)
    file.flush()
    file.detach()  # standard output stays open
    return count


def _write_file(site: Site, newsletter: str, path: Path) -> int:
    """Beside its place first, for our eyes only: nobody finds half a list, or reads the whole."""
    from publisher.sources import write_subscribers  # noqa: PLC0415

    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as err:
        raise _unwritable(err, path) from None
    beside = Path(name)
    try:
        with (
            os.fdopen(handle, "w", encoding="utf-8", newline="") as file,
            open_store(site) as store,
        ):
            count = write_subscribers(store.subscribers.export(newsletter), file)
        beside.replace(path)
    except OSError as err:
        beside.unlink(missing_ok=True)
        raise _unwritable(err, path) from None
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return count


def _unwritable(err: OSError, path: Path) -> PublisherError:
    from publisher.errors import OutputError  # noqa: PLC0415

    mend = "name a file in a folder that is there and that you may write in"
    return OutputError(f"can't be written: {err.strerror}", mend=mend, path=str(path))


def _tags(store: Store) -> frozenset[str]:
    """The tags that articles here have."""
    return frozenset(tag.slug for entry, _ in store.catalogue.outlines() for tag in entry.tags)
