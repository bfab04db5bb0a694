"""Words: how they are found in a text, stemmed, taken apart, forgiven and understood in other languages."""
