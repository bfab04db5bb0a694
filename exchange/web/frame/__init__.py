"""What every page stands in: who asks and in which language, what may pass, how things are shown, what goes wrong."""
