"""Mails to one person who asked for them on the web: to confirm, or with the link to their choices.

Nothing that a stranger typed stands in them: whoever fills in somebody else's address can make us
send one mail a day, and not a word of it is theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from publisher.audience.links import Purpose
from publisher.config import Site
from publisher.errors import AddressError, CheckError, TransportError, is_bug, trace
from publisher.model import (
    Newsletter,
    Outcome,
    Publication,
    Receipt,
    Recipient,
    Rendered,
    Severity,
)
from publisher.storage import VALID, Reader, Request, Store
from publisher.valueclass import valueclass

if TYPE_CHECKING:  # what writes mails is imported when one is asked for: seldom
    from publisher.pages.environment import Templates
    from publisher.publish.post import Post

# The templates of mails to one person, and what the link in each is for.
LETTERS: Mapping[str, Purpose] = {"confirm": "confirm", "link": "preferences"}
_TRIES = 6
_Send = Callable[[str, Recipient, bytes], Receipt]


def answer_requests(
    site: Site,
    store: Store,
    templates: Mapping[str, str],
    *,
    clock: Callable[[], datetime],
    stop: Callable[[], bool] = lambda: False,
) -> list[str]:
    """Send the mails that are asked for; what went wrong, in words.

    Raises TransportError where nothing can leave now; what was asked for then waits.
    """
    store.requests.prune(clock())
    store.rations.prune(now_ms=int(clock().timestamp() * 1000))
    if site.settings.mail is None or not store.requests.waits(clock()):
        return []
    from publisher.pages.environment import Templates  # noqa: PLC0415
    from publisher.publish.post import Post  # noqa: PLC0415

    desk = _Desk(site, store, Post.of(site, templates), Templates(templates), clock)
    problems: list[str] = []
    with desk.post.transport(store, clock) as transport:
        while not stop() and (claimed := store.requests.claim(clock())):
            for number, one in enumerate(claimed):
                try:
                    problems += desk.answer(one, transport.send)
                except (TransportError, CheckError):
                    desk.put_back(claimed[number:])
                    raise
    return problems


@valueclass(kw_only=False)
class _Desk:
    site: Site
    store: Store
    post: Post
    templates: Templates
    clock: Callable[[], datetime]

    def answer(self, one: Request, send: _Send) -> list[str]:
        """Make and send the mail that a request wants, or drop it; what went wrong.

        A mail is made in any case, also for who must not get one: meanwhile the pages are slower,
        and would tell who that is.
        """
        name = f"request-{one.id}-{int(one.asked.timestamp())}"
        try:
            address, data = self._make(one, name)
        except Exception as err:
            if not is_bug(err):
                raise
            why = f"publisher itself fails on it ({trace(err, 6)})"
            return self._later(one, why) or [f"a mail that was asked for has to wait: {why}"]
        if not address:
            self.store.requests.settle(one, "dropped")
            return []
        try:
            receipt = send(self.post.envelope_sender(), self.post.addressee(name, address), data)
        except AddressError:
            self.store.requests.settle(one, "dropped")
            return []
        if receipt.outcome in (Outcome.ACCEPTED, Outcome.IN_DOUBT):
            # In doubt: rather none than two, for whoever waits for it may ask again tomorrow.
            self.store.requests.settle(one, "mailed")
        elif receipt.outcome is Outcome.LATER:
            return self._later(one, receipt.reply)
        else:
            return self._drop(one, receipt.reply)
        return []

    def _make(self, one: Request, name: str) -> tuple[str, bytes]:
        """To whom the mail goes, if to anybody, and the mail."""
        address, words = self._words(one)
        language = one.language or self.site.publication.language
        data = self.post.letter(words, name, address or one.address, self.clock(), language)
        self._check(data)
        return address, data

    def _later(self, one: Request, why: str) -> list[str]:
        """It waits for its next try, or for none; then that is told."""
        if one.attempts + 1 >= _TRIES:
            return self._drop(one, why)
        again = self.clock() + timedelta(minutes=2**one.attempts)
        self.store.requests.settle(one, "waiting", retry_at=again, attempts=one.attempts + 1)
        return []

    def _drop(self, one: Request, why: str) -> list[str]:
        self.store.requests.settle(one, "dropped")
        return [f"a mail that was asked for could not be delivered: {why}"]

    def put_back(self, claimed: list[Request]) -> None:
        """Nothing can leave now: these wait."""
        again = self.clock() + timedelta(minutes=1)
        for one in claimed:
            self.store.requests.settle(one, "waiting", retry_at=again, attempts=one.attempts)

    def _words(self, one: Request) -> tuple[str, Rendered]:
        """To whom the mail goes, and what it says; to nobody if there is none for this address."""
        reader = self.store.readers.find(one.address)
        may_ask = self.store.suppressions.may_ask(one.address)
        if one.kind == "link":
            return self._link(one, reader)
        wanted = [item for item in self.site.newsletters if item.name in one.newsletters]
        if wanted and may_ask and reader and all(reader.subscription(item.name) for item in wanted):
            return self._link(one, reader)
        second = str(int(one.asked.timestamp()))
        link = self.post.links.link("confirm", one.id, second)
        address = one.address if wanted and may_ask else ""
        return address, self._render("confirm", one, link, wanted)

    def _link(self, one: Request, reader: Reader | None) -> tuple[str, Rendered]:
        """The mail with the link to a reader's choices; to nobody where there is no reader."""
        names = [item.newsletter for item in reader.subscriptions] if reader else []
        names = names or [*(reader.former if reader else ())]
        known = [item for item in self.site.newsletters if item.name in names]
        name = names[0] if names else self.site.newsletters[0].name
        link = self.post.links.link("preferences", reader.subscriber.id if reader else 0, name)
        # To the address as it is kept, however it was spelt in the form.
        address = reader.subscriber.address if reader else ""
        return address, self._render("link", one, link, known)

    def _render(
        self, template: str, one: Request, link: str, newsletters: list[Newsletter]
    ) -> Rendered:
        publication = self.site.publication
        return render_letter(publication, self.templates, template, one.language, link, newsletters)

    def _check(self, data: bytes) -> None:
        from publisher.checks.messages import check_message  # noqa: PLC0415

        mail = self.site.settings.mail
        assert mail is not None  # Post.of saw to it
        domain = self.post.domain(mail.sender.address)
        for finding in check_message(data, domain=domain, listed=False, looks=False):
            if finding.severity is Severity.ERROR:
                raise CheckError(f"a mail that was asked for is not sent: {finding.what}")


def specimen_letters(
    site: Site, post: Post, templates: Templates, now: datetime
) -> Iterator[tuple[str, bytes]]:
    """Each kind of mail to nobody, by the name of its template, to be looked at.

    Raises TemplateError where a template fails.
    """
    for name, purpose in LETTERS.items():
        link = post.links.link(purpose, 0, "nobody")
        words = render_letter(site.publication, templates, name, "", link, site.newsletters)
        address = f"reader@{site.publication.domain}"
        language = site.publication.language
        yield f"letters/{name}", post.letter(words, f"specimen-{name}", address, now, language)


def render_letter(
    publication: Publication,
    templates: Templates,
    template: str,
    language: str,
    link: str,
    newsletters: Sequence[Newsletter],
) -> Rendered:
    """What a mail says in a language, or in the publication's. Raises TemplateError."""
    from publisher.pages.translations import words_for  # noqa: PLC0415

    language = words_for(language or publication.language).language
    context = {
        "publication": {"title": publication.title, "url": publication.url},
        "newsletters": [item.title for item in newsletters],
        "link": link,
        "days": VALID.days,
    }
    subject, text, html = (
        templates.render(f"letters/{template}.{kind}", context, language)
        for kind in ("subject.txt", "txt", "html")
    )
    return Rendered(
        subject=" ".join(subject.split()), preheader="", html=html, text=text.strip() + "\n"
    )
