"""What the analysis knows of Norwegian by heart: small words, and words the two written forms spell apart.

Everything here is written as people write it; `analysis` folds it before use. Changing anything changes what is in the
index: raise `analysis.VERSION` with it.
"""

STOP_WORDS = frozenset(
    """
    og i jeg det at en et den til er som på de med han av ikke der så var meg seg men ett har om vi min mitt ha hadde
    hun nå over da ved fra du ut sin dem oss opp man kan hans hvor eller hva skal selv sjøl her alle vil bli ble blitt
    kunne inn når være kom noen noe ville dere deg di din ditt disse denne dette dine ditt fordi hvis hvilken hvilke
    hvilket hvem hvorfor hvordan for mot skulle blir også å enn ja nei bare etter mellom sine sitt samt slik slikt
    slike mens uten under siden hos jo vel må mine var vært får få fikk fått gjør gjøre gjort finnes finst
    eg ein ei eit dei ikkje me vi kva korleis kvifor kven kor frå hjå dykk dykkar vere vore vert vart vorte blei bleie
    blive no noko nokon nokre mykje meir óg òg medan sidan dette desse dei deira hennar hans hjå sjølv ho honom
    henne skulle skal sku ville vil kunne gjer gjera gjere gjort får hev hadde hatt ha nå då der her kvar kvart
    utan berre fekk vortne vorte millom ifrå avdi eitt attmed jamvel desse sjølve kven kva kvar nokre noka ingen ingi
    the of and to in is are for on with how what
    """.split()  # noqa: SIM905  # two hundred quoted words in a list would be harder to read
)

SPELLINGS = {
    # Parts of words that nynorsk writes one way and bokmål another, safe wherever in a word they stand.
    "utslepp": "utslipp",
    "slepp": "slipp",
    "straum": "strøm",
    "flaum": "flom",
    "naud": "nød",
    "laup": "løp",
    "vatn": "vann",
    "heim": "hjem",
    "kjelde": "kilde",
    "verksemd": "virksomhet",
    "berekraft": "bærekraft",
    "attvin": "gjenvin",
    "attbruk": "gjenbruk",
    "skule": "skole",
    "sjuk": "syk",
    "fleir": "fler",
    "tenest": "tjenest",
    "avgjerd": "avgjørels",
    "leiing": "ledels",
    "leiar": "leder",
    "gjevar": "giver",
    "hamn": "havn",
    "reinsk": "rens",
    "reinsing": "rensing",
    "kløde": "klede",
    "samanlikn": "sammenlign",
    "saman": "sammen",
    "omsyn": "hensyn",
    "føresetnad": "forutsetning",
    "føremål": "formål",
    "framtid": "fremtid",
    "framskriv": "fremskriv",
    "framleis": "fremdeles",
    "mogleg": "mulig",
    "mogeleg": "mulig",
    "naudsynt": "nødvendig",
    "vanleg": "vanlig",
    "handsam": "behandl",
    "tilhøve": "forhold",
    "røynsle": "erfaring",
    "røynsler": "erfaringer",
    "erfaringar": "erfaringer",
    "marknad": "marked",
    "køyr": "kjør",
    "aukar": "øker",
    "auking": "økning",
    "minsking": "reduksjon",
    "ferje": "ferge",
    "mjølk": "melk",
    "stønad": "støtte",
    "tilskot": "tilskudd",
    "kjøpar": "kjøper",
    "byrj": "begyn",
    "fyrst": "først",
    "korleis": "hvordan",
    "lågutslepp": "lavutslipp",
    "låg": "lav",
    "høg": "høy",
    "sommar": "sommer",
    "løysing": "løsning",
    "løysning": "løsning",
    "løys": "løs",
    "øydel": "ødel",
    "tryggleik": "sikkerhet",
    "einskild": "enkelt",
    "eining": "enhet",
    "einsemd": "ensomhet",
    "overflatevatn": "overflatevann",
}

WORDS = {
    # Whole words (as they stand in a text) that the written forms, or two habits of writing, spell apart.
    "auke": "øke",
    "auka": "økt",
    "veg": "vei",
    "vegar": "veier",
    "vegen": "veien",
    "vegane": "veiene",
    "veger": "veier",
    "aust": "øst",
    "raud": "rød",
    "laus": "løs",
    "bustad": "bolig",
    "bustader": "boliger",
    "bustadar": "boliger",
    "stad": "sted",
    "staden": "stedet",
    "stader": "steder",
    "rettleiing": "veiledning",
    "rettleiar": "veileder",
    "vegleiing": "veiledning",
    "vegleiar": "veileder",
    "søkjer": "søker",
    "søkje": "søke",
    "arbeidar": "arbeider",
    "val": "valg",
    "øving": "øvelse",
    "følgje": "følge",
    "følgjer": "følger",
    "byggje": "bygge",
    "byggjer": "bygger",
    "leggje": "legge",
    "tenkje": "tenke",
    "nyttar": "bruker",
    "nytte": "bruke",
    "brukar": "bruker",
    "tyder": "betyr",
    "hovud": "hoved",
    "millionar": "millioner",
    "fylka": "fylkene",
    "åra": "årene",
    "husa": "husene",
    "tiltaka": "tiltakene",
    "måla": "målene",
    "co2e": "co2",
    "emisjon": "utslipp",
    "emisjoner": "utslipp",
}
