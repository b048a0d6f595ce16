"""Where sentences end: abbreviations, initials, quotes, ellipses and the stops of other scripts.

One pass over the text, yielding as it goes, so that asking for the first sentence of a long
paragraph costs no more than that sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from publisher.content.text.abbreviations import ORDINALS, before_more, maybe_last, starters
from publisher.content.text.lexicon import SHORT_TITLES, words

# Of the quotes that open here and close there, only what follows a stop closes.
_CLOSERS = "\"'”’»›“‘«‹)\\]｣」』）》】"
_CJK_CLOSERS = "\"'”’»›)\\]｣」』）》】"
_STOPS = ".!?…‽؟۔։।"
_CJK_STOPS = "。！？｡．"
# The first sign stands before the alternatives, so that it is looked for in an eighth of the time.
_END = re.compile(
    rf"[{_STOPS}{_CJK_STOPS}](?:"
    rf"(?<=[{_STOPS}])[{_STOPS}]*[{_CLOSERS}]*(?:[\u00a0\u202f ][»›])?(?=\s|$)|"
    rf"(?<=[{_CJK_STOPS}])[{_CJK_STOPS}]*[{_CJK_CLOSERS}]*)"
)
_WORD_BEFORE = re.compile(r"([^\W_]+(?:[.'’-][^\W_]+)*)$")
_NEXT_WORD = re.compile(r"[^\W_]+")
_INITIAL = re.compile(r"[^\W\d_]\.")
_OPENERS = " \t\n\"'“‘«‹„‚(['—–-¿¡「『（"
# Never the end of a sentence: something always follows.
_BEFORE_MORE = (
    words(
        "St Ft Mt vs v No Nos Nr nos no Fig Figs Vol pp p ca cf approx eg e.g i.e al bzw d.h z.B "
        "u.a Hr Hrn Fr Frl Abs Art Mme Mlle MM Sra Srta Dra Ud Uds e.V Rd"
    )
    | SHORT_TITLES
)
# The end of a sentence only if what follows can open one.
_MAYBE = words(
    "Inc Corp Co Ltd Bros Jr Sr Ph.D M.D B.A M.A U.S U.N U.K E.U U.S.A U.S.S.R D.C L.A N.Y "
    "N.J N.H N.C N.D N.M S.C S.D R.I W.Va Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec "
    "Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Mass Md Mich Minn Miss Mo Mont "
    "Neb Nev Okla Ore Pa Tenn Tex Va Vt Wash Wis Wyo a.m p.m A.M P.M etc Ave Blvd Dept Assn "
    "usw Mio Mrd Std Mr"
)
_STARTERS = words(
    "The A An He She It They We I You But And In On At As For From With When While If After "
    "Before His Her Their Its This That These Those There Here However Meanwhile Also Some "
    "Many Most All One Two Officials Police Analysts According Last Since Although Though "
    "Despite By To What Who Why How Now So Yet Still Not No Both Each Several Earlier Later "
    "Under Over Or Our My Your President Shares Sales Der Die Das Er Sie Es Le Les Il Elle El "
    "Los Las"
)


def split_sentences(text: str, language: str = "en") -> Iterator[str]:
    """Yield the sentences of a paragraph, each as it stands there, without outer spaces."""
    start = 0
    for match in _END.finditer(text):
        if _ends(text, match, language):
            if sentence := text[start : match.end()].strip():
                yield sentence
            start = match.end()
    if rest := text[start:].strip():
        yield rest


def ends_whole(sentence: str) -> bool:
    """Whether a piece of text ends as a sentence does."""
    tail = sentence[-8:].rstrip(_CLOSERS.replace("\\", "") + " \u00a0\u202f")
    return tail.endswith(tuple(".!?…‽؟۔։।。！？｡．"))


def _ends(text: str, match: re.Match[str], language: str) -> bool:
    mark = match[0]
    following = text[match.end() : match.end() + 40].lstrip(_OPENERS)
    if len(mark) > 1 and mark[0] in "！？!?؟" and _goes_on(text, match.end(), following):
        return False  # "“好！”她说。"
    if mark[0] in "。！？｡．؟۔։।":
        return not (len(mark) > 1 and text[match.end() : match.end() + 1] == "と")
    if not following:
        return True
    if following[0].islower():
        return False  # "“Why?” he asked", "and so on ... until"
    if mark[0] != "." or mark.startswith(".."):
        return True
    before = _WORD_BEFORE.search(text, max(0, match.start() - 30), match.start())
    return before is None or _ends_behind(before[1], text, match, following, language)


def _goes_on(text: str, at: int, following: str) -> bool:
    """Whether a question or a call in quotes stands in a sentence of a script without capitals."""
    opened = max(text.rfind(quote, 0, at) for quote in "“「『«‹")
    if text[max(opened - 2, 0) : max(opened, 0)].rstrip()[-1:] in {":", "："}:
        return False  # "她问：“在哪里？”" is whole
    next_letter = following[:1]
    has_no_case = next_letter.isalpha() and next_letter.lower() == next_letter.upper()
    return has_no_case and text[at - 1] in _CLOSERS and text[at : at + 2].strip()[:1] == next_letter


def _ends_behind(word: str, text: str, match: re.Match[str], following: str, language: str) -> bool:
    """Whether a full stop behind this word is more than that of an abbreviation."""
    tongue = language.partition("-")[0].lower()
    word = word.replace("’", "'").rpartition("'")[2]  # "l’art."
    small = word.lower()
    closed = len(match[0]) > 1  # a quote or bracket closed behind the stop
    next_word = _NEXT_WORD.match(following)
    opens = next_word is not None and (
        next_word[0] in starters(tongue) if starters(tongue) else next_word[0] in _STARTERS
    )
    if len(word) == 1 and _INITIAL.match(following):
        return False
    if small in maybe_last(tongue):
        return opens or closed or _opens_quote(text, match.end())
    if word in _BEFORE_MORE or small in before_more(tongue):
        return closed and opens
    if word in _MAYBE or _is_dotted(word):
        return opens or _opens_quote(text, match.end()) or closed
    if len(word) == 1 and word.isalpha():
        return opens  # an initial, or half of "z. B."
    # "am 27. Oktober"
    return not (word.isdigit() and len(word) <= 2 and tongue in ORDINALS) or opens


def _is_dotted(word: str) -> bool:
    return "." in word and all(len(part) <= 2 for part in word.split("."))


def _opens_quote(text: str, at: int) -> bool:
    return text[at : at + 3].strip()[:1] in {"“", '"', "«", "„"} and bool(text[at : at + 3].strip())
