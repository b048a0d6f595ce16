"""publisher migrate: the store's tables, made or brought up to date by hand."""

from __future__ import annotations

from publisher.cli.common import answer, open_site, open_store
from publisher.cli.options import JsonOption, SiteOption


def migrate(site: SiteOption = None, json: JsonOption = False) -> None:
    """Make the store's tables, or bring them up to this version, workers' tables included.

    Every command does so by itself; this one is for a database whose tables only another user
    may change.

    [bold]Example[/bold]:  publisher migrate --site /srv/paper
    """
    from publisher.storage.migrate import REVISIONS  # noqa: PLC0415

    place = open_site(site)
    mail = place.settings.mail
    with open_store(place) as store:
        if mail and mail.sent_by == "workers":
            from publisher.publish.workers import open_jobs  # noqa: PLC0415

            open_jobs(store)
        database, revision = store.database.place, REVISIONS[-1]
    answer(
        {"database": database, "revision": revision},
        f"{database} is at revision {revision}",
        json=json,
    )
