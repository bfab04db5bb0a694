"""Who took it up: the handshake with the origin, what came of it, and what came from what."""
