"""Who sees name, age and address alone adds and changes nothing: every command of this context, one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from yiyang.access.tests.factories import cast, family
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.commands import REGISTRY
from yiyang.kernel.models import PersonFact
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import now
from yiyang.people import commands, queries, reach
from yiyang.people.commands import keys
from yiyang.people.commands.consenting import Said
from yiyang.people.details import Details
from yiyang.people.models import AccessRequest, Consent, Delegation, Person, Told
from yiyang.people.tests.factories import id_number, person, seen_by

assert keys  # declares its command

pytestmark = pytest.mark.django_db

DAY = date(2026, 1, 1)
Row = Callable[[Any], dict[str, Any]]

# Who tries it, and what is given beside `by` and `at`, for a person `o.who` who has one of each row.
TABLE: dict[str, tuple[str, Row]] = {
    "add_contact": ("care_home_manager", lambda o: {"person": o.who, "full_name": "王芳", "kinship": "CHILD"}),
    "add_group": (
        "care_home_manager", lambda o: {"person": o.who, "group": "LOW_INCOME", "evidence": "证明"},
    ),
    "add_identifier": (
        "care_home_manager", lambda o: {"person": o.who, "kind": "PASSPORT", "number": "E12345678"},
    ),
    "add_insurance": ("care_home_manager", lambda o: {"person": o.who, "kind": "RESIDENT"}),
    "add_phone": ("care_home_manager", lambda o: {"person": o.who, "number": "13900000418"}),
    "answer_access_request": (
        "care_home_manager", lambda o: {"request": AccessRequest.objects.get(), "grant": True},
    ),
    "attach_agreement_paper": (
        "care_home_manager", lambda o: {"agreement": o.who.agreements.get(), "content": b"%PDF"},
    ),
    "bar_relative": (
        "care_home_manager",
        lambda o: {"person": o.who, "name": "王强", "reason": "本人意愿", "evidence": "当面说明"},
    ),
    "end_agreement": (
        "care_home_manager", lambda o: {"agreement": o.who.agreements.get(), "reason": "换房型"},
    ),
    "end_guardianship": (
        "care_home_manager", lambda o: {"guardianship": o.who.guardianships.get(), "reason": "判决撤销"},
    ),
    "lift_barring": (
        "care_home_manager", lambda o: {"barring": o.who.barrings.get(), "reason": "改变主意"},
    ),
    "record_fall": (
        "care_home_nurse", lambda o: {"person": o.who, "place": "ROOM", "injury": "NO", "again": True},
    ),
    "withdraw_fall": (
        "care_home_nurse",
        lambda o: {"person": o.who, "fall": queries.falls_of(o.who)[0].id, "reason": "弄错了人"},
    ),
    "record_guardianship": (
        "care_home_manager",
        lambda o: {
            "person": o.who, "kind": "APPOINTED", "guardian": "王芳", "document": "判决书二", "from_on": DAY,
            "to_on": None, "matters": ["CARE"],
        },
    ),
    "renew_agreement": (
        "care_home_manager",
        lambda o: {"agreement": o.who.agreements.get(), "to_on": None, "signed_on": DAY},
    ),
    "sign_agreement": (
        "care_home_manager",
        lambda o: {
            "person": o.who, "unit_id": o.made.care_home.pk, "kind": "FIVE_BEDS", "from_on": DAY, "to_on": None,
            "signed_on": DAY, "signer": "王秀英", "capacity": "PERSON",
        },
    ),
    "delegate_access": (
        "care_home_manager",
        lambda o: {
            "person": o.who, "account_id": o.relative.account_id, "account_label": "王芳", "kinship": "CHILD",
            "scope": "BASIC", "expires_at": now() + timedelta(days=9), "evidence": "纸质授权书",
        },
    ),
    "edit_person": (
        "care_home_manager",
        lambda o: {"person": o.who, "details": Details("王秀英", key_holder="门卫"), "version": Person.objects.get(pk=o.who.pk).version},
    ),
    "end_contact": ("care_home_manager", lambda o: {"contact": o.who.contacts.get()}),
    "end_family_doctor_contract": (
        "care_home_manager", lambda o: {"contract": o.who.family_doctor_contracts.get(), "reason": "搬家了"},
    ),
    "end_group": ("care_home_manager", lambda o: {"membership": o.who.groups.get(), "to_on": DAY}),
    "end_identifier": (
        "care_home_manager", lambda o: {"identifier": o.who.identifiers.get(), "reason": "号码有误"},
    ),
    "end_insurance": ("care_home_manager", lambda o: {"insurance": o.who.insurances.get(), "to_on": DAY}),
    "end_phone": ("care_home_manager", lambda o: {"phone": o.who.phones.get()}),
    "give_consent": (
        "care_home_manager",
        lambda o: {
            "person": o.who, "organisation_id": o.made.care_home.pk, "purpose": "会诊",
            "said": Said("监护人签字", capacity="GUARDIAN"),
        },
    ),
    "link_family": (
        "care_home_manager", lambda o: {"person": o.who, "relative": o.other, "kinship": "SIBLING"},
    ),
    "merge_persons": (
        "coordinator", lambda o: {"person": o.who, "duplicate": o.other, "reason": "同一人"},
    ),
    "narrow_consent": (
        "care_home_manager",
        lambda o: {
            "consent": Consent.objects.get(), "kinds": ["RESULTS"], "said": Said("监护人签字", capacity="GUARDIAN"),
        },
    ),
    "note_death": ("care_home_manager", lambda o: {"person": o.who, "died_at": now()}),
    "record_told": ("family_doctor", lambda o: {"person": o.who, "topic": "DIAGNOSIS"}),
    "revoke_delegation": ("care_home_manager", lambda o: {"delegation": Delegation.objects.get()}),
    "set_disclosure": ("family_doctor", lambda o: {"person": o.who, "wish": "ALL"}),
    "sign_family_doctor_contract": (
        "care_home_manager",
        lambda o: {"person": o.other, "organisation_id": o.made.care_home.pk, "starts_on": DAY},
    ),
    "unlink_family": (
        "care_home_manager", lambda o: {"link": o.who.family_links.get(), "reason": "弄错了人"},
    ),
    "unmerge_persons": ("coordinator", lambda o: {"duplicate": o.duplicate, "reason": "是两个人"}),
    "withdraw_consent": ("care_home_manager", lambda o: {"consent": Consent.objects.get()}),
    "withdraw_told": (
        "family_doctor", lambda o: {"told": Told.objects.get(), "reason": "记错了人"},
    ),
    "withdraw_death": ("care_home_manager", lambda o: {"person": o.dead, "reason": "记错了人"}),
}  # fmt: skip

# Commands that are about nobody whom the actor sees, or that basics are enough for.
ABOUT_NOBODY = {
    "ask_for_family_doctor": "follows from a bed that was given; shows name, age and address alone",
    "start_assistance": "opens what the person could open themself, for minutes, after a check of identity",
    "end_assistance": "ends what oneself began",
    "settle_coverage": "says what became of the own health centre's task",
    "ask_for_access": "asking shows and changes nothing of the record",
    "break_glass": "this is what it is for; it is shown to all concerned",
    "close_relationship": "no role has it; it follows from other commands",
    "open_relationship": "no role has it; it follows from other commands",
    "register_person": "there is no record yet",
    "rotate_keys": "no role has it; operators alone",
}


class Objects:
    """A person with one of each row, and others; everybody seen by the care home and the centre to one extent."""

    def __init__(self, scope: str) -> None:
        reach.forget()
        self.made = cast()
        self.relative = family("RELATIVE")
        self.number = id_number()
        self.who = person("王秀英", id_card=self.number, phones=["13900000417"])
        self.other, self.dead, self.duplicate = person("王建国"), person("王建华"), person("王绣英")
        self._tell()
        for one in (self.who, self.other, self.dead):
            for unit in (self.made.care_home, self.made.centre, self.made.chc):
                seen_by(one, unit.pk, scope=scope, basis="AREA")

    def _tell(self) -> None:
        by: dict[str, Any] = {"by": SYSTEM, "at": now()}
        of = {**by, "person": self.who}
        home = self.made.care_home.pk
        commands.set_disclosure(**of, wish="ALL")
        commands.record_told(**of, topic="PALLIATIVE")
        commands.record_fall(**of, place="ROOM", injury="NO")
        commands.add_contact(**of, full_name="王芳", kinship="CHILD")
        commands.add_insurance(**of, kind="EMPLOYEE", from_on=date(2020, 1, 1))
        commands.add_group(**of, group="LIVES_ALONE", evidence="居委会走访", from_on=date(2020, 1, 1))
        commands.link_family(**of, relative=self.dead, kinship="SPOUSE")
        commands.sign_family_doctor_contract(**of, organisation_id=home, starts_on=DAY)
        commands.sign_agreement(
            **of, unit_id=home, kind="ADMISSION", from_on=DAY, to_on=date(2030, 1, 1), signed_on=DAY, signer="王芳",
            capacity="ENTRUSTED",
        )  # fmt: skip
        commands.record_guardianship(
            **of,
            kind="APPOINTED",
            guardian="王建国",
            document="判决书",
            from_on=DAY,
            to_on=None,
            matters=["MEDICAL"],
        )
        commands.bar_relative(**of, name="外人", reason="本人意愿", evidence="当面说明")
        commands.give_consent(**of, organisation_id=self.made.other_home.pk, purpose="会诊", given_by="本人")
        commands.delegate_access(
            **of, account_id=self.relative.account_id, account_label="王芳", kinship="CHILD", scope="FULL",
            expires_at=now() + timedelta(days=90),
        )  # fmt: skip
        commands.ask_for_access(by=self.made.ward_doctor, at=now(), number=self.number, reason="明天入院")
        commands.note_death(**by, person=self.dead, died_at=now())
        commands.merge_persons(**of, duplicate=self.duplicate, reason="同一人")
        # What these gave to the care home itself is not what is tried here.
        commands.close_relationship(
            **by, person_id=self.who.pk, source_id=self.who.family_doctor_contracts.get().pk
        )


def run(name: str, objects: Objects) -> None:
    who, given = TABLE[name]
    told = given(objects)
    getattr(commands, name)(by=objects.made.by_role[who], at=now(), **told)


@pytest.mark.parametrize("name", TABLE)
def test_who_sees_the_basics_alone_is_refused(name: str) -> None:
    objects = Objects("BASIC")
    before = PersonFact.objects.count()

    with pytest.raises(NotAllowed):
        run(name, objects)

    assert PersonFact.objects.count() == before


@pytest.mark.parametrize("name", TABLE)
def test_who_sees_the_whole_record_is_not(name: str) -> None:
    objects = Objects("FULL")
    before = PersonFact.objects.count()

    run(name, objects)

    assert PersonFact.objects.count() > before


def test_the_table_has_every_command_about_a_person() -> None:
    ours = {name.removeprefix("people."): one for name, one in REGISTRY.items() if name.startswith("people.")}

    assert set(TABLE).isdisjoint(ABOUT_NOBODY)
    assert set(ours) == {*TABLE, *ABOUT_NOBODY}
    assert all(ours[name].about is not None for name in TABLE)
