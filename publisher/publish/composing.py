"""What an edition says: written for each distinct set of its entries, and checked."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import replace

from publisher.audience import Plan
from publisher.checks.links import Known
from publisher.checks.messages import check_message, check_words
from publisher.digest import Digest
from publisher.errors import CheckError
from publisher.model import Cohort, Entry, Finding, Newsletter, Rendered, Severity
from publisher.publish.post import Post, edition_path, with_links
from publisher.publish.proofs import in_templates, known_addresses
from publisher.storage import Catalogue, Slot
from publisher.timetable import rhythm_of, zone_of


def edition_id(newsletter: Newsletter, cohort: Cohort, slot: Slot) -> str:
    """`daily-2026-11-23-0700`: the slot as the clocks of its readers show it.

    A cohort is named behind two dashes, which no newsletter's name has: `daily--weekly-asia-tokyo-`
    and so on. Who gets each entry at once has no clock, and two slots may share a minute.
    """
    frequency = cohort.frequency.value
    if frequency == "each":
        return f"{newsletter.name}--each-{slot.moment:%Y-%m-%d-%H%M%S}"
    zone = "".join(
        sign if sign.isalnum() else "-plus-" if sign == "+" else "-"
        for sign in cohort.timezone.lower()
    )
    whose = "-".join(part for part in (frequency, zone) if part)
    local = slot.local or slot.moment
    return "-".join([newsletter.name + (f"--{whose}" if whose else ""), f"{local:%Y-%m-%d-%H%M}"])


class Composer:
    """Writes and checks the words of one edition.

    `warnings` has what its readers would be better without, each once; without `looks` nothing is
    said of what the template alone decides, where that was said of another edition. Raises
    TemplateError where a template fails.
    """

    def __init__(
        self,
        post: Post,
        digest: Digest,
        newsletter: Newsletter,
        cohort: Cohort,
        slot: Slot,
        *,
        looks: bool = True,
        known: Known | None = None,
    ) -> None:
        self.identifier = edition_id(newsletter, cohort, slot)
        self._post = post
        self._slot = slot.moment
        # By its readers' clock; all that tells them whose it is stays the same.
        self._newsletter = replace(newsletter, timezone=zone_of(newsletter, cohort))
        self._rhythm = rhythm_of(newsletter, cohort)
        self._digest = digest
        self._archive = post.site.publication.address(edition_path(self.identifier))
        self._reader = post.specimen(self.identifier, newsletter.name)
        self._ours = known or known_addresses(post.site, self._archive)
        self._elsewhere: set[str] = set()
        self._checked: set[tuple[str, str]] = set()
        self._largest = 0
        self._looks = looks
        self.warnings: list[Finding] = []

    def compose(self, entries: Sequence[Entry], *, more: int, language: str = "") -> Rendered:
        """What is said to readers of these entries, and of `more` that there is no room for.

        In `language`, as `spoken` gives it, as far as the words are the program's.
        """
        self._elsewhere.update(entry.url for entry in entries)
        return self._digest.render(
            self._newsletter,
            entries,
            slot=self._slot,
            publication=self._post.site.publication,
            archive=self._archive,
            more=more,
            rhythm=self._rhythm,
            language=language,
        )

    def check(self, number: int, rendered: Rendered) -> None:
        """Raise CheckError if a message with these words would break a MUST.

        Its words are looked at each time. The message around them is the same but for the
        language, the subject and its length, so it is taken apart whenever one of these is new.
        """
        broken = []
        for finding in self.findings(rendered):
            if finding.severity is Severity.ERROR:
                broken.append(finding)
            elif finding not in self.warnings:
                self.warnings.append(finding)
        if broken:
            raise _refusal(f"edition {self.identifier}, segment {number}, not opened", broken)

    def findings(self, rendered: Rendered) -> list[Finding]:
        """What is wrong with a message of these words, each at the template that is to mend."""
        size = len(rendered.html) + len(rendered.text)
        head = (rendered.language, rendered.subject)
        if head in self._checked and size <= self._largest:
            findings = check_words(
                html=with_links(rendered.html, self._reader, html.escape),
                text=with_links(rendered.text, self._reader),
                leave=self._reader.leave,
                known=self._known,
            )
        else:
            template = self._post.template(self._newsletter, self.identifier, self._slot, rendered)
            findings = check_message(
                template.fill(self._reader),
                domain=self._post.domain(self._newsletter.sender),
                known=self._known,
                looks=self._looks and not self._checked,  # the same in all segments
            )
            self._checked.add(head)
            self._largest = max(size, self._largest)
        return in_templates(findings, self._digest.files, self._post.templates)

    def _known(self, address: str) -> bool | None:
        """An article that says where it stands is believed."""
        return None if address in self._elsewhere else self._ours(address)


def load_shown(
    catalogue: Catalogue, plan: Plan, sets: Sequence[int], limit: int
) -> dict[str, Entry]:
    """The entries that at least one of these sets shows, in full; each its newest `limit`."""
    wanted = {entry.id: None for these in sets for entry in plan.entries_of(these)[:limit]}
    return catalogue.load(wanted)


def _refusal(what: str, findings: list[Finding]) -> CheckError:
    """The error for a message that breaks a MUST: the first reason, and how many more."""
    first = findings[0]
    more = f" and {len(findings) - 1} more" if len(findings) > 1 else ""
    rule = f" [{first.rule}]" if first.rule else ""
    return CheckError(
        f"{what}: {first.what}{rule}{more}", mend=first.mend, path=first.path, line=first.line
    )
