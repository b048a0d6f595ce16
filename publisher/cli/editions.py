"""publisher editions: what has been said, and what would be said next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from publisher.cli.common import (
    answer,
    choice_of,
    local,
    newsletter_named,
    now,
    open_site,
    open_store,
    show_json,
    tell,
)
from publisher.cli.options import (
    FrequencyOption,
    JsonOption,
    LanguageOption,
    SiteOption,
    TopicOption,
    ZoneOption,
)
from publisher.cli.tables import show_table
from publisher.errors import TransportError

if TYPE_CHECKING:
    from publisher.config import Site
    from publisher.publish.trial import Trial
    from publisher.storage import Counts, EditionRecord

app = typer.Typer(help="List, show, preview and try editions.", no_args_is_help=True)

EditionArgument = Annotated[str, typer.Argument(help="Such as daily-2026-11-23-0700.")]
NewsletterArgument = Annotated[str, typer.Argument(help="The newsletter's name.")]


@app.command("list")
def list_(site: SiteOption = None, json: JsonOption = False) -> None:
    """List the editions, the newest first.

    [bold]Example[/bold]:  publisher editions list
    """
    place = open_site(site)
    with open_store(place) as store:
        rows = [(one, store.ledger.counts(one.id)) for one in store.editions.all()]
    if json:
        show_json([as_dict(one, counts) for one, counts in rows])
        return
    zone = place.publication.timezone
    show_table(
        ("edition", "for", "slot", "state", "deliveries", "title"),
        [
            (
                one.id,
                one.cohort.label or "as scheduled",
                local(one.slot, zone),
                one.state,
                ", ".join(f"{n} {state.value}" for state, n in counts.states.items() if n),
                one.title,
            )
            for one, counts in rows
        ],
    )


@app.command()
def preview(
    newsletter: NewsletterArgument,
    topic: TopicOption = None,
    frequency: FrequencyOption = "",
    timezone: ZoneOption = "",
    language: LanguageOption = "",
    out: Annotated[
        Path | None, typer.Option(help="Write the HTML here instead of showing the text.")
    ] = None,
    site: SiteOption = None,
    json: JsonOption = False,
) -> None:
    """Show what the next edition would say, to everybody or to a reader who chose so.

    [bold]Example[/bold]:  publisher editions preview daily --out /tmp/daily.html
    """
    from publisher.audience import parse_language  # noqa: PLC0415
    from publisher.errors import OutputError  # noqa: PLC0415
    from publisher.publish.trial import compose_next  # noqa: PLC0415

    place = open_site(site)
    one = newsletter_named(place, newsletter)
    choice = choice_of(one, topic, frequency, timezone)
    with open_store(place) as store:
        trial = compose_next(place, store, one, choice, now(), language=parse_language(language))
    if out is not None:
        try:
            out.write_text(trial.html(), encoding="utf-8")
        except OSError as err:
            mend = "name a file in a folder that is there and that you may write in"
            raise OutputError(f"can't write: {err.strerror}", mend=mend, path=str(out)) from err
    if json:
        show_json(_trial_as_dict(trial) | {"text": trial.text(), "html": trial.html()})
    elif out is not None:
        tell(f"Written to {out}: {trial.rendered.subject}")
    else:
        typer.echo(f"Subject: {trial.rendered.subject}\n\n{trial.text()}")


@app.command("send-test")
def send_test(
    newsletter: NewsletterArgument,
    to: Annotated[str, typer.Option("--to", help="Your own address.")],
    topic: TopicOption = None,
    frequency: FrequencyOption = "",
    timezone: ZoneOption = "",
    language: LanguageOption = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Make and check it only.")] = False,
    site: SiteOption = None,
    json: JsonOption = False,
) -> None:
    """Send the next edition to one address, marked as a test; nothing is put on record.

    If nothing is new since the last edition, the newest entries stand in it once more.

    [bold]Example[/bold]:  publisher editions send-test daily --to me@paper.example
    """
    from publisher.audience import parse_address, parse_language  # noqa: PLC0415
    from publisher.model import Outcome  # noqa: PLC0415
    from publisher.publish.trial import compose_next  # noqa: PLC0415

    place = open_site(site)
    address = parse_address(to)
    one = newsletter_named(place, newsletter)
    choice = choice_of(one, topic, frequency, timezone)
    with open_store(place) as store:
        spoken = parse_language(language)
        trial = compose_next(place, store, one, choice, now(), language=spoken, again=True)
        for finding in trial.warnings:
            tell(f"{finding.severity.value}: {finding}")
        size = len(trial.message(address))
        if dry_run:
            words = f"Would send {size:,} bytes to {address}: {trial.rendered.subject}"
        else:
            receipt = trial.send(address, store, now)
            if receipt.outcome is not Outcome.ACCEPTED:
                raise TransportError(
                    f"the test to {address} was not accepted: "
                    f"{receipt.outcome.value} {receipt.reply}"
                )
            words = f"{_where(place)} for {address}: {trial.rendered.subject}"
    told = {"to": address, "bytes": size, "dry_run": dry_run}
    answer(_trial_as_dict(trial) | told, words, json=json)


def _where(site: Site) -> str:
    """What became of a message that was taken."""
    mail = site.settings.mail
    if mail and mail.transport == "smtp":
        return "Sent to the relay"
    folder = site.folder / mail.outbox.folder if mail else site.folder
    return f'Kept in {folder}/ and not sent, as [mail] transport is "outbox",'


def _trial_as_dict(trial: Trial) -> dict[str, Any]:
    """An edition that nobody is owed, for a script."""
    return {
        "edition": trial.edition,
        "newsletter": trial.newsletter.name,
        "slot": trial.slot,
        "subject": trial.rendered.subject,
        "findings": [one.as_dict() for one in trial.warnings],
    }


def as_dict(edition: EditionRecord, counts: Counts) -> dict[str, Any]:
    """An edition and how its deliveries stand, for a script."""
    return {
        "edition": edition.id,
        "newsletter": edition.newsletter,
        "frequency": edition.cohort.frequency.value,
        "timezone": edition.cohort.timezone,
        "title": edition.title,
        "slot": edition.slot,
        "state": edition.state,
        "deliveries": {state.value: number for state, number in counts.states.items()},
        "in_doubt": counts.in_doubt,
    }
