"""What the reader of each form hands over: the words and what the form itself tells of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from publisher.content.forms.fields import ChosenTag, Person, Picture
from publisher.content.text.dates import parse_machine_date
from publisher.model import Dateline, Finding, Severity


@dataclass(slots=True)
class Manuscript:
    """An article taken out of its form; front matter has not been asked yet.

    `html` is not sanitised and has addresses as written, relative to `base` if that is not
    empty. Everything else comes from metadata inside the form; `origins` says from where, by the
    name of what was read. `story` and `version` tell which other documents are the same story,
    sent earlier or later; `note` is what it says to editors of that (`(Adds quotes)`);
    `is_cancelled` that it was taken back.
    """

    title: str
    html: str
    authors: tuple[Person, ...] = ()
    credit: str = ""
    rights: str = ""
    summary: str = ""
    language: str = ""
    section: str = ""
    url: str = ""
    base: str = ""
    picture: Picture | None = None
    keywords: tuple[str, ...] = ()
    tags: tuple[ChosenTag, ...] = ()
    dateline: Dateline | None = None
    published: datetime | None = None
    updated: datetime | None = None
    embargo: datetime | None = None
    expires: datetime | None = None
    correction: str = ""
    is_draft: bool = False
    is_cancelled: bool = False
    withdrawal: str = ""
    id: str = ""
    story: str = ""
    version: str = ""
    note: str = ""
    origins: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def moment(self, text: str | None, place: str, path: str, zone: ZoneInfo) -> datetime | None:
        """A date in the form's own metadata; one that can't be read is a finding."""
        if not (text and text.strip()):
            return None
        try:
            return parse_machine_date(text, zone)
        except (ValueError, OverflowError):
            self.warn(
                f"{place} has a date that can't be read: `{text.strip()[:60]}`",
                "write it as 2026-11-23T07:30:00+01:00, or give `date:` in front matter",
                path,
            )
            return None

    def take_state(self, word: str, note: str, path: str) -> None:
        """Take the state that an agency gives a story: usable, embargoed, withheld or cancelled.

        The same four words in NITF (management-status), NewsML-G2 and ninjs (pubstatus).
        """
        state = word.rpartition(":")[2].strip().lower()
        if state in {"canceled", "cancelled"}:
            self.is_cancelled, self.withdrawal = True, note
        elif state == "withheld" or (state == "embargoed" and self.embargo is None):
            self.is_draft = True
            self.warn(
                f"its sender says that it is {state}" + ("" if state == "withheld" else
                " and not until when") + ", so it is kept as a draft",
                "wait for the version that is usable",
                path,
            )  # fmt: skip

    def warn(self, what: str, mend: str, path: str) -> None:
        """Note something for the editor."""
        self.findings.append(
            Finding(severity=Severity.WARNING, what=what, mend=mend, path=path)
        )  # fmt: skip
