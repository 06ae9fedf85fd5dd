"""The demo's clients of the public API: one token for each post, plain HTTP, answers as they come."""

from __future__ import annotations

import http.client
import json
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit


class Refused(Exception):
    """The API said no; `code` says why."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status, self.code = status, str(problem.get("code", ""))
        super().__init__(f"{status} {self.code} {problem.get('detail', '')}")


@dataclass
class Client:
    """Somebody in one post, on one connection that is opened again when it breaks."""

    base_url: str
    token: str
    unit: str
    role: str
    name: str
    line: http.client.HTTPConnection | None = field(default=None, repr=False)
    calls: int = 0
    seconds: deque[float] = field(default_factory=lambda: deque(maxlen=2000), repr=False)

    def get(self, path: str, **query: Any) -> Any:
        return self._call("GET", f"{path}?{urlencode(query)}" if query else path)

    def every(self, path: str, **query: Any) -> list[Any]:
        """All pages of a list."""
        found, cursor = [], ""
        while cursor is not None:
            page = self.get(path, limit=100, cursor=cursor, **query)
            found += page["items"]
            cursor = page["next"]
        return found

    def post(self, path: str, **body: Any) -> Any:
        """Every change carries its own key, so a repetition after a broken line changes nothing twice."""
        return self._call("POST", path, body, {"Idempotency-Key": str(uuid.uuid4())})

    def _call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        given = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Accept-Language": "zh-Hans",
            **(headers or {}),
        }
        content = json.dumps(body) if body is not None else None
        for attempt in (1, 2):
            try:
                return self._once(method, path, content, given)
            except (OSError, http.client.HTTPException):
                self.line = None
                if attempt == 2:
                    raise
        return None

    def _once(self, method: str, path: str, content: str | None, headers: dict[str, str]) -> Any:
        if self.line is None:
            parts = urlsplit(self.base_url)
            self.line = http.client.HTTPConnection(
                parts.hostname or "127.0.0.1", parts.port or 80, timeout=30
            )
        began = time.monotonic()
        self.line.request(method, f"/api{path}", content, headers)
        answer = self.line.getresponse()
        text = answer.read()
        self.calls += 1
        self.seconds.append(time.monotonic() - began)
        found = json.loads(text) if text else None
        if answer.status >= 400:
            raise Refused(answer.status, found or {})
        return found
