"""Ways to what one looks for: the search page, maps, places like ours, what is missing; searches that are kept."""
