"""Two hamlets on one instance, and one of each thing that belongs to the first of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from exchange.catalogue import shelf
from exchange.catalogue.adoption import adopt
from exchange.catalogue.clusters import call, cluster, contribute
from exchange.catalogue.communities.community import found
from exchange.catalogue.files import take_in
from exchange.catalogue.finding import saved
from exchange.catalogue.judging import delegate, review
from exchange.catalogue.people import ask, correct, officers
from exchange.catalogue.practices import draft, publish
from exchange.models.comment import Comment
from exchange.models.report import Report
from tests.exchange.web.world import PASSWORD
from tests.rig import House, complete

OWNER, OTHER = "hillfoot", "mere"
ANA = "https://fedi.example/users/ana"
AT = datetime(2026, 1, 1, tzinfo=UTC)


def settle(house: House) -> dict[str, str]:
    """Found them; what kind of thing → the key of the one that is hillfoot's."""
    with house.instance.database.writing() as session:
        owner = found(session, house.origin, slug=OWNER, name="Hillfoot", country="IE")
        other = found(session, house.origin, slug=OTHER, name="Mere", country="IE")
        made, token = officers.invite(session, f"officer@{OWNER}.localhost", owner)
        officers.accept_invitation(session, token, PASSWORD)
        practice = publish.publish(session, owner, complete({"language": "en", "title": "A shared oven"}))
        theirs = publish.publish(session, other, complete({"language": "en", "title": "A shared boat"}))
        begun = draft.save(session, owner, {"language": "en", "title": {"en": "Begun"}}, officer=made)
        revising = draft.save(session, owner, dict(practice.record), officer=made, practice=practice)
        claimed = adopt.adopt(session, practice, other, stage="ad-piloting")
        own = adopt.adopt(session, theirs, owner, stage="ad-piloting")
        judged = review.review(session, practice, other, relation="rr-peer", ratings={"rc-effectiveness": 4})
        lent = delegate.delegate(session, owner, "th-energy", other)
        comment = Comment(
            uri=f"{ANA}/1",
            practice_id=practice.id,
            author=ANA,
            host="fedi.example",
            text="<p>How <em>warm</em>?</p>",
            published_at=AT,
            modified_at=AT,
        )
        report = Report(reporter=ANA, host="fedi.example", about=[practice.uri], text="Wrong sum")
        session.add(comment)
        session.add(report)
        fault = correct.ask(session, practice, text="It was 2019.", contact="ana@town.example", language="it")
        asked = ask.ask(
            session, house.instance.settings, practice, mailbox="a@town.example", name="", text="How?"
        )
        kept = saved.save(session, made, "q=oven", name="Ovens")
        of = cluster.found(session, house.origin, slug="ovens", name="Ovens")
        today = datetime.now(UTC).date()
        opened = call.open_(
            session,
            of,
            "consultation",
            title={"en": "What next?"},
            words={"en": "What would help?"},
            theme="th-energy",
            opens_on=today,
            closes_on=today + timedelta(days=9),
            open_to="everybody",
        )
        said = contribute.contribute(session, owner, opened, title={"en": "Wood"}, text={"en": "More of it."})
        handed = take_in.begin(
            session, owner, made, [{"title": "Begun too"}], {"title": "title"}, name="list.csv", language="en"
        )
        session.flush()
        keys: dict[str, Any] = {
            "drafts": begun.key,
            "revision": revising.key,
            "practices": practice.key,
            "adoptions": claimed.key,
            "own adoption": own.key,
            "reviews": judged.key,
            "voice": lent.key,
            "comments": comment.key,
            "reports": report.key,
            "corrections": fault.key,
            "questions": asked.key,
            "searches": kept.key,
            "clusters": of.slug,
            "consultations": opened.key,
            "contributions": said.key,
            "files": handed.key,
        }
    while house.instance.index_once():
        pass
    return keys


def community(house: House, slug: str) -> Any:
    """One of them."""
    with house.instance.database.reading() as session:
        return shelf.community(session, slug)
