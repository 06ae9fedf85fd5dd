"""What the gateways need to know of notices and accounts in order to tell people outside the pages."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import UUID

from .actors import AccountActor
from .models import Account, Notice, Organisation, SignInPhone
from .models.accounts import AccountKind
from .models.notices import Priority
from .queries.family_accounts import live_phone_number

REMINDED_OUTSIDE = 3


def notice_to_deliver(notice_id: UUID) -> Notice | None:
    """The notice, as long as it is open and not held back."""
    found: Notice | None = Notice.objects.open().shown().filter(pk=notice_id).first()
    return found


def accounts_addressed(notice: Notice, at: datetime) -> list[Account]:
    """The account itself, or those who now have the role at the organisation."""
    found = Account.objects.filter(locked_at=None)
    if notice.account_id:
        return list(found.filter(pk=notice.account_id))
    if not notice.role:
        return []  # to a whole unit: whoever is at work sees it on the page
    return list(
        found.filter(
            memberships__organisation_id=notice.organisation_id, memberships__role=notice.role,
            memberships__period__contains=at, memberships__suspended_at=None,
        ).order_by("pk").distinct()
    )  # fmt: skip


def reminded_notices(at: datetime) -> list[tuple[UUID, int]]:
    """Urgent notices that nobody has acknowledged after a reminder, and how often they were repeated."""
    found = (
        Notice.objects.open()
        .shown()
        .filter(reminders__gt=0, reminders__lte=REMINDED_OUTSIDE, created_at__gt=at - timedelta(days=1))
        .exclude(priority=Priority.ROUTINE)
    )
    return list(found.order_by("id").values_list("pk", "reminders"))


def account(account_id: UUID) -> Account | None:
    return Account.objects.filter(pk=account_id, locked_at=None).first()


def telephone_of(account: Account) -> str:
    """The telephone that opens a family's account."""
    return live_phone_number(account.pk) if account.kind != AccountKind.STAFF else ""


def telephone_of_unit(organisation_id: UUID | None) -> str:
    """Which number somebody is asked to call: of the unit, as digits."""
    phone = Organisation.objects.filter(pk=organisation_id).values_list("phone", flat=True).first() or ""
    return re.sub(r"[^\d+x-]", "", phone.split("/")[0])


def former_telephone(phone_id: UUID) -> tuple[Account, str] | None:
    """An account that can be told, and a number that opened it and does so no more."""
    found = SignInPhone.objects.select_related("account").filter(pk=phone_id, ended_at__isnull=False).first()
    return (found.account, found.number) if found and found.account.locked_at is None else None


def telephone_to_ask(account: Account, organisation_id: UUID | None) -> str:
    """Whom somebody calls about a sign-in: the unit that opened it, or the one that changed it."""
    units = (account.opened_by_organisation_id, organisation_id)
    return next((phone for phone in map(telephone_of_unit, units) if phone), "")


def still_sees(account: Account, person_id: UUID) -> bool:
    """Whether a family account may still know of this person."""
    return AccountActor(account).sees(person_id)
