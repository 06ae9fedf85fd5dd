"""An elder, a daughter and a guardian who can sign in, so that their pages can be seen."""

from __future__ import annotations

from datetime import datetime, timedelta

from yiyang.access import commands as access
from yiyang.access.bed_kinds import BedKind as K
from yiyang.beds.models import Episode
from yiyang.demo.district import District
from yiyang.kernel.actors import SYSTEM
from yiyang.people import commands as people


def build_families(district: District, at: datetime) -> None:
    """`elder` lives in a care home; `relative` is entrusted with the record; `guardian` decides for another."""
    stays = Episode.objects.filter(closed_at=None, kind=K.INSTITUTION, person__transfers__isnull=False)
    stays = stays.select_related("person").order_by("pk")[:2]
    for number, episode in enumerate(stays):
        person = episode.person
        if number == 0:
            access.add_account(
                by=SYSTEM, at=at, login="elder", name=person.full_name, password=district.password, kind="ELDER",
                person_id=person.pk, must_change_password=False,
            )  # fmt: skip
        login, kind = ("relative", "RELATIVE") if number == 0 else ("guardian", "GUARDIAN")
        account = access.add_account(
            by=SYSTEM, at=at, login=login, name=person.full_name[0] + "敏", password=district.password, kind=kind,
            must_change_password=False,
        )  # fmt: skip
        access.change_sign_in_phone(
            by=SYSTEM, at=at, account=account, phone=f"1380000000{number + 1}", identity_check="ID_CARD"
        )
        people.delegate_access(
            by=SYSTEM, at=at, person=person, account_id=account.pk, account_label=account.name, kinship="CHILD",
            scope="FULL", expires_at=at + timedelta(days=365), may_decide=number == 1,
            basis="PERSON" if number == 0 else "GUARDIAN",
            finding_by="" if number == 0 else "老年医院 陈医生",
            finding_on=None if number == 0 else at.date() - timedelta(days=30),
        )  # fmt: skip
