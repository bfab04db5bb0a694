"""The desk of who leads clusters: what belongs to them, what is new there, what waits; also with a thousand members."""

from datetime import timedelta

from sqlmodel import select

from exchange.catalogue import shelf
from exchange.catalogue.clusters import cluster
from exchange.models.base import now
from exchange.models.cluster import ASKED, Membership
from exchange.models.officer import Officer
from tests.exchange.web.world import Visitor, logged_in
from tests.rig import House, complete


def _text(page: object) -> str:
    return " ".join(page.text.split())  # type: ignore[attr-defined]


def _led(house: House, slug: str, *members: str) -> None:
    with house.instance.database.writing() as session:
        made = cluster.found(session, house.origin, slug=slug, name={"en": slug.capitalize()})
        for one in members:
            cluster.admit(session, made, shelf.community(session, one).uri)


def test_the_desk_shows_a_coordinator_each_cluster_with_what_is_new_and_what_waits(house: House) -> None:
    _led(house, "valleys", "saillans", "ulm")
    with house.instance.database.writing() as session:
        led = cluster.cluster(session, "valleys")
        session.add(Membership(cluster_id=led.id, member="https://elsewhere.example/towns/a", state=ASKED))
    lead = logged_in(house, "arvieu", "coordinator")
    card = next(one for one in lead.see("/desk").select(".led") if one.h3.text == "Valleys")
    assert [_text(figure) for figure in card.select(".figures li")] == [
        "2 members",
        "2 practices",
        "0 collections",
        "0 open consultations and campaigns",
    ]
    assert "1 community asks to join" in card.text
    assert "The latest of its members" in card.text
    assert "Collegial village council" in card.text

    with house.instance.database.writing() as session:
        officer = session.exec(select(Officer).where(Officer.role == "coordinator")).one()
        officer.seen_before_at = now() + timedelta(seconds=1)
        session.add(officer)
    card = next(one for one in lead.see("/desk").select(".led") if one.h3.text == "Valleys")
    assert "Nothing is new here since your last look." in card.text
    with house.instance.database.writing() as session:
        officer = session.exec(select(Officer).where(Officer.role == "coordinator")).one()
        officer.seen_before_at = now()
        session.add(officer)
    for number in range(4):
        house.publish("ulm", complete({"language": "en", "title": f"Shade for a square {number}"}))
    house.publish("loos-en-gohelle", complete({"language": "en", "title": "Not of a member"}))
    card = next(one for one in lead.see("/desk").select(".led") if one.h3.text == "Valleys")
    assert [link.text for link in card.select(".feed p > a")] == [
        "Shade for a square 3",
        "Shade for a square 2",
        "Shade for a square 1",
    ]
    assert "4 new, newest first" in card.text
    for link in card.select("a[href^='/']"):
        assert lead.get(link["href"]).status_code == 200, link["href"]


def test_the_desk_of_an_officer_has_no_clusters_to_lead(house: House) -> None:
    _led(house, "shores", "arvieu")
    assert logged_in(house, "arvieu").see("/desk").select(".led") == []


def test_a_thousand_members_are_listed_page_by_page_and_taken_along_as_a_table(house: House) -> None:
    _led(house, "many", "saillans", "ulm")
    with house.instance.database.writing() as session:
        led = cluster.cluster(session, "many")
        session.add_all(
            Membership(cluster_id=led.id, member=f"https://elsewhere.example/towns/{n}") for n in range(998)
        )
    visitor = Visitor(house)
    page = visitor.see("/clusters/many")
    assert len(page.select(".signs li")) == 24
    assert _text(page.select(".signs li")[0]).startswith("Saillans")
    assert "All 1,000 members as a list" in page.text
    listed = visitor.see("/communities?cluster=many")
    assert [row.th.text.strip() for row in listed.select("tbody tr")] == ["Saillans", "Ulm"]
    assert listed.find("input", attrs={"name": "cluster"})["value"] == "many"
    assert len(visitor.see("/communities?cluster=many&q=ulm").select("tbody tr")) == 1
    table = visitor.get("/communities.csv?cluster=many").text.splitlines()
    assert table[0].endswith("address,name,country,degurba,population_class,population,practices")
    assert [line.split(",")[1] for line in table[1:]] == ["Saillans", "Ulm"]
    assert len(visitor.get("/communities.csv").text.splitlines()) == 7
    assert visitor.get("/communities?cluster=none").status_code == 404
    assert visitor.get("/communities.csv?cluster=none").status_code == 404
