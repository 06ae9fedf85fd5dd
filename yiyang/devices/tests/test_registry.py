"""Devices, their keys, loans and consents, as the unit and the person keep them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from yiyang.access.tests.factories import Cast, family
from yiyang.devices import commands
from yiyang.devices.commands.consents import SensedAlready, SensedOver
from yiyang.devices.commands.credentials import KeyOver, OverlapTooLong, SendsNoMore
from yiyang.devices.commands.gateways import GatewayStopped
from yiyang.devices.commands.loans import (
    DeviceInMaintenance,
    DeviceIsLent,
    LoanEndsWrong,
    LoanOver,
    NothingForTheDead,
    ReturnedTooEarly,
)
from yiyang.devices.commands.registry import (
    DeviceIsThere,
    DeviceRetired,
    DeviceStillLent,
    NameNotUsable,
    NameTaken,
    NotInMaintenance,
    QuietEndsWrong,
)
from yiyang.devices.models.registry import DeviceCredential, Loan
from yiyang.devices.queries import consents, credentials, devices
from yiyang.devices.rules import names, silence
from yiyang.devices.tests import factories as f
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.models import PersonFact
from yiyang.kernel.refusals import NotAllowed, NotFound, Stale
from yiyang.kernel.time import now
from yiyang.people.commands import merge_persons, note_death
from yiyang.people.commands.consenting import GuardianUnfounded, Said
from yiyang.people.commands.merge import MergeConflict
from yiyang.people.tests.factories import person, seen_by

HOUR = timedelta(hours=1)


def elder(cast: Cast) -> Any:
    who = person("王秀英")
    seen_by(who, cast.care_home.pk)
    return who


# Devices


def test_a_device_gets_a_name_from_its_number_and_is_in_the_list_once(cast: Cast) -> None:
    manager = cast.care_home_manager
    given = {"unit_id": cast.care_home.pk, "kind": "BRACELET", "serial": "00:1A:2B:3C:4D:5E"}

    made = commands.register_device(by=manager, at=now(), **given)

    assert (made.urn, made.no > 0) == ("urn:dev:mac:001a2b3c4d5e", True)
    with pytest.raises(DeviceIsThere):
        commands.register_device(by=manager, at=now(), **given)
    with pytest.raises(NameTaken):
        commands.register_device(by=manager, at=now(), **{**given, "serial": "2"}, urn=made.urn)
    with pytest.raises(NameNotUsable):
        commands.register_device(by=manager, at=now(), **{**given, "serial": "3"}, urn="a/#")
    assert names.urn_of("SCALE", "秤 7") == "urn:dev:ops:scale--7"


def test_a_care_worker_lends_but_does_not_keep_the_list_and_the_other_home_sees_nothing(cast: Cast) -> None:
    made = f.device(cast.care_home)

    with pytest.raises(NotAllowed):
        commands.retire_device(by=cast.care_worker, at=now(), device=made, reason="broken")
    with pytest.raises(NotFound):
        devices.device(cast.stranger, made.pk)
    assert devices.device(cast.care_worker, made.pk) == made


def test_a_device_given_up_is_with_nobody_and_sends_no_more(cast: Cast) -> None:
    loan = f.lent(elder(cast), cast.care_home)
    secret = f.key(loan.device)
    with pytest.raises(DeviceStillLent):
        commands.retire_device(by=SYSTEM, at=now(), device=loan.device, reason="broken")
    commands.return_device(by=SYSTEM, at=now(), loan=loan)

    commands.retire_device(by=SYSTEM, at=now(), device=loan.device, reason="broken")

    assert credentials.sender_of(secret, now()) is None
    with pytest.raises(DeviceRetired):
        commands.change_device(by=SYSTEM, at=now(), device=loan.device, serial="x", urn="xyz")
    with pytest.raises(SendsNoMore):
        f.key(loan.device)


def test_maintenance_has_a_reason_and_an_end_and_nothing_is_lent_meanwhile(cast: Cast) -> None:
    made, at = f.device(cast.care_home), now()
    given = {"by": cast.care_home_manager, "at": at, "device": made}
    with pytest.raises(QuietEndsWrong):
        commands.set_device_quiet(**given, until=at - HOUR, reason="battery")

    commands.set_device_quiet(**given, until=at + HOUR, reason="battery")

    with pytest.raises(DeviceInMaintenance):
        commands.lend_device(by=SYSTEM, at=at, device=made, person=elder(cast))
    assert [one.state for one in devices.rows(SYSTEM, devices.devices(SYSTEM, state="MAINTENANCE"))] == [
        "MAINTENANCE"
    ]
    commands.end_device_quiet(**given)
    with pytest.raises(NotInMaintenance):
        commands.end_device_quiet(**given)


def test_who_saw_an_older_version_of_a_device_changes_nothing(cast: Cast) -> None:
    made = f.device(cast.care_home)
    given = {"by": SYSTEM, "at": now(), "device": made, "serial": made.serial, "urn": made.urn}
    commands.change_device(**given, model="B2", version=1)

    with pytest.raises(Stale):
        commands.change_device(**given, model="B3", version=1)


# Keys


def test_a_key_opens_for_its_device_alone_and_is_kept_as_a_digest(cast: Cast) -> None:
    made = f.device(cast.care_home)

    secret = f.key(made)

    sender = credentials.sender_of(secret, now())
    assert sender is not None
    assert (sender.device_no, sender.gateway_id, sender.unit_ids) == (made.no, None, {cast.care_home.pk})
    assert secret.encode() not in bytes(DeviceCredential.objects.get().digest)
    assert credentials.sender_of(secret + "x", now()) is None
    assert credentials.sender_of("\udc80" * 300, now()) is None


def test_the_former_key_ends_at_once_or_after_the_overlap(cast: Cast) -> None:
    made, at = f.device(cast.care_home), now()
    first = f.key(made)

    _credential, second = commands.issue_credential(by=SYSTEM, at=at, owner=made, overlap_hours=2)

    assert credentials.sender_of(first, at + HOUR)
    assert credentials.sender_of(first, at + 3 * HOUR) is None
    commands.issue_credential(by=SYSTEM, at=now(), owner=made)
    assert credentials.sender_of(second, now()) is None
    with pytest.raises(OverlapTooLong):
        commands.issue_credential(by=SYSTEM, at=at, owner=made, overlap_hours=9999)


def test_a_key_taken_back_opens_nothing(cast: Cast) -> None:
    made = f.device(cast.care_home)
    secret = f.key(made)
    held = DeviceCredential.objects.get()

    commands.revoke_credential(by=cast.care_home_manager, at=now(), credential=held)

    assert credentials.sender_of(secret, now()) is None
    with pytest.raises(KeyOver):
        commands.revoke_credential(by=SYSTEM, at=now(), credential=held)


def test_a_gateway_speaks_for_its_unit_and_those_below_until_it_is_stopped(cast: Cast) -> None:
    from yiyang.access.tests.factories import organisation

    floor = organisation("三楼", "INSTITUTION", parent=cast.care_home)
    box = f.gateway(cast.care_home)
    secret = f.key(box)

    sender = credentials.sender_of(secret, now())

    assert sender is not None
    assert (sender.gateway_id, sender.unit_ids) == (box.pk, {cast.care_home.pk, floor.pk})
    commands.stop_gateway(by=cast.care_home_manager, at=now(), gateway=box, reason="replaced")
    assert credentials.sender_of(secret, now()) is None
    with pytest.raises(GatewayStopped):
        commands.stop_gateway(by=SYSTEM, at=now(), gateway=box, reason="again")


# Loans


def test_a_device_is_with_one_person_and_the_refusal_names_who_is_open_to_the_reader(cast: Cast) -> None:
    first, second, hidden = elder(cast), elder(cast), person("李建国")
    held = f.lent(first, cast.care_home).device
    other = f.lent(hidden, cast.care_home).device
    worker = {"by": cast.care_worker, "at": now(), "person": second}

    with pytest.raises(DeviceIsLent) as named:
        commands.lend_device(**worker, device=held)
    with pytest.raises(DeviceIsLent) as unnamed:
        commands.lend_device(**worker, device=other)

    assert "王秀英" in str(named.value)
    assert "李建国" not in str(unnamed.value)
    with pytest.raises(IntegrityError), transaction.atomic():
        Loan.objects.create(
            device=held, person=second, period=DateTimeTZRange(now() + HOUR, None), recorded_at=now()
        )


def test_what_came_back_can_go_out_again(cast: Cast) -> None:
    at = now() - HOUR
    first, second = elder(cast), elder(cast)
    loan = f.lent(first, cast.care_home, at)
    given = {"by": cast.care_worker, "loan": loan}
    with pytest.raises(ReturnedTooEarly):
        commands.return_device(**given, at=at)

    back = commands.return_device(**given, at=now(), note="strap torn")
    commands.lend_device(by=cast.care_worker, at=now(), device=loan.device, person=second, place="302")

    assert (back.period.lower, back.return_note) == (at, "strap torn")
    assert [one.person_id for one in devices.loans_of_device(loan.device)] == [second.pk, first.pk]
    with pytest.raises(LoanOver):
        commands.return_device(**given, at=now())


def test_nothing_is_lent_to_the_dead_or_for_no_time(cast: Cast) -> None:
    who, at = elder(cast), now()
    given = {"by": cast.care_home_nurse, "at": at, "device": f.device(cast.care_home), "person": who}
    with pytest.raises(LoanEndsWrong):
        commands.lend_device(**given, until=at - HOUR)
    note_death(by=SYSTEM, at=at, person=who, died_at=at)

    with pytest.raises(NothingForTheDead):
        commands.lend_device(**given)


def test_a_record_whose_device_is_still_out_is_not_joined_to_another(cast: Cast) -> None:
    kept, duplicate = elder(cast), elder(cast)
    loan = f.lent(duplicate, cast.care_home)

    with pytest.raises(MergeConflict) as refused:
        merge_persons(by=SYSTEM, at=now(), person=kept, duplicate=duplicate, reason="one")

    assert loan.device.serial in str(refused.value)


def test_an_elder_asks_that_a_device_is_fetched(cast: Cast) -> None:
    who = person("王秀英")
    own = family("ELDER", person_id=who.pk)
    loan = f.lent(who, cast.chc)

    asked = commands.ask_for_return(by=own, at=now(), loan=loan, reason="it itches")

    assert asked.return_asked_at
    assert [one.pk for one in devices.loans_of_person(own, who.pk, live=True)] == [loan.pk]
    with pytest.raises(NotFound):
        commands.ask_for_return(by=family("ELDER"), at=now(), loan=loan)


# Silence


def test_a_device_that_says_nothing_is_silent_and_one_that_speaks_on_events_is_not(cast: Cast) -> None:
    long_ago = now() - timedelta(days=2)
    bracelet = f.lent(elder(cast), cast.care_home, long_ago).device
    f.lent(elder(cast), cast.care_home, long_ago, kind="GLUCOSE_METER")
    seldom = f.lent(elder(cast), cast.care_home, long_ago).device
    commands.change_device(
        by=SYSTEM, at=now(), device=seldom, serial=seldom.serial, urn=seldom.urn, expected_seconds=86400
    )

    found = devices.rows(cast.care_worker, devices.devices(cast.care_worker, state="SILENT"))

    assert [(one.device.pk, one.state, one.whom) for one in found] == [(bracelet.pk, "SILENT", "王秀英")]
    patience = silence.Patience(times=3, least_seconds=900)
    assert silence.silent(now(), long_ago, None, silence.expected("BRACELET", None), patience)
    assert not silence.silent(now(), long_ago, now(), 60, patience)
    assert not silence.silent(now(), long_ago, None, None, patience)


# Consents


def test_the_person_agrees_and_takes_it_back_at_once(cast: Cast) -> None:
    who = person("王秀英")
    own = family("ELDER", person_id=who.pk)

    given = commands.give_device_consent(by=own, at=now(), person=who, what="LOCATION")

    assert consents.agreed(who.pk, "LOCATION")
    with pytest.raises(SensedAlready):
        commands.give_device_consent(by=own, at=now(), person=who, what="LOCATION")
    commands.withdraw_device_consent(by=own, at=now(), consent=given)
    assert not consents.agreed(who.pk, "LOCATION")
    with pytest.raises(SensedOver):
        commands.withdraw_device_consent(by=own, at=now(), consent=given)
    assert PersonFact.objects.filter(person_id=who.pk, name__startswith="device_consent.").count() == 2


def test_a_guardian_without_a_finding_does_not_agree_in_the_persons_place(cast: Cast) -> None:
    who = elder(cast)
    guardian = family("GUARDIAN")
    seen_by(who, None, guardian.account_id, basis="DELEGATION")

    with pytest.raises(GuardianUnfounded):
        commands.give_device_consent(by=guardian, at=now(), person=who, what="CAMERA")

    nurse = {"by": cast.care_home_nurse, "at": now(), "person": who, "what": "CAMERA"}
    assert commands.give_device_consent(**nurse, said=Said("本人", way="SIGNED")).given_by == "本人"
