"""What is written down: the journal, what waits to leave and what arrived, whom we know and how they stand with us."""
