"""The keys that sign mail: where each lies, and what to do where one is missing or unfit."""

from __future__ import annotations

import shlex
import stat
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from publisher.config.tables import MailTable
from publisher.errors import ConfigError
from publisher.valueclass import valueclass

_RSA = "PUBLISHER_DKIM_KEY"
_ED25519 = "PUBLISHER_DKIM_ED25519_KEY"


@valueclass
class DkimKey:
    """A key by which the mail of `domain` is signed, in PEM; `given` is from the environment."""

    domain: str
    selector: str
    kind: str
    path: Path
    variable: str
    given: SecretStr | None

    def load(self) -> bytes:
        """The PEM text. Raises ConfigError, saying how to make a key."""
        if self.given:
            return self.given.get_secret_value().encode()
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            raise self.refused("is not there") from None
        except OSError as err:
            raise self.refused(f"can't be read: {err.strerror}") from err

    def is_loose(self) -> bool:
        """Whether other people on this machine may read the file."""
        if self.given:
            return False
        try:
            mode = self.path.stat().st_mode
        except OSError:
            return False
        return bool(mode & (stat.S_IRWXG | stat.S_IRWXO))

    def refused(self, why: str) -> ConfigError:
        """The error for a key that is missing or unfit: how to make one, and what to publish."""
        what, where = (self.variable, "") if self.given else ("the DKIM key", str(self.path))
        file = shlex.quote(str(self.path))
        if self.kind == "rsa":
            make = f"openssl genrsa -out {file} 2048"
            show = f"openssl rsa -in {file} -pubout -outform DER | openssl base64 -A"
        else:
            make = f"openssl genpkey -algorithm ed25519 -out {file}"
            # RFC 8463 section 4: the 32 bytes alone, without what openssl sets before them.
            show = f"openssl pkey -in {file} -pubout -outform DER | tail -c 32 | openssl base64 -A"
        return ConfigError(
            f"{what} {why}; make one by `(umask 077; {make})` (or set {self.variable} to its "
            f"text), and publish it in DNS: {self.selector}._domainkey.{self.domain} TXT "
            f'"v=DKIM1; k={self.kind}; p=..." with what `{show}` prints after p=',
            path=where,
        )


def dkim_keys(
    folder: Path, mail: MailTable | None, environ: Mapping[str, str]
) -> tuple[DkimKey, ...]:
    """The keys that [mail.dkim] names, none of them read yet: feeds need none."""
    if mail is None or mail.dkim is None:
        return ()
    table = mail.dkim
    kinds = [
        (table.selector, "rsa", table.key, _RSA),
        (table.ed25519_selector, "ed25519", table.ed25519_key, _ED25519),
    ]
    return tuple(
        DkimKey(
            domain=table.domain or mail.sender.address.rpartition("@")[2],
            selector=selector,
            kind=kind,
            path=folder / file,
            variable=variable,
            given=SecretStr(environ[variable]) if environ.get(variable) else None,
        )
        for selector, kind, file, variable in kinds
        if selector
    )
