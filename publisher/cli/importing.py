"""publisher import: the articles of another program, a site or an agency move in."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from publisher.cli.common import now, open_site, show_json, tell
from publisher.cli.options import JsonOption, SiteOption
from publisher.counting import counted

if TYPE_CHECKING:
    from publisher.exports import Finds, Folder, Wishes
    from publisher.publish.importing import ArticleImporter, Imported
    from publisher.sources import Opened

_MOST_BYTES = 100 * 1024 * 1024  # of an export that is fetched
_SHOWN = 20


def import_(
    what: Annotated[str, typer.Argument(metavar="PATH|URL", help="A file, a folder or a URL.")],
    into: Annotated[
        str, typer.Option(help="The folder below the articles folder; else named by the export.")
    ] = "",
    base: Annotated[
        str, typer.Option(help="The address of the old site, where the export does not say it.")
    ] = "",
    pages: Annotated[bool, typer.Option("--pages", help="Bring pages too, as articles.")] = False,
    images: Annotated[
        bool, typer.Option("--images", help="Bring pictures here; else they stay where they are.")
    ] = False,
    moved: Annotated[
        bool, typer.Option("--moved", help="The old site closes: forget its addresses.")
    ] = False,
    update: Annotated[
        bool, typer.Option("--update", help="Write over articles that are here and differ.")
    ] = False,
    private: Annotated[
        bool, typer.Option("--private", help="The URL may be on this machine or your own network.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done.")] = False,
    site: SiteOption = None,
    json: JsonOption = False,
) -> None:
    """Bring in articles: WordPress, Ghost, Substack, Hugo, Jekyll, Pelican, feeds, agencies' files.

    They become files in the articles folder, with their ids, dates, addresses, pictures, tags and
    authors; what could not be carried over is said. Run again, nothing comes twice: what is here
    is skipped, or with --update written over where it differs.

    [bold]Example[/bold]:  publisher import paper.wordpress.xml --dry-run
    """
    from publisher.exports import Wishes  # noqa: PLC0415
    from publisher.publish.importing import ArticleImporter  # noqa: PLC0415

    place = open_site(site)
    importer = ArticleImporter(
        site=place,
        into=_folder(into or _stem(what)),
        now=now(),
        update=update,
        moved=moved,
        dry_run=dry_run,
        get=partial(_picture, private=private) if images else None,
    )
    wishes = Wishes(
        base=base,
        pages=pages,
        max_bytes=place.max_bytes,
        name=importer.into or "import",
        domain=place.publication.domain,
        now=importer.now,
    )
    result = _take(what, importer, wishes, private=private)
    if json:
        show_json({**result.as_dict(), "dry_run": dry_run})
    else:
        _show(result, dry_run=dry_run)
    raise typer.Exit(1 if result.troubles else 0)


def _take(what: str, importer: ArticleImporter, wishes: Wishes, *, private: bool) -> Imported:
    from publisher.sources import open_export  # noqa: PLC0415

    if what.startswith(("http://", "https://")):
        return _take_address(what, importer, wishes, private=private)
    path = Path(what)
    with open_export(path) as opened:
        return _take_opened(opened, path.name, importer, wishes)


def _take_opened(opened: Opened, name: str, importer: ArticleImporter, wishes: Wishes) -> Imported:
    from publisher.exports import read_file, read_folder  # noqa: PLC0415
    from publisher.sources import DiskFolder, ZipFolder  # noqa: PLC0415

    if isinstance(opened, DiskFolder | ZipFolder):
        folder: Folder = opened
        return importer.take(read_folder(folder, wishes), folder)
    finds: Finds = read_file(opened, name, wishes)
    return importer.take(finds)


def _take_address(
    url: str, importer: ArticleImporter, wishes: Wishes, *, private: bool
) -> Imported:
    from publisher.errors import FetchError, UsageError  # noqa: PLC0415
    from publisher.fetch import fetch  # noqa: PLC0415
    from publisher.sources import open_fetched  # noqa: PLC0415

    try:
        answer = fetch(url, seconds=120, max_bytes=_MOST_BYTES, private=private)
    except FetchError as err:
        err.mend = "--private allows it" if err.refused else err.mend
        raise
    if answer.status != 200:
        raise UsageError(f"{url} answers {answer.status}", mend="give the address of the export")
    name = url.partition("?")[0].rstrip("/").rpartition("/")[2] or "feed"
    wishes = replace(
        wishes, base=wishes.base or url, media_type=answer.headers.get("content-type", "")
    )
    with open_fetched(answer.body, url) as opened:
        return _take_opened(opened, name, importer, wishes)


def _picture(address: str, *, private: bool) -> bytes | None:
    from publisher.errors import FetchError  # noqa: PLC0415
    from publisher.fetch import fetch  # noqa: PLC0415

    try:
        answer = fetch(address, seconds=30, max_bytes=20 * 1024 * 1024, private=private)
    except FetchError as err:
        tell(f"warning: {err}")
        return None
    if answer.status == 200 and answer.body:
        return answer.body
    tell(f"warning: {address} answers {answer.status}, so the picture stays where it is")
    return None


def _stem(what: str) -> str:
    name = what.partition("?")[0].rstrip("/").rpartition("/")[2]
    return name.split(".")[0] or "imported"


def _folder(name: str) -> str:
    from publisher.content import slugify  # noqa: PLC0415

    parts = [part for part in re.split(r"[/\\]", name) if part not in {"", ".", ".."}]
    return "/".join(slugify(part) for part in parts)


def _show(result: Imported, *, dry_run: bool) -> None:
    """What came, and what did not: counts to standard output, everything to mend to stderr."""
    from publisher.errors import describe  # noqa: PLC0415

    for one in result.troubles:
        tell(f"error: {describe(one.what, one.mend, one.place, one.line)}")
    for path in result.kept[:_SHOWN]:
        tell(f"note: {path} is here and differs, so it was left alone (--update writes over it)")
    if len(result.kept) > _SHOWN:
        tell(f"note: and {len(result.kept) - _SHOWN} more")
    for what, count in result.lost.most_common():
        tell(f"not carried over: {what} ({counted(count, 'article')}, first {result.first[what]})")
    for what, count in result.passed.most_common():
        tell(f"passed over: {count} {what}")
    verb = "would be " if dry_run else ""
    typer.echo(
        f"{len(result.new)} {verb}imported, {len(result.updated)} {verb}updated, {result.known} "
        f"known, {len(result.kept)} left as they are here, {counted(len(result.troubles), 'error')}"
        + (f", {counted(result.pictures, 'picture')}" if result.pictures else "")
    )
