"""publisher subscribers: who gets what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from publisher.cli.common import (
    answer,
    choice_of,
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

if TYPE_CHECKING:
    from publisher.model import Choice

app = typer.Typer(
    help="Who gets what: add, pause, import, export, show, remove, forget.", no_args_is_help=True
)


@app.command()
def add(
    address: Annotated[str, typer.Argument(help="The mail address.")],
    newsletter: Annotated[list[str], typer.Option(help="Which newsletter; may be repeated.")],
    topic: TopicOption = None,
    frequency: FrequencyOption = "",
    timezone: ZoneOption = "",
    language: LanguageOption = "",
    name: Annotated[str, typer.Option(help="The person's name.")] = "",
    again: Annotated[
        bool, typer.Option("--again", help="Bring back somebody who left; only if they asked.")
    ] = False,
    site: SiteOption = None,
    json: JsonOption = False,
) -> None:
    """Add a subscriber, or change what one gets.

    [bold]Example[/bold]:  publisher subscribers add ana@paper.example --newsletter daily
    """
    from publisher.audience import parse_address, parse_language  # noqa: PLC0415
    from publisher.storage import Wish  # noqa: PLC0415

    place = open_site(site)
    wanted = {
        one.name: choice_of(one, topic, frequency, timezone)
        for one in (newsletter_named(place, name) for name in newsletter)
    }
    wish = Wish(
        address=parse_address(address),
        name=name,
        language=parse_language(language),
        subscriptions=wanted,
    )
    with open_store(place) as store:
        [known] = store.subscribers.add_all(
            [wish], source="added by the operator", now=now(), again=again
        )
    if known is None:
        tell(
            f"publisher: {address} has left and is not brought back (--again if they asked for it)"
        )
        raise typer.Exit(1)
    answer(
        {"address": known.address, "newsletters": _as_dict(wanted)},
        f"{known.address} gets {', '.join(newsletter)}",
        json=json,
    )


@app.command("list")
def list_(site: SiteOption = None, json: JsonOption = False) -> None:
    """List the subscribers and what they chose.

    [bold]Example[/bold]:  publisher subscribers list --json
    """
    from publisher.audience import write_topics  # noqa: PLC0415

    place = open_site(site)
    rows: dict[str, dict[str, Choice]] = {}
    with open_store(place) as store:
        for newsletter in place.newsletters:
            for one in store.subscribers.subscriptions(newsletter.name):
                rows.setdefault(one.subscriber.address, {})[newsletter.name] = one.choice
    if json:
        show_json([{"address": who, "newsletters": _as_dict(rows[who])} for who in sorted(rows)])
        return
    if not rows:
        tell("nobody yet (publisher subscribers add ADDRESS --newsletter NAME)")
        return
    show_table(
        ("address", "newsletter", "topics", "frequency", "time zone"),
        [
            (
                who,
                newsletter,
                " ".join(write_topics(choice.topics)) or "everything",
                choice.frequency or "as scheduled",
                choice.timezone,
            )
            for who in sorted(rows)
            for newsletter, choice in rows[who].items()
        ],
    )


@app.command()
def remove(
    address: Annotated[str, typer.Argument(help="The mail address.")],
    site: SiteOption = None,
    json: JsonOption = False,
) -> None:
    """Take somebody off all newsletters; imports can't bring them back.

    [bold]Example[/bold]:  publisher subscribers remove ana@paper.example
    """
    from publisher.audience import parse_address  # noqa: PLC0415

    place = open_site(site)
    with open_store(place) as store:
        wire = parse_address(address)
        found = store.subscribers.remove(wire, now=now(), reason="removed by the operator")
    if not found:
        tell(f"publisher: nobody here is {address} (`publisher subscribers list` names all)")
        raise typer.Exit(1)
    answer({"address": wire, "state": "kept off"}, f"{wire} gets nothing any more", json=json)


def _as_dict(choices: Mapping[str, Choice]) -> dict[str, dict[str, object]]:
    """What somebody chose of each newsletter, for a script."""
    from publisher.audience import write_topics  # noqa: PLC0415

    return {
        newsletter: {
            "topics": list(write_topics(choice.topics)),
            "frequency": choice.frequency.value,
            "timezone": choice.timezone,
        }
        for newsletter, choice in choices.items()
    }
