"""One instance seen from the wire: its origin, its database, its way out, and whom to tell what arrived."""

import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from sqlmodel import Session

from federation.base import Database
from federation.ledger import arrivals
from federation.ledger.budgets import Budgets
from federation.ledger.intake import Intake
from federation.ledger.tally import Tally

if TYPE_CHECKING:
    from federation.others.client import Client


@dataclass(frozen=True)
class Incoming:
    """An activity whose sender is proven, as it is handed to the host application.

    `activity` holds only what its sender may say: an embedded object from somewhere else has been
    replaced by its id. `body` holds the bytes as they came. `via` is "inbox", "backfill" or "fetch".
    `fetched` maps each URI named by `Handlers.wants` to the document served there; what could not be
    had is absent.
    """

    activity: dict[str, Any]
    actor: str
    body: bytes
    received: datetime
    via: str = "inbox"
    fetched: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return str(self.activity["id"])

    @property
    def kind(self) -> str:
        return str(self.activity["type"])

    @property
    def object(self) -> Any:
        """The embedded object (a dict), or its id (a str), or None."""
        return self.activity.get("object")

    @property
    def object_id(self) -> str | None:
        value = self.object
        if isinstance(value, dict):
            value = value.get("id")
        return value if isinstance(value, str) else None


class Handlers(Protocol):
    """What the host application does with what arrives; the seam between wire and catalogue.

    For every accepted activity, once and in order per sender and object, the library does

        while wanted := handlers.wants(session, incoming):       # reading session, no side effects
            incoming.fetched |= {uri: document for what could be had}  # outside of any session
        with database.writing() as session:                      # one transaction
            if handlers.handle(session, incoming):
                journal.append(session, ...)
            the arrival is done

    so that an effect and its journal row exist together or not at all. `handle` must give the same
    result when it is called again after a crash, never touches the network, and raises
    `federation.errors.Refused` when the sender may not do this. Any other exception means "try
    again later"; after five tries the activity is put aside for the operator.

    Follow, Accept, Reject and Undo have already had their effect on the follow relations when
    `handle` sees them.
    """

    def wants(self, session: Session, incoming: Incoming) -> list[str]:
        """URIs that must be fetched before `handle` can judge; at most 30 are honoured."""
        ...

    def handle(self, session: Session, incoming: Incoming) -> bool:
        """Apply the activity. True when something changed and belongs in the journal."""
        ...

    def followed(self, session: Session, actor_uri: str) -> None:
        """A follow of ours was accepted by `actor_uri`; its past is about to be read."""
        ...


@dataclass(eq=False)
class Node:
    """The federating half of an instance.

    `origin` is "https://example.org" without a trailing slash. `mode` is "open" or "allowlist".
    `lab` permits http and loopback, for demonstrations and tests. `wake` is set after a commit that
    left work for the worker, `arrived` when something is there to be judged and nothing else is new.
    `budgets` says how much others may send.
    """

    origin: str
    database: Database
    client: "Client"
    handlers: Handlers
    lab: bool = False
    mode: str = "open"
    wake: threading.Event = field(default_factory=threading.Event)
    arrived: threading.Event = field(default_factory=threading.Event)
    budgets: Budgets = field(default_factory=Budgets)
    intake: Intake[dict[str, Any], str] = field(init=False, repr=False)
    tally: Tally = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.intake = Intake(self.database, arrivals.store)
        self.tally = Tally(self.database)

    @property
    def instance_actor(self) -> str:
        return f"{self.origin}/actor"

    @property
    def host(self) -> str:
        return urlsplit(self.origin).netloc.lower()

    def is_ours(self, uri: str) -> bool:
        """Whether a URI lies on this instance."""
        return uri == self.origin or uri.startswith(self.origin + "/")
