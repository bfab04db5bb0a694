"""Reaching others and knowing who they are: the one way out, their documents and keys, and what their word is worth."""
