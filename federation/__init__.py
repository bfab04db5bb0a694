"""How activities travel: journals, keys, peers. Knows JSON and HTTP; has never heard of practices."""
