"""Give a community new keys: announced with the old ones, and all that it published is signed anew."""

from datetime import timedelta

from sqlmodel import Session

from exchange.catalogue.announce import say, sign_anew
from exchange.catalogue.communities import community as profiles
from exchange.messages import N_, NotAllowed
from exchange.models.community import Community
from federation import keys


def rotate(session: Session, community: Community, *, overlap: timedelta = keys.OVERLAP) -> list[str]:
    """The ids of the new keys. The old ones sign and hold until `overlap` has passed.

    With no overlap, as when a key is in wrong hands, nobody can be told in a way that could not be
    forged: operators elsewhere have to accept the new keys.
    """
    if not community.local:
        raise NotAllowed(N_("Only the instance of a community publishes for it."))
    made = [keys.rotate(session, community.uri, kind, overlap=overlap).id for kind in keys.FRAGMENTS]
    say(session, "Update", community, profiles.describe(session, community))
    sign_anew(session, community)
    return made
