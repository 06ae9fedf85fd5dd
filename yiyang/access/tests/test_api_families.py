"""The sign-in of families over the API: accounts, telephones, cards."""

from __future__ import annotations

from yiyang.access import commands
from yiyang.access.actors import AccountActor
from yiyang.access.models import Account
from yiyang.access.tests import factories as f
from yiyang.access.tests.calling import Caller, caller
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now

CARD = {"pin": "275918", "handed_to": "王女儿", "identity_check": "ID_CARD"}


def opened(nurse: Caller) -> str:
    made = nurse.post(
        "/family-accounts",
        {"kind": "RELATIVE", "name": "王女儿", "identity_check": "ID_CARD", "phone": "13800138000"},
    )
    assert (made.status, made.body["phone"]["number"]) == (201, "138****8000")
    return f"/family-accounts/{made.body['id']}"


def test_an_account_is_opened_found_and_given_another_telephone(cast: f.Cast) -> None:
    nurse = caller(cast.care_home_nurse)
    path = opened(nurse)

    found = nurse.post("/family-accounts/find", {"search": "13800138000"})
    changed = nurse.post(f"{path}/phone", {"phone": "13900139000", "identity_check": "ID_CARD"})
    ended = nurse.post(f"{path}/phone/end")

    assert [f"/family-accounts/{one['id']}" for one in found.body["accounts"]] == [path]
    assert changed.body["phone"]["number"] == "139****9000"
    assert ended.body["phone"] is None
    assert nurse.post(f"{path}/phone/unlock", {"identity_check": "ID_CARD"}).code == "NO_SIGN_IN_PHONE"
    assert caller(cast.stranger).get(path).status == 404


def test_a_card_is_made_used_and_reported_lost(cast: f.Cast) -> None:
    nurse = caller(cast.care_home_nurse)
    path = opened(nurse)

    issued = nurse.post(f"{path}/card", CARD)
    number = issued.body["number"]
    entered = commands.enter_card(by=SYSTEM, at=now(), number=number, pin="275918")
    again = nurse.post(f"{path}/card", CARD)
    replaced = nurse.post(f"{path}/card/replace", CARD)
    lost = nurse.post(f"{path}/card/lost")

    assert entered.card is not None
    assert (issued.body["account"]["card"]["ends_with"], again.code) == (number[-4:], "CARD_HELD_ALREADY")
    assert replaced.body["number"] != number
    assert (lost.body["card"], nurse.post(f"{path}/card/lost").code) == (None, "NO_CARD")
    assert nurse.post(f"{path}/card", CARD | {"pin": "123456"}).code == "PIN_TOO_SIMPLE"


def test_the_owner_reports_the_own_card_lost(cast: f.Cast) -> None:
    nurse = caller(cast.care_home_nurse)
    path = opened(nurse)
    nurse.post(f"{path}/card", CARD)
    owner = caller(AccountActor(Account.objects.get(pk=path.rsplit("/", 1)[1])))

    assert owner.post("/me/report-card-lost").status == 200
    assert owner.post("/me/report-card-lost").code == "NO_CARD"
