"""What can be done in the exchange: one verb a file, each a change and its activity in one transaction."""
