"""What is the same for every route: signing in, bad input, problems, versions, pages."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from yiyang.access.tests.calling import Caller, caller, expired, nobody
from yiyang.access.tests.factories import cast
from yiyang.beds.tests.factories import bed, person, stay, transfer
from yiyang.kernel.models import Reading
from yiyang.kernel.time import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def nurse() -> Caller:
    return caller(cast().care_home_nurse)


REGISTER = {"full_name": "李桂兰", "sex": "FEMALE", "born_on": "1940-05-06"}


class TestSigningIn:
    def test_without_a_token_nothing_is_answered(self) -> None:
        reply = nobody().get("/transfers")

        assert (reply.status, reply.code) == (401, "TOKEN_MISSING")
        assert reply.headers["WWW-Authenticate"].startswith("Bearer")

    @pytest.mark.parametrize("token", ["nonsense", "yiyang_" + "x" * 43, "yiyang_\u0661", "x" * 5000])
    def test_an_unknown_token_opens_nothing(self, token: str) -> None:
        assert Caller(token.encode("ascii", "ignore").decode()).get("/transfers").code == "TOKEN_UNKNOWN"

    def test_an_expired_token_says_so(self) -> None:
        reply = expired(cast().care_home_nurse).get("/transfers")

        assert (reply.status, reply.code) == (401, "TOKEN_EXPIRED")

    def test_a_session_without_a_token_opens_nothing(self) -> None:
        client = Client()
        client.force_login(cast().care_home_nurse.account)

        assert client.get("/api/transfers").status_code == 401


class TestProblems:
    def test_a_problem_has_one_shape(self, nurse: Caller) -> None:
        reply = nurse.get("/transfers/01890f5e-7c4a-7a31-8e2b-3f5b2f6c1d01")

        assert reply.headers["Content-Type"] == "application/problem+json"
        assert (reply.body["status"], reply.code) == (404, "NOT_FOUND")
        assert reply.body["type"] == "/api/problems/NOT_FOUND"
        assert {"title", "detail"} <= set(reply.body)

    def test_problems_speak_the_language_that_was_asked_for(self, nurse: Caller) -> None:
        nurse.language = "zh-CN,zh;q=0.9"
        chinese = nurse.get("/nowhere")
        nurse.language = "fr, en;q=0.5"
        english = nurse.get("/nowhere")

        assert "地址" in chinese.body["detail"]
        assert "address" in english.body["detail"]
        assert chinese.code == english.code == "NO_SUCH_PATH"

    @pytest.mark.parametrize(
        "path", ["/transfers/1", "/transfers/%00", "/transfers/' OR 1=1", "/nowhere/at/all"]
    )
    def test_an_id_that_is_none_is_not_found(self, nurse: Caller, path: str) -> None:
        assert nurse.get(path).status == 404

    def test_a_method_that_is_not_there_says_which_are(self, nurse: Caller) -> None:
        reply = nurse._send("delete", "/transfers", data=b"")

        assert (reply.status, reply.code) == (405, "METHOD_NOT_ALLOWED")
        assert set(reply.headers["Allow"].split(", ")) == {"GET", "POST"}

    def test_a_bug_is_logged_without_personal_data(
        self, nurse: Caller, monkeypatch: Any, caplog: Any
    ) -> None:
        def broken(*_: Any, **__: Any) -> None:
            raise RuntimeError("secret 310106194103021244")

        monkeypatch.setattr("yiyang.people.commands.register_person", broken)
        reply = nurse.post("/people", REGISTER)

        assert (reply.status, reply.code) == (500, "INTERNAL_ERROR")
        assert reply.body["details"]["incident"] in caplog.text
        assert "310106" not in json.dumps(reply.body) + caplog.text
        assert "李桂兰" not in caplog.text


class TestBadInput:
    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b"", 422),
            (b"not json", 400),
            (b"[]", 422),
            (b'"text"', 422),
            (b"12", 422),
            (b"null", 422),
            (b'{"full_name": "\\ud800"}', 400),
            (b'{"full_name": "a\\u0000b"}', 422),
            (b'{"full_name": "a\\u0007b"}', 422),
            (b'{"full_name": "\xff"}', 400),
            (b'{"full_name": 1e999}', 400),
            (b'{"full_name": NaN}', 400),
            (b'{"full_name": ' + b"9" * 5000 + b"}", 400),
            (b'{"a": ' * 30 + b"1" + b"}" * 30, 400),
            (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400),
            (b'{"full_name": {"a": 1}}', 422),
            (b'{"full_name": ["x"]}', 422),
            (b'{"unknown_name": 1}', 422),
            (json.dumps({**REGISTER, "born_on": "0001-01-01"}).encode(), 422),
            (json.dumps({**REGISTER, "born_on": "2525-01-01"}).encode(), 422),
            (json.dumps({**REGISTER, "born_on": 12345}).encode(), 422),
            (json.dumps({**REGISTER, "full_name": "x" * 100_000}).encode(), 422),
            (json.dumps({**REGISTER, "full_name": "<script>alert(1)</script>"}).encode(), 422),
            (json.dumps({**REGISTER, "residence_area": "10000000000000"}).encode(), 422),
            (json.dumps({**REGISTER, "phones": ["1"] * 1000}).encode(), 422),
            (json.dumps({**REGISTER, "documents": [{"kind": "RESIDENT_ID", "number": "310106194103021240"}]}).encode(), 422),
        ],
    )  # fmt: skip
    def test_a_body_that_cannot_be_is_refused_and_not_echoed(
        self, nurse: Caller, body: bytes, status: int
    ) -> None:
        reply = nurse.post("/people", body)

        assert reply.status in (status, 400 if len(body) > 100_000 else status)
        assert reply.headers["Content-Type"] == "application/problem+json"
        assert len(json.dumps(reply.body)) < 6000

    def test_a_refused_value_is_pointed_at(self, nurse: Caller) -> None:
        reply = nurse.post("/transfers", {"person": 5, "needs": ["OXYGEN", "GOLD"]})

        pointers = {error["pointer"] for error in reply.body["errors"]}
        assert {"/person", "/needs/1", "/reason"} <= pointers

    def test_a_body_over_the_limit_is_refused_before_it_is_read(self, nurse: Caller) -> None:
        reply = nurse.post("/people", b'{"full_name": "' + b"x" * 1_100_000 + b'"}')

        assert (reply.status, reply.code) == (413, "BODY_TOO_LARGE")

    @pytest.mark.parametrize(
        "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
    )
    def test_another_content_type_is_refused(self, nurse: Caller, kind: str) -> None:
        assert nurse.post("/people", b"{}", content_type=kind).status == 415

    @pytest.mark.parametrize(
        "query",
        [{"limit": "1000000"}, {"limit": "0"}, {"limit": "-1"}, {"limit": "x"}, {"limit": "1_0"}, {"limit": ""},
         {"limit": "9" * 400}, {"limti": "5"}, {"cursor": "nonsense"}, {"cursor": "x" * 2000}, {"state": "NOWHERE"},
         {"live": "maybe"}, {"person": "1"}, {"cursor": "a\x00b"}],
    )  # fmt: skip
    def test_a_query_that_cannot_be_is_refused(self, nurse: Caller, query: dict[str, str]) -> None:
        assert nurse.get("/transfers", **query).status == 422

    @pytest.mark.parametrize("text", ["\x00", "\x07", "x" * 300])
    def test_a_search_that_cannot_be_is_refused(self, nurse: Caller, text: str) -> None:
        assert nurse.get("/people", search=text).status == 422

    @pytest.mark.parametrize("text", ["'", "%", "_", "\\", "😀", "<b>", "\u202e", "王' OR 1=1"])
    def test_a_search_may_hold_any_sign(self, nurse: Caller, text: str) -> None:
        assert nurse.get("/people", search=text).status == 200


class TestVersions:
    def test_a_change_to_what_somebody_else_changed_is_refused(self, nurse: Caller) -> None:
        made = nurse.post("/people", REGISTER)
        path = f"/people/{made.body['id']}"
        first = nurse.patch(path, {"residence_floor": "5"}, If_Match=made.etag)

        second = nurse.patch(path, {"residence_floor": "6"}, If_Match=made.etag)

        assert (first.status, first.body["residence_floor"]) == (200, "5")
        assert (second.status, second.code) == (412, "STALE")
        assert nurse.get(path).body["residence_floor"] == "5"

    def test_a_change_must_say_which_version_it_saw(self, nurse: Caller) -> None:
        made = nurse.post("/people", REGISTER)

        reply = nurse.patch(f"/people/{made.body['id']}", {"residence_floor": "5"})

        assert (reply.status, reply.code) == (428, "PRECONDITION_NEEDED")

    def test_a_step_may_insist_on_the_version_it_saw(self) -> None:
        who = cast()
        elder = person()
        stay(elder, bed(who.care_home))
        made = transfer(who.care_home_nurse, elder)
        nurse = caller(who.care_home_nurse)
        path = f"/transfers/{made.pk}"
        tag = nurse.get(path).etag
        nurse.post(f"{path}/change-urgency", {"urgency": "ROUTINE", "reason": "better"}, If_Match=tag)

        late = nurse.post(f"{path}/cancel", {"reason": "wrong"}, If_Match=tag)
        nonsense = nurse.post(f"{path}/cancel", {"reason": "wrong"}, If_Match="W/5")

        assert (late.status, late.code) == (412, "STALE")
        assert nonsense.code == "IF_MATCH_MALFORMED"


class TestPages:
    def test_pages_show_each_row_once(self) -> None:
        who = cast()
        nurse = caller(who.care_home_nurse)
        elders = []
        at = now() - timedelta(hours=1)
        for _ in range(5):
            elder = person()
            stay(elder, bed(who.care_home), at=at - timedelta(days=1))
            elders.append(transfer(who.care_home_nurse, elder, at=at))

        ids, cursor = [], ""
        while True:
            reply = nurse.get("/transfers", limit=2, cursor=cursor)
            ids += [item["id"] for item in reply.body["items"]]
            cursor = reply.body["next"]
            if cursor is None:
                break

        assert sorted(ids) == sorted(str(one.pk) for one in elders)

    def test_a_marker_of_another_list_is_refused(self) -> None:
        who = cast()
        for _ in range(2):
            elder = person()
            stay(elder, bed(who.care_home))
            transfer(who.care_home_nurse, elder)
        nurse = caller(who.care_home_nurse)
        marker = nurse.get("/transfers", limit=1).body["next"]

        assert nurse.get("/offers", cursor=marker).code == "PAGE_MARKER_MALFORMED"


class TestSeen:
    def test_who_was_shown_is_recorded_with_the_answer(self, nurse: Caller) -> None:
        made = nurse.post("/people", REGISTER)
        Reading.objects.all().delete()

        nurse.get(f"/people/{made.body['id']}")
        nurse.get("/transfers")

        [reading] = Reading.objects.all()
        assert [str(one) for one in reading.persons] == [made.body["id"]]
        assert reading.subject_kind == "api.read_person"
