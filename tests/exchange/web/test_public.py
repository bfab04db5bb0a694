"""What everybody can read: the way in, the search, a practice with its afterlife, places and other instances."""

import re

import pytest
from sqlmodel import select

from exchange.models.adoption import Adoption
from tests.exchange.web.world import Visitor, logged_in
from tests.rig import House, complete

PAGES = (
    "/",
    "/practices",
    "/communities",
    "/communities/saillans",
    "/federation",
    "/login",
    "/help/search",
    "/help/facts",
)
SAILLANS = "/practices/saillans-collegial-council"
OLD = "A roof that paid for itself"


@pytest.mark.parametrize("path", [*PAGES, SAILLANS])
@pytest.mark.parametrize("language", ["en", "fr", "de", "es", "it"])
def test_a_page_speaks_the_language_of_the_browser(house: House, path: str, language: str) -> None:
    page = Visitor(house, language).see(path)
    assert page.html["lang"] == language
    assert (
        page.find("a", class_="skip").text
        == {
            "en": "Skip to the content",
            "fr": "Aller au contenu",
            "de": "Zum Inhalt springen",
            "es": "Ir al contenido",
            "it": "Passare al contenuto",
        }[language]
    )


def test_a_visitor_gets_no_cookie(visitor: Visitor) -> None:
    for path in (*PAGES, SAILLANS):
        assert "Set-Cookie" not in visitor.get(path).headers, path


def test_the_reader_switches_the_language_and_comes_back_to_the_page(visitor: Visitor) -> None:
    answer = visitor.post("/language", {"language": "it", "next": "/practices?theme=th-energy"})
    assert answer.status_code == 303
    assert answer.location == "/practices?theme=th-energy"
    assert visitor.see("/").html["lang"] == "it"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\t//evil.example"],
)
def test_nobody_is_sent_to_another_site(visitor: Visitor, elsewhere: str) -> None:
    assert visitor.post("/language", {"language": "fr", "next": elsewhere}).location == "/"


def test_an_unknown_language_is_not_kept(visitor: Visitor) -> None:
    assert "Set-Cookie" not in visitor.post("/language", {"language": "xx", "next": "/"}).headers


def test_the_home_page_shows_what_is_new(visitor: Visitor) -> None:
    text = visitor.see("/").main.text
    assert "Collegial village council" in text
    assert "Stopped after start" in text
    assert "Residents' organisation" in text or "Visitor" in text


def test_search_finds_words_and_marks_them(visitor: Visitor) -> None:
    page = visitor.see("/practices?q=photovoltaic")
    assert "Citizen solar plan on municipal roofs" in page.main.text
    assert page.find("mark") is not None


def test_boxes_of_one_kind_widen_and_of_two_kinds_narrow(visitor: Visitor) -> None:
    def total(query: str) -> int:
        return int(re.match(r"\d+", visitor.see(f"/practices?{query}").find(id="found").text)[0])

    energy, food = total("theme=th-energy"), total("theme=th-food")
    assert energy > 0
    assert food > 0
    assert max(energy, food) < total("theme=th-energy&theme=th-food") <= energy + food
    assert total("theme=th-energy&country=DE") < energy


def test_a_filter_that_is_set_can_be_taken_away(visitor: Visitor) -> None:
    page = visitor.see("/practices?q=energy&theme=th-energy&country=DE&page=1")
    chip = next(a for a in page.find(class_="chips").find_all("a") if "Theme" in a.text)
    assert chip["href"] == "/practices?q=energy&country=DE"
    box = page.find("input", {"name": "theme", "value": "th-energy"})
    assert box.has_attr("checked")


def test_a_search_without_an_answer_says_what_to_do(visitor: Visitor) -> None:
    text = visitor.see("/practices?q=zzzzqqq&theme=th-energy").main.text
    assert "Nothing here matches." in text
    assert "Try again without filters." in text


def test_a_filter_that_does_not_exist_is_named_and_nothing_is_lost(visitor: Visitor) -> None:
    answer = visitor.get("/practices?q=solar&sort=loudest")
    assert answer.status_code == 400
    assert 'value="solar"' in answer.text
    assert "loudest" in answer.text


def test_what_was_typed_is_shown_as_text(visitor: Visitor) -> None:
    answer = visitor.get("/practices?q=<script>alert(1)</script>&theme=th-energy")
    assert "<script" not in answer.text.replace('<script src="/static/', "")


def test_a_practice_is_told_in_its_own_language_first(house: House) -> None:
    page = Visitor(house, "en").see(SAILLANS)
    assert page.h1["lang"] == "fr"
    assert page.h1.text.startswith("Conseil municipal collégial")
    assert page.find(class_="title-translated").text.startswith("Collegial village council")
    told = page.article.find_all("div", class_="words")[1].find_all("div")
    assert [div.get("lang", "en") for div in told] == ["fr", "en"]


def test_a_reader_may_keep_to_the_original_or_to_the_translation(house: House) -> None:
    original = Visitor(house, "en").see(f"{SAILLANS}?texts=original").article.text
    assert "Un projet de supermarché" in original
    assert "A supermarket scheme launched" not in original
    translated = Visitor(house, "en").see(f"{SAILLANS}?texts=translation").article.text
    assert "A supermarket scheme launched" in translated
    assert "Un projet de supermarché" not in translated


def test_a_missing_translation_is_named(house: House) -> None:
    german = Visitor(house, "de")
    page = german.see(SAILLANS)
    assert "Eine Übersetzung in Ihre Sprache gibt es noch nicht, aber eine: Englisch." in page.main.text
    told = page.article.find_all("div", class_="words")[1].find_all("div")
    assert [div.get("lang", "de") for div in told] == ["fr", "en"]
    only = house.publish("ulm", complete({"language": "fr", "title": "Un toit pour tous"}))
    assert "Noch gibt es keine Übersetzung in Ihre Sprache." in german.see(f"/practices/{only.key}").main.text


def test_what_others_wrote_down_says_so_and_classifications_are_marked(visitor: Visitor) -> None:
    page = visitor.see(SAILLANS)
    assert "Documented by others" in page.find(class_="warning").text
    theme = next(dt for dt in page.find_all("dt") if dt.text.startswith("Theme"))
    assert "our classification" in theme.text


def test_what_is_not_checked_is_no_fact(visitor: Visitor) -> None:
    profile = visitor.see("/communities/saillans").find("aside")
    landscape = next(dd for dd in profile.find_all("dd") if "Mountain" in dd.text)
    assert "not checked" in landscape.text
    coast = next(div for div in profile.find_all("div") if "On the coast" in div.text)
    assert "not checked" not in coast.text


def test_reviews_are_distributions_with_a_table_beside(visitor: Visitor) -> None:
    page = visitor.see(SAILLANS)
    strips = page.find(class_="ratings").find_all("li")
    assert len(strips) == 8
    assert "n = 5" in strips[0].text
    assert len(strips[0].find_all("rect", class_="same")) == 5
    row = page.find(class_="ratings").find_next("table").tbody.tr
    assert sum(int(td.text) for td in row.find_all("td", class_="n")[:5]) == 5


def test_an_adoption_shows_how_far_it_is_and_why_it_ended(visitor: Visitor) -> None:
    adoptions = visitor.see(SAILLANS).find("section", {"aria-labelledby": "adoptions"})
    assert "claimed by the adopter" in adoptions.text
    lesson = adoptions.find(class_="lesson")
    assert "Zu wenige hatten abends Zeit." in lesson.text
    assert lesson.find(lang="de") is not None


def test_the_sign_of_a_community_names_its_twins(visitor: Visitor) -> None:
    post = visitor.see("/communities/saillans").find(class_="signpost")
    assert post.h1.text == "Saillans"
    assert "Rural area" in post.text
    learned_here = post.find_all(class_="twins")[1]
    assert learned_here.find_all("a") != []


def test_communities_are_found_by_their_name(visitor: Visitor) -> None:
    page = visitor.see("/communities?q=SAILL")
    assert [th.text for th in page.tbody.find_all("th")] == ["Saillans"]


def test_an_earlier_version_stays_readable(house: House, visitor: Visitor) -> None:
    first = complete({"language": "en", "title": OLD})
    practice = house.publish("ulm", first)
    officer = logged_in(house, "ulm")
    draft = officer.post(f"/practices/{practice.key}/revise").location
    officer.post(
        draft,
        {
            "part": "what",
            "title": "A roof that pays for others",
            "theme": "th-energy",
            "language": "en",
            "summary": "Still on the roof.",
            "status": "st-operating",
            "maturity": "mat-4",
            "startDate": "2019",
        },
    )
    answer = officer.post(f"{draft}/publish", {"note": "The title says it better."})
    assert answer.location == f"/practices/{practice.key}?done=revised"
    page = visitor.see(f"/practices/{practice.key}/versions/1")
    assert page.h1.text == OLD
    assert "Read the newest version" in page.text
    newest = visitor.see(f"/practices/{practice.key}")
    assert newest.h1.text == "A roof that pays for others"
    assert "The title says it better." in newest.text


def test_a_withdrawn_practice_is_gone_and_says_so(house: House, visitor: Visitor) -> None:
    practice = house.publish("arvieu", complete({"language": "en", "title": "A bench that moved"}))
    officer = logged_in(house, "arvieu")
    assert "Withdraw this practice?" in officer.see(f"/practices/{practice.key}/withdraw").text
    unsaid = officer.post(f"/practices/{practice.key}/withdraw", {"reason": " "})
    assert unsaid.status_code == 422
    assert 'href="#f-reason"' in unsaid.text
    reason = "The bench was <stolen>."
    assert officer.post(f"/practices/{practice.key}/withdraw", {"reason": reason}).status_code == 303
    for path in (f"/practices/{practice.key}", f"/practices/{practice.key}/versions/1"):
        answer = visitor.get(path)
        assert answer.status_code == 410
        assert "This has been withdrawn" in answer.text
        assert "A bench that moved" not in answer.text
        assert "The bench was &lt;stolen&gt;." in answer.text
    stone = visitor.get(f"/practices/{practice.key}", Accept="application/activity+json").get_json()
    assert (stone["type"], stone["reason"]) == ("Tombstone", {"en": reason})
    assert stone["content"] == "<p>The bench was &lt;stolen&gt;.</p>"


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/practices/none",
        "/communities/none",
        f"{SAILLANS}/versions/99",
        "/welcome/none",
        "/practices/x/versions/9999999999999999999999",
    ],
)
def test_what_is_not_there_is_a_page_in_the_readers_language(house: House, path: str) -> None:
    answer = Visitor(house, "de").get(path)
    assert answer.status_code == 404
    assert "Diese Seite gibt es nicht" in answer.text


def test_a_wrong_method_says_so(visitor: Visitor) -> None:
    answer = visitor.post("/practices")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "name",
    [
        "q",
        "page",
        "per_page",
        "sort",
        "theme",
        "near",
        "country",
        "done",
        "texts",
        "next",
        "part",
        "_scheme",
        "_external",
    ],
)
@pytest.mark.parametrize(
    "value", ["\x00", "٣", "-1", "1e9", "%", "%(x)s", "‮", "a" * 3000, "'\"><b>", "{{7*7}}"]
)
def test_no_query_breaks_a_page(visitor: Visitor, name: str, value: str) -> None:
    for path in ("/", "/practices", "/communities", SAILLANS, "/login"):
        answer = visitor.client.get(
            path, query_string={name: value}, base_url=visitor.house.origin, headers={"Accept": "text/html"}
        )
        assert answer.status_code < 500, (path, answer.text[:500])
        assert "'\"><b>" not in answer.text
        assert "49" not in (answer.text if value == "{{7*7}}" and path == "/login" else "")


@pytest.mark.parametrize("status", [400, 403, 404, 405, 410, 413, 429, 500])
@pytest.mark.parametrize("language", ["fr", "de", "es", "it"])
def test_every_failure_has_a_page_in_the_readers_language(house: House, status: int, language: str) -> None:
    from exchange.web.frame import failures

    headers = {"Accept-Language": language, "Accept": "text/html"}
    with house.app.test_request_context("/", headers=headers):
        house.app.preprocess_request()
        answer = failures.page(status)
    text = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert f'<html lang="{language}">' in text
    assert failures.WORDS[status][1] not in text


def test_software_is_told_in_a_document_and_not_in_a_page(visitor: Visitor) -> None:
    answer = visitor.get("/nowhere", Accept="application/activity+json")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_a_misspelt_word_leads_to_the_right_one(visitor: Visitor) -> None:
    page = visitor.see("/practices?q=cantens")
    link = page.main.find("strong")
    assert link is not None
    assert "canteen" in link.text
    assert visitor.see(link.parent["href"]).find("ol", class_="cards") is not None


def test_markup_in_a_record_is_shown_and_never_obeyed(house: House, visitor: Visitor) -> None:
    hostile = '<img src=x onerror="alert(1)"> <script>alert(2)</script> {{ 7*7 }} hostileword'
    record = complete(
        {"language": "en", "title": hostile[:100] + " hostileword", "summary": hostile, "solution": hostile}
    )
    practice = house.publish("arvieu", record)
    while house.instance.index_once():
        pass
    for path in ("/", "/practices?q=hostileword", f"/practices/{practice.key}", "/communities/arvieu"):
        text = visitor.get(path).text
        assert "hostileword" in text, path
        assert "<img" not in text.replace('<img src="/map.svg?', ""), path
        assert "<script" not in text.replace('<script src="/static/', ""), path
        assert "{{ 7*7 }}" in text, path


def test_the_home_page_counts_what_is_held_and_says_how_much_is_rural(house: House, visitor: Visitor) -> None:
    before = visitor.see("/").select_one(".figure-line strong").text
    house.publish("ulm", complete({"title": {"en": "One more"}}))
    while house.instance.index_once():
        pass
    page = visitor.see("/")
    assert int(page.select_one(".figure-line strong").text) == int(before) + 1
    with house.instance.database.reading() as session:
        adoptions = session.exec(select(Adoption).where(Adoption.withdrawn_at == None)).all()  # noqa: E711
    ended = sum("reason" in one.record or "outcome" in one.record for one in adoptions)
    assert ended > 0
    assert f"{len(adoptions)} adoptions, {ended} tell" in " ".join(
        page.select_one(".figure-line").text.split()
    )
    figures = {one.text.split()[1].strip(","): one.strong.text for one in page.select(".figure-line li")}
    told = visitor.get("/api/v1/bridging").get_json()["representation"]
    total = visitor.get("/api/v1/practices").get_json()["total"]
    assert figures["practices"] == str(total)
    assert figures["communities"] == str(visitor.get("/api/v1/communities").get_json()["total"])
    assert figures["instance"] == "1"
    rural = round(100 * told["by_kind"]["rural"] / told["practices"])
    assert f"Rural area {rural}%" in page.select_one(".kinds-line").text
    ended = next(one for one in page.select("ul.feed li") if "Stopped after start" in one.text)
    assert "learned from" in ended.text
    assert "Why it ended: Staff or volunteer capacity" in " ".join(ended.text.split())
