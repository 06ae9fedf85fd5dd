from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import NotAllowed, NotFound, Refusal
from yiyang.people import merging
from yiyang.people.commands import relationships, writing
from yiyang.people.models import Person, PersonAlias, ids_of
from yiyang.people.reach import in_full, scope
from yiyang.people.rules import texts


class MergedIntoItself(Refusal):
    message = _("These are the same record. Choose the other one.")
    status = 422


class MergeConflict(Refusal):
    message = _("These records cannot be one person: {conflicts}. Correct that first.")


class NotMerged(Refusal):
    message = _("This record is not merged into another.")


@command(Permission.MERGE_PERSONS, within=ANYWHERE, about=in_full(lambda person, **_: person.pk))
def merge_persons(*, by: Actor, at: datetime, person: Person, duplicate: Person, reason: str) -> Person:
    """Two records are one person: the duplicate becomes an alias. Nothing is rewritten, so nothing is lost."""
    told = texts.reason(reason)
    if person.pk == duplicate.pk:
        raise MergedIntoItself
    if not by.sees(duplicate.pk):
        raise NotFound
    if scope(by, duplicate.pk) == "BASIC":
        raise NotAllowed
    first, second = (writing.lock_living_record(one) for one in sorted((person.pk, duplicate.pk)))
    kept, gone = (first, second) if first.pk == person.pk else (second, first)
    conflicts = merging.conflicts(ids_of(kept.pk), ids_of(gone.pk))
    if conflicts:
        raise MergeConflict(conflicts="; ".join(conflicts))
    gone.merged_into = kept
    gone.version += 1
    gone.save(update_fields=["merged_into", "version"])
    moved = ids_of(gone.pk)
    PersonAlias.objects.filter(person_id=gone.pk).delete()
    PersonAlias.objects.bulk_create(
        PersonAlias(person_id=kept.pk, alias_id=one, since=at, reason=told) for one in moved
    )
    relationships.copy_relationships(gone, kept, at)
    writing.touch(kept)
    writing.write_keys(gone, [])
    writing.index(kept)
    for one, other in ((kept, gone), (gone, kept)):
        record("person.merged", by=by, at=at, subject=kept, person=one, other=other, kept=kept, reason=told)
    return kept


@command(Permission.MERGE_PERSONS, within=ANYWHERE, about=in_full(lambda duplicate, **_: duplicate.pk))
def unmerge_persons(*, by: Actor, at: datetime, duplicate: Person, reason: str) -> Person:
    """They were two persons after all: the duplicate is a record of its own again, as it was."""
    told = texts.reason(reason)
    gone = writing.lock(duplicate)
    if gone.merged_into_id is None:
        raise NotMerged
    root_id = gone.alias_of.person_id
    kept = writing.lock(root_id)
    gone.merged_into = None
    gone.version += 1
    gone.save(update_fields=["merged_into", "version"])
    writing.touch(kept)
    relationships.end_copies(gone, kept, at)
    branch = _branch(gone.pk)
    PersonAlias.objects.filter(alias_id__in=[gone.pk, *branch]).delete()
    PersonAlias.objects.bulk_create(
        PersonAlias(person_id=gone.pk, alias_id=one, since=at, reason=told) for one in branch
    )
    writing.index(kept)
    writing.index(gone)
    for one, other in ((kept, gone), (gone, kept)):
        record("person.unmerged", by=by, at=at, subject=gone, person=one, other=other, reason=told)
    return gone


def _branch(person_id: UUID) -> list[UUID]:
    """All records that were merged into this one, directly or through others."""
    direct = list(Person.objects.filter(merged_into_id=person_id).values_list("pk", flat=True))
    return [one for child in direct for one in (child, *_branch(child))]
