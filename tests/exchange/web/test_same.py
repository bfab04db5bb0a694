"""The same practice as several records tell it, side by side."""

from exchange.catalogue import shelf
from tests.exchange.web.world import Visitor
from tests.rig import House, complete


def _told(house: House, by: str, year: int, **more: object) -> str:
    cost = {
        "class": "pc-3",
        "items": [{"text": {"de": "Eine Million.", "en": "One million."}, "certainty": "V"}],
    }
    record = {"language": "de", "title": {"de": "Ein Dach", "en": "A roof"}, "startDate": year, "cost": cost}
    return house.publish(by, complete({**record, **more})).uri


def test_figures_are_read_in_one_language_and_those_that_differ_are_marked(house: House) -> None:
    other = _told(house, "ulm", 2016)
    with house.instance.database.reading() as session:
        key = shelf.practice(session, _told(house, "saillans", 1997, sameAs=[other])).key
    page = Visitor(house, "de").see(f"/practices/{key}/same")
    rows = {row.th.contents[0].strip(): row for row in page.select("tbody tr")}
    assert [cell.text for cell in next(r for r in rows.values() if "Million" in r.text).find_all("td")] == [
        "Eine Million."
    ] * 2
    years = next(r for r in rows.values() if "1997" in r.text)
    assert [cell.text for cell in years.find_all("td")] == ["1997", "2016"]
    assert "differs" in years["class"]
