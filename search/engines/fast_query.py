"""What a query means, said in Tantivy's own queries."""

from collections.abc import Iterable, Sequence

import tantivy
from tantivy import Occur, Query

from search import analysis, geo
from search.analysis import ALL
from search.layout import Layout
from search.question.meaning import (
    All,
    Among,
    Any,
    Around,
    Between,
    Chosen,
    Meaning,
    Run,
    Start,
    Subject,
    Without,
    Word,
    weighted,
)

Surfaces = Sequence[str]
Stems = Sequence[tuple[str, float]]
Compounds = Sequence[tuple[tuple[str, ...], float]]
Forms = tuple[Surfaces, Stems, Compounds]
NOWHERE_NEAR = 100_000  # spots looked at for one place: more than there are municipalities


class Translator:
    """Translates for one searcher: words that its index does not hold are left out at once."""

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher, layout: Layout) -> None:
        self.schema = schema
        self.searcher = searcher
        self.layout = layout
        self._known: dict[tuple[Word, str], Query | None] = {}
        self._forms_written: dict[Word, Forms] = {}

    def scoring(self, meaning: Meaning) -> Query:
        """The query, with more score for words in the texts that weigh more."""
        extra = [
            (Occur.Should, Query.boost_query(query, weight))
            for part, weight in weighted(meaning, self.layout.texts)
            if (query := self._if_known(part)) is not None
        ]
        query = self.matching(meaning)
        return Query.boolean_query([(Occur.Must, query), *extra]) if extra else query

    def _if_known(self, part: Word | Run | Start | Subject) -> Query | None:
        return self._forms(part, part.zone) if isinstance(part, Word) else self.matching(part)

    def matching(self, meaning: Meaning) -> Query:
        """The query, for what it matches."""
        match meaning:
            case Word():
                return self._forms(meaning, meaning.zone) or Query.empty_query()
            case Run(words, zone):
                return Query.phrase_query(self.schema, f"words_{zone}", list(words))
            case Start(beginning, zone):
                return Query.regex_query(self.schema, f"words_{zone}", f"{beginning}.*")
            case Chosen(name, values):
                return _silent(self._any_term("choices", [analysis.choice(name, value) for value in values]))
            case Between():
                return _silent(self._between(meaning))
            case Around():
                return _silent(self._any_term("spot", self.spots(meaning)))
            case Subject(name, value, weight):
                about = self._any_term("choices", [analysis.choice(name, value)])
                return Query.const_score_query(about, weight)
            case Among(ids):
                return _silent(self._any_term("id", list(ids)))
            case Without(part):
                return self._every([Without(part)], ())
            case Any(parts):
                return Query.boolean_query([(Occur.Should, self.matching(part)) for part in parts])
            case All(parts, spare):
                return self._every(parts, spare)

    def _every(self, parts: Iterable[Meaning], spare: Iterable[Meaning]) -> Query:
        clauses: list[tuple[Occur, Query]] = []
        for part in parts:
            if isinstance(part, Without):
                clauses.append((Occur.MustNot, self.matching(part.part)))
            elif part != All():
                clauses.append((Occur.Must, self.matching(part)))
        if all(occur == Occur.MustNot for occur, _ in clauses):
            clauses.append((Occur.Must, _silent(Query.term_query(self.schema, "live", "1", "basic"))))
        clauses += [(Occur.Should, self.matching(part)) for part in spare]
        return clauses[0][1] if len(clauses) == 1 else Query.boolean_query(clauses)

    def _forms(self, word: Word, zone: str) -> Query | None:
        """Any form of the word in the zone; None when the index has none of them."""
        # A word is asked for to match, to score and once more for the facets.
        if (word, zone) not in self._known:
            self._known[word, zone] = self._looked_up(word, zone)
        return self._known[word, zone]

    def _looked_up(self, word: Word, zone: str) -> Query | None:
        surfaces, stems, compounds = self._written(word)
        if zone != ALL:
            surfaces, stems, compounds = self._there(zone, surfaces, stems, compounds)
        found = [Query.term_query(self.schema, f"words_{zone}", form, "freq") for form in surfaces]
        found += [
            Query.boost_query(Query.term_query(self.schema, f"stems_{zone}", stem, "freq"), weight)
            for stem, weight in stems
        ]
        found += [Query.boost_query(self._every_part(parts, zone), weight) for parts, weight in compounds]
        if len(found) <= 1:
            return found[0] if found else None
        return Query.boolean_query([(Occur.Should, query) for query in found])

    def _written(self, word: Word) -> Forms:
        """Those forms of a word that some text has: of two dozen languages, few.

        What no text has stands in no title and in no summary either, and need not be looked for in each.
        """
        if word not in self._forms_written:
            self._forms_written[word] = self._there(ALL, word.surfaces, word.stems, word.compounds)
        return self._forms_written[word]

    def _there(self, zone: str, surfaces: Surfaces, stems: Stems, compounds: Compounds) -> Forms:
        frequency, whole, stemmed = self.searcher.doc_freq, f"words_{zone}", f"stems_{zone}"
        return (
            [form for form in surfaces if frequency(whole, form)],
            [pair for pair in stems if frequency(stemmed, pair[0])],
            [pair for pair in compounds if all(frequency(stemmed, stem) for stem in pair[0])],
        )

    def _every_part(self, parts: tuple[str, ...], zone: str) -> Query:
        terms = [Query.term_query(self.schema, f"stems_{zone}", stem, "freq") for stem in parts]
        return Query.boolean_query([(Occur.Must, term) for term in terms])

    def any_id(self, ids: Sequence[str]) -> Query:
        """One of these documents."""
        return self._any_term("id", list(ids))

    def _any_term(self, field: str, terms: list[str]) -> Query:
        if not terms:
            return Query.empty_query()
        if len(terms) == 1:
            return Query.term_query(self.schema, field, terms[0], "basic")
        return Query.term_set_query(self.schema, field, terms)

    def _between(self, part: Between) -> Query:
        name = f"number_{part.field}"
        if part.low is None and part.high is None:
            return Query.exists_query(name)
        return Query.range_query(self.schema, name, tantivy.FieldType.Float, part.low, part.high)

    def spots(self, part: Around) -> list[str]:
        """The places of this index that are near enough; documents of one town share theirs."""
        circle = geo.Circle(part.lat, part.lon, part.km)
        return [
            spot
            for band in geo.bands(part.lat, part.km)
            for spot, _ in self.searcher.terms_with_prefix("spot", band, limit=NOWHERE_NEAR)
            if circle.has(spot)
        ]


def _silent(query: Query) -> Query:
    """A condition holds or does not; it says nothing about how well a document answers."""
    return Query.const_score_query(query, 0.0)
