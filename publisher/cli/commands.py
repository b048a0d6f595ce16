"""All commands under one name."""

from __future__ import annotations

from typing import Any

import typer

from publisher import __version__
from publisher.cli import (
    bounces,
    build,
    check,
    doctor,
    editions,
    importing,
    init,
    lists,
    migrate,
    password,
    pausing,
    people,
    preview,
    retry,
    run,
    schedule,
    serve,
    status,
    steering,
    subscribers,
    suppressions,
    tags,
    teaching,
    who,
    worker,
)

app = typer.Typer(
    name="publisher",
    help="A folder of articles in; feeds that people can follow and a newsletter that they "
    "choose themselves out; one line of cron.",
    epilog="New here? [bold]publisher init paper[/bold] makes a site and says how to go on.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"publisher {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", help="Say which version this is.", callback=_version, is_eager=True
    ),
) -> None:
    """Options of the program itself."""


_BEGIN = "To begin"
_FEEDS = "Articles and feeds"
_READERS = "Newsletters and readers"
_RUNNING = "Day after day"

app.command("init", rich_help_panel=_BEGIN)(init.init)
app.command("run", rich_help_panel=_BEGIN)(run.run)
app.command("preview", rich_help_panel=_BEGIN)(preview.preview)
app.command("check", rich_help_panel=_BEGIN)(check.check)
app.command("help", rich_help_panel=_BEGIN)(teaching.help_)

app.command("build", rich_help_panel=_FEEDS)(build.build)
app.command("import", rich_help_panel=_FEEDS)(importing.import_)
app.add_typer(
    tags.app,
    name="tags",
    rich_help_panel=_FEEDS,
    short_help="What the archive is about; review takes it into your own vocabulary.",
)

editions.app.command("show")(who.show)
editions.app.command("pause")(steering.pause)
editions.app.command("resume")(steering.resume)
editions.app.command("cancel")(steering.cancel)
editions.app.command("retry")(retry.retry)
app.add_typer(editions.app, name="editions", rich_help_panel=_READERS)
subscribers.app.command("import")(lists.import_)
subscribers.app.command("export")(lists.export)
subscribers.app.command("show")(people.show)
subscribers.app.command("held")(people.held)
subscribers.app.command("pause")(pausing.pause)
subscribers.app.command("resume")(pausing.resume)
subscribers.app.command("forget")(people.forget)
app.add_typer(subscribers.app, name="subscribers", rich_help_panel=_READERS)
app.add_typer(suppressions.app, name="suppressions", rich_help_panel=_READERS)
app.add_typer(
    bounces.app,
    name="bounces",
    rich_help_panel=_READERS,
    short_help="What came back: list, show; alone it files a message, for a mail server's pipe.",
)

app.command("schedule", rich_help_panel=_RUNNING)(schedule.schedule)
app.command("serve", rich_help_panel=_RUNNING)(serve.serve)
app.command("status", rich_help_panel=_RUNNING)(status.status)
app.command("doctor", rich_help_panel=_RUNNING)(doctor.doctor)
app.command("password", rich_help_panel=_RUNNING)(password.password)
app.command("worker", rich_help_panel=_RUNNING)(worker.worker)
app.command("migrate", rich_help_panel=_RUNNING)(migrate.migrate)


def program() -> Any:
    """All of it as one command that can be called."""
    root: Any = teaching.dress(typer.main.get_command(app))
    # Help shows panels in the order of the commands, and typer puts groups last.
    panels = (_BEGIN, _FEEDS, _READERS, _RUNNING)
    root.commands = dict(
        sorted(root.commands.items(), key=lambda item: panels.index(item[1].rich_help_panel))
    )
    return root
