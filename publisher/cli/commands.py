"""All commands under one name."""

from __future__ import annotations

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
    who,
    worker,
)

app = typer.Typer(
    name="publisher",
    help="A folder of articles in; feeds that people can follow and a newsletter that they "
    "choose themselves out; one line of cron.",
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


app.command("init")(init.init)
app.command("run")(run.run)
app.command("build")(build.build)
app.command("schedule")(schedule.schedule)
app.command("serve")(serve.serve)
app.command("preview")(preview.preview)
app.command("check")(check.check)
app.command("import")(importing.import_)
app.command("status")(status.status)
app.command("password")(password.password)
app.command("doctor")(doctor.doctor)
editions.app.command("show")(who.show)
editions.app.command("pause")(steering.pause)
editions.app.command("resume")(steering.resume)
editions.app.command("cancel")(steering.cancel)
editions.app.command("retry")(retry.retry)
app.command("worker")(worker.worker)
app.command("migrate")(migrate.migrate)
app.add_typer(editions.app, name="editions")
subscribers.app.command("import")(lists.import_)
subscribers.app.command("export")(lists.export)
subscribers.app.command("show")(people.show)
subscribers.app.command("held")(people.held)
subscribers.app.command("pause")(pausing.pause)
subscribers.app.command("resume")(pausing.resume)
subscribers.app.command("forget")(people.forget)
app.add_typer(subscribers.app, name="subscribers")
app.add_typer(bounces.app, name="bounces")
app.add_typer(suppressions.app, name="suppressions")
app.add_typer(tags.app, name="tags")
