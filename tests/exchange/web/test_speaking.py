"""The desk's page for voices, and an owner's answer to a review, as officers meet them."""

from tests.exchange.web.world import Visitor, given, logged_in
from tests.rig import House, complete

SAILLANS = "/practices/saillans-collegial-council"


def test_a_voice_is_lent_shown_beside_the_review_and_taken_back(house: House) -> None:
    practice = house.publish("ulm", complete({"language": "de", "title": "Ein Dach für alle"}))
    village, county = logged_in(house, "arvieu"), logged_in(house, "loos-en-gohelle")
    sent = village.post("/desk/voice", {"theme": "th-energy", "to": "loos-en-gohelle"})
    assert sent.location == "/desk/voice?done=lent"
    assert "Loos-en-Gohelle" in village.see("/desk/voice").find(class_="feed").text
    assert "Arvieu" in county.see("/desk/voice").find(id="spoken-for").parent.text

    path = f"/practices/{practice.key}"
    county.post(f"{path}/rate", {"relation": "rr-peer", "ratings.rc-openness": "4", "language": "fr"})
    page = Visitor(house).see(path)
    assert given(page) == 2
    assert "2 voices, 1 of them lent to another community: 2 municipalities, 1 country." in " ".join(
        page.text.split()
    )
    review = page.find(id="reviews").find_next("ul", class_="feed").li
    assert "Speaks also for Arvieu" in " ".join(review.text.split())
    figures = house.get(f"/api/v1{path}/reviews", accept="application/json").json()
    assert figures["voices"]["lent"] == 1
    assert [one["of"]["key"] for one in figures["items"][0]["speaks_for"]] == ["arvieu"]
    assert "Judges for others:" in Visitor(house).see("/communities/loos-en-gohelle").text

    form = village.see("/desk/voice").find(class_="feed").form
    assert village.post(form["action"]).location == "/desk/voice?done=voice-back"
    assert given(Visitor(house).see(path)) == 1


def test_a_voice_that_cannot_be_lent_says_why_at_its_field_and_keeps_what_was_typed(house: House) -> None:
    village = logged_in(house, "mouans-sartoux")
    for sent, field in (
        ({"theme": "th-water", "to": ""}, "to"),
        ({"theme": "th-water", "to": "mouans-sartoux"}, "to"),
        ({"theme": "th-water", "to": "atlantis"}, "to"),
        ({"theme": "th-water", "to": "@nobody@127.0.0.1"}, "to"),
        ({"theme": "nonsense", "to": "ulm"}, "theme"),
        ({"to": "ulm"}, "theme"),
    ):
        answer = village.post("/desk/voice", sent)
        assert answer.status_code == 422, sent
        assert f'href="#f-{field}"' in answer.text, sent
        assert f'value="{sent["to"]}"' in answer.text


def test_only_who_lent_a_voice_takes_it_back(house: House) -> None:
    village, other = logged_in(house, "treuenbrietzen"), logged_in(house, "ulm")
    village.post("/desk/voice", {"theme": "th-waste", "to": "saillans"})
    action = village.see("/desk/voice").find(class_="feed").form["action"]
    assert other.post(action).status_code == 403
    assert other.post("/desk/voice/none/take-back").status_code == 404
    assert village.post(action).status_code == 303


def test_the_owner_answers_a_review_changes_the_answer_and_takes_it_back(house: House) -> None:
    owner, stranger = logged_in(house, "saillans"), logged_in(house, "ulm")
    link = next(a["href"] for a in owner.see(SAILLANS).find_all("a") if a["href"].endswith("/answer"))
    assert "Answer this review" not in stranger.see(SAILLANS).text
    assert stranger.get(link).status_code == 403
    assert stranger.post(link, {"text": "Nein."}).status_code == 403
    empty = owner.post(link, {"text": "  ", "language": "fr"})
    assert empty.status_code == 422
    assert 'href="#f-text"' in empty.text
    for text in ("Nous avons changé cela.", "Nous l'avons changé en 2024."):
        assert owner.post(link, {"text": text, "language": "fr"}).status_code == 303
    shown = Visitor(house).see(SAILLANS).find(class_="answer")
    assert shown.find(lang="fr").text.strip() == "Nous l'avons changé en 2024."
    owner.post(link, {"text": "x", "take-back": "yes"})
    assert Visitor(house).see(SAILLANS).find(class_="answer") is None
