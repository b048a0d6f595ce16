"""The summary that an editor did not write: the story's own first sentences, whole.

News is written so that its start is its summary: on public samples no method of picking
sentences from elsewhere came near this.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from publisher.content.text.characters import squeeze
from publisher.content.text.lexicon import words
from publisher.content.text.sentences import ends_whole, split_sentences
from publisher.late import late_pattern
from publisher.model import SummaryMethod

_LOOKED_AT = 30  # paragraphs
_LONGEST_LOOKED_AT = 4000  # characters of one
_CLINGING = words(
    "he she they but and however also so nor or yet his her their him them instead meanwhile "
    "still then such therefore moreover furthermore nevertheless"
)
_FIRST_WORD = re.compile(r"[\s\"'“‘«(]*([^\W_]+)")
# What a page says of itself before the story begins.
_OF_ITSELF = re.compile(
    r"[\s\"'“‘(]*this (?:article|post|story|video|page|report|piece|column) "
    r"(?:was|is|has|contains|originally|first|may|appeared|also)\b",
    re.IGNORECASE,
)
# What a page says to its visitors, wherever it stands.
_SMALL_PRINT = late_pattern(
    r"^\[.*\]$|^we (?:may|independently|earn|receive)\b|\b(?:affiliate links?|compensation when|"
    r"terms apply|earn us|a commission|sign up (?:for|to) (?:our|the)|subscribe|our newsletters?|"
    r"your inbox|share your|click here|cookies|advertis(?:ing|ement|er) policy)\b",
    re.IGNORECASE,
)
# What is in each of those; looked for first, in a tenth of the time.
_OF_SMALL_PRINT = (
    "affiliate link", "compensation when", "terms apply", "earn us", "a commission", "sign up ",
    "subscribe", "our newsletter", "your inbox", "share your", "click here", "cookies", "advertis",
)  # fmt: skip


def summarise(
    paragraphs: Iterable[str], *, limit: int, language: str, method: SummaryMethod = "lead"
) -> str:
    """The first whole sentences that fit into `limit` characters.

    Each is as it stands in the text. A first sentence that is too long is cut behind a word and
    ends with an ellipsis. `paragraphs` come without dateline and byline. By the method "textrank"
    they are the sentences that share most with all others.
    """
    if method == "textrank":
        paragraphs = list(paragraphs)
        ranked = _ranked(list(_sentences(paragraphs, language)), limit)
        if ranked:
            return ranked
    sentences = _sentences(paragraphs, language)
    chosen = _opening(sentences)
    if not chosen:
        return ""
    summary = chosen.pop(0)
    if len(summary) > limit:
        return _cut(summary, limit)
    for sentence in _chain(chosen, sentences):
        longer = summary + ("" if _is_cjk(sentence.lstrip("“‘「『（《")) else " ") + sentence
        if len(longer) > limit:
            break
        summary = longer
    return summary


def _is_cjk(sentence: str) -> bool:
    """Whether it begins with a letter of those that no space stands between."""
    return "\u2e80" <= sentence[:1] <= "\u9fff" or "\uff00" <= sentence[:1] <= "\uffef"


def fit_summary(text: str, *, limit: int, language: str) -> str:
    """A summary that came from elsewhere: on one line, cut behind a sentence if it is too long."""
    line = squeeze(text)
    return line if len(line) <= limit else summarise([line], limit=limit, language=language)


def _ranked(sentences: list[str], limit: int) -> str:
    from publisher.content.text.textrank import rank_sentences  # noqa: PLC0415 - if asked for

    chosen: list[int] = []
    room = limit
    for at in rank_sentences(sentences):
        if not _clings(sentences[at]) and len(sentences[at]) <= room:
            chosen.append(at)
            room -= len(sentences[at]) + 1
    return " ".join(sentences[at] for at in sorted(chosen))


def _chain(first: list[str], more: Iterator[str]) -> Iterator[str]:
    yield from first
    yield from more


def _sentences(paragraphs: Iterable[str], language: str) -> Iterator[str]:
    held: list[str] = []
    began = False
    for number, paragraph in enumerate(paragraphs):
        if number >= _LOOKED_AT:
            break
        text = " ".join(paragraph[:_LONGEST_LOOKED_AT].split())
        # A line without an end above the text is a label or a caption, not the story.
        if not began and not ends_whole(text) and not _is_standfirst(text):
            held.append(text)
            continue
        began = True
        yield from split_sentences(text, language)
    if not began:
        yield from held


def _is_standfirst(text: str) -> bool:
    """Whether a line without a full stop is a sentence all the same."""
    pieces = text.split()
    small = sum(piece[:1].islower() for piece in pieces)
    return len(text) >= 120 or (len(pieces) >= 12 and small >= 0.6 * len(pieces))


def _opening(sentences: Iterator[str]) -> list[str]:
    """The sentence to open with: the first that does not lean on one before it."""
    seen: list[str] = []
    for sentence in sentences:
        seen.append(sentence)
        if not _clings(sentence):
            return [sentence] if len(seen) <= 3 else seen
        if len(seen) > 3:
            break
    return seen


def _clings(sentence: str) -> bool:
    match = _FIRST_WORD.match(sentence)
    if _OF_ITSELF.match(sentence) or _is_small_print(sentence):
        return True
    return match is not None and match[1].lower() in _CLINGING


def _is_small_print(sentence: str) -> bool:
    folded = sentence.casefold()
    if not folded.startswith(("[", "we ")):
        for word in _OF_SMALL_PRINT:
            if word in folded:
                break
        else:
            return False
    return _SMALL_PRINT.search(sentence) is not None


def _cut(sentence: str, limit: int) -> str:
    if limit < 2:
        return "…"[:limit]
    room = sentence[: limit - 1]
    if sentence[limit - 1 : limit].strip():
        head = re.sub(r"\s+\S*$", "", room[-80:])
        # Scripts without spaces are cut where the room ends.
        room = room[:-80] + head if len(head) < len(room[-80:]) else room
    return room.rstrip(" \t\n,;:–—-(“‘«\"'") + "…"
