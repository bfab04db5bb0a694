"""The questions of the officer's form: six short parts, pick-lists before prose, each with its help.

A question's `path` is its field of the record and its name in the form; `more` questions stand in a
disclosure, because a practice can be published without them.
"""

from dataclasses import dataclass

from exchange.messages import N_

# kinds: line, title, text, choice, pick, checks, yesno, number, date, url, urls, lines, numbers, language, rows


@dataclass(frozen=True)
class Question:
    """One field of the form, or, with `rows`, a list whose entries have fields of their own."""

    path: str
    kind: str
    label: str
    help: str = ""
    scheme: str = ""
    limit: int | None = None
    more: bool = False
    options: tuple[tuple[str, str], ...] = ()  # of a pick: value and words
    rows: tuple["Question", ...] = ()

    @property
    def anchor(self) -> str:
        """The id of its field on the page."""
        return "f-" + self.path.replace(".", "-")


@dataclass(frozen=True)
class Part:
    """One page of the form."""

    key: str
    title: str
    questions: tuple[Question, ...]


def _q(path: str, kind: str, label: str, help: str = "", **rest: object) -> Question:
    return Question(path, kind, label, help, **rest)  # type: ignore[arg-type]


CHECKERS = (
    ("self", N_("The community itself")),
    ("peer", N_("A peer community")),
    ("expert", N_("Experts")),
    ("label", N_("Who gives a label or prize")),
)

WHAT = Part(
    "what",
    N_("What and where"),
    (
        _q("language", "language", N_("Language you write in"),
           N_("Write in your own language. Titles and summaries can be translated later.")),
        _q("title", "title", N_("Title"),
           N_("Says what and where, for example “Citizen solar plan on municipal roofs”."), limit=120),
        _q("summary", "text", N_("Summary"), N_("Two or three plain sentences that a resident understands."), limit=600),
        _q("theme", "checks", N_("Themes"), N_("Choose one to three."), scheme="themes"),
        _q("status", "choice", N_("Where it stands"), scheme="status"),
        _q("maturity", "choice", N_("Maturity"), scheme="maturity"),
        _q("startDate", "date", N_("When it began"), N_("The year is enough, for example 2019 or 2019-05.")),
        _q("endDate", "date", N_("When it ended"), N_("Only if it has ended."), more=True),
        _q("keyword", "lines", N_("Keywords"), N_("One a line, ten at most."), more=True),
        _q("partners", "rows", N_("Partners"), N_("Organisations only, no names of people."), more=True, rows=(
            _q("name", "line", N_("Organisation")), _q("role", "line", N_("What it did")))),
        _q("place", "rows", N_("Places on the map"), N_("Where it is, when that is not the whole community."), more=True, rows=(
            _q("name", "line", N_("Name of the place")), _q("lat", "number", N_("Latitude"), N_("For example 44.6953.")),
            _q("lon", "number", N_("Longitude"), N_("For example 5.1933.")))),
        _q("commitment", "checks", N_("Commitments it serves"), scheme="commitments", more=True),
        _q("cityType.cty-techno", "number", N_("How far it is technology-led, in percent"),
           N_("These three shares add up to 100, or all stay empty."), more=True),
        _q("cityType.cty-e", "number", N_("How far it is led by data, in percent"), more=True),
        _q("cityType.cty-contrib", "number", N_("How far residents make it, in percent"), more=True),
        _q("sdg", "numbers", N_("UN goals"), N_("Their numbers, for example 7, 11, 13."), more=True),
    ),
)  # fmt: skip

WHY = Part(
    "why",
    N_("Why and how"),
    (
        _q("problem", "text", N_("The need"), N_("What did residents say was wrong? Who said it?")),
        _q("context", "text", N_("The place"), N_("What about your place made it possible? What may your authority decide?")),
        _q("solution", "text", N_("What was done"), N_("Step by step, as you would tell a colleague from another town.")),
        _q("objectives", "text", N_("What it aims at"), more=True),
        _q("governance", "text", N_("Who decides and who runs it"), more=True),
        _q("procurement.procedure", "choice", N_("Procurement procedure"), scheme="procurement-procedure", more=True),
        _q("procurement.text", "text", N_("Procurement"), N_("Criteria, lots, the residents' part."), more=True),
        _q("legal", "text", N_("Law"), N_("What law, statute or permit was needed?"), more=True),
    ),
)  # fmt: skip

PEOPLE = Part(
    "people",
    N_("People"),
    (
        _q("engagement.level", "choice", N_("How far people took part"), scheme="participation-level"),
        _q("engagement.process", "text", N_("How people took part"), N_("Who was asked, when, and what changed because of it.")),
        _q("inclusion.measures", "text", N_("So that nobody is left out"),
           N_("What was done for people who are easily missed? “None” is an answer.")),
        _q("democraticMode", "checks", N_("Forms of democracy in it"), scheme="democratic-modes", more=True),
        _q("inclusion.groups", "checks", N_("Groups in mind"), scheme="inclusion-group", more=True),
        _q("engagement.numbers", "rows", N_("Figures of participation"), N_("For example: people invited, proposals, proposals taken up."),
           more=True, rows=(_q("label", "title", N_("What was counted")), _q("number", "number", N_("Number")))),
    ),
)  # fmt: skip

MEANS = Part(
    "means",
    N_("Money and data"),
    (
        _q("cost.class", "choice", N_("What it cost to set up, roughly"), scheme="practice-cost-class"),
        _q("dataProtection.personalData", "yesno", N_("Are personal data processed?")),
        _q("cost.staff.personMonths", "number", N_("Person-months to set up"), more=True),
        _q("cost.staff.fte", "number", N_("Full-time posts to run"), N_("For example 0.5."), more=True),
        _q("cost.items", "rows", N_("Costs in detail"), more=True, rows=(
            _q("text", "title", N_("For what")), _q("amount", "number", N_("Amount")),
            _q("currency", "line", N_("Currency"), N_("Three capitals, for example EUR.")),
            _q("year", "number", N_("Year")))),
        _q("financing", "rows", N_("Who paid"), more=True, rows=(
            _q("source", "choice", N_("Source of money"), scheme="finance-source"),
            _q("share", "number", N_("Share in percent")))),
        _q("dataProtection.legalBasis", "line", N_("Legal basis of the processing"), more=True),
        _q("dataProtection.dpia", "yesno", N_("Was the impact on data protection assessed?"), more=True),
        _q("dataProtection.aiSystem", "yesno", N_("Is it an AI system, or does it use one?"), more=True),
        _q("dataProtection.hosting", "line", N_("Where the data are hosted"), more=True),
        _q("dataProtection.text", "text", N_("More about data protection"), more=True),
    ),
)  # fmt: skip

EFFECT = Part(
    "effect",
    N_("What came out"),
    (
        _q("evidenceLevel", "choice", N_("How well is the effect known?"),
           N_("An honest low level helps more than a high one."), scheme="evidence-level"),
        _q("lesson", "rows", N_("Lessons"), N_("At least one, also what failed. Others learn most from that."), rows=(
            _q("text", "text", N_("What was learned")),
            _q("cause", "choice", N_("What it had to do with"), scheme="lesson-cause"),
            _q("differently", "text", N_("What we would do differently")))),
        _q("result", "rows", N_("Results"), N_("A figure with its indicator, unit and period, or a sentence."), more=True, rows=(
            _q("indicator", "title", N_("Indicator"), N_("For example: share of roofs with panels.")),
            _q("value", "line", N_("Value")), _q("unit", "line", N_("Unit")), _q("period", "line", N_("Period")),
            _q("baseline.number", "number", N_("Value before")),
            _q("text", "text", N_("Or in words")))),
        _q("validation", "rows", N_("Who has checked it"), N_("An organisation that looked at it: peers, experts, or who gave it a label."), more=True, rows=(
            _q("by", "line", N_("Organisation")), _q("level", "pick", N_("In which role"), options=CHECKERS),
            _q("date", "date", N_("When"), N_("2024, 2024-05 or 2024-05-31.")), _q("note", "text", N_("What it found")))),
        _q("dataset", "urls", N_("Open data about it"), N_("Addresses, one a line."), more=True),
    ),
)  # fmt: skip

OTHERS = Part(
    "others",
    N_("For those who want to do it too"),
    (
        _q("contactRole", "rows", N_("Whom to ask"),
           N_("A function and its mailbox or form, never a person: it must still work when somebody leaves."), rows=(
            _q("role", "line", N_("Function"), N_("For example: energy office.")),
            _q("organisation", "line", N_("Organisation")),
            _q("url", "line", N_("Mailbox or address of a form")))),
        _q("licence", "line", N_("Licence of the text"), N_("CC-BY-4.0 lets everybody reuse it with your name.")),
        _q("prerequisite", "rows", N_("What it needs"), more=True, rows=(
            _q("kind", "choice", N_("Kind"), scheme="prerequisite-kind"), _q("text", "title", N_("In words")),
            _q("essential", "yesno", N_("Is it essential?")))),
        _q("replication.core", "text", N_("What must stay, what may change"), more=True),
        _q("replication.steps", "lines", N_("First steps"), N_("One a line: the first 90 days, the first year."), more=True),
        _q("replication.scaleRange.min", "number", N_("Fits places from (inhabitants)"), more=True),
        _q("replication.scaleRange.max", "number", N_("Fits places up to (inhabitants)"), more=True),
        _q("replication.offer", "checks", N_("What you offer to others"), scheme="help", more=True),
        _q("software", "rows", N_("Software"), more=True, rows=(
            _q("name", "line", N_("Name")), _q("repository", "url", N_("Address of its code")), _q("licence", "line", N_("Licence")))),
        _q("source", "rows", N_("Sources"), more=True, rows=(
            _q("title", "line", N_("Title")), _q("url", "url", N_("Address")), _q("publisher", "line", N_("Publisher")))),
        _q("attachment", "rows", N_("Documents"), N_("Tenders, contracts, statutes, leaflets that are on the web."), more=True, rows=(
            _q("title", "line", N_("Title")), _q("url", "url", N_("Address")), _q("licence", "line", N_("Licence")))),
        _q("basedOn", "urls", N_("Built on"), N_("Addresses of practices that this one took up, one a line."), more=True),
        _q("sameAs", "urls", N_("The same practice in other catalogues"), N_("Addresses, one a line."), more=True),
    ),
)  # fmt: skip

PARTS = (WHAT, WHY, PEOPLE, MEANS, EFFECT, OTHERS)
BY_KEY = {part.key: part for part in PARTS}


def place_of(path: str) -> tuple[Part, Question] | None:
    """The part and the question that a problem's path belongs to."""
    found = None
    for part in PARTS:
        for question in part.questions:
            longer = found is None or len(question.path) > len(found[1].path)
            if (path == question.path or path.startswith(question.path + ".")) and longer:
                found = part, question
    return found
