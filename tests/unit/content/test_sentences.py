from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.content.sentences import split_sentences
from publisher.content.summary import summarise


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["The U.S. Navy came.", "It left on Jan. 5 at noon."]),
        ("en", ["Col. Ann B. Example met Mr. Sample in St. Gull.", "They talked."]),
        ("en", ["He works for Example Inc. in Oslo.", "She left the U.S.", "The rest stayed."]),
        ("en", ["“Go away.”", "She went."]),
        ("en", ["“Why?” he asked.", "Nobody knew... and so on.", "The end!"]),
        ("en", ["It cost $3.5 million.", "Nobody paid."]),
        ("en", ["He said: “We are done.”", "“No,” she said."]),
        ("de", ["Am 27. Oktober kam Dr. Beispiel, z. B. mit dem Schiff.", "Er blieb."]),
        ("fr", ["M. Exemple a dit « Oui. »", "Mme Essai est partie."]),
        ("es", ["¿Qué pasó?", "El Sr. Ejemplo no vino."]),
        ("ru", ["В 2022 г. он уехал.", "Она осталась."]),
        ("zh", ["他来了。", "她说：“好。”", "然后走了！"]),
        ("ja", ["船が来た。", "「はい。」"]),
        ("ar", ["هل جاء القارب؟", "نعم، جاء."]),
    ],
)
def test_sentences_end_where_they_end(language, sentences):
    joined = ("" if language in {"zh", "ja"} else " ").join(sentences)
    assert list(split_sentences(joined, language)) == sentences


@given(st.text(max_size=200))
def test_nothing_is_lost(text):
    assert "".join("".join(split_sentences(text)).split()) == "".join(text.split())


def test_a_summary_is_the_first_whole_sentences_that_fit():
    text = ["One sentence here. Another follows it.", "A third one is far too long for this."]
    assert summarise(text, limit=45, language="en") == "One sentence here. Another follows it."


def test_a_long_first_sentence_is_cut_behind_a_word():
    summary = summarise(["word " * 100 + "end."], limit=30, language="en")
    assert summary == "word word word word word word…"


def test_chinese_is_cut_where_the_room_ends():
    assert summarise(["新" * 100], limit=10, language="zh") == "新" * 9 + "…"


def test_a_summary_does_not_open_in_mid_air_if_it_can_be_helped():
    text = ["But nobody came. The ferry was late."]
    assert summarise(text, limit=280, language="en") == "The ferry was late."
    assert summarise(["But nobody came."], limit=280, language="en") == "But nobody came."


def test_labels_above_the_text_are_no_summary():
    assert summarise(["Harbour news", "The ferry is late."], limit=280, language="en") == (
        "The ferry is late."
    )
    assert summarise(["Harbour news"], limit=280, language="en") == "Harbour news"


@given(st.lists(st.text(max_size=80), max_size=6), st.integers(1, 100))
def test_a_summary_always_fits(paragraphs, limit):
    assert len(summarise(paragraphs, limit=limit, language="en")) <= limit
