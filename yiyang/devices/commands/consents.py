"""What is taken of a person only with their own consent: where they are, and what a camera tells."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.access.texts import line
from yiyang.devices.models.registry import DeviceConsent, Sensed
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal
from yiyang.people import reach
from yiyang.people.commands import writing
from yiyang.people.commands.consenting import Said, decided_by, keep_act
from yiyang.people.queries import ids, person_of

if TYPE_CHECKING:
    from yiyang.people.models import Person


class SensedAlready(Refusal):
    message = _("This was agreed to already. Look at the new state.")


class SensedOver(Refusal):
    message = _("This consent was already withdrawn. Nothing more is taken.")


@command(Permission.MANAGE_DELEGATION, within=ANYWHERE, about=reach.in_full(lambda person, **_: person.pk))
def give_device_consent(
    *, by: Actor, at: datetime, person: Person, what: str, said: Said | None = None
) -> DeviceConsent:
    """The person, or a guardian after a finding, agrees that places or camera events are taken.

    Source: Personal Information Protection Law art. 28 and 29 (whereabouts are sensitive: separate consent).
    """
    found = writing.lock_living_record(person)
    sensed = Sensed(what)
    act = keep_act(by, found, at, said or Said())
    if DeviceConsent.objects.filter(person__in=ids(found.pk), what=sensed, withdrawn_at=None).exists():
        raise SensedAlready
    consent = DeviceConsent.objects.create(
        person=found, what=sensed, given_at=at, given_by=act.given_by, recorded_by=by.account_id
    )
    record("device_consent.given", by=by, at=at, subject=consent, person=found, what=sensed, act=act)
    return consent


@command(
    Permission.MANAGE_DELEGATION, within=ANYWHERE, about=reach.in_full(lambda consent, **_: consent.person_id)
)
def withdraw_device_consent(
    *, by: Actor, at: datetime, consent: DeviceConsent, said_by: str = ""
) -> DeviceConsent:
    """From this moment nothing more is taken, and what is there is no longer shown.

    Source: Personal Information Protection Law art. 15 (withdrawn as easily as given).
    """
    writing.lock(consent.person_id)
    found = DeviceConsent.objects.select_for_update(no_key=True).get(pk=consent.pk)
    if found.withdrawn_at is not None:
        raise SensedOver
    decided_by(by, person_of(ids(found.person_id)[0]), at, closing=True)
    found.withdrawn_at = max(at, found.given_at)
    found.save(update_fields=["withdrawn_at"])
    record(
        "device_consent.withdrawn", by=by, at=at, subject=found, person=found.person_id, what=found.what,
        said_by=line(said_by, "said_by", 120) or None,
    )  # fmt: skip
    return found
