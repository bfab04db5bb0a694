"""The doctor looks whether an instance is well, and says for each ailment what to do."""

from collections.abc import Iterator

import click

from exchange import checkup
from exchange.checkup import Finding, finding
from exchange.cli.base import Command, fail, reading, sentence, settings
from exchange.cli.output import print_json, say
from exchange.config import ConfigurationError
from exchange.instance import Instance
from exchange.messages import Refusal
from federation.errors import FederationError
from search.errors import SearchError


@click.command(cls=Command)
@click.option("--offline", is_flag=True, help="Do not try to reach the instance's own address.")
@reading
def doctor(offline: bool, as_json: bool) -> None:
    """Look whether the instance is well; each line says ok, or what to do."""
    findings = list(examine(offline))
    if as_json:
        print_json([one.plain() for one in findings])
    else:
        for one in map(Finding.plain, findings):
            mark = "ok" if one["ok"] else "!!"
            say(f"{mark} {one['what']}: {one['state']}" + (f" → {one['advice']}" if one["advice"] else ""))
    if any(finding.grave for finding in findings):
        fail("The instance cannot work like this; the lines above say what to do.")


def examine(offline: bool) -> Iterator[Finding]:
    """Look at everything; what depends on something broken is left out."""
    try:
        found = settings()
    except ConfigurationError as error:
        yield finding("settings", "%(why)s", "mend the setting it names", grave=True, why=str(error))
        return
    yield from checkup.of_settings(found)
    tables = checkup.of_tables(found, sentence)
    yield tables
    if tables.grave:
        return
    try:
        instance = Instance.open(found)
    except (Refusal, SearchError, OSError) as error:
        yield finding("instance", "%(why)s", "see above", grave=True, why=sentence(error))
        return
    try:
        yield from checkup.of_instance(instance)
        yield _mail(instance, offline)
        if not offline:
            yield _reachable(instance)
    finally:
        instance.close()


def _mail(instance: Instance, offline: bool) -> Finding:
    """Whether letters leave: the mail server is greeted and told who we are, and nothing is sent."""
    from exchange.worker.postman import MailFailed, on_the_way

    if not offline and instance.settings.sends_mail:
        try:
            with on_the_way(instance.settings):
                pass
        except MailFailed as failure:
            advice = "see to JUMELAGE_MAIL; letters wait for five days"
            return finding("mail", "%(why)s", advice, why=str(failure))
    return checkup.mail(instance)


def _reachable(instance: Instance) -> Finding:
    """Ask our own address as a stranger would: by a client that does not know it is ours."""
    from federation.others.client import Client

    own = instance.settings
    stranger = Client(
        origin="https://doctor.invalid", lab=own.lab, ca=str(own.ca) if own.ca else None, seconds=5
    )
    try:
        found = stranger.get_json(f"{own.origin}/.well-known/nodeinfo", signed=False)
    except FederationError as error:
        told, advice = "%(origin)s does not answer: %(why)s", "is it served, and its proxy and DNS right?"
        return finding("origin", told, advice, origin=own.origin, why=sentence(error))
    finally:
        stranger.close()
    if own.origin in str(found.json):
        return finding("origin", "%(origin)s answers", origin=own.origin)
    told = "%(origin)s is answered by something else"
    return finding("origin", told, "point DNS and proxy at this instance", origin=own.origin)
