"""Reading and writing words.tsv: in how many of the archive's own articles its usual words stand.

`publisher tags review` writes it. It lies beside tags.toml and not in the database, so that one
folder always gives the same tags, and so that nothing but its operator counts anew: that reads
every article again.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from pathlib import Path

from publisher.config.names import WORDS_NAME
from publisher.config.replacing import replace_text
from publisher.errors import ConfigError, describe
from publisher.model import NOT_COUNTED, WordCounts

_LARGEST = 8 * 1024 * 1024  # bytes
_HEAD = """\
# How many articles of the archive have each of these words: what is usual here is no topic.
# Written by `publisher tags review`; take the file away to do without.
"""
_ALL = "articles:"
_MEND = "write it anew: take it away, then `publisher tags review`"


def load_word_counts(folder: Path) -> tuple[WordCounts, list[str]]:
    """The counts in a site's folder, none if there is no file, and the first mistake in it."""
    path = folder / WORDS_NAME
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        text = data.decode()
    except FileNotFoundError:
        return NOT_COUNTED, []
    except (OSError, UnicodeDecodeError) as err:
        return NOT_COUNTED, [describe(f"can't be read: {err}", _MEND, str(path))]
    if len(data) > _LARGEST:
        return NOT_COUNTED, [describe("is larger than 8 MiB", _MEND, str(path))]
    articles, words = 0, dict[str, int]()
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        count, tab, listed = line.partition("\t")
        if not (tab and count.isascii() and count.isdigit() and len(count) < 10):
            what = "has a line that is not a count, a tab and words"
            return NOT_COUNTED, [describe(what, _MEND, str(path), number)]
        if listed == _ALL:
            articles = int(count)
        else:
            words.update(dict.fromkeys(listed.split(), int(count)))
    if max(words.values(), default=0) > articles:
        return NOT_COUNTED, [describe("counts more articles than it has", _MEND, str(path))]
    return WordCounts(articles, tuple(sorted(words.items()))), []


def save_word_counts(folder: Path, counts: WordCounts) -> None:
    """Write the counts, the most usual words first. Raises ConfigError where that can't be."""
    lines = [f"{counts.articles}\t{_ALL}\n"]
    by_count = sorted(counts.words, key=lambda pair: (-pair[1], pair[0]))
    for count, pairs in groupby(by_count, key=itemgetter(1)):
        lines.append(f"{count}\t{' '.join(word for word, _ in pairs)}\n")
    path = folder / WORDS_NAME
    try:
        replace_text(path, _HEAD + "".join(lines))
    except OSError as err:
        raise ConfigError(f"{path} can't be written: {err}", path=str(path)) from None
