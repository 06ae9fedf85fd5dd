"""Lists of home pages about people on the way: who comes, what is still owed of a move, what an area follows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiyang.beds.models import SkinCheck, Transfer
from yiyang.beds.models.transfers import TransferState as S
from yiyang.beds.queries.role_rows import LATE, LISTED, Listing, Row
from yiyang.kernel.time import now

OWED_FOR = timedelta(days=3)
COMING = (S.ALLOCATED, S.HANDED_OVER, S.DEPARTED)
CAME_TO_NOTHING = (S.CANCELLED, S.WITHDRAWN, S.REFUSED, S.FAILED, S.DIED)


def coming(actor: Any, mine: list[UUID]) -> Listing:
    """Who is on the way to a bed here, and who is expected; those who left first come first."""
    rows = Transfer.objects.filter(_comes(mine)).select_related("person", "from_unit")
    return _coming(rows.order_by(F("departed_at").asc(nulls_last=True), "wanted_from", "pk")[:LISTED])


def coming_and_owed(actor: Any, mine: list[UUID]) -> list[Listing]:
    """Both lists of a home or ward, in one statement."""
    checks = SkinCheck.objects.filter(transfer=OuterRef("pk"))
    left, came = checks.filter(moment="DEPARTURE"), checks.filter(moment="ARRIVAL")
    moved = Q(from_unit__in=mine) | Q(to_unit__in=mine), Q(departed_at__gte=now() - OWED_FOR)
    rows = (
        Transfer.objects.filter(_comes(mine) | moved[0] & moved[1] & ~Q(state__in=CAME_TO_NOTHING))
        .select_related("person", "from_unit", "to_unit", "handover")
        .annotate(
            left_checked=Exists(left),
            left_signed=Exists(left.filter(confirmed_at__isnull=False)),
            came_checked=Exists(came),
            came_signed=Exists(came.filter(confirmed_at__isnull=False)),
        )
        .order_by(F("departed_at").asc(nulls_last=True), "wanted_from", "pk")[: 2 * LISTED]
    )
    here = set(mine)
    comes = [one for one in rows if one.to_unit_id in here and one.live and one.state in COMING]
    return [_coming(comes), _owed(rows, here)]


def _comes(mine: list[UUID]) -> Q:
    return Q(to_unit__in=mine, suspended_at=None, state__in=COMING)


def _coming(rows: Iterable[Transfer]) -> Listing:
    return Listing(
        "coming", gettext_lazy("Who comes"), gettext_lazy("Nobody is on the way or expected."),
        [_of_coming(one) for one in rows],
    )  # fmt: skip


def _of_coming(one: Transfer) -> Row:
    left = one.departed_at is not None
    late = left and (one.escalated_at is not None or (one.act_by is not None and one.act_by <= now()))
    sender = one.from_unit
    parts = (_("comes back") if one.is_return else "", sender.name if sender else _("from home"))
    return Row(
        what=" · ".join(part for part in (str(one.get_state_display()), *parts) if part),
        url=reverse("beds:transfer", args=[one.pk]), person=one.person, kind=one.target_kind,
        at=one.departed_at or one.wanted_from, at_words=_("left") if left else _("wanted from"),
        until=one.act_by if left else None, until_words=_("should be here by"),
        phone=sender.phone if sender else "", phone_of=sender.name if sender else "",
        phoned=_call(one, sender), tag=_("not arrived") if late else "",
    )  # fmt: skip


def _call(one: Transfer, whom: Any) -> str:
    return reverse("beds:phone_about_transfer", args=[one.pk]) + f"?unit={whom.pk}" if whom else ""


def _owed(rows: Iterable[Transfer], mine: set[UUID]) -> Listing:
    """Of people who left or came in three days: the form, the skin check, the signature, the call to the family."""
    found = [(one, _debts(one, mine)) for one in rows if one.departed_at is not None]
    return Listing(
        "owed", gettext_lazy("What I still owe"), gettext_lazy("Forms, skin checks and calls are done."),
        [
            Row(
                what=" · ".join(debts), url=reverse("beds:transfer", args=[one.pk]), person=one.person,
                kind=one.target_kind, at=one.departed_at, at_words=_("left"), **_other(one, mine),
            )
            for one, debts in found if debts
        ],
    )  # fmt: skip


def _debts(one: Any, mine: set[UUID]) -> list[str]:
    """What is lacking on the own side of a move, in the order in which it is done."""
    handover = getattr(one, "handover", None)
    found: list[str] = []
    if one.from_unit_id in mine:
        if handover is None:
            found.append(_("referral form"))
        elif not handover.sheet.get("family_told"):
            found.append(_("tell the family"))
        if not one.left_checked:
            found.append(_("skin check at departure"))
        if one.came_checked and not one.came_signed:
            found.append(_("sign the skin check of the other side"))
    if one.to_unit_id in mine and one.arrived_at is not None:
        if not one.came_checked:
            found.append(_("skin check at arrival"))
        if one.left_checked and not one.left_signed:
            found.append(_("sign the skin check of the other side"))
        if handover is not None and handover.read_at is None:
            found.append(_("confirm that the handover was read"))
    return found


def _other(one: Transfer, mine: set[UUID]) -> dict[str, Any]:
    """The unit at the other end, to be telephoned."""
    there = one.to_unit if one.from_unit_id in mine else one.from_unit
    if there is None or there.pk in mine:
        return {}
    return {"phone": there.phone, "phone_of": there.name, "phoned": _call(one, there)}


def under_way(actor: Any, mine: list[UUID]) -> Listing:
    """Transfers of elders of the own area: where each stands, and whose turn it is."""
    rows = (
        Transfer.objects.live()
        .filter(Q(requested_unit__in=mine) | Q(person__residence_area__startswith=actor.area))
        .select_related("person", "to_unit")
        .order_by("act_by", "pk")[:LISTED]
    )
    return Listing(
        "under_way", gettext_lazy("Elders of my area on the way to another bed"),
        gettext_lazy("Nobody of the area is on the way to another bed."),
        [
            Row(
                what=" · ".join(
                    str(part) for part in (one.get_state_display(), one.to_unit.name if one.to_unit else "") if part
                ),
                url=reverse("people:person", args=[one.person_id]), person=one.person, kind=one.target_kind,
                at=one.requested_at, at_words=_("asked"),
                tag=LATE if one.act_by is not None and one.act_by <= now() else "",
            )
            for one in rows
        ],
    )  # fmt: skip
