"""How words find documents: one analysis, one query tree, several engines. Knows no database and no network."""
