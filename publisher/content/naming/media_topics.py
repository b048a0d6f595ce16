"""IPTC Media Topics: the numbers that news agencies give topics, whatever the language.

https://cv.iptc.org/newscodes/mediatopic/ is the vocabulary.
"""

from __future__ import annotations

import re

_CODE = re.compile(
    r"(?:medtop:|https?://cv\.iptc\.org/newscodes/mediatopic/)([0-9]{8})", re.IGNORECASE
)
# What those at the top of the tree are about, for documents that give the number alone.
_NAMES = {
    "01000000": "arts, culture, entertainment and media",
    "02000000": "crime, law and justice",
    "03000000": "disaster, accident and emergency incident",
    "04000000": "economy, business and finance",
    "05000000": "education",
    "06000000": "environment",
    "07000000": "health",
    "08000000": "human interest",
    "09000000": "labour",
    "10000000": "lifestyle and leisure",
    "11000000": "politics and government",
    "12000000": "religion",
    "13000000": "science and technology",
    "14000000": "society",
    "15000000": "sport",
    "16000000": "conflict, war and peace",
    "17000000": "weather",
}


def media_topic(text: str, *, bare: bool = False) -> str:
    """The number in `medtop:20000271` or in the address of a topic; "" in anything else.

    `bare`: the eight digits may stand alone.
    """
    match = _CODE.fullmatch(f"medtop:{text}" if bare and text.isdigit() else text.strip())
    return match[1] if match else ""


def name_of(code: str) -> str:
    """What a topic at the top of the tree is called; "" for any other."""
    return _NAMES.get(code, "")
