"""The people behind offices: who may act, what is written to them and by them, and what they decided."""
