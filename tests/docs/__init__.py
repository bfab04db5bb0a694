"""The texts are true: their examples are run, read back, and compared with what the code gives."""
