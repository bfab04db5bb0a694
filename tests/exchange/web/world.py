"""A small exchange of real communities for the tests of the pages: an instance, its practices, its officers."""

from pathlib import Path
from typing import Any

import yaml
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session

from exchange.app import create_app
from exchange.catalogue import adopt, community, officers, publish, review
from exchange.instance import Instance
from exchange.models.community import Community
from exchange.models.practice import Practice
from exchange.vocabulary import concepts

SEEDS = Path(__file__).parents[3] / "exchange" / "seeds" / "practices.yaml"
PASSWORD = "quiet meadow seven lamps"
ORIGIN = "http://web.localhost:8123"
FEW = ("saillans", "loos-en-gohelle", "ulm", "treuenbrietzen", "mouans-sartoux", "arvieu")


def found_instance(directory: Path, origin: str = ORIGIN, name: str = "Towns of the test") -> Instance:
    """An empty instance that keeps its index in memory."""
    return Instance.create(
        directory, origin=origin, name=name, contact="desk@web.localhost", lab=True, search="memory"
    )


def settle(instance: Instance, *, only: tuple[str, ...] | None = FEW) -> None:
    """Found the communities of the seeds, publish their practices, judge and adopt some."""
    seeds = yaml.safe_load(SEEDS.read_text(encoding="utf-8"))
    with instance.database.writing() as session:
        towns = {
            one["id"]: _town(session, instance.origin, one)
            for one in seeds["communities"]
            if only is None or one["id"] in only
        }
        told = {}
        for one in seeds["practices"]:
            if one["community"] in towns:
                record = {k: v for k, v in one.items() if k not in ("id", "community")}
                told[one["id"]] = publish.publish(
                    session, towns[one["community"]], record, documented_by="others", slug=one["id"]
                )
        for one in seeds["adoptions"]:
            if one["practice"] in told:
                record = {k: v for k, v in one.items() if k not in ("id", "practice", "adopter", "stage")}
                if "since" in record:
                    record["since"] = str(record["since"])
                adopter = towns.get(one["adopter"].get("community", ""))
                adopt.document_adoption(
                    session,
                    told[one["practice"]],
                    one["adopter"],
                    stage=one["stage"],
                    slug=one["id"],
                    adopter_community=adopter,
                    **record,
                )
        _judge(session, towns, told)
    while instance.index_once():
        pass


def _town(session: Session, origin: str, one: dict[str, Any]) -> Community:
    keep = ("topography", "coastal", "nuts3", "area_km2", "certainty", "lau")
    return community.found(
        session,
        origin,
        slug=one["id"],
        name=one["name"],
        country=one["country"],
        population=one["population"]["value"],
        degurba=one["degurba"],
        lat=one["lat"],
        lon=one["lon"],
        profile={k: one[k] for k in keep if k in one},
    )


def _judge(session: Session, towns: dict[str, Community], told: dict[str, Practice]) -> None:
    subject = told["saillans-collegial-council"]
    criteria = [c.id for c in concepts.scheme("rating-criteria")]
    relations = [c.id for c in concepts.scheme("rater-relation")]
    raters = [t for t in towns.values() if t.id != subject.community_id]
    for number, town in enumerate(raters[:5]):
        review.review(
            session,
            subject,
            town,
            relation=relations[number % len(relations)],
            ratings={c: 1 + (number * 2 + at) % 5 for at, c in enumerate(criteria[: 8 - number])},
            comment={
                "en": "It asks much time of those who take part.\n\nWe would keep the open commissions."
            },
        )
    adopter = raters[0]
    adopt.adopt(session, subject, adopter, stage="ad-piloting", since="2021", adaptationType="at-adapt")
    stopped = raters[1]
    adopt.adopt(
        session,
        subject,
        stopped,
        stage="ad-stopped",
        reason={"cause": "lc-people", "text": {"de": "Zu wenige hatten abends Zeit."}},
    )


def officer(instance: Instance, slug: str, role: str = "officer") -> str:
    """An officer of a community with a password; the mailbox."""
    mailbox = f"{role}@{slug}.localhost"
    with instance.database.writing() as session:
        from exchange.catalogue import shelf

        _made, token = officers.invite(session, mailbox, shelf.community(session, slug), role)
        officers.accept_invitation(session, token, PASSWORD)
    return mailbox


def application(instance: Instance) -> Flask:
    """The application, which shows its errors to the tests as pages, as it does to people."""
    app = create_app(instance)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


class Visitor:
    """A browser without scripts: sends what a browser sends, keeps its cookies, reads what comes."""

    def __init__(self, app: Flask, language: str = "en", origin: str = ORIGIN) -> None:
        self.client: FlaskClient = app.test_client()
        self.language = language
        self.origin = origin

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(
            path,
            headers={"Accept-Language": self.language, "Accept": "text/html", **headers},
            base_url=self.origin,
        )

    def post(self, path: str, data: Any = None, **headers: str) -> Any:
        sent = {
            "Accept-Language": self.language,
            "Accept": "text/html",
            "Sec-Fetch-Site": "same-origin",
            **headers,
        }
        return self.client.post(path, data=data or {}, headers=sent, base_url=self.origin)

    def log_in(self, mailbox: str, password: str = PASSWORD) -> Any:
        return self.post("/login", {"mailbox": mailbox, "password": password})
