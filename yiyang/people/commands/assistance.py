"""Acting for an elder or a relative at a counter or by telephone: begun with a check of identity, ended soon."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yiyang.access.commands import notify
from yiyang.access.permissions import Permission
from yiyang.access.queries.naming import unit_name
from yiyang.access.serving import account_of_person, person_of_account, works_at
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import NotAllowed, NotFound, Refusal
from yiyang.people.commands import writing
from yiyang.people.commands.delegation import RelativeBarred
from yiyang.people.commands.documents import AlreadyEnded
from yiyang.people.commands.papers import keep_paper
from yiyang.people.models import (
    Assistance,
    Barring,
    Basis,
    CareRelationship,
    Delegation,
    DelegationBasis,
    FamilyLink,
    Guardianship,
    Person,
    ids_of,
)
from yiyang.people.notices import ASSISTED
from yiyang.people.rules import texts
from yiyang.people.rules.assistance import fits


class CheckDoesNotFit(Refusal):
    message = _(
        "Identity cannot be checked like that in this way of asking. By telephone call back the number on record; "
        "at the counter or at home compare a card with the face; of a paper compare the signature."
    )
    status = 422


class PaperNotNamed(Refusal):
    message = _("Attach a photo of the paper, or write where it is kept.")
    status = 422


class OwnFamily(Refusal):
    message = _("Nobody acts for themselves or their own family here. Ask a colleague to do it.")
    status = 403


class UnitForGuardian(Refusal):
    message = _(
        "Your unit looks after this person, so it does not act for the guardian. Record what the guardian says as "
        "their word, or send them to the sub-district or the health centre."
    )
    status = 403


class EntrustedNoMore(Refusal):
    message = _("{name} is not entrusted with this record any more, so nothing can be done for them here.")


class NobodyToServe(Refusal):
    message = _("This person has died. What is left to do, the unit does itself.")


@command(Permission.ASSIST, within="by.organisation_id", about="person.pk")
def start_assistance(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    channel: str,
    identity_check: str,
    bound_to: str,
    delegation: Delegation | None = None,
    note: str = "",
    paper: bytes | None = None,
) -> Assistance:
    """Begin to act for the person, or for one relative or guardian who is entrusted now, for a short time."""
    found = writing.lock_living_record(person)
    if by.organisation_id is None or by.account_id is None:
        raise NotAllowed
    if found.died_at:
        raise NobodyToServe
    note = texts.line(note, "note", 200)
    if not fits(channel, identity_check):
        raise CheckDoesNotFit(field="identity_check")
    if channel == "PAPER" and not paper and len(note) < 2:
        raise PaperNotNamed(field="paper")
    _refuse_own_family(by.account_id, found)
    served = _entrusted(by, found, delegation, at) if delegation else account_of_person(found.pk)
    _end_former(by, at)
    minutes = policy("people.assistance_minutes", on=writing.today(at)).value
    row = Assistance(
        person=found, delegation=delegation, channel=channel, identity_check=identity_check, note=note,
        name=delegation.account_label if delegation else found.full_name, account_id=by.account_id,
        organisation_id=by.organisation_id, assistant=by.label[:120], bound_to=bound_to[:60], started_at=at,
        until=at + timedelta(minutes=minutes),
    )  # fmt: skip
    row.save(force_insert=True)
    if paper:
        keep_paper(paper, assistance=row, at=at, by=by)
    record(
        "assistance.started", by=by, at=at, subject=row, person=found, channel=channel,
        identity_check=identity_check, delegation=delegation, whom=row.name,
    )  # fmt: skip
    if served and served != by.account_id:
        notify(
            by=by, at=at, subject=ASSISTED, account=served, person=found, key=f"assisted:{row.pk}",
            params={"who": by.label, "organisation": unit_name(by.organisation_id)},
            link=reverse("people:assistance", args=[row.pk]),
        )  # fmt: skip
    return row


@command(Permission.ASSIST, within="assistance.organisation_id")
def end_assistance(*, by: Actor, at: datetime, assistance: Assistance) -> Assistance:
    """The person was served: from now on everything is the own act of the member of staff again."""
    found = Assistance.objects.select_for_update(no_key=True, of=("self",)).get(pk=assistance.pk)
    if found.account_id != by.account_id:
        raise NotFound
    if found.ended_at is not None:
        raise AlreadyEnded
    _end(found, by=by, at=at)
    return found


def _end(row: Assistance, *, by: Actor, at: datetime) -> None:
    row.ended_at = max(min(at, row.until), row.started_at)
    row.save(update_fields=["ended_at"])
    record("assistance.ended", by=by, at=at, subject=row, person=row.person_id)


def _end_former(by: Actor, at: datetime) -> None:
    """One at a time: whoever begins with somebody else has ended with the one before."""
    for row in Assistance.objects.select_for_update(no_key=True).filter(
        account_id=by.account_id, ended_at=None
    ):
        _end(row, by=by, at=at)


def _entrusted(by: Actor, person: Person, delegation: Delegation, at: datetime) -> UUID:
    """The account that is entrusted now; a guardian is never represented by the unit of the resident."""
    ids = ids_of(person.pk)
    current = Delegation.objects.filter(pk=delegation.pk, person_id__in=ids).first()
    if current is None:
        raise NotFound
    barred = Barring.objects.filter(person_id__in=ids, account_id=current.account_id, lifted_at=None).first()
    if barred is not None:
        raise RelativeBarred(name=barred.name, reason=barred.reason, field="for_whom")
    if current.revoked_at or not current.starts_at <= at < current.expires_at:
        raise EntrustedNoMore(name=current.account_label, field="for_whom")
    if current.basis == DelegationBasis.GUARDIAN and _looks_after(by, ids, at):
        raise UnitForGuardian
    return current.account_id


def _looks_after(by: Actor, ids: list[UUID], at: datetime) -> bool:
    units = CareRelationship.objects.filter(
        person_id__in=ids, basis=Basis.EPISODE, organisation_id__isnull=False, starts_at__lte=at, ends_at=None
    ).values_list("organisation_id", flat=True)
    own = set(getattr(by, "organisation_ids", ()))
    return not own.isdisjoint(units) or works_at(by.account_id, list(units), at)


def _refuse_own_family(account_id: UUID, person: Person) -> None:
    """Whoever is family or was ever entrusted or barred has an interest of their own in what is done."""
    ids = ids_of(person.pk)
    own = person_of_account(account_id)
    kin = own is not None and (
        own in ids
        or FamilyLink.objects.filter(
            Q(person_id__in=ids, relative_id=own) | Q(person_id=own, relative_id__in=ids)
        ).exists()
    )
    concerned = Q(person_id__in=ids, account_id=account_id)
    if kin or any(rows.objects.filter(concerned).exists() for rows in (Delegation, Guardianship, Barring)):
        raise OwnFamily
