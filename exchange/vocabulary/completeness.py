"""What a record still lacks before its owner may publish it, and how complete it is beyond that."""

from typing import Any

from pydantic import ValidationError

from exchange.messages import N_, Message, Problem
from exchange.vocabulary.fields import clean
from exchange.vocabulary.record import PracticeRecord

# Paths into PracticeRecord.data(), each with what the person reads when it is empty.
REQUIRED: dict[str, str] = {
    "title": N_("Give the practice a title that says what and where."),
    "summary": N_("Sum the practice up in plain words."),
    "theme": N_("Choose one to three themes."),
    "status": N_("Say where the practice stands today."),
    "maturity": N_("Say how mature the practice is."),
    "startDate": N_("Say when it began; the year is enough."),
    "problem": N_("Describe the need as residents put it."),
    "context": N_("Say what about your place made it possible."),
    "solution": N_("Describe what was done, step by step."),
    "engagement.level": N_("Choose how far people took part."),
    "engagement.process": N_("Say who was asked, when, and with which effect."),
    "inclusion.measures": N_("Say what was done so that nobody is left out; “none” is an answer."),
    "cost.class": N_("Choose a cost class."),
    "dataProtection.personalData": N_("Say whether personal data are processed."),
    "evidenceLevel": N_("Choose the level of evidence."),
    "lesson": N_("Record at least one lesson, also what failed."),
    "contactRole": N_("Name a function and its mailbox or form, so that others can ask."),
    "licence": N_("Name a licence."),
    "language": N_("Name the original language."),
}
THEMES = 3  # at most; others' catalogues sometimes name more, which a record that others documented may keep
RECOMMENDED = (
    *(
        "partners",
        "commitment",
        "objectives",
        "engagement.numbers",
        "inclusion.groups",
        "governance",
        "procurement",
    ),
    *("cost.items", "cost.staff", "financing", "legal", "result", "prerequisite", "replication.steps"),
    *("replication.core", "replication.scaleRange", "software", "source", "basedOn", "sameAs"),
)


def missing(record: PracticeRecord) -> list[Problem]:
    """What publication still lacks, each at its field; empty when the record is complete."""
    data = record.data()
    lacking = [
        Problem(path, Message(text))
        for path, text in REQUIRED.items()
        if not _has(data, path, record.language)
    ]
    if len(record.theme) > THEMES:
        lacking.append(Problem("theme", Message(REQUIRED["theme"])))
    for number, result in enumerate(record.result):
        if not result.text and not (result.indicator and result.value and result.unit and result.period):
            lacking.append(
                Problem(
                    f"result.{number}",
                    Message(N_("A result needs an indicator, a value, a unit and a period.")),
                )
            )
    return lacking


def score(record: PracticeRecord) -> int:
    """Percent of the required and recommended fields that are filled."""
    data = record.data()
    paths = (*REQUIRED, *RECOMMENDED)
    return round(100 * sum(_has(data, p, record.language) for p in paths) / len(paths))


def read(data: Any) -> PracticeRecord:
    """A record out of plain data; raises pydantic's ValidationError (see `problems`)."""
    return PracticeRecord.model_validate(data)


def problems(error: ValidationError) -> list[Problem]:
    """Pydantic's findings as sentences of ours, each at its dotted field."""
    return [
        Problem(
            ".".join(clean(str(p))[:80] for p in e["loc"] if p != "[key]") + _of_the_whole(e), _sentence(e)
        )
        for e in error.errors(include_url=False, include_input=False)
    ]


def _of_the_whole(error: Any) -> str:
    """The field that a rule about the whole record is about; its own place is the record's."""
    return (
        "" if error["loc"] else {"weights": "cityType.cty-techno", "dates": "endDate"}.get(error["type"], "")
    )


_SENTENCES = {
    "missing": N_("This is needed."),
    "extra_forbidden": N_("There is no field of this name."),
    "too_long": N_("At most %(max_length)s entries."),
    "greater_than_equal": N_("At least %(ge)s."),
    "less_than_equal": N_("At most %(le)s."),
    "int_parsing": N_("A whole number is expected here."),
    "int_type": N_("A whole number is expected here."),
    "int_from_float": N_("A whole number is expected here."),
    "float_parsing": N_("A number is expected here."),
    "float_type": N_("A number is expected here."),
    "finite_number": N_("A number is expected here."),
    "bool_parsing": N_("Yes or no is expected here."),
    "bool_type": N_("Yes or no is expected here."),
    "list_type": N_("A list is expected here."),
    "dict_type": N_("Named values are expected here."),
    "model_type": N_("Named values are expected here."),
    "string_type": N_("A text is expected here."),
    "int_parsing_size": N_("This number is too large."),
    "string_pattern_mismatch": N_("This is not one of the forms expected here."),
}

_FORMS = {"currency": N_("Write the currency as three capitals, such as EUR.")}


def _sentence(error: Any) -> Message:
    context = dict(error.get("ctx") or {})
    msgid = context.pop("msgid", None) or _SENTENCES.get(error["type"])
    if error["type"] == "string_pattern_mismatch":
        msgid = _FORMS.get(str(error["loc"][-1]) if error["loc"] else "", msgid)
    if msgid is None:
        return Message(N_("This is not in the form expected here."))
    return Message(msgid, context)


def _has(data: dict[str, Any], path: str, language: str) -> bool:
    value: Any = data
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, dict) and path in REQUIRED and path != "cost":
        return bool(value.get(language))  # a text counts when its original language is there
    return value not in (None, "", [], {})
