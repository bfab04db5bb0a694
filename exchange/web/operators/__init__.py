"""For those who run the instance: set it up, dress it, say who may act and with whom it exchanges, keep it well."""
