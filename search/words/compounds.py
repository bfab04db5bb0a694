"""Words that are written as one are taken apart: Bürgerenergie is about citizens and about energy.

German, Dutch and the Nordic languages make compounds without end, and an officer who types
*Energie* wants the *Bioenergiedorf*. Each language has a list of the parts that municipal texts are
made of; a part that is unknown stays in its compound. The same parts are given to texts and to queries.
"""

from functools import lru_cache

from search.words.text import fold, stems

SHORTEST_COMPOUND = 6
SHORTEST_PART = 3
SHORTEST_ALONE = 4  # of a known part beside an unknown one
LINKS = ("", "s", "es", "n", "en", "er", "e")
MOST_PARTS = 5

_PARTS = {
    "de": """abfall abwasser acker agrar alltag alpen alt amt angebot anlage antrag arbeit armut arzt aufgabe auftrag
        ausgabe ausbau auto bad bahn bau baum bedarf befragung beratung berg beruf beteiligung betrieb bewohner bezirk
        bike bildung bio biomasse block boden brenn brücke budget bund bürger bus büro bürgermeister chance cluster
        damm dach daten dialog dienst digital dorf effizienz ehrenamt einkauf einwohner elektro eltern energie
        entscheid entwicklung erde erneuerbar essen europa fahrer fahrt familie fern ferien fest feuer finanz fläche
        fluss förderung forst freiwilligen frei freizeit fußgänger fuß garten gas gast gebäude gebiet geld gemeinde
        gemüse genossenschaft gerät geschichte gesellschaft gesundheit gewerbe grund gruppe grün gut gutschein hafen
        halle handel handwerk haus haushalt heiz heizung heimat hilfe hitze hochwasser hof holz insel integration
        jahr jugend karte kasse keller kern kinder kirche klima klinik kommune konzept kosten kraft kraftwerk kranken
        kreis kreislauf kultur kunst küche laden land landwirtschaft lager leben leistung leit lehr licht liefer luft
        macht markt maßnahme meer mensch messe miete mitglied mitte mobil mobilität modell moor müll museum
        nachbar nachbarschaft nachhaltigkeit nah nahrung natur netz nutzung obst öffentlich öko ökologie ort park
        parkplatz partner personen pflanze pflege photovoltaik plan planung plastik platz politik preis projekt quartier
        rad raum rat recht regel region regen register sanierung schiff schnell schule schul schüler schutz see
        senioren sicherheit siedlung solar sommer sonne sozial spar speicher spiel sport sprache stadt standort stelle
        stiftung strand straße streck strom struktur studie system tafel tag technik teil tier tourismus träger trink
        turm ufer umbau umwelt unternehmen urlaub verband verbrauch verein verkehr verkauf versorgung verfahren vertrag
        verwaltung viertel vogel volk wachstum wald wand wander wandel ware wärme wasser wasserstoff weg weide
        welt wende werk werkstatt wert wettbewerb wind winter wirt wirtschaft wissen woche wohnen wohn wohnung zahl
        zeit zentrum ziel zone zug zukunft""",
    "nl": """afval armoede auto basis bedrijf beheer beleid bestuur bewoner bike binnen boer boom bos bouw brand brug
        budget bus burger buurt centrum circulatie coöperatie cultuur daad dak data deel dienst dienst digitaal dorp
        duurzaam eigendom energie fiets gas gebied gebouw gemeente gezin gezondheid groen grond groep haven huis huur
        inkoop inspraak inwoner jeugd kaart kinder klimaat kosten kracht kring kunst land leven licht lucht luwe markt
        milieu molen natuur net onderwijs openbaar overleg pad park parkeer paneel plaats plan plein project punt raad
        ruimte school schaal sociaal spel sport stad stads straat strategie stroom systeem tafel tuin veiligheid verbruik
        vereniging verkeer vervoer voedsel voet vrij warmte water weg werk wijk wind winkel wonen woning zon zonne zone
        zorg""",
    "sv": """avfall arbete barn bil bio bostad by båt bygd byggnad cykel data demokrati dialog digital energi fjärr
        folk framtid fritid gata gröna grön hamn havs hus hållbar hälsa kollektiv klimat kommun kraft kultur kvinna land
        led liv luft mark marknad mat miljö mobilitet natur nät odling omsorg ort park plan plats projekt region råd
        samhälle service sjuk skog skola sol stad ström trafik trygg tåg ungdom utveckling vatten verk verksamhet vind
        väg värme äldre ö ström""",
    "da": """affald arbejde bil bio bolig borger by bygning børn cykel data digital energi fjern folk fremtid
        fælles gade gas genbrug grøn havn hjem hus klima kommune kraft kultur land liv luft marked miljø mobilitet
        natur net park plads plan projekt region råd samfund skole skov sol stads sti strøm sundhed trafik udvikling
        ungdom vand varme vej vind værk ældre""",
    "fi": """alue aurinko bio data digi energia hanke hoito ilmasto julkinen jäte järjestelmä kaava kaukolämpö kaupunki
        katu kestävä kierrätys koulu kulttuuri kunta kylä liikenne luonto lämpö lähi maa maaseutu matka metsä nuori
        osallisuus palvelu puisto pyörä rakennus ranta rekisteri ruoka sähkö suunnitelma tekoäly terveys tie tieto tila
        toiminta tori tuuli työ uusi vesi verkko viher voima ympäristö yhteisö yritys""",
    "et": """andme buss digi energia ette haldus haridus kaart kava keskkond kesk kliima kodaniku kogu kool koos korter
        kultuur kute küla linn linna liiklus loodus maa maja mets noor park pere päike rahva ratta soojus sotsiaal
        teenus tee tervis transport tuule töö vald vee võrk ühis""",
}
_PARTS["no"] = _PARTS["da"]

COMPOUNDING = tuple(_PARTS)

_WORDS = {language: frozenset(text.split()) for language, text in _PARTS.items()}
_STEMS = {
    language: frozenset(stem for word in known for stem in stems(word, language))
    for language, known in _WORDS.items()
}
_FOLDED = {language: frozenset(fold(word) for word in known) for language, known in _WORDS.items()}


@lru_cache(maxsize=20_000)
def parts(word: str, language: str) -> tuple[str, ...]:
    """The stems of a compound's known parts; none when the word is not a compound of the language."""
    if language not in _WORDS or len(word) < SHORTEST_COMPOUND or not word.isalpha():
        return ()
    found = _whole(fold(word), language, MOST_PARTS) or _partly(fold(word), language)
    return tuple(dict.fromkeys(stem for part in found for stem in stems(part, language)))


def _whole(word: str, language: str, most: int) -> tuple[str, ...]:
    """The fewest known parts that the folded word is made of, with what links them."""
    best: tuple[str, ...] = ()
    for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
        first = _known_beginning(word[:at], language)
        if first is None:
            continue
        rest = word[at:]
        if _is_known_ending(rest, language):
            after: tuple[str, ...] = (rest,)
        elif most > 2:
            after = _whole(rest, language, most - 1)
        else:
            after = ()
        if after and (not best or len(after) + 1 < len(best)):
            best = (first, *after)
    return best


def _partly(word: str, language: str) -> tuple[str, ...]:
    """The longest known part at the end of the word, or else at its beginning."""
    for at in range(SHORTEST_PART, len(word) - SHORTEST_ALONE + 1):
        if _is_known_ending(word[at:], language):
            return (word[at:],)
    for at in range(len(word) - SHORTEST_PART, SHORTEST_ALONE - 1, -1):
        if word[:at] in _FOLDED[language]:
            return (word[:at],)
    return ()


def _known_beginning(text: str, language: str) -> str | None:
    for link in LINKS:
        part = text.removesuffix(link) if link else text
        if len(part) >= SHORTEST_PART and part in _FOLDED[language] and (not link or text.endswith(link)):
            return part
    return None


def _is_known_ending(text: str, language: str) -> bool:
    """The last part is inflected."""
    return text in _FOLDED[language] or any(stem in _STEMS[language] for stem in stems(text, language))
