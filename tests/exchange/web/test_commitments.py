"""The pages of commitments: an officer signs, everybody sees who stands by what."""

from tests.exchange.web.world import Visitor, logged_in
from tests.rig import House


def test_an_officer_signs_and_it_shows_on_the_pages_and_in_the_api(house: House) -> None:
    officer = logged_in(house, "saillans")
    sent = {"commitment": "isc-c5", "date": "2019", "document": "https://saillans.example/decision"}
    assert officer.post("/desk/commitments", sent).location == "/desk/commitments?done=signed"
    assert "no practice of yours serves it yet" in officer.see("/desk/commitments").text
    page = Visitor(house).see("/communities/saillans")
    assert "signed; no practice serves it yet" in page.text
    row = Visitor(house).see("/commitments").find("a", href="/commitments/isc-c5")
    assert row.text.startswith("1")
    assert "Saillans" in Visitor(house).see("/commitments/isc-c5").text
    told = house.get("/api/v1/commitments", accept="application/json").json()
    assert [one["signatories"] for one in told["items"] if one["id"] == "isc-c5"] == [1]
    assert officer.post("/desk/commitments", {"take-back": "isc-c5"}).status_code == 303
    assert officer.post("/desk/commitments", {"take-back": "isc-c5"}).status_code == 404
    assert "Saillans" not in Visitor(house).see("/commitments/isc-c5").text


def test_a_mistake_is_shown_at_its_field_and_what_was_typed_stays(house: House) -> None:
    officer = logged_in(house, "ulm")
    answer = officer.post("/desk/commitments", {"commitment": "isc-c1", "date": "soon", "document": "x"})
    assert answer.status_code == 422
    assert 'href="#f-date"' in answer.text
    assert 'value="soon"' in answer.text
    assert Visitor(house).get("/commitments/nothing").status_code == 404
