"""What is written with a full stop that ends no sentence, and what opens one, in each language.

Compared in small letters. A language that is not here gets what all have in common.
"""

from __future__ import annotations

from publisher.content.text.lexicon import SHORT_TITLES, words

# Something always follows these.
_BEFORE_MORE = {
    "de": "abs art bzw ca dipl dr etwa ev evtl fr frl geb gegr ggf hl hr hrn ing jh kap lt med "
    "nr prof rd s sog st str tel u ul usf vgl vs z zit zzgl inkl exkl max min mind nachm vorm",
    "fr": "art av bd boul cf ch chap dr env ex fig fr m mgr mlle mlles mm mme mmes mr n no nos p "
    "pp pr st ste t tél vol vs hab réf",
    "es": "art avda av c cap cf d dª dr dra dres ee fig fr gral ing lic n no núm nº p pág págs "
    "prof profa pte s sr sra sres srta sta sto st tel ud uds vol aprox",
    "pt": "av art cap cf d dr dra drs eng ex exa fig n nº núm p pág págs prof profa r s sr sra "
    "srs sto sta st tel v vol aprox",
    "it": "art avv ca cap cfr dott dott.ssa dr egr fig gen geom ing lgo mons n nn on pag pagg pp "
    "p.zza prof prof.ssa rag s sen sig sig.na sig.ra sigg st tel v vs vol",
    "nl": "art blz bv ca dhr dr drs ds evt fig ir jhr jl mevr mr nl nr nrs ong o.a pag prof st "
    "t.a.v tel vgl zgn z.g m.b.t o.l.v i.v.m",
    "sv": "bl.a ca dr dvs fig jfr kl kap nr prof s st tel t.ex fr.o.m t.o.m s.k m.fl",
    "da": "bl.a ca cand dr dvs fig hr fr jf kap kl nr prof s st tlf f.eks s.k",
    "nb": "bl.a ca dr dvs fig hr fr jf kap kl nr prof s st tlf f.eks s.k",
    "fi": "esim fil ks ml mm nk n ns os prof puh s toht tri vrt ym kpl",
    "pl": "al ang art dr e.g godz gen hab im inż itp kard ks mjr m.in mgr nr np os pl płk pkt por "
    "prof red rep s św ul tel tzn tzw ust wg zob",
    "cs": "apod art č čl dr doc hl ing j mgr mj mjr mudr judr např nám npor obr odst pan prof "
    "př plk r resp s sv str tel tj tzv ul viz vs",
    "sk": "apod č čl dr doc hl ing mgr mudr judr napr nám obr odst prof resp sv str tel tj tzv ul",
    "hu": "dr ifj id ill kb ld özv pl prof st sz tel u ún vö",
    "ro": "art bd bl dl dna dr ing lt nr p pag prof st str sf tel dvs",
    "tr": "av bkz bl cad dr doç fig haz mah no örn prof s sok sn st tel vb yrd",
    "ca": "art av c cf dr dra fig núm p pàg prof sr sra srta st sta tel",
    "ru": "акад бул в гл г ген гр др доц им ин кв кол корп л м напр обл о оз п пер пл полк пос "
    "пр проф р рис с св см ср ст стр тел тов ул ок",
    "uk": "акад бул вул гл г ген доц ім кв корп м напр обл о оз п пл пров просп проф р рис с св "
    "див ст стор тел",
    "bg": "акад бул г ген гр доц ж.к инж им кв напр обл пл проф р с св ст стр тел ул",
    "id": "dr drs ir hj h jl jln no prof st tlp",
}  # fmt: skip
# The end only if what follows can open a sentence.
_MAYBE = {
    "de": "co etc inkl mio mrd std usw uvm jr sr tsd jan feb aug sept okt nov dez",
    "fr": "etc janv févr avr juil sept oct nov déc jr",
    "es": "etc uu cía s.a jr ene feb abr ago sept oct nov dic",
    "pt": "etc cia jr jan fev abr ago set out nov dez",
    "it": "ecc etc gen feb apr lug ago sett ott nov dic jr",
    "nl": "enz etc jr jan feb apr aug sept okt nov dec",
    "sv": "etc m.m osv jan feb aug sept okt nov dec",
    "da": "etc m.m osv jan feb aug sept okt nov dec",
    "nb": "etc m.m osv jan feb aug sept okt nov des",
    "pl": "itd itp r w tys mln mld zł",
    "cs": "atd tis mil mld stol",
    "sk": "atď tis mil mld stor",
    "ru": "г гг в вв тыс млн млрд руб коп см км кг т.д т.п н.э ч мин",
    "uk": "р рр ст тис млн млрд грн км кг т.д",
    "bg": "г хил млн млрд лв км кг т.н",
    "ro": "etc mil mld",
    "tr": "vb vs mln",
    "hu": "stb",
}
_STARTERS = {
    "de": "Der Die Das Den Dem Des Er Sie Es Wir Ihr Ich Ein Eine Einen Einem Einer Und Aber Im "
    "In Am An Auf Bei Mit Nach Seit Von Vom Vor Zu Zum Zur Für Über Unter Gegen Doch Auch Wenn "
    "Als So Dort Hier Diese Dieser Dieses Man Was Wer Wie Wo Warum Dann Damit Daher Denn Jetzt "
    "Nun Noch Nur Schon Später Zuvor Danach Dabei Zwei Drei Viele Alle Laut Trotz Während Weil",
    "fr": "Le La Les L Il Elle Ils Elles On Un Une Des Du De En Dans Ce Cet Cette Ces C Mais Et Ou "
    "Pour Par Selon Après Avant Au Aux À Nous Vous Je Son Sa Ses Leur Leurs Avec Sans Sur Si Qui "
    "Que Quand Comme Depuis Pendant Deux Trois",
    "es": "El La Los Las Lo Un Una En De Del Por Para Con Sin Según Pero Y O Su Sus Se No Este "
    "Esta Estos Ese Esa Él Ella Ellos Al Como Cuando Si También Tras Desde Ya Hay Dos Tres Entre",
    "pt": "O A Os As Um Uma Em No Na Nos Nas De Do Da Por Para Com Sem Segundo Mas E Ou Se Seu Sua "
    "Ele Ela Eles Elas Este Esta Esse Essa Ao À Como Quando Já Não Após Desde Dois Três Entre",
    "it": "Il Lo La I Gli Le L Un Una Uno In Nel Nella Di Del Della Da Dal Per Con Senza Secondo "
    "Ma E O Se Si Non Questo Questa Egli Lui Lei Loro Al Alla Come Quando Dopo Già Due Tre Tra",
    "nl": "De Het Een In Op Van Voor Met Bij Na Maar En Of Als Hij Zij Ze Wij We Ik Er Dat Dit Die "
    "Deze Ook Volgens Toen Nu Daar Hier",
    "sv": "Den Det De En Ett I På Av Med För Men Och Han Hon Vi Jag Detta Denna När Där Här Enligt",
    "da": "Den Det De En Et I På Af Med For Men Og Han Hun Vi Jeg Dette Denne Når Der Her Ifølge",
    "nb": "Den Det De En Et I På Av Med For Men Og Han Hun Vi Jeg Dette Denne Når Der Her Ifølge",
    "pl": "W Na Do Z Po To Ten Ta Te On Ona Oni Ale I A Nie Jak Jest Za Od Przez Według Już Gdy",
    "cs": "V Na Do Z Po To Ten Ta Ti On Ona Oni Ale A Ne Jak Je Za Od Podle Už Když Při",
    "sk": "V Na Do Z Po To Ten Tá Tí On Ona Oni Ale A Nie Ako Je Za Od Podľa Už Keď Pri",
    "ru": "В Во На Он Она Они Оно Это Эта Этот И Но А По С Со К Как Мы Я Вы Его Ее Их Для Из От "
    "Не При После До У О Об За Так Там Тогда Если Когда Что Кто",
    "uk": "В У На Він Вона Вони Це Цей Ця І Й Та Але А По З Із К Як Ми Я Ви Його Її Їх Для Від Не "
    "При Після До За Так Там Тоді Якщо Коли Що Хто",
    "bg": "В Във На Той Тя Те Това И Но А По С Със Как Ние Аз Вие За От Не При След До Ако Когато",
    "hu": "A Az Egy És De Ha Ez Ezt Nem Ő Mi Is Már Most",
    "ro": "În La Pe Cu Un O El Ea Ei Dar Și Nu Acest Această După Din De",
    "tr": "Bu Bir Ve Ama O Biz Ben Şu Ancak Daha Çok",
}
# Languages that write "3." for "third": a stop behind a number ends nothing by itself.
ORDINALS = words("de da nb no nn fi cs sk hu pl hr sl et lv is tr sr")
_NONE: frozenset[str] = frozenset()
_TITLES = frozenset(title.lower() for title in SHORT_TITLES)
_TABLE = {
    language: (
        words(_BEFORE_MORE.get(language, "")) | _TITLES,
        words(_MAYBE.get(language, "")),
        words(_STARTERS.get(language, "")),
    )
    for language in _BEFORE_MORE.keys() | _MAYBE.keys() | _STARTERS.keys()
}


def before_more(language: str) -> frozenset[str]:
    """Abbreviations of a language, in small letters, that never end a sentence."""
    return _TABLE.get(language, (_NONE, _NONE, _NONE))[0]


def maybe_last(language: str) -> frozenset[str]:
    """Abbreviations of a language, in small letters, that may end a sentence."""
    return _TABLE.get(language, (_NONE, _NONE, _NONE))[1]


def starters(language: str) -> frozenset[str]:
    """Words, as written, that open sentences of a language and seldom are names."""
    return _TABLE.get(language, (_NONE, _NONE, _NONE))[2]
