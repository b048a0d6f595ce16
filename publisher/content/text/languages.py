"""In which language a text is written: told by its script and its little words, offline.

Articles are long enough for that: a paragraph holds dozens of words like "und" or "della". What
stays in doubt (a line, a recipe, two languages at once) is for the publication to say.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import chain
from operator import itemgetter

_MOST_READ = 1500  # characters
_MOST_LETTERS = 600  # by which the script is told
_LEAST_WORDS = 8
_LEAST_LETTERS = 36  # each of another script than ours counts as three
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_ASCII_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
# Bytes as they are counted: small letters and apostrophes, with spaces for all else.
_COUNTED = bytes(
    ord(sign.lower()) if (sign := chr(number)).isascii() and (sign.isalpha() or sign == "'") else 32
    for number in range(256)
)
# Scripts by their blocks, with the language that alone, or mostly, is written in them.
_SCRIPTS = (
    (0x0370, 0x03FF, "el"), (0x0400, 0x04FF, "ru"), (0x0530, 0x058F, "hy"),
    (0x0590, 0x05FF, "he"), (0x0600, 0x06FF, "ar"), (0x0900, 0x097F, "hi"),
    (0x0980, 0x09FF, "bn"), (0x0B80, 0x0BFF, "ta"), (0x0E00, 0x0E7F, "th"),
    (0x10A0, 0x10FF, "ka"), (0x1100, 0x11FF, "ko"), (0x3040, 0x30FF, "ja"),
    (0x4E00, 0x9FFF, "zh"), (0xAC00, 0xD7AF, "ko"),
)  # fmt: skip
_FIRST_BLOCK = _SCRIPTS[0][0]
_SPACELESS = frozenset({"ja", "zh", "th"})
# The words of each language that stand in nearly every paragraph of it.
_LITTLE = {
    "en": "the of and to in is that for it was on with as he at by from his they this have are "
    "be but not had she which their were been or an who will its said has more would about",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch "
    "es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über wurde",
    "fr": "le la les de des et en un une du est que dans qui pour pas sur au avec par plus ce il "
    "sont aux se ont cette elle mais été ou leur ses l'on d'un d'une n'est c'est selon",
    "es": "el la los las de del y en que un una se con por para es su al lo no más como pero sus "
    "le ya este entre está porque muy sin sobre también fue había todo esta ha según",
    "pt": "o a os as de do da dos das e em no na nos nas que um uma para com não por mais se ao "
    "foi como mas são à pelo pela também já até isso ele ela seu sua está às",
    "it": "il lo la gli le di del della dei delle e in nel nella che un una per con non è si da "
    "al alla sono dal più come ha anche ma o questo se ci suo sua stato dopo all' dell' l'",
    "nl": "de het een en van in is dat op te zijn voor met die niet aan er om ook als maar bij "
    "door uit naar heeft hij worden werd nog wordt over tot ze zich dan kan of meer",
    "sv": "och att det i en som är på för av med den till inte ett har de om var från sig men "
    "när vid han hon kan ska efter eller också än så vi nu under skulle mot",
    "da": "og i at det er en til af på for med der den som de ikke et har om men var fra ved "
    "sig han hun kan blev efter også eller vil skal over når nu så mod være mere hvad kun siger "
    "sagde uden",
    "nb": "og i det er en at til av på for med som den de ikke et har om men var fra ved seg "
    "han hun kan ble etter også eller vil skal over når nå så mot være mer hva bare sa sier uten",
    "fi": "ja on ei että se oli hän mutta ovat myös kun joka kuin sekä tai jos niin mukaan ole "
    "vain nyt jo sen hänen mitä ovat olla olisi eivät joita jotka tämä",
    "pl": "i w na z do się nie że to jest o jak od po za przez dla są ale czy jego oraz tym tego "
    "był była ich także już który która które może ma przed pod",
    "cs": "a v na se je že s z do o to i by jsou jako ale k za pro po také který která které jeho "
    "byl byla bylo ve ze už od nebo podle však při jen tak jsem",
    "sk": "a v na sa je že s z do o to aj by sú ako ale k za pre po tiež ktorý ktorá ktoré jeho "
    "bol bola bolo vo zo už od alebo podľa však pri len tak som",
    "hu": "a az és hogy nem is egy van volt csak de ez meg már el még ki mint vagy azt ha ezt "
    "amely után szerint minden lesz között ami aki több nagyon",
    "ro": "și de în la cu a pe că nu este din un o pentru care se mai sau sunt au fost prin ca "
    "dar după lui ale acest această fi al ce până când",
    "tr": "ve bir bu da de için ile olarak çok daha olan gibi kadar sonra ise en ne ya o ancak "
    "var değil olduğu göre her mi oldu tarafından üzere",
    "vi": "và của là có trong cho được không các với một những người này đã để từ khi đến về "
    "cũng như ra tại sẽ trên theo vào nhiều đó",
    "id": "yang dan di dari untuk dengan pada ini itu dalam tidak akan juga ke oleh ada adalah "
    "sebagai telah karena lebih bisa tersebut mereka kata saat atau sudah para",
    "ca": "el la els les de del i en que un una es amb per al no més com però seu seva ha són "
    "aquest aquesta dels als va també si ja pel hi o perquè està d'un",
    "ru": "и в не на что с по как это но он к из у за от так для о же бы все был его она были "
    "года после также до или при их ее если который которые было",
    "uk": "і в не на що з та як це але він до із у за від так для про же би все був його вона "
    "були року після також або при їх її якщо який які було є й",
    "bg": "и в не на че с по как това но той към от за така се да са си ще беше му тя бяха година "
    "след също до или при им ако който които е из са",
    "ar": "في من على إلى أن عن مع هذا هذه التي الذي كان ما لا لم بعد قال بين كما قد أو كل و ذلك",
    "fa": "در به از که این را با است برای آن یک خود تا بر هم شده می نیز شد بود اما ها های",
    "ur": "کے میں کی ہے اور سے کا کو نے پر کہ ہیں یہ اس بھی ایک تھا کر جو نہیں ان گیا",
}
_WORDS = {language: frozenset(text.split()) for language, text in _LITTLE.items()}
# Which languages have a word: one that fewer have tells more.
_HAVE = {
    word: tuple(language for language, words in _WORDS.items() if word in words)
    for word in sorted(frozenset().union(*_WORDS.values()))
}
_BY_SCRIPT = {"ru": ("ru", "uk", "bg"), "ar": ("ar", "fa", "ur")}
_ALONE = _BY_SCRIPT.keys()
_LATIN_LANGUAGES = tuple(
    language for language in _WORDS if language not in chain.from_iterable(_BY_SCRIPT.values())
)


def detect_language(text: str) -> str:
    """The language of a text as a tag (RFC 5646), or "" where it does not tell."""
    text = text[:_MOST_READ]
    script, letters = _script_of(text)
    if script in _SPACELESS:
        return script if letters >= _LEAST_LETTERS else ""
    languages = _LATIN_LANGUAGES if not script else _BY_SCRIPT.get(script, ())
    if not languages:
        return script if letters >= _LEAST_LETTERS else ""
    if text.isascii():
        words = _ascii_words(text)
    else:
        words = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    if len(words) < _LEAST_WORDS:
        return ""
    return _by_words(words, languages) or (script if script in _ALONE else "")


def language_of(text: str, expected: str) -> str:
    """The language of an article of which nobody said it, in a publication in `expected`."""
    found = detect_language(text)
    return expected if not found or found == primary(expected) else found


def primary(language: str) -> str:
    """The language without its region: `pt` of `pt-BR`."""
    return language.partition("-")[0].lower()


def _script_of(text: str) -> tuple[str, int]:
    """The language by the script of most letters, "" for Latin, and how many they are."""
    if text.isascii():
        return "", len(text)
    counts: Counter[str] = Counter()
    for letter, count in Counter(filter(str.isalpha, text[: 2 * _MOST_LETTERS])).items():
        counts[_block_of(ord(letter))] += count
    if counts["ja"] * 10 > counts["zh"]:  # Japanese writes its nouns in Chinese characters
        counts["ja"] += counts.pop("zh", 0)
    # Names and addresses in Latin letters stand in any text, the other way round they do not.
    for language in counts:
        counts[language] *= 3 if language else 1
    return max(counts.items(), key=itemgetter(1), default=("", 0))


def _block_of(letter: int) -> str:
    if letter < _FIRST_BLOCK:
        return ""
    return next((name for first, last, name in _SCRIPTS if first <= letter <= last), "")


def _ascii_words(text: str) -> list[str]:
    """What _WORD finds, in small letters and a third of the time."""
    words = text.encode("ascii").translate(_COUNTED).decode("ascii").split()
    if "'" not in text:
        return words
    return [
        part for word in words for part in (_ASCII_WORD.findall(word) if "'" in word else (word,))
    ]


def _by_words(words: list[str], languages: tuple[str, ...]) -> str:
    """The language whose little words the text has; it has to be clearly ahead of the next."""
    counts = Counter(filter(_HAVE.__contains__, words))
    scores = dict.fromkeys(languages, 0.0)
    for word, count in counts.items():
        holders = _HAVE[word]
        weight = count / len(holders)
        for language in holders:
            if language in scores:
                scores[language] += weight
    first, second = sorted(scores, key=scores.__getitem__, reverse=True)[:2]
    if scores[first] < max(1.5, 0.03 * min(len(words), 100)):
        return ""
    # Near ones (Danish and Norwegian) share most words: what only one has decides.
    ours = sum(counts[word] for word in counts.keys() & _only(first, second))
    theirs = sum(counts[word] for word in counts.keys() & _only(second, first))
    return first if ours >= 1.3 * theirs else ""


@cache
def _only(first: str, second: str) -> frozenset[str]:
    return _WORDS[first] - _WORDS[second]
