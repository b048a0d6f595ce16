"""What a person should know or mend."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from publisher.errors import describe
from publisher.valueclass import valueclass


class Severity(StrEnum):
    """How bad a finding is: an ERROR must be mended and makes the run fail, a WARNING does not."""

    ERROR = "error"
    WARNING = "warning"


@valueclass
class Finding:
    """Something that a person should know or mend.

    `what` is one sentence, `mend` what to do, `path` and `line` the place, `rule` the source
    that asks for it ("RFC 8058 section 3.1"). In a message that is no file, `path` is the header's
    name ("Subject") or the part's type ("text/html"), and `line` counts within that part.
    """

    severity: Severity
    what: str
    mend: str = ""
    path: str = ""
    line: int | None = None
    rule: str = ""

    def __str__(self) -> str:
        return describe(self.what, self.mend, self.path, self.line)

    def as_dict(self) -> dict[str, Any]:
        """The same for a script."""
        return {
            "severity": self.severity.value,
            "what": self.what,
            "mend": self.mend,
            "path": self.path,
            "line": self.line,
            "rule": self.rule,
        }
