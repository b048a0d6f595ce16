"""publisher tags: what the archive is about, and the publication's own words for it."""

from __future__ import annotations

from typing import Annotated

import typer

from publisher.cli.common import open_site, open_store, show_json, tell
from publisher.cli.options import JsonOption, SiteOption
from publisher.cli.tables import show_table
from publisher.counting import counted

app = typer.Typer(invoke_without_command=True)


@app.callback()
def list_(context: typer.Context, site: SiteOption = None, json: JsonOption = False) -> None:
    """List every tag with the number of entries that carry it, the most used first.

    [bold]Example[/bold]:  publisher tags
    """
    if context.invoked_subcommand is not None:
        return
    from publisher.publish.tagging import list_tags  # noqa: PLC0415

    place = open_site(site)
    with open_store(place) as store:
        used = list_tags(place, store)
    if json:
        show_json([tag.as_dict() for tag in used])
        return
    show_table(
        ("tag", "kind", "entries", "by editor", "in tags.toml"),
        [
            (tag.name, tag.kind.value, tag.entries, tag.by_editor, "yes" if tag.known else "-")
            for tag in used
        ],
    )


@app.command()
def review(
    site: SiteOption = None,
    least: Annotated[int, typer.Option(min=1, help="Entries that carry a tag, at least.")] = 2,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written.")] = False,
    json: JsonOption = False,
) -> None:
    """Write the tags of the archive that tags.toml does not know behind those that it does.

    What stands in the file stays. Then edit it: give a tag `synonyms`, move a name to `blocked`.
    Beside it, words.tsv is written anew once there are 50 entries in English: how many of them
    have each usual word. What is usual here is no topic. The next run reads all articles by both.

    [bold]Example[/bold]:  publisher tags review --dry-run
    """
    from publisher.config import VOCABULARY_NAME, WORDS_NAME  # noqa: PLC0415
    from publisher.config.vocabulary import add_terms  # noqa: PLC0415
    from publisher.config.word_counts import save_word_counts  # noqa: PLC0415
    from publisher.publish.tagging import (  # noqa: PLC0415
        as_terms,
        candidates,
        count_archive,
        list_tags,
    )

    place = open_site(site)
    with open_store(place) as store:
        counts = count_archive(store)
        found = candidates(list_tags(place, store), least=least)
    lines = as_terms(found, place)
    if found and not dry_run:
        add_terms(place.folder, lines)
    if counts.articles and not dry_run:
        save_word_counts(place.folder, counts)
    if json:
        show_json(
            {
                "written": not dry_run,
                "tags": [tag.as_dict() for tag in found],
                "articles_counted": counts.articles,
                "words_counted": len(counts.words),
            }
        )
        return
    if dry_run:
        typer.echo(lines, nl=False)
    done = "would be written" if dry_run else "written"
    tell(f"{counted(len(found), 'tag')} {done} to {place.folder / VOCABULARY_NAME}")
    if counts.articles:
        entries = counted(counts.articles, "entry", "entries")
        what = f"{counted(len(counts.words), 'word')} of {entries}"
        tell(f"{what} {done} to {place.folder / WORDS_NAME}")
