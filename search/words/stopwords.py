"""The few words of each language that are in nearly every text.

They are indexed like all others; in a query they may be missing from a document when the query has
other words, and they tell which language a query is probably written in. Words that mean something
in another language (German *die*, French *car*) do no harm, because nothing is ever thrown away.
"""

from search.words.text import words

_LISTS = {
    "bg": "и в на за с от да се по не към при",
    "cs": "a v ve na za s se z do od po pro při jako",
    "da": "og i på for med af til den det de en et fra",
    "de": "und in der die das den dem des für mit von zu zur zum im am auf ein eine einer aus bei",
    "el": "και σε για με από το η ο τα οι των του της στο στη στην στον την τον ένα μια",
    "en": "and in of the for with to a an on by from at as is are",
    "es": "y en de la el los las para con por un una del al sobre",
    "et": "ja ning on ei kui see mis",
    "fi": "ja on ei että sekä tai se",
    "fr": "et dans de la le les des pour avec par un une du au aux sur en",
    "ga": "agus i an na ar le do ag",
    "hr": "i u na za s sa od do po te",
    "hu": "és a az egy hogy nem is",
    "it": "e in di la il lo gli le dei delle della per con da un una del nel nella al",
    "lt": "ir į su iš už dėl prie per apie",
    "lv": "un ar no par uz pie pēc",
    "mt": "u ta fi għal minn il dan",
    "nl": "en in van de het een voor met op uit bij naar door te",
    "no": "og i på for med av til den det en et fra",
    "pl": "i w we na za z ze do od po dla przez oraz",
    "pt": "e em de da do das dos para com por um uma no na ao",
    "ro": "și în de la pe cu din pentru un o al ale",
    "sk": "a v vo na za s so z do od po pre pri ako",
    "sl": "in v na za s z od do po pri",
    "sv": "och i på för med av till den det en ett från",
}

STOP_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(words(text)) for language, text in _LISTS.items()
}
ANY_STOP_WORD = frozenset().union(*STOP_WORDS.values())


def guess(typed: list[str]) -> str | None:
    """The language whose small words are in the text more often than any other's; None when unsure."""
    counts = {language: sum(word in known for word in typed) for language, known in STOP_WORDS.items()}
    best = max(counts.values())
    leaders = [language for language, count in counts.items() if count == best]
    return leaders[0] if best and len(leaders) == 1 else None
