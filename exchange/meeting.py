"""Getting to know a community or a cluster elsewhere before it has said anything to us: by its handle or its address."""

from exchange.arrivals.taking import Taking
from exchange.catalogue import shelf
from exchange.catalogue.clusters import cluster
from exchange.instance import Instance
from exchange.messages import N_, NotFound, Refusal
from exchange.vocabulary.activitystreams import community_of
from federation.others import peers, webfinger
from federation.wire.activity import strings


def meet(instance: Instance, wanted: str) -> str:
    """The address of a community by short name, `@name@host` or address, read from its origin when new.

    Raises NotFound when there is none of that name here or there, FetchError when its origin does not
    answer. Goes to the network: never inside a session.
    """
    wanted = wanted.strip()
    with instance.database.reading() as session:
        try:
            return shelf.community(session, wanted).uri
        except NotFound:
            if "@" not in wanted and "://" not in wanted:
                raise
    actor = webfinger.resolve(instance.client, wanted)
    if instance.node.is_ours(actor):
        raise NotFound(N_("There is no community “%(ref)s” here."), ref=wanted[:200])
    row = peers.resolve_actor(instance.node, actor)
    if row.document.get("type") not in ("Organization", "Group"):
        raise Refusal(N_("That is an account, but not one of a community."))
    with instance.database.writing() as session:
        return Taking(session, {actor: row.document}, instance.origin).community(actor).uri


def meet_cluster(instance: Instance, wanted: str) -> tuple[str, dict[str, str]]:
    """The actor of a cluster by short name, `@name@host` or address, and its name by language.

    Raises NotFound, FetchError and Refusal as `meet` does. Goes to the network: never inside a session.
    """
    wanted = wanted.strip()
    handle = wanted.lstrip("@").partition("@")
    here = handle[0] if handle[2].casefold() in ("", instance.settings.host) else wanted
    with instance.database.reading() as session:
        try:
            found = cluster.cluster(session, here)
            return found.uri, found.name
        except NotFound:
            if here != wanted or instance.node.is_ours(wanted) or ("@" not in wanted and "://" not in wanted):
                raise
    actor = webfinger.resolve(instance.client, wanted)
    if instance.node.is_ours(actor):
        raise NotFound(N_("There is no cluster “%(ref)s” here."), ref=wanted[:200])
    document = peers.resolve_actor(instance.node, actor).document
    if "Group" not in strings(document.get("type")):
        raise Refusal(N_("That is an account, but not one of a cluster."))
    return actor, community_of(document)["name"]
