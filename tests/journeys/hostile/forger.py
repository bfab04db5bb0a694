"""Somebody who signs deliveries and gets one thing wrong at a time."""

import base64
import hashlib
import json
from email.utils import formatdate
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from tests.federation.foreign import RSA
from tests.journeys.hostile.stage import ACTIVITY_JSON, Stage

COVERED = "(request-target) host date digest content-type"
Request = dict[str, Any]


class Forger:
    """Signs a delivery, right in everything that a test does not change."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def request(self, **changes: Any) -> Request:
        body = json.dumps(self.stage.activity("Like", self.stage.practice.uri)).encode()
        return {
            "method": "POST",
            "target": "/inbox",
            "signed_target": "post /inbox",
            "host": f"attacked.localhost:{self.stage.house.port}",
            "date": formatdate(usegmt=True),
            "body": body,
            "signed_body": body,
            "type": ACTIVITY_JSON,
            "covered": COVERED,
            "key_id": f"{self.stage.actor}#main-key",
            "key": RSA,
            "hash": SHA256(),
            "algorithm": "rsa-sha256",
            "parameters": "",
            "digest": None,
            "values": {},
            "mend": lambda headers: headers,
            **changes,
        }

    def send(self, **changes: Any) -> int:
        r = self.request(**changes)
        digest = (
            r["digest"] or "SHA-256=" + base64.b64encode(hashlib.sha256(r["signed_body"]).digest()).decode()
        )
        values = {
            "(request-target)": r["signed_target"],
            "host": r["host"],
            "date": r["date"],
            "digest": digest,
            "content-type": r["type"],
            **r["values"],
        }
        text = "\n".join(f"{name}: {values[name]}" for name in r["covered"].split())
        signature = base64.b64encode(r["key"].sign(text.encode(), PKCS1v15(), r["hash"])).decode()
        headers = {
            "Host": r["host"],
            "Date": r["date"],
            "Digest": digest,
            "Content-Type": r["type"],
            "Signature": f'keyId="{r["key_id"]}",algorithm="{r["algorithm"]}",headers="{r["covered"]}"'
            f',signature="{signature}"{r["parameters"]}',
        }
        status, _head, _body = self.stage.raw(r["method"], r["target"], r["mend"](headers), r["body"])
        return status
