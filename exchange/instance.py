"""An instance put together: its settings, database, way out, handlers and index. No web framework here."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import inspect
from sqlmodel import Session, select

from exchange import config, directory, schema
from exchange.arrivals import Arrivals
from exchange.catalogue import shelf
from exchange.catalogue.clusters import cluster
from exchange.catalogue.communities import community
from exchange.config import Settings
from exchange.db import Database
from exchange.keeping import Keeper
from exchange.messages import N_, NotFound, Refusal
from exchange.retelling import Telling
from exchange.wake import Wake
from federation import actor, keys
from federation.actor import LocalActor
from federation.ledger import hosts
from federation.ledger.budgets import Budgets
from federation.node import Node
from federation.others.client import Client
from search.engine import Engine


class Instance:
    """Everything one instance consists of. Close it when done."""

    def __init__(self, settings: Settings) -> None:
        self._telling = Telling(settings)
        self.database = Database(settings.database)
        self.wake = Wake()
        self.database.on_commit = self.wake.set
        self.client = Client(
            origin=settings.origin,
            lab=settings.lab,
            ca=str(settings.ca) if settings.ca else None,
            signer=self._signer,
            allowed=self._talks_with,
        )
        self.node = Node(
            origin=settings.origin,
            database=self.database,
            client=self.client,
            handlers=Arrivals(settings.origin),
            lab=settings.lab,
            mode=settings.federation,
            wake=self.wake,
            arrived=self.wake.listener(),
            budgets=Budgets(settings.inbox_rate),
        )
        self.index = Keeper(settings, self.database)

    @classmethod
    def create(cls, data: Path, *, origin: str, name: str, contact: str = "", **settings: Any) -> "Instance":
        """A new instance in `data`; refuses a directory or a database that already holds something."""
        if data.exists() and (not data.is_dir() or any(data.iterdir())):
            raise Refusal(
                N_("%(data)s is not empty; a new instance needs an empty directory."), data=str(data)
            )
        checked = config.load(data, origin=origin, name=name, contact=contact, **settings)
        directory.make_room(data)
        database = Database(checked.database)
        try:
            database.make_file()
            if inspect(database.engine).get_table_names():
                raise Refusal(N_("This database already holds an instance."))
            schema.create(database)
            with database.writing() as session:
                actor.create(session, checked.origin, "Application", "instance")
        finally:
            database.close()
        port = urlsplit(checked.origin).port
        if checked.lab and port and not settings.get("listen"):
            settings["listen"] = (
                f"127.0.0.1:{port}"  # with no proxy before it, the address is where it listens
            )
        kept = {k: v for k, v in settings.items() if v is not None and isinstance(v, str | int | bool)}
        directory.write(data, **{"origin": checked.origin, "name": name, "contact": contact, **kept})
        return cls(config.load(data, **settings))

    @classmethod
    def over(cls, database_url: str, data: Path, **settings: Any) -> "Instance":
        """An instance in `data` over tables that are there already, made when it is not there yet."""
        if (data / config.FILE).is_file():
            return cls(config.load(data, database=database_url, **settings))
        directory.make_room(data)
        checked = config.load(data, database=database_url, **settings)
        database = Database(checked.database)
        schema.stamp(database)
        with database.writing() as session:
            actor.create(session, checked.origin, "Application", "instance")
        database.close()
        directory.write(data, **settings)
        return cls(checked)

    @classmethod
    def open(cls, settings: Settings) -> "Instance":
        """The instance that is there; refuses one whose tables are of another version."""
        database = Database(settings.database)
        try:
            held = schema.version(database)
        finally:
            database.close()
        if held is None:
            raise Refusal(
                N_("There is no instance in %(data)s yet; make one with init."), data=str(settings.data)
            )
        if held != schema.newest():
            schema.refuse_newer(held)
            raise Refusal(N_("The database is of another version than this program; run upgrade."))
        _check_origin(settings)
        return cls(settings)

    @property
    def origin(self) -> str:
        return self.settings.origin

    @property
    def settings(self) -> Settings:
        """The settings as they stand now; what was said anew in another process is among them."""
        return self._telling.now()

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self._telling.settings = settings

    def change(self, **values: str) -> None:
        """Say some settings anew, in `jumelage.toml` and at once; see Telling.change for what it raises."""
        self._telling.change(**values)

    # ----------------------------------------------------------------- the index

    @property
    def engine(self) -> Engine:
        return self.index.engine

    def index_once(self) -> int:
        """Let the index follow the journal by one batch; 0 when it is in step or another process writes it."""
        return self.index.once()

    # ----------------------------------------------------------------- the actors

    def actor_document(self, session: Session, uri: str) -> dict[str, Any]:
        """The ActivityPub document of an actor of this instance."""
        if uri == self.node.instance_actor:
            return actor.document(session, uri, self.profile(), self.origin)
        if uri.startswith(f"{self.origin}/clusters/"):
            return cluster.describe(session, cluster.cluster(session, uri))
        found = shelf.community(session, uri)
        if not found.local:
            raise NotFound(N_("There is no community “%(ref)s” here."), ref=uri)
        return community.describe(session, found)

    def profile(self) -> dict[str, Any]:
        """What the instance says about itself."""
        return {"name": self.settings.name, "url": f"{self.origin}/", "summary": ""}

    def _talks_with(self, host: str) -> bool:
        with self.database.reading() as session:
            return hosts.verdict(session, self.node, host)

    def _signer(self) -> tuple[str, Any]:
        with self.database.reading() as session:
            return keys.signing_key(session, f"{self.origin}/actor", "rsa")

    def close(self) -> None:
        self.index.close()
        self.client.close()
        self.database.close()


def _check_origin(settings: Settings) -> None:
    """Refuse an origin that is not that of the actor in the database: what was told under it cannot be told anew."""
    database = Database(settings.database)
    try:
        with database.reading() as session:
            kept = session.exec(select(LocalActor.uri).where(LocalActor.kind == "Application")).first()
    finally:
        database.close()
    if kept is not None and kept != f"{settings.origin}/actor":
        raise Refusal(
            N_(
                "This database is of %(held)s, and the settings say %(origin)s. An address cannot be changed later."
            ),
            held=kept.removesuffix("/actor"),
            origin=settings.origin,
        )
