"""Words that carry no name: months, days, agencies, titles, and what organisations end with."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a list written as one text."""
    return frozenset(text.split())


_MONTHS = (
    "january jan januar janvier janv enero ene января янв",
    "february feb februar février févr febrero февраля фев",
    "march mar märz mars marzo марта мар",
    "april apr avril avr abril abr апреля апр",
    "may mai mayo мая",
    "june jun juni juin junio июня",
    "july jul juli juillet juil julio июля",
    "august aug août agosto ago августа авг",
    "september sept sep septembre septiembre setiembre сентября сен",
    "october oct oktober okt octobre octubre октября окт",
    "november nov novembre noviembre ноября ноя",
    "december dec dezember dez décembre déc diciembre dic декабря дек",
)
# Month names as datelines have them, in small letters, with their number.
MONTHS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
DAYS = words(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Tues Wed Thu Thur Thurs "
    "Fri Sat Sun"
)
MONTH_WORDS = words(
    "January February March April May June July August September October November December "
    "Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec"
)
# News agencies and the like, in small letters, as they stand in datelines and credits.
AGENCIES = frozenset({
    "ap", "associated press", "the associated press", "reuters", "afp", "agence france-presse",
    "upi", "united press international", "xinhua", "xinhua news agency", "tass", "itar-tass",
    "тасс", "интерфакс", "риа новости", "interfax", "ria novosti", "dpa", "dpa-afx", "epd", "kna",
    "sid", "apa", "efe", "ansa", "adnkronos", "agi", "kyodo", "kyodo news", "jiji", "yonhap",
    "bloomberg", "bloomberg news", "cnn", "bbc", "bbc news", "pti", "ians", "ani", "anadolu", "aa",
    "bernama", "antara", "pa", "pa media", "press association", "cp", "the canadian press",
    "canadian press", "aap", "sapa", "cns", "rna", "zenit", "irna", "wam", "spa", "qna", "petra",
    "prnewswire", "pr newswire", "business wire", "businesswire", "globe newswire",
    "globenewswire", "marketwired", "marketwire", "newswire", "einpresswire", "accesswire", "ips",
    "voa", "rfe/rl", "rferl", "rfa", "npr", "politico", "who", "un", "un news", "unhcr", "unicef",
    "nasa", "nyt", "new york times", "the new york times", "washington post", "kuna", "sana",
    "mena", "lusa", "belga", "anp", "ritzau", "ntb", "tt", "stt", "pap", "ctk", "čtk", "mti",
    "agerpres", "hina", "tanjug", "bta", "belta", "ukrinform", "central news agency", "cna",
    "knight ridder", "states news service", "gannett", "cox", "scripps", "mcclatchy", "tns",
    "axios", "nbc news", "cbs news", "abc news", "fox news", "al jazeera", "news service",
})  # fmt: skip
# What stands in capitals before a dash and is no place.
NO_PLACES = frozenset({
    "BREAKING", "BREAKING NEWS", "LIVE", "UPDATE", "UPDATES", "UPDATED", "WATCH", "EXCLUSIVE",
    "OPINION", "ANALYSIS", "FEATURE", "EDITORIAL", "REVIEW", "CORRECTION", "CORRECTED", "ADVISORY",
    "EDITORS", "NOTE", "NEWS", "VIDEO", "PHOTOS", "PHOTO", "ALERT", "FLASH", "URGENT", "BULLETIN",
    "SPORTS", "BUSINESS", "WORLD", "POLITICS", "FACTBOX", "TIMELINE", "EXPLAINER", "INTERVIEW",
    "WARNING", "SPOILER", "SPOILERS", "ADVERTISEMENT", "SUMMARY", "ABSTRACT", "BACKGROUND",
    "QUESTION", "ANSWER", "FACT", "MYTH", "JUST IN", "DEVELOPING", "COMMENT", "COMMENTARY",
    "INTRODUCTION", "CONCLUSION", "PROLOGUE", "CHAPTER", "MORNING", "TODAY", "TONIGHT", "WHAT",
    "FIRST", "SECOND", "FINALLY", "IMPORTANT", "DISCLAIMER", "TRANSCRIPT", "PODCAST", "RECAP",
    "RECIPE", "HOROSCOPE", "OBITUARY", "PRESS RELEASE", "FOR IMMEDIATE RELEASE", "EMBARGOED",
})  # fmt: skip
# Well-known names in capitals, so that no dateline is made of them, with their long form.
ACRONYMS = {
    "NATO": "North Atlantic Treaty Organization",
    "WHO": "World Health Organization",
    "EU": "European Union",
    "UN": "United Nations",
    "IMF": "International Monetary Fund",
    "WTO": "World Trade Organization",
    "OPEC": "Organization of the Petroleum Exporting Countries",
    "ASEAN": "Association of Southeast Asian Nations",
    "IAEA": "International Atomic Energy Agency",
    "ECB": "European Central Bank",
    "OECD": "Organisation for Economic Co-operation and Development",
    "FBI": "Federal Bureau of Investigation",
    "CIA": "Central Intelligence Agency",
    "NASA": "National Aeronautics and Space Administration",
    "UNICEF": "",
    "UNESCO": "",
    "UNHCR": "",
    "INTERPOL": "",
    "FIFA": "",
    "UEFA": "",
    "IOC": "International Olympic Committee",
}
# Forms of one name that are written differently: the form that becomes the tag.
SAME = {
    "U.N.": "United Nations",
    "UN": "United Nations",
    "E.U.": "European Union",
    "EU": "European Union",
    "Nato": "NATO",
    "GOP": "Republican Party",
    "Republican": "Republican Party",
    "Republicans": "Republican Party",
    "Democrat": "Democratic Party",
    "Democrats": "Democratic Party",
    "Democratic": "Democratic Party",
    "Tory": "Conservative Party",
    "Tories": "Conservative Party",
    "Fed": "Federal Reserve",
    "Federal Reserve Board": "Federal Reserve",
    "EC": "European Community",
}
# Abbreviated titles come with a dot and never end a sentence.
SHORT_TITLES = words(
    "Mr Mrs Ms Mx Dr Prof Gen Col Lt Sgt Capt Cmdr Cdr Adm Maj Cpl Pvt Brig Gov Sen Rep Rev "
    "Hon Pres Fr Sr Br Msgr Supt Insp Det Amb Sec Atty Messrs"
)
TITLES = SHORT_TITLES | words(
    "President Minister Premier Chancellor Secretary Senator Congressman Congresswoman "
    "Governor Mayor King Queen Prince Princess Pope Archbishop Bishop Cardinal Imam Rabbi "
    "Ayatollah Sheikh Sheik Emir Sultan Judge Justice General Colonel Major Captain Commander "
    "Lieutenant Sergeant Admiral Marshal Chairman Chairwoman Chairperson Director Chief "
    "Ambassador Envoy Speaker Spokesman Spokeswoman Spokesperson Professor Doctor Sir Lady "
    "Lord Dame Coach Manager Treasurer Commissioner Inspector Detective Sheriff Attorney "
    "Leader Representative Councillor Councilman Councilwoman Officer Analyst Economist "
    "Reverend Sister Brother Father Mother Saint Duke Duchess Baron Count Emperor Empress CEO "
    "CFO Founder Pastor Administrator Executive Undersecretary Negotiator Chancellor Marshal "
    "Comptroller Curator Provost Dean Superintendent"
)
# Titles that stay before a single name, which says too little without.
NOBLE = words(
    "King Queen Prince Princess Pope Saint St Lord Lady Duke Duchess Emperor Empress Tsar Sultan"
)
TITLE_MODIFIERS = words(
    "Prime Vice Deputy Foreign Defense Defence Finance Interior Justice Trade Economy "
    "Economic Energy Health Education Agriculture Treasury Home State Chief Executive Former "
    "Acting Interim Assistant Senior Junior Associate First Second Crown Supreme Grand "
    "Attorney Under Major Lieutenant Brigadier Rear National Security Federal District Party "
    "Opposition Environment Labor Labour Oil Information Transport Police Managing Financial "
    "Operating Co"
)
# The last (or, before "of", the first) word of what is an organisation.
ORGANISATIONS = words(
    "Inc Corp Co Ltd LLC PLC Plc AG SA NV GmbH SE Company Corporation Limited Holdings Group "
    "Party Ministry Department University College School Institute Institution Bank Council "
    "Commission Committee Agency Association Union Organization Organisation Federation "
    "Foundation Society Court Parliament Congress Senate Assembly Authority Administration "
    "Bureau Board Office Army Navy Force Forces Guard Police Times Post Journal News Tribune "
    "Herald Press Airlines Airways Motors Industries Systems Technologies Partners Capital "
    "Fund Trust Services Service Club League FC United Electric Church Hospital Center Centre "
    "Museum Library Laboratory Laboratories Network Alliance Coalition Front Movement Brigade "
    "Brigades Exchange Reserve Treasury Securities Resources Petroleum Oil Energy Steel "
    "Nations Community Studios Records Entertainment International Communications Insurance "
    "Financial Bancorp Brothers Stores Republicans Democrats Conservatives Institutes "
    "Orchestra Team Registry Chamber Cabinet Clinic Lines"
)
# Of those, the ones whose names have an "and" inside: "Food and Drug Administration".
OFFICES = words(
    "Ministry Department Commission Committee Agency Administration Bureau Authority Council "
    "Board Office Institute Service Services Fund Organization Organisation Society"
)
# The last word of what is a place.
GEOGRAPHY = words(
    "River Sea Ocean Lake Bay Gulf Strait Island Islands Isle Mountain Mountains Mount Valley "
    "Desert Peninsula County City Province Region State District Street Avenue Road Square "
    "Park Airport Bridge Beach Harbor Harbour Port Canal Coast Heights Hills Springs Falls "
    "Creek Forest Village Town Township Borough Territory Cape Canyon Plains Hall Strip Bank"
)
# Words that open what no editor tags: generic parts of a government.
GENERIC = words(
    "Ministry Department Defense Defence Foreign Interior Finance Health Justice Education "
    "Trade Energy Government Cabinet Parliament State House Senate Congress Assembly Council "
    "Committee Commission Court Police Army Navy Force Forces Air Office Bureau Agency Board "
    "Party Group Company Union Bank Central National News Service Press Minister President "
    "Prime Republic Kingdom Western Eastern Northern Southern West East North South Internet "
    "Bible God Christmas Easter Embassy University College School Hospital Church Treasury "
    "Security Affairs Economy Agriculture Commerce Labor Labour Transport Transportation "
    "Environment Interior"
)
SAYING = words(
    "said says told added noted warned asked announced declared argued insisted replied wrote "
    "explained claimed acknowledged tweeted testified recalled who"
)
# Names of other things: never a tag by themselves.
NEVER = words(
    "I I'm I've I'd I'll OK A.M. P.M. a.m. p.m. GMT EST EDT PST BST CET TV PM AM Jr Sr II III "
    "IV New Old Good Bad Best First Second Third Great Big SUV LED EV TV DC GDP CEO CFO DNA "
    "USB GPS IPO PDF AI IT ID VIP HIV DIY PC FAQ AD BC Photo Image Getty Editor Advertisement "
    "Share Twitter Facebook Read More Related Click Sign Subscribe Comments Continue "
    "Copyright Mr Mrs Ms Dr No Nos Inc Ltd Corp Co PCT DLRS Rs Ph Ph.D Ph.D. MD BSc MSc MBA RRP "
    "FRS "
    # The states of the United States, as addresses have them.
    "AL AK AZ AR CA CO CT DE FL GA HI IA IL IN KS KY LA MA ME MI MN MO MS MT NC ND NE NH NJ NM "
    "NV NY OH OR PA RI SC SD TN TX UT VA VT WA WI WV WY"
)
