"""What a person should know or mend."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from publisher.errors import describe


class Severity(StrEnum):
    """How bad a finding is: an ERROR must be mended and makes the run fail, a WARNING does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that a person should know or mend.

    `what` is one sentence, `mend` what to do, `path` and `line` the place, `rule` the source
    that asks for it ("RFC 8058 section 3.1").
    """

    severity: Severity
    what: str
    mend: str = ""
    path: str = ""
    line: int | None = None
    rule: str = ""

    def __str__(self) -> str:
        return describe(self.what, self.mend, self.path, self.line)
