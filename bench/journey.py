"""One full transfer as the API is asked for it: a resident of a care home goes to hospital."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bench.district import token_of


@dataclass(frozen=True)
class Move:
    """Who goes from which home to which bed of which hospital."""

    person: UUID
    home: UUID
    hospital: UUID
    bed: UUID


Post = Callable[[str, str, dict[str, Any], str], dict[str, Any]]  # (path, token, body, step) -> answer
STEPS = ("request", "evaluate", "agree", "offer", "accept", "allocate", "hand over", "depart", "arrive")


def transfer(move: Move, post: Post) -> None:
    """All nine steps, each by the role that does it in the product."""
    nurse = token_of(move.home, "CARE_HOME_NURSE")
    doctor, office = (token_of(move.hospital, role) for role in ("WARD_DOCTOR", "ADMISSION_OFFICE"))
    asked = post("/api/transfers", nurse, REQUEST | {"person": str(move.person)}, "request")
    path = f"/api/transfers/{asked['id']}"
    post(f"{path}/evaluate", nurse, EVALUATION, "evaluate")
    post(f"{path}/agree", nurse, AGREEMENT, "agree")
    made = post(f"{path}/offer", nurse, {"units": [str(move.hospital)]}, "offer")
    post(f"/api/offers/{made['offers'][0]['id']}/accept", doctor, {"doctor": "陈医生"}, "accept")
    post(f"{path}/allocate", office, {"bed": str(move.bed)}, "allocate")
    post(f"{path}/hand-over", nurse, HANDOVER, "hand over")
    post(f"{path}/depart", nurse, {}, "depart")
    post(f"{path}/arrive", office, {"responsible": "陈医生"}, "arrive")


REQUEST = {
    "trigger": "HEALTH_WORSENED",
    "urgency": "URGENT",
    "target_kind": "HOSPITAL",
    "reason": "发热三天，进食差",
}
EVALUATION = {"outcome": "FIT", "statement": "需要住院抗感染治疗",
              "criteria": [{"code": "FEVER", "met": True, "note": "38.9"}]}  # fmt: skip
AGREEMENT = {"outcome": "AGREED", "by_whom": "PERSON", "name": "本人", "how": "IN_PERSON"}
HANDOVER = {
    "condition": "神志清，体温 38.5",
    "medicines": "阿莫西林",
    "allergies": "无",
    "transport": "AMBULANCE",
}


def headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}


def moves(number: int) -> list[Move]:
    """People who are present in a care home and have no transfer, and free beds in rooms of their sex."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(MOVES, {"number": number})
        found = [Move(*row) for row in cursor.fetchall()]
    if len(found) < number:
        raise RuntimeError("Too few residents or free ward beds are left: delete .cache/bench to build anew.")
    return found


# The rooms of a ward are the women's and the men's in turn; homes have contracts with two hospitals.
MOVES = """
WITH free AS (
  SELECT b.id AS bed, b.unit_id, r.label::int %% 2 AS sex,
         row_number() OVER (PARTITION BY b.unit_id, r.label::int %% 2 ORDER BY b.id) AS n
  FROM beds_bed b JOIN beds_room r ON r.id = b.room_id
  WHERE b.kind = 'HOSPITAL' AND b.closed_at IS NULL AND NOT EXISTS (
    SELECT FROM beds_occupancy o WHERE o.bed_id = b.id AND o.state IN ('RESERVED', 'PRESENT', 'HELD', 'BLOCKED')
      AND upper_inf(o.claim))),
goes AS (
  SELECT p.id AS person, o.unit_id AS home, c.second_id AS hospital, (p.sex = 'MALE')::int AS sex,
         row_number() OVER (PARTITION BY c.second_id, p.sex ORDER BY md5(p.id::text)) AS n
  FROM beds_occupancy o JOIN people_person p ON p.id = o.person_id JOIN beds_bed b ON b.id = o.bed_id
  JOIN LATERAL (SELECT c.second_id FROM access_contract c JOIN access_organisation u ON u.id = c.second_id
                WHERE c.first_id = o.unit_id AND u.kind = 'HOSPITAL' ORDER BY c.id LIMIT 1) c ON true
  WHERE o.state = 'PRESENT' AND upper_inf(o.period) AND b.kind = 'INSTITUTION'
    AND NOT EXISTS (SELECT FROM beds_transfer t WHERE t.person_id = p.id AND t.ended_at IS NULL))
SELECT goes.person, goes.home, goes.hospital, free.bed FROM goes
JOIN free ON free.unit_id = goes.hospital AND free.sex = goes.sex AND free.n = goes.n
ORDER BY md5(goes.person::text) LIMIT %(number)s
"""


def in_process() -> Post:
    """The same requests without a server, through all of the product's middleware."""
    from django.test import Client

    client = Client()

    def post(path: str, token: str, body: dict[str, Any], step: str) -> dict[str, Any]:
        answer = client.post(path, data=json.dumps(body), content_type="application/json",
                             headers={"Authorization": f"Bearer {token}"})  # fmt: skip
        if answer.status_code >= 400:
            raise RuntimeError(f"{step}: {answer.status_code} {answer.content.decode()[:400]}")
        found: dict[str, Any] = answer.json()
        return found

    return post
