"""What a person agreed to, beside having the device."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from yiyang.devices.models.registry import DeviceConsent, Sensed
from yiyang.devices.rules.quantities import BY_NAME
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound
from yiyang.people import queries as people

CAMERA_EVENT = BY_NAME["CAMERA_EVENT"].no


def consents_of(actor: Actor, person_id: UUID) -> list[DeviceConsent]:
    """What the person agreed to, what was withdrawn included, the latest first."""
    found = people.person_in_full(actor, person_id)
    return list(DeviceConsent.objects.filter(people.of_person(found.pk)).order_by("-given_at")[:50])


def consent(actor: Actor, consent_id: UUID) -> DeviceConsent:
    found = DeviceConsent.objects.select_related("person").filter(pk=consent_id).first()
    if found is None:
        raise NotFound
    people.person_in_full(actor, found.person_id)
    return found


def agreed(person_id: UUID, what: str) -> bool:
    """Whether this may be taken and shown now. What was taken before a withdrawal is not shown either."""
    return DeviceConsent.objects.filter(people.of_person(person_id), what=what, withdrawn_at=None).exists()


def may_show(person_ids: Collection[UUID], code_no: int) -> bool:
    """What a camera told is shown only while the consent to it is in force. The ids are those of one person."""
    if code_no != CAMERA_EVENT:
        return True
    agreed = DeviceConsent.objects.filter(person_id__in=person_ids, what=Sensed.CAMERA, withdrawn_at=None)
    return agreed.exists()
