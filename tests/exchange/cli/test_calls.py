"""What an operator types about consultations and campaigns."""

import json

from tests.exchange.cli.conftest import ORIGIN, Operator


def test_a_consultation_and_a_campaign_are_led_at_a_terminal(operator: Operator) -> None:
    assert "no consultation here yet" in operator.types("consultation", "list").stderr
    operator.types("cluster", "add", "solar", "--name", "Solar towns")
    operator.types("cluster", "admit", "solar", "loos")
    ask = ("consultation", "open", "solar", "--title", "Roofs", "--question", "Whose?", "--language", "en")
    assert "theme" in operator.types(*ask, "--theme", "none", status=1).stderr
    assert "2024-05-31" in operator.types(*ask, "--theme", "th-energy", "--until", "soon", status=1).stderr
    one = operator.types(*ask, "--theme", "th-energy").stdout.strip()
    two = operator.types(*ask, "--theme", "th-energy", "--everybody").stdout.strip()
    say = ("consultation", "contribute", "ulm", one, "--title", "Ours", "--text", "All of them.")
    assert "members" in operator.types(*say, status=1).stderr
    said = operator.types(*say[:2], "loos", *say[3:], "--language", "en").stdout.strip()
    operator.types("cluster", "admit", "solar", "ulm")
    operator.types("consultation", "support", "ulm", said)
    operator.types("consultation", "contribute", "ulm", one, "--text", "How many?", "--on", said)
    assert "reason" not in operator.types("consultation", "hide", said, "--reason", "Twice.").stderr
    operator.types("consultation", "hide", said, "--no")
    operator.types("consultation", "move", said, two)
    operator.types("consultation", "close", two, "--synthesis", "Ours.")
    told = json.loads(operator.types("consultation", "show", two).stdout)
    assert operator.reads("consultation", "show", two) == told
    assert (told["tally"]["supports"], told["contributions"][0]["moved_from"]) == (1, one)
    assert told["contributions"][0]["comments"][0]["texts"] == {"und": "How many?"}
    assert "over" in operator.types("consultation", "support", "ulm", said, "--no", status=1).stderr
    assert operator.reads("inspect", said)["content"]["title"] == {"en": "Ours"}
    assert [row["open"] for row in operator.reads("consultation", "list")] == [True, False]

    call = ("campaign", "open", "solar", "--title", "Ten", "--goal", "Roofs.", "--theme", "th-energy")
    assert "whole number" in operator.types(*call, "--number", "ten", status=1).stderr
    aimed = operator.types(*call, "--number", "10", "--place", "city").stdout.strip()
    assert aimed.startswith(f"{ORIGIN}/campaigns/")
    operator.types("campaign", "join", "ulm", aimed)
    told = json.loads(operator.types("campaign", "show", aimed).stdout)
    assert operator.reads("campaign", "show", aimed) == told
    assert (told["taking_part"], told["aim"]["number"]) == ([f"{ORIGIN}/communities/ulm"], 10)
    operator.types("campaign", "join", "ulm", aimed, "--no")
    operator.types("campaign", "close", aimed, "--synthesis", "None came.")
    assert "closed already" in operator.types("campaign", "close", aimed, "--synthesis", "x", status=1).stderr
