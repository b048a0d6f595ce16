"""What kind of thing a run of capitals names by its own words, and which no editor would tag."""

from __future__ import annotations

from itertools import pairwise

from publisher.content.naming.places import find_place
from publisher.content.text.lexicon import (
    ACRONYMS,
    AGENCIES,
    GENERIC,
    GEOGRAPHY,
    NEVER,
    ORGANISATIONS,
    SAME,
    TITLE_MODIFIERS,
    TITLES,
    words,
)
from publisher.model import TagKind

_FIRST_OF_PLACE = words("Lake Mount Cape Gulf Strait Fort Port Mt Lakes Isle")
# What opens a sentence and begins no name.
OPENERS = words(
    "The A An He She It They We You I But And Or So In On At As For From With Without When "
    "While If After Before During Since Until Because Although Though Despite By To Of Into "
    "Over Under His Her Their Its Our My Your This That These Those There Here However "
    "Meanwhile Also Some Many Most Much More All Any One Two Three Four Five Six Seven Eight "
    "Nine Ten Both Each Every Other Another Such Several Few Officials Police Analysts "
    "According Last Next Earlier Later Still Yet Not No Nor Now Then Just Only Even What Who "
    "Whom Whose Why How Where Which Whether Speaking Asked Under About Between Among Like "
    "Unlike Than Today Yesterday Tomorrow Is Are Was Were Be Been Being Has Have Had Do Does "
    "Did Will Would Can Could Should May Might Must Let Get Make Please Yes Oh Well Thus "
    "Hence Instead Perhaps Maybe Once Again Back Researchers Scientists Critics Experts "
    "Prices Sales Shares Traders Dealers Bankers Economists Net Total Don't It's He's She's "
    "That's There's They're We're You're What's Let's Can't Won't Didn't Doesn't Isn't"
)


def is_struck(text: str, run: list[str]) -> bool:
    if text.casefold() in AGENCIES and text not in ACRONYMS:
        return True
    if text in NEVER or (len(run) == 1 and (run[0] in GENERIC or run[0] in TITLES)):
        return True
    if text.isupper() and text.title() in OPENERS:
        return True
    if "-" in text and all(find_place(part) for part in text.split("-")):
        return True  # "US-China" is two tags
    plain = [word for word in run if word not in {"of", "the", "for", "and", "&"}]
    whole_generic = GENERIC | TITLE_MODIFIERS | TITLES
    return len(text) < 2 or all(word in whole_generic or word in OPENERS for word in plain)


def kind_of(text: str, run: list[str]) -> tuple[TagKind | None, bool]:
    if text in ACRONYMS or text in SAME.values():
        return TagKind.ORGANISATION, True
    if len(run) == 1 and text.isupper() and 2 <= len(text) <= 6 and text.isalpha():
        return TagKind.ORGANISATION, True
    if len(run) > 1 and (run[-1] in ORGANISATIONS or "&" in text):
        return TagKind.ORGANISATION, True
    if any(a in ORGANISATIONS and b == "of" for a, b in pairwise(run)):
        return TagKind.ORGANISATION, True
    if len(run) > 1 and (run[-1] in GEOGRAPHY or run[0] in _FIRST_OF_PLACE):
        return TagKind.PLACE, True
    return None, False
