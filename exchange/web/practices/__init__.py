"""The page of a practice and all that starts there: judge it, take it up, compare, cite, print, pass it on."""
