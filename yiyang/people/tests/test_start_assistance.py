"""Acting for an elder or a relative at a counter, by telephone, at home: what may be done, and what never."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yiyang.access import acting
from yiyang.access.models import Notice
from yiyang.access.tests.calling import caller
from yiyang.access.tests.factories import account, actor, cast, family
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.models import PersonFact, Reading
from yiyang.kernel.refusals import NotAllowed, NotFound
from yiyang.kernel.time import now
from yiyang.people import commands, queries
from yiyang.people.commands.assistance import (
    CheckDoesNotFit,
    EntrustedNoMore,
    NobodyToServe,
    OwnFamily,
    PaperNotNamed,
    UnitForGuardian,
)
from yiyang.people.commands.delegation import RelativeBarred
from yiyang.people.commands.writing import ForYourself
from yiyang.people.models import Assistance, Delegation, Person
from yiyang.people.tests.factories import person, seen_by

pytestmark = pytest.mark.django_db
BASICS: dict[str, Any] = {"basis": "AREA", "scope": "BASIC"}


def elder_of(who: Any, **told: Any) -> Person:
    elder = person(**told)
    seen_by(elder, who.centre.pk, **BASICS)
    return elder


def begin(by: Any, elder: Person, **told: Any) -> Assistance:
    told = {"channel": "COUNTER", "identity_check": "ID_CARD", "bound_to": "test", **told}
    return commands.start_assistance(by=by, at=now(), person=elder, **told)


def served(by: Any, row: Assistance) -> Any:
    """Who acts while it lasts."""
    standing = queries.standing(by, row)
    assert standing is not None
    return acting.stand_in(by, standing)


def entrusted(elder: Person, kind: str = "RELATIVE", **told: Any) -> Delegation:
    told = {"scope": "FULL", "expires_at": now() + timedelta(days=30), "kinship": "CHILD", **told}
    by_account = told.pop("account_id", None) or family(kind, name="王芳").account_id
    return commands.delegate_access(
        by=SYSTEM, at=now(), person=elder, account_id=by_account, account_label="王芳", **told
    )


def test_an_elder_without_an_account_entrusts_a_daughter_at_the_counter():
    who = cast()
    elder, daughter = elder_of(who), family("RELATIVE", name="王芳")
    row = begin(who.adviser, elder, note="要给女儿授权")

    done = commands.delegate_access(
        by=served(who.adviser, row), at=now(), person=elder, account_id=daughter.account_id,
        account_label="王芳", kinship="CHILD", scope="FULL", expires_at=now() + timedelta(days=30),
    )  # fmt: skip

    fact = PersonFact.objects.get(name="delegation.given", person_id=elder.pk)
    assert daughter.sees(elder.pk) and done.evidence == ""
    assert fact.by_account == who.adviser.account_id and fact.by_organisation == who.centre.pk
    assert fact.by_label == f"王秀英（窗口代办：{who.adviser.label}）"
    assert fact.data["assistance"] == {
        "id": str(row.pk), "for": "王秀英", "as": "ELDER", "channel": "COUNTER", "identity_check": "ID_CARD",
    }  # fmt: skip
    assert [one.name for one in queries.acts(row)] == ["delegation.given"]


def test_whoever_acts_sees_one_person_and_reaches_nothing_of_an_account():
    who = cast()
    elder, spouse, stranger = elder_of(who), elder_of(who, full_name="李建国"), elder_of(who)
    entrusted(spouse, account_id=account("王秀英", kind="ELDER", person_id=elder.pk).pk)
    by = served(who.adviser, begin(who.adviser, elder))

    assert by.sees(elder.pk) and queries.scope(by, elder.pk) == "FULL"
    assert not by.sees(spouse.pk) and not by.sees(stranger.pk)
    assert list(queries.persons(by)) == [elder] and queries.entrusted_to(by) == []
    assert not by.may("USE_OWN_ACCOUNT") and not by.may("MANAGE_WAITING_LIST") and not by.may("ASSIST")


def test_for_a_relative_nothing_is_wider_than_what_the_relative_holds():
    who = cast()
    elder = elder_of(who)
    held = entrusted(elder, scope="MOVE")
    by = served(who.adviser, begin(who.adviser, elder, delegation=held))

    assert by.role == "RELATIVE" and queries.scope(by, elder.pk) == "MOVE"
    assert not queries.may_decide_for(by, elder.pk)
    with pytest.raises(NotAllowed):
        commands.give_consent(
            by=by, at=now(), person=elder, organisation_id=who.other_home.pk, purpose="照护"
        )


def test_nothing_is_opened_to_whoever_acts_nor_to_their_own_unit():
    who = cast()
    elder = elder_of(who)
    by = served(who.adviser, begin(who.adviser, elder))

    with pytest.raises(ForYourself):
        commands.give_consent(by=by, at=now(), person=elder, organisation_id=who.centre.pk, purpose="照护")
    with pytest.raises(ForYourself):
        commands.delegate_access(
            by=by, at=now(), person=elder, account_id=who.adviser.account_id, account_label="顾问",
            kinship="OTHER", scope="FULL", expires_at=now() + timedelta(days=9),
        )  # fmt: skip


def test_whom_nobody_acts_for():
    who = cast()
    elder, adviser = elder_of(who), who.adviser
    ended, barred = entrusted(elder), entrusted(elder)
    commands.revoke_delegation(by=SYSTEM, at=now(), delegation=ended)
    commands.bar_relative(
        by=SYSTEM, at=now(), person=elder, name="王强", reason="本人意愿", evidence="当面说明",
        account_id=barred.account_id,
    )  # fmt: skip
    guardian = entrusted(elder, "GUARDIAN", basis="GUARDIAN", finding_by="陈医生", finding_on=now().date())
    seen_by(elder, who.care_home.pk)

    for refusal, by, told in (
        (EntrustedNoMore, adviser, {"delegation": ended}),
        (RelativeBarred, adviser, {"delegation": barred}),
        (UnitForGuardian, who.care_home_nurse, {"delegation": guardian}),
        (NotAllowed, who.coordinator, {}),
        (NotFound, who.stranger, {}),
        (CheckDoesNotFit, adviser, {"channel": "TELEPHONE", "identity_check": "ID_CARD"}),
        (PaperNotNamed, adviser, {"channel": "PAPER", "identity_check": "SIGNATURE"}),
    ):
        with pytest.raises(refusal):
            begin(by, elder, **told)
    assert served(adviser, begin(adviser, elder, delegation=guardian)).role == "GUARDIAN"
    Person.objects.filter(pk=elder.pk).update(died_at=now())
    with pytest.raises(NobodyToServe):
        begin(adviser, elder)


def test_nobody_acts_for_their_own_family():
    who = cast()
    elder, herself = elder_of(who), elder_of(who, full_name="顾问的母亲")
    entrusted(elder, account_id=who.adviser.account_id)
    who.committee_worker.account.person_id = herself.pk
    who.committee_worker.account.save()
    commands.link_family(by=SYSTEM, at=now(), person=herself, relative=elder, kinship="SIBLING")

    for by, whom in ((who.adviser, elder), (who.committee_worker, elder), (who.committee_worker, herself)):
        with pytest.raises(OwnFamily):
            begin(by, whom)


def test_it_ends_with_what_it_rested_on():
    who = cast()
    elder = elder_of(who)
    held = entrusted(elder)
    row = begin(who.adviser, elder, delegation=held)

    commands.revoke_delegation(by=SYSTEM, at=now(), delegation=held)

    assert queries.standing(who.adviser, Assistance.objects.get()) is None
    assert queries.begun(who.adviser, row.pk, "another session") is None


def test_the_elder_is_told_and_sees_who_did_what_how():
    who = cast()
    elder = elder_of(who)
    herself = family("ELDER", person_id=elder.pk, name="王秀英")
    row = begin(who.adviser, elder, channel="TELEPHONE", identity_check="CALLED_BACK")
    commands.end_assistance(by=who.adviser, at=now(), assistance=row)

    told = Notice.objects.get(subject="people.assisted")
    shown = at_browser(herself).get(reverse("people:sight", args=[elder.pk])).content.decode()

    assert told.account_id == herself.account_id and told.link == reverse("people:assistance", args=[row.pk])
    assert who.adviser.label in shown and row.get_channel_display() in shown
    assert at_browser(herself).get(told.link).status_code == 200
    assert at_browser(who.stranger).get(told.link).status_code == 404


# At a browser


def at_browser(by: Any) -> Client:
    client = Client(enforce_csrf_checks=False)
    client.force_login(by.account)
    return client


def begun_at(browser: Client, elder: Person, **told: Any) -> Assistance:
    told = {"for_whom": "", "channel": "COUNTER", "identity_check": "ID_CARD", **told}
    answer = browser.post(reverse("people:start_assistance", args=[elder.pk]), told)
    assert answer.status_code == 302, answer.content.decode()
    return Assistance.objects.latest("started_at", "id")


def test_the_pages_are_the_elders_until_it_is_ended_and_a_slip_says_what_was_done():
    who = cast()
    elder = elder_of(who)
    browser = at_browser(who.adviser)
    row = begun_at(browser, elder)

    page = browser.get(reverse("people:person", args=[elder.pk])).content.decode()
    given = browser.post(
        reverse("people:give_consent", args=[elder.pk]),
        {
            "organisation": str(who.chc.pk),
            "purpose": "CONSULT",
            "width": "FULL",
            "lasting": "ONE_YEAR",
            "step": "check",
        },
    )
    own = browser.get(reverse("access:my_account"))
    slip = browser.post(reverse("people:end_assistance", args=[row.pk]), follow=True)

    assert reverse("people:end_assistance", args=[row.pk]) in page
    assert given.status_code == 302 and own.status_code == 403
    assert "江宁路社区卫生服务中心" in slip.content.decode() and row.number in slip.content.decode()
    assert Reading.objects.filter(subject_kind="people.person", by_label__contains="窗口代办").exists()
    assert browser.get(reverse("access:my_account")).status_code == 200


def test_when_the_time_is_over_nothing_is_taken_until_it_is_ended():
    who = cast()
    elder = elder_of(who)
    browser = at_browser(who.adviser)
    row = begun_at(browser, elder)
    Assistance.objects.filter(pk=row.pk).update(
        started_at=now() - timedelta(hours=2), until=now() - timedelta(hours=1)
    )

    late = browser.post(reverse("people:register_person"), {"full_name": "赵六"})
    shown = browser.get(reverse("portals:home")).content.decode()
    ended = browser.post(reverse("people:end_assistance", args=[row.pk]))

    assert late.status_code == 403 and not Person.objects.filter(full_name="赵六").exists()
    assert reverse("people:end_assistance", args=[row.pk]) in shown
    assert ended.status_code == 302 and browser.get(reverse("people:register_person")).status_code == 200


def test_a_form_opened_before_is_not_taken_in_the_name_of_the_elder():
    who = cast()
    elder = elder_of(who)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(who.adviser.account)

    def send(name: str, told: dict[str, str], csrf: str) -> Any:
        return browser.post(reverse(name, args=[elder.pk]), {**told, "csrfmiddlewaretoken": csrf})

    browser.get(reverse("people:start_assistance", args=[elder.pk]))
    before = browser.cookies["csrftoken"].value
    begun = send("people:start_assistance", {"channel": "COUNTER", "identity_check": "ID_CARD"}, before)

    assert begun.status_code == 302
    assert (
        send("people:give_consent", {"organisation": str(who.chc.pk), "purpose": "x" * 3}, before).status_code
        == 403
    )


def test_another_session_of_the_same_account_acts_as_itself():
    who = cast()
    elder = elder_of(who)
    here, elsewhere = at_browser(who.adviser), at_browser(who.adviser)
    row = begun_at(here, elder)

    assert reverse("people:end_assistance", args=[row.pk]) not in elsewhere.get("/").content.decode()
    begun_at(elsewhere, elder)
    taken = here.post(reverse("people:give_consent", args=[elder.pk]), {"organisation": str(who.chc.pk)})
    assert taken.status_code == 403 and here.post(reverse("account_logout")).status_code == 302
    assert elsewhere.post(reverse("account_logout")).status_code == 302
    assert (
        at_browser(actor("ADVISER", who.centre))
        .post(reverse("people:end_assistance", args=[row.pk]))
        .status_code
        == 404
    )


def test_a_program_acts_by_the_header_with_the_token_that_began():
    who = cast()
    elder = elder_of(who)
    adviser = caller(who.adviser)
    begun = adviser.post(
        f"/people/{elder.pk}/assistances", {"channel": "COUNTER", "identity_check": "ID_CARD"}
    )
    there, told = f"/people/{elder.pk}/consents", {"organisation": str(who.chc.pk), "purpose": "联合查房"}
    acting_for = {"Acting-For": begun.body["id"]}

    alone = adviser.post(there, told)
    given = adviser.post(there, told, **acting_for)
    other = caller(who.adviser).post(there, told, **acting_for)
    tokens = adviser.post("/tokens", {"hours": 1}, **acting_for)
    ended = adviser.post(f"/assistances/{begun.body['id']}/end")
    late = adviser.post(there, told, **acting_for)
    read = adviser.get(f"/assistances/{begun.body['id']}")

    assert (begun.status, alone.status, given.status, ended.status) == (201, 403, 201, 200)
    assert (other.code, late.code, tokens.code) == ("ACTING_IS_OVER", "ACTING_IS_OVER", "NOT_WHILE_ACTING")
    assert [one["name"] for one in read.body["acts"]] == ["consent.given"]
