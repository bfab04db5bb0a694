"""The command line of an instance: one module for each group of commands, loaded when it is needed."""

import click

from exchange.cli.base import Root

__all__ = ["cli", "main"]

# command → the module that holds it, in the order of the help
COMMANDS = {
    "demo": "demo",
    "init": "running",
    "serve": "running",
    "worker": "running",
    "community": "communities",
    "officer": "people",
    "token": "people",
    "practice": "practices",
    "review": "judging",
    "adopt": "judging",
    "confirm": "judging",
    "comment": "moderating",
    "report": "moderating",
    "peer": "peers",
    "search": "asking",
    "inspect": "asking",
    "fetch": "asking",
    "journal": "operating",
    "queue": "operating",
    "index": "operating",
    "keys": "keeping",
    "upgrade": "keeping",
    "doctor": "doctor",
}


@click.group(
    cls=Root,
    modules={name: f"exchange.cli.{module}" for name, module in COMMANDS.items()},
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="jumelage", message="Jumelage %(version)s")
def cli() -> None:
    """Jumelage: communities publish what they did, others follow, rate and adopt it."""


def main() -> None:
    """What the script `jumelage` runs."""
    cli(prog_name="jumelage")
