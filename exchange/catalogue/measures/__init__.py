"""The exchange in figures: what is missing, what goes between kinds of place, how it grows."""
