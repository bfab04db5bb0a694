"""What the hub of the demo leads: a cluster with its members, a collection, a consultation and a campaign."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, select

from exchange.catalogue.clusters import call, calls, cluster, collect, collections
from exchange.instance import Instance
from exchange.models.base import now
from exchange.models.call import CAMPAIGN, CONSULTATION, EVERYBODY, MEMBERS
from exchange.models.cluster import ASKED, Cluster
from exchange.models.community import Community
from exchange.models.practice import PUBLISHED, Practice

SLUG = "rural-innovation"
NAME = {
    "en": "Rural innovation",
    "fr": "Innovation rurale",
    "de": "Innovation auf dem Land",
    "es": "Innovación rural",
    "it": "Innovazione rurale",
}

# Whose practice stands in the collection, and the coordinator's word about it.
COLLECTION = {
    "en": "Power that belongs to its neighbours",
    "fr": "L'énergie aux mains de ses voisins",
    "de": "Strom, der den Nachbarn gehört",
    "es": "Energía en manos del vecindario",
    "it": "Energia nelle mani dei vicini",
}
PICKED = (
    (
        "Samsø",
        {
            "en": "Read this first: how an island brought everybody to the table.",
            "fr": "À lire d'abord : comment une île a mis tout le monde autour de la table.",
            "de": "Zuerst lesen: wie eine Insel alle an einen Tisch brachte.",
            "es": "Para empezar: cómo una isla sentó a todos a la mesa.",
            "it": "Da leggere per primo: come un'isola ha riunito tutti attorno al tavolo.",
        },
    ),
    (
        "Eeklo",
        {
            "en": "What a council can write into a tender.",
            "fr": "Ce qu'une commune peut écrire dans un appel d'offres.",
            "de": "Was ein Rat in eine Ausschreibung schreiben kann.",
            "es": "Lo que un ayuntamiento puede pedir en una licitación.",
            "it": "Che cosa un comune può scrivere in un bando.",
        },
    ),
    (
        "Melpignano",
        {
            "en": "Small roofs, one cooperative.",
            "fr": "De petits toits, une seule coopérative.",
            "de": "Kleine Dächer, eine Genossenschaft.",
            "es": "Tejados pequeños, una sola cooperativa.",
            "it": "Piccoli tetti, una sola cooperativa.",
        },
    ),
)
CONSULTATION_TITLE = {
    "en": "Beginning with energy of one's own",
    "fr": "Se lancer dans sa propre énergie",
    "de": "Mit eigener Energie anfangen",
    "es": "Empezar con energía propia",
    "it": "Cominciare con la propria energia",
}
QUESTION = {
    "en": "What would a village of fewer than a thousand people need to begin?",
    "fr": "De quoi un village de moins de mille habitants aurait-il besoin pour se lancer ?",
    "de": "Was bräuchte ein Dorf mit weniger als tausend Menschen, um anzufangen?",
    "es": "¿Qué necesitaría un pueblo de menos de mil habitantes para empezar?",
    "it": "Di che cosa avrebbe bisogno un paese con meno di mille abitanti per cominciare?",
}
CAMPAIGN_TITLE = {
    "en": "A winter of shared rides",
    "fr": "Un hiver de trajets partagés",
    "de": "Ein Winter der gemeinsamen Fahrten",
    "es": "Un invierno de viajes compartidos",
    "it": "Un inverno di viaggi condivisi",
}
GOAL = {
    "en": "Tell how people in the countryside get about without a car of their own, also where it failed.",
    "fr": "Racontez comment on se déplace à la campagne sans voiture à soi, échecs compris.",
    "de": "Erzählt, wie man auf dem Land ohne eigenes Auto vorankommt, auch wo es nicht gelang.",
    "es": "Cuenten cómo se mueve la gente del campo sin coche propio, también donde no funcionó.",
    "it": "Raccontate come ci si sposta in campagna senza un’auto propria, anche dove non ha funzionato.",
}


def gather(instance: Instance) -> str:
    """Make all of it where it is not there yet; the address of the cluster."""
    with instance.database.writing() as session:
        found = next((one for one in cluster.clusters(session) if one.slug == SLUG), None)
        if found is None:
            found = cluster.found(session, instance.origin, slug=SLUG, name=NAME)
        _collect(session, found)
        return found.uri


def admit(instance: Instance) -> int:
    """Take in everybody who has asked, call them together when they are there; how many members there are."""
    with instance.database.writing() as session:
        found = cluster.cluster(session, SLUG)
        for member in cluster.members(session, found, ASKED):
            cluster.admit(session, found, member)
        return len(cluster.members(session, found))


def summon(instance: Instance) -> None:
    """Open the consultation and the campaign, unless that has been done."""
    with instance.database.writing() as session:
        found = cluster.cluster(session, SLUG)
        if calls.all_(session, owner=found.uri):
            return
        if (pointed_out := _of(session, "Ulm")) is not None:
            cluster.curate(session, found, pointed_out)
        today = now().date()
        days: dict[str, Any] = {"opens_on": today, "closes_on": today + timedelta(days=60)}
        call.open_(
            session,
            found,
            CONSULTATION,
            title=CONSULTATION_TITLE,
            words=QUESTION,
            theme="th-energy",
            open_to=EVERYBODY,
            **days,
        )
        call.open_(
            session,
            found,
            CAMPAIGN,
            title=CAMPAIGN_TITLE,
            words=GOAL,
            theme="th-mobility",
            open_to=MEMBERS,
            aim={"number": 10, "place": "rural"},
            **days,
        )


def _collect(session: Session, found: Cluster) -> None:
    if collections.all_(session, owner=found.uri):
        return
    picked = [(practice, words) for name, words in PICKED if (practice := _of(session, name)) is not None]
    if picked:
        made = collect.begin(session, found, COLLECTION)
        for practice, words in picked:
            collect.put(session, made, practice, words)


def _of(session: Session, name: str) -> Practice | None:
    """The first practice of the community with that name, which is another instance's."""
    query = select(Practice, Community).where(
        Practice.community_id == Community.id, Practice.state == PUBLISHED
    )
    for practice, owner in session.exec(query.order_by(col(Practice.id))):
        if owner.called() == name:
            return practice
    return None
