"""One small district with an object of every kind, all of it about one person whom no stranger may see.

`example(Model)` gives the district's object of that kind. When a new table has none, the stranger test says
so: make one in `fill`, by its command.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.utils.timezone import localdate

from yiyang.access import commands as access_commands
from yiyang.access.actors import NOBODY, actor_for
from yiyang.access.models import (
    Account,
    ApiToken,
    Area,
    Contract,
    Licence,
    Membership,
    Notice,
    OauthClient,
    OauthCode,
    OauthGrant,
    Organisation,
    RefreshToken,
)
from yiyang.access.roles import ROLES, STAFF_ROLES, Scope
from yiyang.access.rules import ROLE_BELONGS
from yiyang.access.tests import factories as access
from yiyang.access.tests import oauth as programs
from yiyang.assessments import commands as assessment_commands
from yiyang.assessments.tests import factories as assessments
from yiyang.beds import commands as beds_commands
from yiyang.beds.models import Bed, Episode
from yiyang.beds.tests import factories as beds
from yiyang.devices import commands as device_commands
from yiyang.devices.tests import factories as devices
from yiyang.duty import commands as duty_commands
from yiyang.gateways.fhir.bulk import commands as bulk
from yiyang.gateways.fhir.bulk.models import Level
from yiyang.gateways.fhir.runs import commands as import_runs
from yiyang.gateways.fhir.subscriptions import commands as subscriptions
from yiyang.gateways.messages import commands as messages
from yiyang.gateways.models import Hook
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.packets import commands as packets_commands
from yiyang.people import commands as people_commands
from yiyang.people.models import Person
from yiyang.people.tests import factories as people
from yiyang.records import commands as records_commands
from yiyang.records.r4 import body as bodies

NAME = "甄不见"
ID_NUMBER = "31010619390405052X"
PHONE = "13900000417"
RESOURCE = "of-the-unseen"


@dataclass
class District:
    cast: access.Cast
    person: Person
    objects: dict[type[models.Model], models.Model]
    markers: list[str]

    def example(self, model: type[models.Model]) -> models.Model:
        found = self.objects.get(model) or model._default_manager.first()
        if found is None:
            raise LookupError(
                f"The test district has no {model.__name__}. Make one in tests/district.py (fill), by its command."
            )
        return found


CRITERIA = """[[row]]
key = "beds.eligibility.HOSPITAL"
value.who = ["WARD_DOCTOR"]
value.criteria = [{ code = "ILL", zh = "病重", en = "Severely ill", reserved = true }]
"""


def fill() -> District:
    cast = access.cast()
    person = people.person(
        NAME, id_card=ID_NUMBER, phones=[PHONE], residence_area="310106006002", residence_address="某弄9号"
    )
    home, hospital = beds.bed(cast.care_home), beds.bed(cast.hospital, "HOSPITAL")
    at = now()
    episode = beds.stay(person, home)
    _told_of(person, cast)
    _home_bed(person, cast)
    _waiting(person, cast)
    _on_leave(cast)
    _on_duty(cast)
    transfer = beds.allocated(
        cast.care_home_nurse, beds.transfer(cast.care_home_nurse, person), cast.ward_doctor,
        cast.admission_office, cast.hospital, hospital,
    )  # fmt: skip
    beds_commands.add_recording(
        by=cast.care_home_nurse, at=at, transfer=transfer, kind="VOICE", content=b"OggS", note=NAME
    )
    beds_commands.hand_over(by=cast.care_home_nurse, at=at, transfer=transfer, condition="awake")
    _packet(cast, transfer)
    beds_commands.declare_emergency(by=SYSTEM, at=at, organisation_id=cast.centre.pk, reason="flood")
    beds_commands.begin_precaution(by=SYSTEM, at=at, person=person, way="CONTACT", cause="SCABIES")
    beds_commands.ask_for_document(by=SYSTEM, at=at, unit_id=cast.hospital.pk, name="chest X-ray", days=7)
    beds_commands.declare_outbreak(by=SYSTEM, at=at, unit_id=cast.chc.pk, reason="noroviruses")
    beds_commands.add_companion(
        by=cast.care_home_nurse, at=at, person=person, name="甄女儿", kind="FAMILY", phone="13900000418"
    )
    beds_commands.answer_family(
        by=cast.care_home_nurse, at=at, person=person, unit_id=cast.care_home.pk, text=NAME
    )
    people_commands.break_glass(by=cast.head_nurse, at=at, number=ID_NUMBER, reason="found on the stairs")
    messages.ask_to_call(
        by=SYSTEM, at=at, person_id=person.pk, address="13900000418", phone="62530000", key="district"
    )
    _assessed(person, cast)
    _recorded(person)
    _lent(person, cast)
    _exported(cast, person)
    import_runs.begin_import(
        by=cast.coordinator, at=at, content=b"{}", name=NAME, area=Area.objects.get(pk="310106")
    )
    beds_commands.override_eligibility(
        by=cast.care_home_nurse, at=at, person=person, kind="INSTITUTION", given="ELIGIBLE", reason=NAME
    )
    beds_commands.propose_criteria(
        by=cast.coordinator, at=at, content=CRITERIA, valid_from=localdate(at), reason="ageing district"
    )
    alarm = device_commands.raise_alarm(
        by=SYSTEM, at=at, person=person, cause="FALL", severity="EMERGENCY", unit_id=cast.care_home.pk
    )
    device_commands.order_visit(by=SYSTEM, at=at, alarm=alarm, due_at=at + timedelta(hours=9), what="fell")
    device_commands.set_person_limits(
        by=SYSTEM, at=at, person=person, code=2, low=88, high=None, until=at + timedelta(days=9), reason=NAME
    )
    device_commands.set_person_watch(
        by=SYSTEM,
        at=at,
        person=person,
        code="LEFT_BED",
        params={"minutes": 30},
        until=at + timedelta(days=9),
        reason=NAME,
    )
    device_commands.try_alarm_rule(
        by=cast.coordinator, at=at, code="PULSE_JUMP", params={"off": True}, reason="误报太多"
    )
    device_commands.try_waiting_times(
        by=cast.coordinator, at=at, minutes={"EMERGENCY": 2, "URGENT": 5, "ROUTINE": 60}, reason="夜间人手少"
    )
    device_commands.pause_alarms(
        by=SYSTEM, at=at, person=person, cause="PULSE_HIGH", until=at + timedelta(hours=1), reason=NAME
    )
    device_commands.write_reading_note(by=cast.care_home_nurse, at=at, person=person, text=NAME, since=at)
    objects = _fixed(cast, person, home, episode)
    return District(cast, person, objects, [NAME, ID_NUMBER, PHONE, "某弄9号", str(person.pk)])


def _told_of(person: Person, cast: access.Cast) -> None:
    """Everything that the record of a person can hold."""
    at, today = now(), now().date()
    given = {"by": SYSTEM, "at": at, "person": person}
    people_commands.add_contact(**given, full_name="甄女儿", kinship="CHILD", phone="13900000418")
    people_commands.set_disclosure(**given, wish="ALL", own_words="都告诉我")
    people_commands.record_told(**given, topic="DIAGNOSIS")
    people_commands.add_insurance(**given, kind="EMPLOYEE", from_on=date(2020, 1, 1))
    people_commands.add_group(**given, group="LIVES_ALONE", evidence="committee", from_on=date(2024, 1, 1))
    people_commands.link_family(**given, relative=people.person("甄老伴"), kinship="SPOUSE")
    people_commands.ask_for_family_doctor(
        by=SYSTEM, at=at, person=person, unit_id=cast.care_home.pk, area="310106006", why="INSTITUTION"
    )
    people_commands.sign_family_doctor_contract(
        **given, organisation_id=cast.chc.pk, doctor_name="陈医生", starts_on=today
    )
    people_commands.give_consent(
        **given, organisation_id=cast.care_home.pk, purpose="care", given_by="person"
    )
    relative = access.family("RELATIVE", name="甄女儿")
    people_commands.delegate_access(
        **given, account_id=relative.account_id, account_label="甄女儿", kinship="CHILD", scope="FULL",
        expires_at=at + timedelta(days=90),
    )  # fmt: skip
    people_commands.sign_agreement(
        by=cast.care_home_manager, at=at, person=person, unit_id=cast.care_home.pk, kind="ADMISSION",
        from_on=at.date(), to_on=None, signed_on=at.date(), signer=NAME, capacity="PERSON", paper=b"%PDF",
    )  # fmt: skip
    people_commands.record_guardianship(
        by=cast.care_home_manager, at=at, person=person, kind="APPOINTED", guardian="甄女儿", document="判决书",
        from_on=at.date(), to_on=None, matters=["MEDICAL"],
    )  # fmt: skip
    people_commands.bar_relative(
        by=cast.care_home_manager, at=at, person=person, name="甄外人", reason="本人意愿", evidence="当面说明"
    )
    people_commands.start_assistance(
        by=cast.care_home_nurse,
        at=at,
        person=person,
        channel="COUNTER",
        identity_check="ID_CARD",
        bound_to="test",
    )
    people_commands.ask_for_access(by=cast.palliative_team, at=at, number=ID_NUMBER, reason="asked by family")


def _home_bed(person: Person, cast: access.Cast) -> None:
    beds_commands.apply_for_home_bed(
        by=SYSTEM, at=now(), person=person, unit_id=cast.chc.pk, reason="stroke", place="3 楼"
    )


def _assessed(person: Person, cast: access.Cast) -> None:
    """A signed assessment that is questioned, with the photo of a draft."""
    nurse = cast.care_home_nurse
    done = assessments.signed(nurse, person, note=NAME)
    assessment_commands.raise_dispute(by=nurse, at=now(), assessment=done, by_whom="FAMILY", grounds=NAME)
    office = cast.by_role["system_administrator"]
    assessment_commands.start_rescoring(by=office, at=now(), instrument=done.instrument)
    begun = assessments.draft(nurse, person, {})
    assessment_commands.add_assessment_photo(
        by=nurse, at=now(), assessment=begun, content=assessments.photo(), note=NAME
    )


def _packet(cast: access.Cast, transfer: Any) -> None:
    """What goes with the person: read at the hospital, and given to a unit outside by a link."""
    packet = packets_commands.build_packet(by=SYSTEM, at=now(), transfer=transfer)
    packets_commands.confirm_reading(by=cast.ward_doctor, at=now(), packet=packet)
    packets_commands.share_packet(by=cast.care_home_nurse, at=now(), transfer=transfer, outside="外区医院")


def _recorded(person: Person) -> None:
    """A resource of the clinical record."""
    body = observation(person)
    records_commands.create_resource(by=SYSTEM, at=now(), body=body, id=RESOURCE)
    codes = b"# url: urn:example:one\n# title: One\n# licence: none\ncode,display\nA,a\n"
    records_commands.load_terms(by=SYSTEM, at=now(), content=codes, name="one.csv")
    records_commands.update_resource(by=SYSTEM, at=now(), type="Observation", id=RESOURCE, body=body)


def _lent(person: Person, cast: access.Cast) -> None:
    """A device of the home with its key, a gateway, and what the person agreed to."""
    loan = devices.lent(person, cast.care_home)
    devices.key(loan.device)
    devices.gateway(cast.care_home)
    device_commands.give_device_consent(by=SYSTEM, at=now(), person=person, what="LOCATION")
    device_commands.set_fence(
        by=SYSTEM, at=now(), person=person, name=NAME, area={"circle": [31.23, 121.47, 500]}, reason=NAME
    )


def _exported(cast: access.Cast, person: Person) -> None:
    """The home's nurse has asked for the records of everybody open to her, and to be told of changes."""
    wish = bulk.Wish(Level.SYSTEM, ["Observation"])
    bulk.request_export(by=cast.care_home_nurse, at=now(), wish=wish)
    told = {
        "resourceType": "Subscription", "status": "requested", "reason": "x", "criteria": "Observation",
        "channel": {"type": "rest-hook"},
    }  # fmt: skip
    subscriptions.subscribe(by=cast.care_home_nurse, at=now(), body=bodies.written(told))
    hook = Hook.objects.get()
    subscriptions.activate(by=SYSTEM, at=now(), hook=hook)
    hook.refresh_from_db()
    found = [subscriptions.Found(RESOURCE, 1, person.pk)]
    subscriptions.note_found(by=SYSTEM, at=now(), hook=hook, found=found, behind={"last_id": RESOURCE})


def observation(person: Person) -> bodies.Body:
    """A resource that says whose it is, with a marker."""
    told = {
        "resourceType": "Observation", "id": RESOURCE, "status": "final", "code": {"text": "pulse"},
        "subject": {"reference": f"Patient/{person.pk}"}, "note": [{"text": NAME}],
    }  # fmt: skip
    return bodies.written(told)


def _waiting(person: Person, cast: access.Cast) -> None:
    beds_commands.join_waiting_list(
        by=SYSTEM, at=now(), person=person, kind="PALLIATIVE", list_owner=cast.centre.pk
    )


def _on_leave(cast: access.Cast) -> None:
    """Leave begins for somebody else of the same home, who is not to be seen either."""
    other = people.person("甄出门")
    episode = beds.stay(other, beds.bed(cast.care_home))
    beds_commands.begin_leave(
        by=cast.care_home_nurse, at=now(), episode=episode, companion="daughter",
        due_back_at=now() + timedelta(days=1),
    )  # fmt: skip


def _on_duty(cast: access.Cast) -> None:
    """The home keeps a roster: somebody is on duty, a note was written, a call made, a gap told."""
    at, nurse = now(), cast.care_home_nurse
    post = duty_commands.add_post(
        by=SYSTEM, at=at, unit_id=cast.care_home.pk, kind="CARE_HOME_NURSE", telephone="021-55501001"
    )
    shift = duty_commands.add_shift(
        by=SYSTEM, at=at, post=post, account_id=nurse.account_id, since=at, until=at + timedelta(hours=8)
    )
    duty_commands.write_shift_note(by=nurse, at=at, post=post, text=NAME, shift=shift)
    duty_commands.tell_gap(by=SYSTEM, at=at, post=post, since=at, until=at + timedelta(hours=1))
    duty_commands.note_call(
        by=nurse, at=at, from_unit=cast.care_home.pk, to_unit=cast.hospital.pk, result="REACHED", note=NAME
    )
    duty_commands.open_matter(
        by=SYSTEM, at=at, unit_id=cast.care_home.pk, act="SEND", urgency="URGENT", subject_kind="Test",
        subject_id=post.pk,
    )  # fmt: skip


def _fixed(cast: access.Cast, person: Person, bed: Bed, episode: Episode) -> dict[type[models.Model], Any]:
    nurse = cast.care_home_nurse
    at = now()
    token, _raw = access_commands.issue_token(
        by=nurse, at=at, account=nurse.account, membership=nurse.membership, hours=1
    )
    access_commands.attach_contract_paper(
        by=cast.care_home_manager, at=at, contract=cast.contract, content=b"%PDF"
    )
    apps = _apps(cast, person)
    notice = access_commands.notify(
        by=SYSTEM, at=at, subject="access.contract_ended", organisation=cast.care_home,
        role="CARE_HOME_NURSE", params={"first": NAME, "second": "", "reason": ""}, person=person,
    )  # fmt: skip
    return {
        Person: person,
        Organisation: cast.care_home,
        Account: nurse.account,
        Membership: nurse.membership,
        Contract: cast.contract,
        Licence: cast.care_home.licences.get(),
        ApiToken: token,
        **apps,
        Notice: notice,
        Area: Area.objects.get(pk="310106"),
        Bed: bed,
        Episode: episode,
    }


def _apps(cast: access.Cast, person: Person) -> dict[type[models.Model], Any]:
    """A program of the home, and an app that a nurse allowed to read of the person."""
    at, nurse = now(), cast.care_home_nurse
    program = programs.program(nurse)
    app, _secret = access_commands.register_client(
        by=SYSTEM, at=at, organisation=cast.care_home, name="App", kind="APP", proof="none",
        scope="patient/*.rs offline_access", redirect_uris=["https://app.example/done"],
    )  # fmt: skip
    grant = access_commands.allow_app(
        by=nurse, at=at, client=app, scope="patient/*.rs offline_access", person_id=person.pk,
        redirect_uri="https://app.example/done", code="seen once", code_challenge="x" * 43,
    )  # fmt: skip
    code = grant.codes.get()
    access_commands.redeem_code(by=nurse, at=at, code=code, scope=grant.scope, raw="raw")
    return {OauthClient: program, OauthGrant: grant, OauthCode: code, RefreshToken: grant.refreshes.get()}


def strangers(district: District) -> dict[str, Any]:
    """Everybody who must see nothing: nobody, the unemployed, another elder, the same roles elsewhere, and
    those offices of the same district that read no records."""
    found: dict[str, Any] = {
        "a visitor": NOBODY,
        "an account without a role": district.cast.unemployed,
        "another elder": district.cast.other_elder,
        "a relative of nobody": access.family("RELATIVE"),
    }
    for role in STAFF_ROLES:
        found[f"{role.code} elsewhere"] = _elsewhere(role.code)
    for role in ROLES.values():
        if not role.reads_records:
            found[f"{role.code} of the district"] = district.cast.by_role[role.code.lower()]
    return found


def _elsewhere(role: str) -> Any:
    """The same role: at another operator in the district, or in another district when it is for an area."""
    kind = sorted(ROLE_BELONGS[role])[0]
    area = "310104" if ROLES[role].scope in (Scope.AREA, Scope.FIGURES) else "310106"
    place = access.organisation(f"别处 {role}", kind, area=access.area(area), licensed=[])
    return actor_for(access.actor(role, place).account, now())
