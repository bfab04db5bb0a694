"""One instance of the demo in a process of its own: made, filled with its seeds, served until told to stop.

It says through its connection how far it is, and does what comes from there; when the other end is
gone, however the demo ended, it ends too.
"""

import json
import os
import shutil
import signal
import threading
from importlib.resources import as_file, files
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import exchange.app  # noqa: F401  loaded once, before the processes of the demo part
from exchange import config, meeting
from exchange.catalogue import shelf
from exchange.catalogue.clusters import join as joining
from exchange.catalogue.files import imports
from exchange.catalogue.people import officers
from exchange.cli import serving
from exchange.cli.base import sentence
from exchange.cli.demo import gathering
from exchange.cli.demo.cast import HOUSES, PASSWORD, House
from exchange.instance import Instance
from federation.arriving import backfill
from federation.neighbours import followers
from federation.others import peers, webfinger

MADE = "demo.json"  # written last: a directory without it was left half made


class Line:
    """The connection to whoever started us."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    def tell(self, event: str, **more: Any) -> None:
        """Say something; nobody may be listening any more."""
        with self._lock:
            try:
                self._connection.send({"event": event, **more})
            except OSError:
                return

    def listen(self) -> tuple[str, str]:
        """What we are to do next; EOFError at the end."""
        verb, rest = self._connection.recv()
        return verb, rest


def main(line: Line, name: str, data: Path, port: int, hold_back: str) -> None:
    """Make the instance where it is not there yet, and serve it."""
    house = next(house for house in HOUSES if house.name == name)
    commands = _Commands(line, house)
    threading.Thread(target=_obey, args=(commands, line), daemon=True).start()
    try:
        if not (data / MADE).is_file():
            _make(line, house, data, port, hold_back)
        instance = commands.instance = Instance.open(config.load(data, lab=True))
        serving.log_to_stderr(instance.settings)
        made = json.loads((data / MADE).read_text())
        serving.serve(instance, ("127.0.0.1", port), ready=lambda: line.tell("serving", **made))
        instance.close()
    except Exception as error:
        line.tell("failed", why=sentence(error) or f"{type(error).__name__}: {error}")
        raise


class _Commands:
    """What the lines on stdin may ask of the instance, once there is one."""

    def __init__(self, line: Line, house: House) -> None:
        self.instance: Instance | None = None
        self.line = line
        self.house = house

    def follow(self, origin: str) -> None:
        """Follow another instance, unless that has been done."""
        assert self.instance is not None
        node = self.instance.node
        with self.instance.database.reading() as session:
            if followers.is_followed(session, f"{origin}/actor"):
                return
        actor = webfinger.resolve(self.instance.client, origin)
        peers.resolve_actor(node, actor)
        with self.instance.database.writing() as session:
            relation = followers.between(session, node.instance_actor, actor)
            if relation is None or relation.state != "accepted":
                followers.follow(session, node, local_actor=node.instance_actor, target_actor=actor)

    def gather(self, _nothing: str) -> None:
        """Make the cluster that this instance leads, and say where it is."""
        assert self.instance is not None
        self.line.tell("gathered", cluster=gathering.gather(self.instance))

    def join(self, cluster: str) -> None:
        """Ask the cluster at that address to take the officer's community in."""
        assert self.instance is not None
        address, name = meeting.meet_cluster(self.instance, cluster)
        with self.instance.database.writing() as session:
            joining.join(session, shelf.community(session, self.house.acting), address, name)

    def admit(self, _nothing: str) -> None:
        """Take in who has asked, and say how many members there are."""
        assert self.instance is not None
        self.line.tell("admitted", members=gathering.admit(self.instance))

    def summon(self, _nothing: str) -> None:
        """Call the members together."""
        assert self.instance is not None
        gathering.summon(self.instance)
        self.line.tell("summoned")

    def progress(self, _nothing: str) -> None:
        """Say how much of the others' past has been read, and how much can be found."""
        assert self.instance is not None
        with self.instance.database.reading() as session:
            accepted = list(followers.following(session, self.instance.node.instance_actor))
            read = backfill.progress(session)
            held = shelf.counts(session)["practices"]
        self.line.tell(
            "progress",
            accepted=sum(f.state == "accepted" for f in accepted),
            done=sum(row.state == "done" for row in read),
            failed=[row.error for row in read if row.state == "failed"],
            fetched=sum(row.fetched for row in read),
            total=sum(row.total or 0 for row in read),
            held=held,
            findable=self.instance.engine.count(),
        )


def _obey(commands: _Commands, line: Line) -> None:
    while True:
        try:
            verb, rest = line.listen()
        except (EOFError, OSError):
            os.kill(os.getpid(), signal.SIGTERM)
            return
        try:
            getattr(commands, verb)(rest)
        except Exception as error:
            line.tell("trouble", verb=verb, why=sentence(error) or f"{type(error).__name__}: {error}")


def _make(line: Line, house: House, data: Path, port: int, hold_back: str) -> None:
    shutil.rmtree(data, ignore_errors=True)
    origin = house.origin(port)
    instance = Instance.create(
        data, origin=origin, name=house.title, contact=house.mailbox, lab=True, listen=f"127.0.0.1:{port}"
    )
    if house.communities:
        _fill(line, instance, house, hold_back)
    with instance.database.writing() as session:
        own = shelf.community(session, house.acting) if house.acting else None
        _officer, secret = officers.invite(session, house.mailbox, own, "admin")
        officers.accept_invitation(session, secret, PASSWORD, house.language)
        token = officers.issue_token(session, None, "admin")
    instance.close()
    made = data / (MADE + ".new")
    made.write_text(json.dumps({"token": token, "origin": origin}))
    made.rename(data / MADE)


def _fill(line: Line, instance: Instance, house: House, hold_back: str) -> None:
    """Take in the seeds of the municipalities that live here, without the one that comes later."""
    with as_file(files("exchange").joinpath("seeds/practices.yaml")) as seeds:
        contents: Path | bytes = seeds
        if hold_back:
            contents = _without(seeds, hold_back)
        report = imports.import_file(
            instance.database,
            instance.origin,
            contents,
            kind="yaml",
            only=set(house.communities),
            progress=lambda done, total: line.tell("importing", done=done, total=total),
        )
    if report.refused:
        name, problems = report.refused[0]
        raise RuntimeError(f"the seed {name} was refused: {problems[0]}")


def _without(seeds: Path, slug: str) -> bytes:
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    contents = yaml.load(seeds.read_text(encoding="utf-8"), loader)  # noqa: S506  a safe loader
    contents["practices"] = [p for p in contents["practices"] if p["id"] != slug]
    contents["adoptions"] = [a for a in contents["adoptions"] if a["practice"] != slug]
    dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text: str = yaml.dump(contents, Dumper=dumper, allow_unicode=True, sort_keys=False)
    return text.encode()
