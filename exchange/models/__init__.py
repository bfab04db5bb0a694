"""What an instance remembers: the tables of the exchange."""
