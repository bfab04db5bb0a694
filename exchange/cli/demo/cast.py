"""Who plays in the demo: four instances, the municipalities that live on each, and their officers."""

from dataclasses import dataclass

PASSWORD = "twinning-demo"  # noqa: S105  printed for everybody; the demo answers only on this machine


@dataclass(frozen=True)
class House:
    """One instance of the demo. `follows` names the others it follows; `acting` is its officer's community."""

    name: str
    title: str
    communities: tuple[str, ...]
    follows: tuple[str, ...]
    acting: str
    mailbox: str
    language: str

    def origin(self, port: int) -> str:
        """Its address. Names of their own, because a browser's cookies do not tell ports apart."""
        return f"http://{self.name}.localhost:{port}"


FRANCE = House(
    name="france",
    title="Villages et villes de France",
    communities=(
        *("saillans", "loos-en-gohelle", "ungersheim", "mouans-sartoux", "arvieu", "kingersheim", "nantes"),
    ),
    follows=("gemeinden", "europe"),
    acting="arvieu",
    mailbox="mairie@arvieu.example",
    language="fr",
)
GEMEINDEN = House(
    name="gemeinden",
    title="Gemeinden in Deutschland und Österreich",
    communities=(
        *("treuenbrietzen", "juehnde", "wildpoldsried", "bad-belzig", "schoenau", "wunsiedel", "ulm"),
        *("guessing", "langenegg", "werfenweng"),
    ),
    follows=("france", "europe"),
    acting="ulm",
    mailbox="rathaus@ulm.example",
    language="de",
)
EUROPE = House(
    name="europe",
    title="Villages, islands and cities of Europe",
    communities=(
        *("ostana", "melpignano", "capannori", "samsoe", "tilos", "ii", "helsinki", "ciugud", "litomerice"),
        *("el-hierro", "pontevedra", "barcelona", "eeklo", "gent", "tallinn", "tartu", "preston"),
    ),
    follows=("france", "gemeinden"),
    acting="ostana",
    mailbox="comune@ostana.example",
    language="it",
)
HUB = House(
    name="hub",
    title="Cluster of rural innovation",
    communities=(),
    follows=("france", "gemeinden", "europe"),
    acting="",
    mailbox="coordination@cluster.example",
    language="en",
)
HOUSES = (FRANCE, GEMEINDEN, EUROPE, HUB)

# The practice that is published while one watches, who judges it and who takes it up.
LATECOMER = "arvieu-digital-village"
