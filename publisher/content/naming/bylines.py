"""Bylines and credits as wire copy prints them: who wrote it, who else worked on it."""

from __future__ import annotations

import re

from publisher.content.text.lexicon import AGENCIES, words
from publisher.late import late_pattern
from publisher.valueclass import valueclass

_OPENING = late_pattern(r"(?:By|BY|by|Von|VON|Par|PAR|Por|POR|От|Автор:)[ \t]+")
_FROM = late_pattern(r"(?:From|FROM)[ \t]+(?P<agency>[^\d.!?]{2,60})")
_FIRST = frozenset("BbVPОАF")  # letters with which both begin, two of them Cyrillic
_LONGEST = 160
_ROLES = words(
    "writer correspondent reporter editor staff press agency service services bureau news "
    "associated ap reuters afp upi bloomberg xinhua tass dpa times post journal herald "
    "tribune special contributor columnist chief freelance"
)
_ROLE = late_pattern(rf"\b(?:{'|'.join(sorted(_ROLES))})\b", re.IGNORECASE)
_BETWEEN = late_pattern(r"\s+(?:and|und|et|y|e|и)\s+|\s*&\s*|\s*;\s*")
_NAME = late_pattern(r"[^\W\d_][\w.'’-]*(?:[ ][^\W\d_][\w.'’-]*){0,5}")
_PARTICLES = words(
    "de da di du del della der den van von bin ibn al el la le dos das y e ten ter zu"
)
_ELIDED = late_pattern(r"[dl]['’][^\W\d_a-z]")  # d'Emilio, l'Estrange
_VERBS = words("was is were are the a an this that his her their its has have had")
_CREDIT = late_pattern(
    r"[(\[]?\s*(?:Additional\s+)?(?:Reporting|Writing|Editing|Compiled|Produced|Translated|"
    r"Research|Graphics)\b.{0,60}\bby\b",
    re.IGNORECASE,
)
_CONTRIBUTED = late_pattern(
    r"(?:contributed|reported)(?:\s+(?:to\s+this\s+(?:report|story|article)|reporting|"
    r"from\s+[^.]{2,60}))?[.)\]]*$"
)
_CONTRIBUTOR = late_pattern(
    r"[(\[]?\s*(?:Associated Press|AP|Reuters|AFP|The|Staff|Writers?|Reporters?|Journalists?)\b"
)
_RIGHTS = late_pattern(r"(?:©|\(c\)|copyright\b)|.{0,200}\ball rights reserved\b", re.IGNORECASE)


@valueclass(kw_only=False)
class Byline:
    """The names that a byline gives, and what it says beside them (an agency, a role)."""

    names: tuple[str, ...]
    credit: str = ""


def parse_byline(text: str) -> Byline | None:
    """A byline (`By X and Y, Associated Press Writer`, `From AP`), or None for other text."""
    if text.lstrip()[:1] not in _FIRST:  # nearly always
        return None
    line = " ".join(text[: _LONGEST + 1].split())
    if len(line) > _LONGEST:
        return None
    if match := _FROM.fullmatch(line):
        agency = match["agency"]
        is_agency = agency.isupper() or _ROLE.search(agency) is not None
        return Byline((), agency.strip()) if is_agency else None
    opening = _OPENING.match(line)
    if opening is None or line[-1] in "!?:":
        return None
    names, notes = [], []
    for part in _split(line[opening.end() :]):
        if _ROLE.search(part) or part.casefold() in AGENCIES:
            notes.append(part)
        elif _is_name(part):
            names.append(_proper(part))
        else:
            return None
    if line.startswith("by ") and not (notes and names):
        return None  # in small letters only with a role or an agency: else it is a sentence's end
    return Byline(tuple(names), ", ".join(notes)) if names or notes else None


def is_credit(paragraph: str) -> bool:
    """Whether a paragraph at the end says who else worked on the story."""
    if len(paragraph) > 600:
        return False
    if _CREDIT.match(paragraph):
        return paragraph[0] in "([" or ";" in paragraph or len(paragraph) < 200
    return bool(_CONTRIBUTOR.match(paragraph) and _CONTRIBUTED.search(paragraph[-120:]))


def is_rights(paragraph: str) -> bool:
    """Whether a paragraph at the end says whose the story is."""
    return len(paragraph) <= 400 and _RIGHTS.match(paragraph) is not None


def _split(text: str) -> list[str]:
    parts: list[str] = []
    for piece in re.split(r"\s*[,|/•]\s*", text.strip().rstrip(".")):
        # "Jane Roe and John Doe" are two, "Associated Press and Staff Writers" is one credit.
        parts += [piece] if _ROLE.search(piece) else _BETWEEN.split(piece)
    return [part.strip() for part in parts if part.strip()]


def _is_name(text: str) -> bool:
    if len(text) > 60 or not _NAME.fullmatch(text):
        return False
    words = text.split()
    if any(word.lower() in _VERBS for word in words[1:]):
        return False
    caseless = not any(c.islower() or c.isupper() for c in text)
    return caseless or all(
        w[0].isupper() or w.lower() in _PARTICLES or _ELIDED.match(w) for w in words
    )


def _proper(name: str) -> str:
    if not name.isupper() or len(name) < 4:
        return name
    return re.sub(r"[^\W\d_]+", lambda word: word[0].capitalize(), name)
