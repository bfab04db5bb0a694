"""The question: from what a person types to what an index is asked."""
