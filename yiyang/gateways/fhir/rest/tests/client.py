"""A FHIR client for tests: a token, JSON in and out."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from yiyang.access import commands
from yiyang.kernel.time import now

JSON = "application/fhir+json"


class Fhir:
    """Whoever holds a token of this actor."""

    def __init__(self, actor: Any = None) -> None:
        self.client, self.headers = Client(), {}
        if actor is not None:
            _token, raw = commands.issue_token(
                by=actor, at=now(), account=actor.account, membership=actor.membership, hours=1
            )
            self.headers = {"Authorization": f"Bearer {raw}", "Accept-Language": "en"}

    def ask(self, method: str, path: str, body: Any = None, kind: str = JSON, **headers: str) -> HttpResponse:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        data = body if isinstance(body, bytes | str) else json.dumps(body) if body is not None else ""
        return self.client.generic(
            method, f"/fhir/{path}", data, content_type=kind, headers={**self.headers, **sent}
        )

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.ask("POST", path, body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.ask("PUT", path, body, **headers)

    def patch(
        self, path: str, body: Any, kind: str = "application/json-patch+json", **headers: str
    ) -> HttpResponse:
        return self.ask("PATCH", path, body, kind, **headers)

    def delete(self, path: str, **headers: str) -> HttpResponse:
        return self.ask("DELETE", path, **headers)


def observation(person_id: Any = None, **fields: Any) -> dict[str, Any]:
    told = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        **fields,
    }
    return told | ({"subject": {"reference": f"Patient/{person_id}"}} if person_id else {})


def code_of(response: HttpResponse) -> str:
    """The code of the refusal in an OperationOutcome."""
    issue = json.loads(response.content)["issue"][0]
    return str(issue["details"]["coding"][0]["code"])
