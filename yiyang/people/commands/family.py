from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.crypto import encrypt
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import NotAllowed, NotFound, Refusal, refuses
from yiyang.people.commands import writing
from yiyang.people.commands.documents import AlreadyEnded
from yiyang.people.models import Contact, FamilyLink, Kinship, Person, root_of
from yiyang.people.reach import in_full, scope
from yiyang.people.rules import names, numbers, texts

BACK = {
    Kinship.SPOUSE: Kinship.SPOUSE,
    Kinship.SIBLING: Kinship.SIBLING,
    Kinship.CHILD: Kinship.PARENT,
    Kinship.PARENT: Kinship.CHILD,
    Kinship.FRIEND: Kinship.FRIEND,
}


class FamilyLinkExists(Refusal):
    message = _("These two persons are already linked as family.")


class OwnRelative(Refusal):
    message = _("Nobody is their own relative. Choose another person.")
    status = 422


@refuses("family_link_once")
def _linked(given: dict[str, object]) -> Refusal:
    return FamilyLinkExists()


@command(Permission.EDIT_PERSON, within=ANYWHERE, about=in_full(lambda person, **_: person.pk))
def add_contact(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    full_name: str,
    kinship: str,
    phone: str = "",
    position: int | None = None,
    note: str = "",
) -> Contact:
    """Note whom to call about a person."""
    found = writing.lock_living_record(person)
    number = numbers.phone(phone) if phone else ""
    contact = Contact.objects.create(
        person=found, full_name=names.normal(full_name), kinship=kinship,
        phone=encrypt(number) if number else None, note=texts.line(note, "note"),
        position=position or found.contacts.filter(ended_at=None).count() + 1,
    )  # fmt: skip
    writing.touch(found)
    record("person.contact_added", by=by, at=at, subject=contact, person=found, kinship=kinship)
    return contact


@command(Permission.EDIT_PERSON, within=ANYWHERE, about=in_full(lambda contact, **_: contact.person_id))
def end_contact(*, by: Actor, at: datetime, contact: Contact) -> Contact:
    """This contact is no longer to be called."""
    holder = writing.lock_holder(contact)
    found = Contact.objects.select_for_update().get(pk=contact.pk)
    if found.ended_at:
        raise AlreadyEnded
    found.ended_at = at
    found.save(update_fields=["ended_at"])
    writing.touch(holder)
    record("person.contact_ended", by=by, at=at, subject=found, person=found.person_id)
    return found


@command(Permission.EDIT_PERSON, within=ANYWHERE, about=in_full(lambda person, **_: person.pk))
def link_family(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    relative: Person,
    kinship: str,
    lives_together: bool | None = None,
) -> FamilyLink:
    """Say that `relative` is the spouse, the child … of `person`; the way back is noted with it."""
    if person.pk == relative.pk:
        raise OwnRelative
    if not by.sees(relative.pk):
        raise NotFound
    if scope(by, relative.pk) == "BASIC":  # the link is told on both records
        raise NotAllowed
    _change_both(person.pk, relative.pk)
    link = FamilyLink.objects.create(
        person=person, relative=relative, kinship=kinship, lives_together=lives_together
    )
    FamilyLink.objects.get_or_create(
        person=relative, relative=person,
        defaults={"kinship": BACK.get(Kinship(kinship), Kinship.OTHER_RELATIVE), "lives_together": lives_together},
    )  # fmt: skip
    for one, other in ((person, relative), (relative, person)):
        record("person.family_linked", by=by, at=at, subject=link, person=one, other=other, kinship=kinship)
    return link


@command(Permission.EDIT_PERSON, within=ANYWHERE, about=in_full(lambda link, **_: link.person_id))
def unlink_family(*, by: Actor, at: datetime, link: FamilyLink, reason: str) -> None:
    """The link was a mistake, or the family has parted."""
    told = texts.reason(reason)
    _change_both(link.person_id, link.relative_id)
    FamilyLink.objects.filter(person_id=link.relative_id, relative_id=link.person_id).delete()
    FamilyLink.objects.filter(pk=link.pk).delete()
    for one, other in ((link.person_id, link.relative_id), (link.relative_id, link.person_id)):
        record(
            "person.family_unlinked", by=by, at=at, subject=link, person=one, other=other,
            kinship=link.kinship, reason=told,
        )  # fmt: skip


def _change_both(*person_ids: UUID) -> None:
    """Both records show the link; they are locked in the order of their ids, as everywhere."""
    for person_id in sorted({root_of(one) for one in person_ids}):
        writing.touch(writing.lock(person_id))
