"""What is new in a saved search: what entered it, what changed in it, what fits it only now; and nothing else."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlmodel import select

from exchange.catalogue import shelf
from exchange.catalogue.clusters import cluster, join
from exchange.catalogue.communities import community as communities
from exchange.catalogue.finding import saved
from exchange.catalogue.people import officers
from exchange.catalogue.practices import revise, withdraw
from exchange.messages import NotFound, Refusal
from exchange.models.mail import Mail
from exchange.models.officer import Officer
from exchange.models.practice import Practice
from exchange.models.saved import PracticeShape, SavedSearch, SearchHit
from exchange.worker import alerting
from tests.mailbox import mail_server
from tests.rig import House, Rig, complete


@pytest.fixture
def house(tmp_path: Path, new_database: Callable[[], str]) -> Iterator[House]:
    with Rig(tmp_path, new_database) as rig:
        made = rig.instance("adria", search="memory")
        made.community("ulm", "Ulm", "DE", population=126_000, lat=48.4, lon=9.98)
        made.community("arvieu", "Arvieu", "FR", population=800, lat=44.19, lon=2.66)
        yield made


@pytest.fixture
def officer(house: House) -> Officer:
    with house.instance.database.writing() as session:
        return officers.invite(session, "office@ulm.example", shelf.community(session, "ulm"))[0]


def keep(house: House, officer: Officer, query: str, name: str = "") -> SavedSearch:
    with house.instance.database.writing() as session:
        return saved.save(session, officer, query, name=name)


def news(house: House, officer: Officer, search: SavedSearch) -> dict[str, str]:
    """Title → why, after the journal has been read to its end."""
    while alerting.follow(house.instance.database, house.instance.engine):
        pass
    with house.instance.database.reading() as session:
        seen = saved.kept(session, officer, search).reader.seen
        return {practice.title: hit.why for hit, practice, _owner in saved.news(session, search, seen)}


def test_a_question_that_points_into_the_index_is_asked_there_when_it_is_in_step(
    house: House, officer: Officer
) -> None:
    house.publish("ulm", titled("A solar roof"))
    house.instance.index_once()
    search = keep(house, officer, "q=near:Ulm~50km")
    other = keep(house, officer, "q=near:Nowhereatall~50km")
    house.publish("ulm", titled("Another roof"))
    house.publish("arvieu", titled("A roof far away"))
    assert news(house, officer, search) == {}
    house.instance.index_once()
    assert news(house, officer, search) == {"Another roof": "entered"}
    assert news(house, officer, other) == {}


def look(house: House, officer: Officer, search: SavedSearch) -> None:
    with house.instance.database.writing() as session:
        saved.look(session, officer, search, 10**9)


def titled(title: str, **more: object) -> dict[str, object]:
    return complete({"title": {"en": title}, **more})


def test_what_was_there_is_not_new_and_what_enters_is(house: House, officer: Officer) -> None:
    house.publish("ulm", titled("An old heliostat"))
    solar, trees = keep(house, officer, "q=heliostat&theme=th-energy"), keep(house, officer, "q=trees")
    assert news(house, officer, solar) == {}
    house.publish("ulm", titled("A new heliostat"))
    house.publish("arvieu", titled("A heliostaat on the barn"))  # nearly so is not so, for a letter
    assert news(house, officer, solar) == {"A new heliostat": "entered"}
    assert news(house, officer, trees) == {}
    look(house, officer, solar)
    assert news(house, officer, solar) == {}


def test_a_new_version_is_new_again_and_a_review_is_not(house: House, officer: Officer) -> None:
    practice = house.publish("ulm", titled("A solar roof"))
    search = keep(house, officer, "theme=th-energy")
    house.review(practice.uri, "arvieu", replicability=4)
    assert news(house, officer, search) == {}
    with house.instance.database.writing() as session:
        found = session.get_one(Practice, practice.id)
        revise.revise(session, found, titled("A solar roof, twice"))
    assert news(house, officer, search) == {"A solar roof, twice": "changed"}


def test_what_fits_only_now_is_new_though_its_version_is_old(house: House, officer: Officer) -> None:
    practice = house.publish("ulm", titled("A solar roof"))
    adopted = keep(house, officer, "adopted_by=arvieu")
    small = keep(house, officer, "q=solar+population:<10000")
    everything = keep(house, officer, "theme=th-energy")
    assert news(house, officer, adopted) == {}
    house.adopt(practice.uri, "arvieu", "ad-piloting")
    with house.instance.database.writing() as session:
        communities.change_profile(session, shelf.community(session, "ulm"), population=9_000)
    assert news(house, officer, adopted) == {"A solar roof": "fits"}
    assert news(house, officer, small) == {"A solar roof": "fits"}
    assert news(house, officer, everything) == {}


def test_what_no_longer_fits_or_is_withdrawn_is_not_listed(house: House, officer: Officer) -> None:
    search = keep(house, officer, "theme=th-energy")
    one, two = house.publish("ulm", titled("One")), house.publish("ulm", titled("Two"))
    assert set(news(house, officer, search)) == {"One", "Two"}
    with house.instance.database.writing() as session:
        revise.revise(session, session.get_one(Practice, one.id), titled("One", theme=["th-mobility"]))
        withdraw.withdraw(session, session.get_one(Practice, two.id))
    assert news(house, officer, search) == {}
    with house.instance.database.reading() as session:
        assert session.exec(select(SearchHit)).all() == []


def test_a_late_worker_tells_the_same_as_an_early_one(house: House, officer: Officer) -> None:
    """Nothing is read until the end: searches saved in between still begin where they were saved."""
    first = keep(house, officer, "theme=th-energy", "first")
    house.publish("ulm", titled("One"))
    second = keep(house, officer, "theme=th-energy", "second")
    two = house.publish("ulm", titled("Two"))
    with house.instance.database.writing() as session:
        revise.revise(session, session.get_one(Practice, two.id), titled("Two and a half"))
    third = keep(house, officer, "theme=th-energy", "third")
    assert set(news(house, officer, first)) == {"One", "Two and a half"}
    assert set(news(house, officer, second)) == {"Two and a half"}
    assert news(house, officer, third) == {}


def test_nothing_is_done_where_nobody_keeps_a_search(house: House, officer: Officer) -> None:
    house.publish("ulm", titled("One"))
    assert alerting.follow(house.instance.database, house.instance.engine) == 0
    with house.instance.database.reading() as session:
        assert session.exec(select(PracticeShape)).all() == []
    search = keep(house, officer, "q=roof")
    house.publish("ulm", titled("A roof"))
    assert news(house, officer, search) == {"A roof": "entered"}
    with house.instance.database.reading() as session:
        assert len(session.exec(select(PracticeShape)).all()) == 2


def test_two_workers_do_not_tell_twice(house: House, officer: Officer) -> None:
    search = keep(house, officer, "")
    house.publish("ulm", titled("One"))
    database = house.instance.database
    with database.writing() as session:
        assert alerting._step(session, 0, 1)
    with database.writing() as session:
        assert not alerting._step(session, 0, 1)
        assert alerting._step(session, 1, 2)
    assert isinstance(news(house, officer, search), dict)


def test_a_digest_is_one_letter_when_it_is_due_and_none_when_nothing_is_new(
    house: House, officer: Officer
) -> None:
    with mail_server() as server, house.instance.database.writing() as session:
        settings = {"mail": server.url, "mail_from": "post@adria.example"}
        house.instance.settings = house.instance.settings.model_copy(update=settings)
        row = session.get_one(Officer, officer.id)
        row.language = "de"
        session.add(row)
    daily, weekly = keep(house, officer, "q=solar", "Dächer"), keep(house, officer, "q=roof", "Alles")
    same = keep(house, officer, "theme=th-energy", "Energie")
    with house.instance.database.writing() as session:
        saved.tell(session, officer, daily, "daily")
        saved.tell(session, officer, same, "daily")
        saved.tell(session, officer, weekly, "weekly")
        with pytest.raises(Refusal):
            saved.tell(session, officer, weekly, "hourly")
    house.publish("ulm", titled("A solar roof"))

    def letters_after(days: int) -> list[Mail]:
        with time_machine.travel(datetime.now(UTC) + timedelta(days=days, minutes=1)):
            while alerting.alert(house.instance):
                pass
        with house.instance.database.reading() as session:
            return list(session.exec(select(Mail)))

    assert letters_after(0) == []
    (letter,) = letters_after(1)
    assert letter.recipient == "office@ulm.example"
    assert "Dächer (1)" in letter.body
    assert "Energie (1)" in letter.body
    assert ": 1 " in letter.subject
    assert "Alles" not in letter.body
    assert f"{house.origin}/practices/" in letter.body
    assert letter.body.startswith("Guten Tag,")
    assert letter.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert len(letters_after(2)) == 1
    both = letters_after(7)
    assert len(both) == 2
    assert "Alles (1)" in both[1].body
    assert "Dächer" not in both[1].body
    for number in range(12):
        titles = {"fr": f"Toit solar roof {number}", "en": f"Solar roof {number}"}
        house.publish("ulm", complete({"language": "fr", "title": titles}))
    long = letters_after(8)[2]
    assert "Dächer (12)" in long.body
    assert ": 12 " in long.subject
    assert long.body.count("/practices/") == 20, "ten of each search"
    assert "Solar roof 11\n" in long.body, "no German title, so the English one"
    assert "Solar roof 1\n" not in long.body
    token = letter.headers["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    with house.instance.database.writing() as session:
        saved.stop_letters(session, token)
    house.publish("ulm", titled("Another solar roof"))
    assert len(letters_after(30)) == 3


def test_a_thousand_searches_are_asked_of_what_was_touched_alone(house: House, officer: Officer) -> None:
    with house.instance.database.writing() as session:
        for number in range(saved.MOST):
            saved.save(session, officer, f"q=roof{number}+OR+solar", name=str(number))
        with pytest.raises(Refusal):
            saved.save(session, officer, "q=one+too+many")
    house.publish("ulm", titled("A solar roof"))
    asked: list[int] = []
    whole = house.instance.engine.find
    house.instance.engine.find = lambda query: asked.append(1) or whole(query)  # type: ignore[method-assign,func-returns-value]
    while alerting.follow(house.instance.database, house.instance.engine):
        pass
    assert asked == []
    with house.instance.database.reading() as session:
        assert len(session.exec(select(SearchHit)).all()) == saved.MOST


def test_a_search_that_is_refused_or_too_long_is_not_kept(house: House, officer: Officer) -> None:
    with house.instance.database.writing() as session:
        for query in (
            "country=nowhere",
            "near=1",
            "q=a&" + "&".join(f"x{n}=y" for n in range(250)) + "z" * 2000,
        ):
            with pytest.raises(Refusal):
                saved.save(session, officer, query)
        with pytest.raises(NotFound):
            saved.search(session, officer, "nothing")


def test_a_community_that_the_words_of_a_search_name_is_followed(house: House, officer: Officer) -> None:
    search = keep(house, officer, "q=community:Ulm")
    house.publish("ulm", titled("A solar roof"))
    house.publish("arvieu", titled("Another roof"))
    assert news(house, officer, search) == {"A solar roof": "entered"}


def test_what_a_new_member_of_a_cluster_has_done_fits_only_now(house: House, officer: Officer) -> None:
    house.publish("ulm", titled("A solar roof"))
    house.publish("arvieu", titled("A wind mill"))
    house.publish("arvieu", titled("A bus", theme=["th-mobility"]))
    with house.instance.database.writing() as session:
        alps = cluster.found(session, house.origin, slug="alps", name="Alpine towns")
        cluster.admit(session, alps, shelf.community(session, "ulm").uri)
        uri = alps.uri
    search = keep(house, officer, "cluster=alps&theme=th-energy")
    everything = keep(house, officer, "theme=th-energy")
    assert news(house, officer, search) == {}
    with house.instance.database.writing() as session:
        arvieu = shelf.community(session, "arvieu")
        join.join(session, arvieu, uri, {"en": "Alpine towns"})
    assert news(house, officer, search) == {}
    with house.instance.database.writing() as session:
        cluster.admit(session, cluster.cluster(session, "alps"), arvieu.uri)
    assert news(house, officer, search) == {"A wind mill": "fits"}
    assert news(house, officer, everything) == {}
    after = keep(house, officer, "cluster=alps", "after")
    assert news(house, officer, after) == {}
