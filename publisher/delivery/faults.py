"""What keeps one message from being made, and is no reason to stop making the others."""

from __future__ import annotations

from publisher.errors import AddressError, CheckError, TemplateError, describe, is_bug, trace

_PLACES = 6  # of a mistake of ours, for whoever is to mend it
_ITS_OWN = (AddressError, TemplateError, CheckError, UnicodeError)


def is_its_own(err: Exception) -> bool:
    """Whether it concerns this message or segment alone, and neither the store nor the machine.

    A mistake of ours does as well, as far as anybody can tell: others may be free of it.
    """
    return isinstance(err, _ITS_OWN) or is_bug(err)


def why_unmade(err: Exception) -> str:
    """Why there is no such message, in words for the ledger; raises what is not its own fault."""
    if not is_its_own(err):
        raise err
    if isinstance(err, _ITS_OWN):
        return str(err)
    return describe(
        f"publisher itself fails on this message: {trace(err, _PLACES)}",
        "please report it; once it is mended `publisher editions retry` sends what failed",
    )
