"""A plain HTTP client that keeps its connection."""

from __future__ import annotations

import http.client
import json
import time
from typing import Any

from bench.journey import headers


class Wire:
    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.line = http.client.HTTPConnection(host, port, timeout=60)
        self.taken: dict[str, list[float]] = {}

    def post(self, path: str, token: str, body: dict[str, Any], step: str) -> dict[str, Any]:
        began = time.perf_counter()
        self.line.request("POST", path, json.dumps(body), headers(token))
        answer = self.line.getresponse()
        read = answer.read()
        self.taken.setdefault(step, []).append(time.perf_counter() - began)
        if answer.status >= 400:
            raise RuntimeError(f"{step}: {answer.status} {read.decode()[:400]}")
        found: dict[str, Any] = json.loads(read)
        return found

    def get(self, path: str, cookie: str) -> tuple[float, bytes]:
        began = time.perf_counter()
        self.line.request("GET", path, headers={"Cookie": cookie, "Accept-Language": "zh-CN"})
        answer = self.line.getresponse()
        read = answer.read()
        took = time.perf_counter() - began
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        return took, read
