"""What Jumelage is: practices, communities, officers and pages, on top of two libraries.

The map of the code, in reading order, along the line from *publish* to a peer's search:

    models/         what an instance remembers
    vocabulary/     the record, its concepts, and what each is called on the wire and in sheets
    catalogue/      what can be done: publish, revise, withdraw, review, adopt …, one verb a file
    ../federation/  the journal, the outbox, delivery, the inbox: how activities travel
    arrivals/       what other instances' activities do to our catalogue; what people reply and like
    indexing.py     catalogue to documents
    ../search/      how words find documents
    instance.py     an instance put together; worker/: what it does on its own
    fetching.py     one thing, from its origin, now; meeting.py: somebody new; mending.py: everything, once a day
    backup.py       an instance in one file, to keep it or to move it; vault.py: the ones it keeps itself
    checkup.py      whether an instance is well
    auditing.py     a practice's reviews, counted again from what each reviewer signed
    web/, api/      pages for each audience, ActivityPub, the API; app.py joins them
    cli/            the command line
"""

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as _version


def version() -> str:
    """The version of this program."""
    try:
        return _version("jumelage")
    except PackageNotFoundError:
        return "0.1.0"
