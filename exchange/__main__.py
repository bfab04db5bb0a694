"""`python -m exchange` is the command `jumelage`, without being installed."""

from exchange.cli import main

if __name__ == "__main__":
    main()
