"""The command line of an instance: one module for each group of commands, loaded when it is needed."""

import click

from exchange import version
from exchange.cli.base import Root

__all__ = ["cli", "main"]

# command → the module that holds it, and what it says of itself; in the order of the help
COMMANDS = {
    "demo": ("demo", "Four instances on this machine exchange real practices; Ctrl-C ends it."),
    "init": ("running", "Make a new instance: database, keys and index in an empty directory."),
    "serve": ("running", "Serve the pages and the federation, and work, in one process."),
    "worker": ("running", "Only work: deliver, take in what arrived, keep the index in step."),
    "community": ("communities", "Communities: add, list, show, seek, import, sign."),
    "cluster": (
        "clusters",
        "Clusters: add, list, members, practices pointed out, collections; join and leave.",
    ),
    "consultation": (
        "calls",
        "Consultations of clusters: list, open, show, contribute, support, hide, move, close.",
    ),
    "campaign": ("calls", "Campaigns of clusters: list, open, show, join, close."),
    "officer": ("people", "Officers: the people, as functions, who act for a community."),
    "token": ("people", "Tokens: how programs use the API for a community."),
    "practice": ("practices", "Practices: import, export, list, show, withdraw."),
    "review": ("judging", "Rate PRACTICE (address, key or imported name); a second time changes the first."),
    "delegate": (
        "judging",
        "Lend the voice of a community in THEME to another organisation, or take it back.",
    ),
    "adopt": ("judging", "Record that a community takes PRACTICE up, or how far it has come."),
    "confirm": (
        "judging",
        "Confirm, as the origin of a practice, that ADOPTION (address or key) is so; or contest it.",
    ),
    "comment": ("moderating", "Comments from anywhere on the Fediverse: list, show, hide."),
    "report": ("moderating", "What others ask the operator to look at: list, done."),
    "peer": ("peers", "Other instances: follow, list, show, allow, block, accept, sync."),
    "search": ("asking", "Search the practices that this instance knows, as the pages do."),
    "similar": (
        "comparing",
        "Show communities like one that we know, what speaks for each and what against.",
    ),
    "bridging": (
        "comparing",
        "Show what goes between countryside, towns and cities, against what chance would let go.",
    ),
    "inspect": ("asking", "Show what this instance holds about URI."),
    "fetch": ("asking", "Fetch URI from its origin now, and show what this instance holds then."),
    "journal": ("operating", "Show the newest activities that were sent and received."),
    "queue": (
        "operating",
        "Show what has not been delivered or mailed, and what has arrived and was not dealt with.",
    ),
    "index": ("operating", "The search index: is it in step, and build it anew."),
    "keys": ("keeping", "Keys: those with which our actors sign, and changed ones of others."),
    "backup": (
        "keeping",
        "Write the whole instance into FILE, also while it is at work; keep the file as safe as its keys.",
    ),
    "restore": (
        "keeping",
        "Make the instance of the backup FILE in DIR, which must be empty; its index is built at the first start.",
    ),
    "upgrade": (
        "keeping",
        "Bring the database to the version of this program; a SQLite file is copied first.",
    ),
    "doctor": ("doctor", "Look whether the instance is well; each line says ok, or what to do."),
}


@click.group(
    cls=Root,
    modules={name: f"exchange.cli.{module}" for name, (module, _) in COMMANDS.items()},
    summaries={name: summary for name, (_, summary) in COMMANDS.items()},
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(version(), message="Jumelage %(version)s")
def cli() -> None:
    """Jumelage: communities publish what they did, others follow, rate and adopt it."""


def main() -> None:
    """What the script `jumelage` runs."""
    cli(prog_name="jumelage")
