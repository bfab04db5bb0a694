"""The words of the exchange: concepts, the record, and what each is called elsewhere."""
