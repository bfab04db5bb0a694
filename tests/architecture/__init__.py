"""The shape of the code and of its texts, held by tests."""
