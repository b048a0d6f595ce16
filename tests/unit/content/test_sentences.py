from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.content.text.sentences import split_sentences
from publisher.content.text.summary import summarise


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
        ("en", ["He left on Jan. 5 with Mr. J. R. Sample (b. 1970).", "“Who knows?” she said."]),
        (
            "de",
            ["Am 3. Mai kam Prof. Dr. Muster, geb. 1970, aus Neustadt a. d. Weser.", "Er ging."],
        ),
        ("de", ["„Wir bleiben“, sagte er.", "„Das war es.“", "Sie kostet ca. 3,5 Mio. Euro."]),
        (
            "de",
            ["Der 1. FC Muster gewann.", "Das gilt u. a. für Abs. 2 Nr. 3.", "Im 2. Jahr nicht."],
        ),
        ("de", ["»Wohin?« fragte sie.", "»Nach Hause.«", "Es kam usw.", "Dann nicht mehr."]),
        ("fr", ["« Où est-il ? » a-t-elle demandé.", "« Il est parti. »", "Voir l’art. 5, p. 3."]),
        (
            "fr",
            [
                "Le Dr Exemple et Mlle Essai vivent av. Centrale.",
                "Ils ont tout, etc.",
                "C’est fini.",
            ],
        ),
        ("es", ["La Sra. Prueba llegó a EE. UU. ayer.", "«¿Dónde está?», preguntó.", "¡Qué día!"]),
        ("es", ["Vive en la Avda. Central, núm. 5, pág. 3.", "El Dr. Ejemplo no."]),
        ("pt", ["O Sr. Exemplo e a Dra. Prova chegaram.", "«Onde está?», perguntou ela.", "Fim."]),
        ("pt", ["Mora na Av. Central, n.º 5, ao lado da pág. 3.", "Custa 3,5 mil."]),
        ("it", ["Il sig. Esempio e la dott.ssa Prova sono arrivati.", "«Dov’è?», ha chiesto."]),
        (
            "it",
            [
                "Il prof. Rossi ha detto: «Basta.»",
                "Abita in via S. Maria, n. 5.",
                "La casa è vuota.",
            ],
        ),
        ("ru", ["В 2022 г. в г. Пример приехал И. И. Петров.", "«Где он?» — спросила она."]),
        ("ru", ["Цена — 3 млн руб. за штуку.", "Это было в XIX в. и т. д.", "На ул. Ленина тихо."]),
        ("nl", ["Dhr. Jansen en mevr. De Vries kwamen o.a. uit Oss.", "„Waar is hij?” vroeg ze."]),
        ("pl", ["W 2022 r. przyjechał dr Nowak z ul. Długiej.", "„Gdzie on jest?” – zapytała."]),
        ("sv", ["Han kom bl.a. från Oslo.", "”Var är han?” frågade hon."]),
        ("tr", ["Dr. Örnek saat 10.30'da geldi.", "“Nerede?” diye sordu."]),
        ("zh", ["他来了。", "“好！”她说。", "她问：“他在哪里？”", "然后走了……"]),
        ("ja", ["「どこですか？」と彼女は聞いた。", "価格は3.5億円だ！", "「来た。」と言った。"]),
        ("ar", ["وصل د. أحمد أمس.", "«نعم!» قالت.", "ثم غادر؛ وعاد غداً."]),
        ("he", ["הספינה הגיעה.", "מתי?"]),
        ("hi", ["नाव आ गई।", "वह गया।"]),
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


@pytest.mark.parametrize(
    "small_print",
    [
        "[Read our terms]", "We may earn from it.", "It has AFFILIATE links.", "Some compensation when.",
        "Terms apply.", "They earn us money.", "We get a commission.", "Please ſign up to our news.",
        "Subscribe now.", "Get our newsletter.", "It is in your inbox.", "Share your view.",
        "Just click here.", "It uses cookies.", "See the advertising policy.",
    ],
)  # fmt: skip
def test_small_print_opens_no_summary(small_print):
    paragraphs = [small_print, "The ferry is late."]
    assert summarise(paragraphs, limit=280, language="en") == "The ferry is late."


def test_labels_above_the_text_are_no_summary():
    assert summarise(["Harbour news", "The ferry is late."], limit=280, language="en") == (
        "The ferry is late."
    )
    assert summarise(["Harbour news"], limit=280, language="en") == "Harbour news"


@given(st.lists(st.text(max_size=80), max_size=6), st.integers(1, 100))
def test_a_summary_always_fits(paragraphs, limit):
    assert len(summarise(paragraphs, limit=limit, language="en")) <= limit
