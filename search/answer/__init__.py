"""The answer: which page of what was found, in which order, why, and with which words marked."""
