"""A visitor of the demo: asks the instances over HTTP what anybody may ask, and acts with their tokens."""

import http.client
import json
import threading
import time
from typing import Any
from urllib.parse import urlencode

from exchange.cli.demo.theatre import Collapsed, Stage

SOON = 30.0  # seconds after which something should have arrived everywhere
EVERY = 0.05  # seconds between two looks: looking takes time from what is looked for


def call(stage: Stage, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """One request to the API of an instance, with its administrator's token."""
    connection = http.client.HTTPConnection("127.0.0.1", stage.port, timeout=20)
    headers = {"Host": f"{stage.house.name}.localhost:{stage.port}", "Accept": "application/json"}
    if body is not None:
        headers |= {"Content-Type": "application/json", "Authorization": f"Bearer {stage.token}"}
    try:
        connection.request(
            method, f"/api/v1{path}", json.dumps(body).encode() if body is not None else None, headers
        )
        answer = connection.getresponse()
        data = json.loads(answer.read() or b"{}")
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Collapsed(f"{stage.house.name} does not answer: {error}") from error
    finally:
        connection.close()
    if answer.status >= 400:
        raise Collapsed(f"{stage.house.name}: {method} {path} → {answer.status} {data.get('detail', '')}")
    return data


def find(stage: Stage, words: str, uri: str) -> dict[str, Any] | None:
    """The practice at `uri` among the answers of an instance's search."""
    found = call(stage, "GET", "/practices?" + urlencode({"q": words, "per_page": 50}))
    return next((item for item in found["items"] if item["id"] == uri), None)


def until(look: Any, *, since: float, timeout: float = SOON) -> tuple[Any, float]:
    """Look again and again until there is something; what it is, and after how many milliseconds."""
    while True:
        found = look()
        if found:
            return found, (time.perf_counter() - since) * 1000
        if time.perf_counter() - since > timeout:
            raise Collapsed("What was sent has not arrived.")
        time.sleep(EVERY)


def arrivals(stages: list[Stage], words: str, uri: str, since: float) -> dict[str, float]:
    """After how many milliseconds each of the instances' searches shows the practice; all watched at once."""
    found: dict[str, float] = {}

    def watch(stage: Stage) -> None:
        try:
            _item, found[stage.house.name] = until(lambda: find(stage, words, uri), since=since)
        except Collapsed:
            return

    watchers = [threading.Thread(target=watch, args=(stage,), daemon=True) for stage in stages]
    for watcher in watchers:
        watcher.start()
    for watcher in watchers:
        watcher.join()
    return found
