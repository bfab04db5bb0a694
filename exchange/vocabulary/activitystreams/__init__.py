"""Practices, reviews, adoptions and communities as ActivityStreams says them, and read back from it."""

from exchange.vocabulary.activitystreams.adoption import ReadAdoption, adoption_object, adoption_of
from exchange.vocabulary.activitystreams.community import community_of, community_profile
from exchange.vocabulary.activitystreams.practice import ReadPractice, practice_object, practice_of
from exchange.vocabulary.activitystreams.review import ReadReview, review_object, review_of
from exchange.vocabulary.activitystreams.shared import PUBLIC, context, tombstone, wrap

__all__ = [
    "PUBLIC",
    "ReadAdoption",
    "ReadPractice",
    "ReadReview",
    "adoption_object",
    "adoption_of",
    "community_of",
    "community_profile",
    "context",
    "practice_object",
    "practice_of",
    "review_object",
    "review_of",
    "tombstone",
    "wrap",
]
