from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.content.text.languages import detect_language, language_of

TEXTS = {
    "en": "The council said on Monday that it would open the new ferry terminal in the harbour "
    "next year, with more boats than before.",
    "de": "Der Stadtrat hat am Montag beschlossen, dass die neue Fähre nicht vor dem nächsten "
    "Jahr fahren wird.",
    "fr": "Le conseil a dit lundi que le nouveau terminal ne sera pas ouvert avant l'année "
    "prochaine, mais les bateaux sont dans le port.",
    "es": "El ayuntamiento dijo el lunes que la nueva terminal no abrirá hasta el año que viene, "
    "pero los barcos ya están en el puerto.",
    "pt": "A câmara disse na segunda-feira que o novo terminal não vai abrir antes do próximo ano, "
    "mas os barcos já estão no porto.",
    "it": "Il consiglio ha detto lunedì che il nuovo terminal non sarà aperto prima dell'anno "
    "prossimo, ma le barche sono già nel porto.",
    "nl": "De gemeenteraad heeft maandag gezegd dat de nieuwe veerboot niet voor volgend jaar zal "
    "varen, maar er zijn al boten in de haven.",
    "sv": "Kommunen sade på måndagen att den nya färjan inte kommer att gå före nästa år, men "
    "båtarna är redan i hamnen.",
    "da": "Byrådet sagde mandag, at den nye færge ikke vil sejle før næste år, men bådene er "
    "allerede kommet til havnen efter lang tid.",
    "nb": "Byrådet sa mandag at den nye fergen ikke kommer før neste år, men båtene er allerede "
    "i havna og venter på mer vind fra vest.",
    "pl": "Rada miasta powiedziała w poniedziałek, że nowy prom nie będzie pływał przed przyszłym "
    "rokiem, ale łodzie są już w porcie.",
    "cs": "Rada města v pondělí oznámila, že nový přívoz nebude jezdit před příštím rokem, ale "
    "lodě jsou už v přístavu.",
    "tr": "Belediye pazartesi günü yeni feribotun gelecek yıldan önce çalışmayacağını ve bu "
    "limanda daha çok tekne olduğunu söyledi.",
    "ru": "Городской совет сообщил в понедельник, что новый паром не будет ходить до следующего "
    "года, но лодки уже в порту.",
    "uk": "Міська рада повідомила в понеділок, що новий пором не буде ходити до наступного року, "
    "але човни вже є в порту.",
    "ar": "قال مجلس المدينة يوم الاثنين إن العبارة الجديدة لن تبحر قبل العام المقبل.",
    "fa": "شورای شهر روز دوشنبه گفت که کشتی جدید تا سال آینده حرکت نمی کند و این را از مردم خواست.",
    "he": "מועצת העיר אמרה ביום שני כי המעבורת החדשה לא תפליג לפני השנה הבאה.",
    "el": "Το συμβούλιο είπε τη Δευτέρα ότι το νέο πλοίο δεν θα πλεύσει πριν από το επόμενο έτος.",
    "hi": "परिषद ने सोमवार को कहा कि नई नौका अगले साल से पहले नहीं चलेगी।",
    "zh": "市政府周一表示，新的渡轮码头将于明年开放。",
    "ja": "市は月曜日、新しいフェリーが来年まで運航しないと発表した。",
    "ko": "시의회는 월요일에 새 여객선이 내년 전에는 운항하지 않을 것이라고 밝혔다.",
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_paragraph_tells_its_language(language):
    assert detect_language(TEXTS[language]) == language


def test_a_name_in_latin_letters_is_no_other_language():
    assert detect_language(TEXTS["ru"] + " Example Harbour Board of Trade") == "ru"


@pytest.mark.parametrize("text", ["", "Flour 200 g", "12:30 — 14:00", "Marlow, Skerry, Varn"])
def test_what_does_not_tell_is_left_to_the_publication(text):
    assert detect_language(text) == ""
    assert language_of(text, "pt-BR") == "pt-BR"


def test_the_region_is_the_publications():
    assert language_of(TEXTS["pt"], "pt-BR") == "pt-BR"
    assert language_of(TEXTS["de"], "pt-BR") == "de"


@given(st.text(max_size=300))
def test_any_text_has_a_language_or_none(text):
    assert detect_language(text) in {"", *TEXTS} or len(detect_language(text)) == 2
