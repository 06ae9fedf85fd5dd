"""A gateway outside the platform: sends what devices say over HTTP, and again until it is acknowledged."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from .wearing import Record

MOST_IN_A_MESSAGE = 500
GIVE_UP_AFTER = 120.0  # seconds of trying one message


@dataclass
class Gateway:
    """`address`: the platform's, up to and without /ingest; `secret`: of the gateway."""

    address: str
    secret: str
    pause: Callable[[float], None] = time.sleep
    told: Counter[str] = field(default_factory=Counter)
    _client: httpx.Client | None = field(default=None, repr=False)

    def send(self, records: Sequence[Record]) -> Counter[str]:
        """All of them, in messages of 500. What is not acknowledged is sent again: the platform keeps each once."""
        for begin in range(0, len(records), MOST_IN_A_MESSAGE):
            self._deliver(records[begin : begin + MOST_IN_A_MESSAGE])
        return self.told

    def _deliver(self, records: Sequence[Record]) -> None:
        body, wait, waited = json.dumps(records).encode(), 0.5, 0.0
        while True:
            status, answer = self._post(body)
            if status == 202:
                counts = {name: int(answer.get(name, 0)) for name in ("stored", "repeated", "rejected")}
                self.told.update({name: count for name, count in counts.items() if count})
                return
            if status in (400, 401, 403, 413, 415, 422):
                self.told[f"refused {status}"] += len(records)
                return
            if waited >= GIVE_UP_AFTER:
                self.told["given up"] += len(records)
                return
            self.pause(wait)
            waited, wait = waited + wait, min(wait * 2, 10.0)

    def _post(self, body: bytes) -> tuple[int, dict[str, Any]]:
        """0 when nobody answers."""
        self._client = self._client or httpx.Client(base_url=self.address, timeout=30, trust_env=False)
        headers = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/senml+json"}
        try:
            answer = self._client.post("/ingest", content=body, headers=headers)
        except httpx.HTTPError:
            return 0, {}
        return answer.status_code, answer.json() if answer.content else {}
