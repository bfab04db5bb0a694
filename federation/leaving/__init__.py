"""How what was said leaves: which delivery is due, and carrying it there."""
