"""Family accounts that an actor may serve: those its organisations opened, and any by its whole telephone number."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q
from django.http import Http404

from yiyang.kernel.crypto import look_up_hashes
from yiyang.kernel.refusals import Refusal

from ..commands.family_accounts import may_serve
from ..models import AccessCard, Account, SignInPhone, SignInPhoneHash
from ..models.accounts import AccountKind
from ..sign_in_rules import mobile_number

PAGE = 100


def family_accounts(actor: Any, search: str = "") -> list[Account]:
    """By a whole telephone number or by part of a name, among those that the actor may serve."""
    found = _families()
    if _number(search):
        return [one for one in found.filter(pk=account_behind_phone(search)) if may_serve(actor, one)]
    found = found.filter(opened_by_organisation__in=actor.reach)
    if search:
        found = found.filter(name__icontains=search.strip())
    return list(found.order_by("-created_at", "id")[:PAGE])


def family_account(actor: Any, account_id: UUID) -> Account:
    found = _families().filter(pk=account_id).first()
    if found is None or not may_serve(actor, found):
        raise Http404
    return found


def account_behind_phone(phone: str) -> UUID | None:
    """The account that this whole mobile number opens."""
    number = _number(phone)
    if not number:
        return None
    hashes = [value for _, value in look_up_hashes("PHONE", number)]
    phones = SignInPhoneHash.objects.filter(hash__in=hashes).values("phone_id")
    return SignInPhone.objects.filter(pk__in=phones).values_list("account_id", flat=True).first()


def live_phone_number(account_id: UUID) -> str:
    phone = SignInPhone.objects.filter(account_id=account_id, ended_at=None, locked_at=None).first()
    return phone.number if phone else ""


def own_account(person_id: UUID) -> Account | None:
    """The account of an elder, with what opens it."""
    return _families().filter(person_id=person_id).first()


def _families() -> Any:
    live = Q(ended_at=None)
    return Account.objects.exclude(kind=AccountKind.STAFF).prefetch_related(
        Prefetch("sign_in_phones", SignInPhone.objects.filter(live), to_attr="live_phones"),
        Prefetch("cards", AccessCard.objects.filter(live), to_attr="live_cards"),
    )


def _number(text: str) -> str:
    try:
        return mobile_number(text)
    except Refusal:
        return ""
