"""The command line without an installed script: `python -m exchange`."""

from exchange.cli import main

main()
