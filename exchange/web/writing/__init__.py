"""How a practice is written: the officer's form, a second language, a second officer, a table from elsewhere."""
