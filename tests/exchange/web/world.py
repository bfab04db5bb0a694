"""A small exchange of real communities for the tests of the pages: an instance, its practices, its officers."""

from typing import Any

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlmodel import Session
from werkzeug.test import TestResponse

from exchange.catalogue import shelf
from exchange.catalogue.adoption import adopt
from exchange.catalogue.communities import community
from exchange.catalogue.judging import review
from exchange.catalogue.people import officers
from exchange.catalogue.practices import publish
from exchange.instance import Instance
from exchange.models.community import Community
from exchange.models.practice import Practice
from exchange.vocabulary import concepts
from tests.rig import House, seeds

PASSWORD = "quiet meadow seven lamps"
FEW = ("saillans", "loos-en-gohelle", "ulm", "treuenbrietzen", "mouans-sartoux", "arvieu")


def settle(instance: Instance, *, only: tuple[str, ...] | None = FEW) -> None:
    """Found the communities of the seeds, publish their practices, judge and adopt some."""
    found = seeds()
    with instance.database.writing() as session:
        towns = {
            one["id"]: _town(session, instance.origin, one)
            for one in found["communities"]
            if only is None or one["id"] in only
        }
        told = {}
        for one in found["practices"]:
            if one["community"] in towns:
                record = {k: v for k, v in one.items() if k not in ("id", "community")}
                told[one["id"]] = publish.publish(
                    session, towns[one["community"]], record, documented_by="others", slug=one["id"]
                )
        for one in found["adoptions"]:
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
        _made, token = officers.invite(session, mailbox, shelf.community(session, slug), role)
        officers.accept_invitation(session, token, PASSWORD)
    return mailbox


class Visitor:
    """A browser without scripts: sends what a browser sends, keeps its cookies, reads what comes."""

    def __init__(self, house: House, language: str = "en") -> None:
        self.house = house
        self.client: FlaskClient = house.app.test_client()
        self.language = language

    def get(self, path: str, **headers: str) -> TestResponse:
        sent = {"Accept-Language": self.language, "Accept": "text/html", **headers}
        return self.client.get(path, headers=sent, base_url=self.house.origin)

    def post(self, path: str, data: Any = None, **headers: str) -> TestResponse:
        sent = {"Accept-Language": self.language, "Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
        return self.client.post(path, data=data or {}, headers=sent | headers, base_url=self.house.origin)

    def see(self, path: str) -> BeautifulSoup:
        """A page that must be there, as a tree."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:2000])
        return BeautifulSoup(answer.text, "html.parser")

    def log_in(self, mailbox: str, password: str = PASSWORD) -> TestResponse:
        return self.post("/login", {"mailbox": mailbox, "password": password})

    @property
    def cookies(self) -> dict[str, str]:
        return {name: cookie.value for (_d, _p, name), cookie in self.client._cookies.items()}


def given(page: Any) -> int:
    """How many ratings the first criterion of a practice's page has; too few are told in the table alone."""
    row = page.find(id="reviews").find_next("table").tbody.tr
    return sum(int(cell.text) for cell in row.find_all("td")[1:6])


def logged_in(house: House, slug: str, role: str = "officer", language: str = "en") -> Visitor:
    """A visitor who has logged in for a community."""
    visitor = Visitor(house, language)
    answer = visitor.log_in(officer(house.instance, slug, role))
    assert answer.status_code == 303, answer.text[:2000]
    return visitor
