"""What can't be done for a reader, as a page that says so and leads on."""

from __future__ import annotations


class Problem(Exception):  # noqa: N818 - it is an answer, not a failure of ours
    """A request that gets a page with this status; `kind` names its words in web/problem.html."""

    def __init__(self, kind: str, status: int, *, retry_after: int = 0) -> None:
        super().__init__(kind)
        self.kind = kind
        self.status = status
        self.retry_after = retry_after
