"""Commands that begin an instance and let it work."""

import errno
import os

import click
import structlog

from exchange.catalogue.people import begin
from exchange.cli import serving
from exchange.cli.base import Command, data_directory, fail, opened
from exchange.cli.output import say
from exchange.config import PREFIX, ConfigurationError, load
from exchange.instance import Instance

log = structlog.get_logger()


@click.command(cls=Command)
@click.option(
    "--origin", required=True, metavar="URL", help="Its address for the world; it cannot change later."
)
@click.option("--name", required=True, help="Its name, shown on its pages.")
@click.option("--contact", default="", metavar="MAILBOX", help="The mailbox of who runs it.")
@click.option("--listen", metavar="HOST:PORT", help="Where it will be served, usually behind a proxy.")
def init(origin: str, name: str, contact: str, listen: str | None) -> None:
    """Make a new instance: database, keys and index in an empty directory."""
    if data_directory() is None and not os.environ.get(f"{PREFIX}DATA"):
        raise ConfigurationError(f"No instance is named: give --data DIR or set {PREFIX}DATA.")
    checked = load(data_directory(), origin=origin, name=name, contact=contact, listen=listen)
    instance = Instance.create(
        checked.data,
        origin=checked.origin,
        name=name,
        contact=contact,
        **({"listen": listen} if listen else {}),
        **({"lab": True} if checked.lab else {}),
    )
    link = _set_up_link(instance)
    instance.close()
    say(f"{checked.origin} lives in {checked.data}.")
    say(f"Next: jumelage serve, then set it up in the browser, once, within a week:\n{link}")
    say("Or here: jumelage community add …, jumelage officer add …")


@click.command(cls=Command)
@click.option("--listen", metavar="HOST:PORT", help="Where to answer.")
@click.option("--workers", type=click.IntRange(1, 64), metavar="N", help="Deliveries under way at a time.")
@click.option("--with-parent", is_flag=True, hidden=True)
def serve(listen: str | None, workers: int | None, with_parent: bool) -> None:
    """Serve the pages and the federation, and work, in one process. SIGTERM stops it."""
    with opened(listen=listen, workers=workers) as instance:
        settings = instance.settings
        serving.log_to_stderr(settings)
        _shout(instance)
        if link := _set_up_link(instance):
            say(f"Nobody may act here yet. Set this instance up in the browser, once, within a week:\n{link}")
        if with_parent:
            serving.stop_with_parent()

        def ready() -> None:
            log.info("serving", origin=settings.origin, listen=settings.listen)

        try:
            serving.serve(instance, settings.address, ready=ready)
        except OSError as error:
            fail(cannot_listen(settings.listen, error))
        log.info("stopped")


@click.command(cls=Command)
@click.option("--workers", type=click.IntRange(1, 64), metavar="N", help="Deliveries under way at a time.")
def worker(workers: int | None) -> None:
    """Only work: deliver, take in what arrived, keep the index in step. SIGTERM stops it."""
    with opened(workers=workers) as instance:
        serving.log_to_stderr(instance.settings)
        _shout(instance)
        serving.work(instance, ready=lambda: log.info("working", origin=instance.settings.origin))
        log.info("stopped")


def _set_up_link(instance: Instance) -> str | None:
    """The address at which the instance is set up; None when that is done."""
    with instance.database.reading() as session:
        if begin.is_done(session):
            return None
    with instance.database.writing() as session:
        secret = begin.link(session)
    return f"{instance.origin}/setup/{secret}" if secret else None


def cannot_listen(listen: str, error: OSError) -> str:
    """Why a port could not be had, as a sentence."""
    if error.errno == errno.EADDRINUSE:
        return f"{listen} is in use by another program; --listen HOST:PORT names another port."
    if error.errno == errno.EACCES:
        return f"{listen} may only be used by the administrator of this machine; --listen names another port."
    return f"{listen} cannot be listened on: {error.strerror or error}."


def _shout(instance: Instance) -> None:
    if instance.settings.lab:
        log.warning("LAB MODE: http and peers on this machine are permitted; never do this in the open")
