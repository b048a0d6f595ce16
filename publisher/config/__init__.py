"""publisher.toml and the environment, checked: every mistake at once, each with its line.

`load_site` is the way in. What it returns holds the model's own nouns (Publication, Newsletter),
so that the pure rooms never see a configuration file. Secrets come from the environment or from
key files alone; they are never in publisher.toml, the store or a log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.late import late

if TYPE_CHECKING:
    from publisher.config.bounces import BounceSecrets
    from publisher.config.dkim import DkimKey
    from publisher.config.keys import KEY_NAME, keys_are_loose, load_keys
    from publisher.config.names import CONFIG_NAME, SITE_FILES, VOCABULARY_NAME, WORDS_NAME
    from publisher.config.password import (
        PASSWORD_NAME,
        check_password,
        load_password,
        save_password,
    )
    from publisher.config.site import Login, Site, load_site
    from publisher.config.tables import MailTable, SourceTable

__all__ = [
    "CONFIG_NAME",
    "KEY_NAME",
    "PASSWORD_NAME",
    "SITE_FILES",
    "VOCABULARY_NAME",
    "WORDS_NAME",
    "BounceSecrets",
    "DkimKey",
    "Login",
    "MailTable",
    "Site",
    "SourceTable",
    "check_password",
    "keys_are_loose",
    "load_keys",
    "load_password",
    "load_site",
    "save_password",
]

__getattr__ = late(
    __name__,
    {
        "bounces": "BounceSecrets",
        "dkim": "DkimKey",
        "keys": "KEY_NAME keys_are_loose load_keys",
        "names": "CONFIG_NAME SITE_FILES VOCABULARY_NAME WORDS_NAME",
        "password": "PASSWORD_NAME check_password load_password save_password",
        "site": "Login Site load_site",
        "tables": "MailTable SourceTable",
    },
)
