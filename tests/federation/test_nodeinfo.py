"""NodeInfo in the versions that directories read."""

import re

import pytest

from federation.errors import NotFound
from federation.others import nodeinfo

ORIGIN = "https://here.example"


def test_the_links_lead_to_both_versions_and_to_the_actor_of_the_instance() -> None:
    links = {link["rel"]: link["href"] for link in nodeinfo.links(ORIGIN)["links"]}
    assert links["http://nodeinfo.diaspora.software/ns/schema/2.0"] == f"{ORIGIN}/nodeinfo/2.0"
    assert links["http://nodeinfo.diaspora.software/ns/schema/2.1"] == f"{ORIGIN}/nodeinfo/2.1"
    assert links["https://www.w3.org/ns/activitystreams#Application"] == f"{ORIGIN}/actor"


@pytest.mark.parametrize("version", nodeinfo.VERSIONS)
def test_a_document_holds_what_its_schema_requires(version: str) -> None:
    counts = {"users": 3, "posts": 34, "practices": 34, "reviews": 5, "adoptions": 2}
    found = nodeinfo.document(ORIGIN, version, counts, metadata={"nodeName": "Ulm"})
    assert set(found) == {
        "version",
        "software",
        "protocols",
        "services",
        "openRegistrations",
        "usage",
        "metadata",
    }
    assert found["version"] == version
    assert re.fullmatch(r"[a-z0-9-]+", found["software"]["name"])
    assert found["software"]["version"]
    assert ("homepage" in found["software"]) is (version == "2.1")
    assert found["openRegistrations"] is False
    assert found["usage"]["users"]["total"] == 3
    assert found["usage"]["localPosts"] == 34
    assert found["metadata"]["counts"] == {"practices": 34, "reviews": 5, "adoptions": 2}
    assert found["metadata"]["nodeName"] == "Ulm"
    assert version in nodeinfo.content_type(version)


@pytest.mark.parametrize("version", ["1.0", "", "2.1.json", "../2.1"])
def test_other_versions_are_not_found(version: str) -> None:
    with pytest.raises(NotFound):
        nodeinfo.document(ORIGIN, version, {})
