"""Everything that goes from instance to instance as ActivityStreams says it, and read back from it."""

from exchange.vocabulary.activitystreams.adoption import ReadAdoption, adoption_object, adoption_of
from exchange.vocabulary.activitystreams.call import ReadCall, call_object, call_of
from exchange.vocabulary.activitystreams.collection import (
    ReadCollection,
    announcement,
    collection_object,
    collection_of,
)
from exchange.vocabulary.activitystreams.community import community_of, community_profile
from exchange.vocabulary.activitystreams.contribution import (
    ReadContribution,
    contribution_object,
    contribution_of,
)
from exchange.vocabulary.activitystreams.practice import ReadPractice, practice_object, practice_of
from exchange.vocabulary.activitystreams.review import ReadReview, review_object, review_of
from exchange.vocabulary.activitystreams.shared import PUBLIC, context, tombstone, wrap
from exchange.vocabulary.activitystreams.voice import (
    ReadAnswer,
    ReadDelegation,
    answer_object,
    answer_of,
    delegation_object,
    delegation_of,
)

__all__ = [
    "PUBLIC",
    "ReadAdoption",
    "ReadAnswer",
    "ReadCall",
    "ReadCollection",
    "ReadContribution",
    "ReadDelegation",
    "ReadPractice",
    "ReadReview",
    "adoption_object",
    "adoption_of",
    "announcement",
    "answer_object",
    "answer_of",
    "call_object",
    "call_of",
    "collection_object",
    "collection_of",
    "community_of",
    "community_profile",
    "context",
    "contribution_object",
    "contribution_of",
    "delegation_object",
    "delegation_of",
    "practice_object",
    "practice_of",
    "review_object",
    "review_of",
    "tombstone",
    "wrap",
]
