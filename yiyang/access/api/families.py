"""How elders and families sign in: their accounts, telephones and cards, as a counter keeps them."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field

from yiyang.kernel.api import (
    Answer,
    Example,
    Id,
    Instant,
    Line,
    OneLine,
    OneOf,
    Routes,
    Shown,
    Told,
)
from yiyang.kernel.time import now

from .. import commands, queries
from ..models import Account
from ..models.accounts import AccountKind
from ..permissions import Permission
from ..sign_in_rules import PIN_TRIES, IdentityCheck
from .shown import ACCOUNT

routes = Routes("sign-in of families")
COUNTER = Permission.MANAGE_FAMILY_SIGN_IN
KINDS = [str(one) for one in AccountKind.values if one != AccountKind.STAFF]
Check = Annotated[str, OneOf(IdentityCheck), Field(description="how you checked who the person is")]
Mobile = Annotated[str, OneLine(24, 1), Field(description="a mobile number of the mainland")]


class SignInPhoneShown(Shown):
    example: ClassVar[Example] = {
        "number": "138****8000", "added_at": "2026-05-01T00:30:00Z", "locked_at": None,
    }  # fmt: skip

    number: Annotated[str, Field(description="its middle hidden")]
    added_at: Instant
    locked_at: Annotated[Instant | None, Field(description="after twenty wrong codes; unlock it")]


class CardShown(Shown):
    example: ClassVar[Example] = {
        "ends_with": "4821", "handed_to": "王秀英", "issued_at": "2026-05-01T00:30:00Z",
        "expires_at": "2027-05-01T00:30:00Z", "locked": False,
    }  # fmt: skip

    ends_with: str
    handed_to: str
    issued_at: Instant
    expires_at: Instant
    locked: Annotated[bool, Field(description="after five wrong PINs; replace it")]


class FamilyAccountShown(Shown):
    example: ClassVar[Example] = {
        "id": ACCOUNT, "name": "王女儿", "kind": "RELATIVE", "person": None, "locked": False,
        "phone": SignInPhoneShown.example, "card": None,
    }  # fmt: skip

    id: Id
    name: str
    kind: Annotated[str, OneOf(KINDS)]
    person: Annotated[Id | None, Field(description="of an elder: whose account it is")]
    locked: bool
    phone: SignInPhoneShown | None
    card: CardShown | None


class FamilyAccounts(Shown):
    example: ClassVar[Example] = {"accounts": [FamilyAccountShown.example]}

    accounts: Annotated[list[FamilyAccountShown], Field(description="100 at most")]


class CardIssued(Shown):
    example: ClassVar[Example] = {"account": FamilyAccountShown.example, "number": "123456784821"}

    account: FamilyAccountShown
    number: Annotated[str, Field(description="shown this once: print it, keep it nowhere")]


class FindFamilyAccounts(Told):
    example: ClassVar[Example] = {"search": "13800138000"}

    search: Annotated[Line, Field(description="a whole mobile number, or part of a name")] = ""


class OpenFamilyAccount(Told):
    example: ClassVar[Example] = {
        "kind": "RELATIVE", "name": "王女儿", "identity_check": "ID_CARD", "phone": "13800138000",
    }  # fmt: skip

    kind: Annotated[str, OneOf(["RELATIVE", "GUARDIAN"]), Field(description="an elder's is opened there")]
    name: Annotated[str, OneLine(80, 1)]
    identity_check: Check
    phone: Annotated[str, OneLine(24), Field(description="empty: with a card alone")] = ""


class ChangeSignInPhone(Told):
    example: ClassVar[Example] = {"phone": "13800138000", "identity_check": "ID_CARD"}

    phone: Mobile
    identity_check: Check


class UnlockSignInPhone(Told):
    example: ClassVar[Example] = {"identity_check": "ID_CARD"}

    identity_check: Check


class IssueCard(Told):
    example: ClassVar[Example] = {"pin": "275918", "handed_to": "王秀英", "identity_check": "ID_CARD"}

    pin: Annotated[str, OneLine(12, 1), Field(description="six digits, chosen by its owner")]
    handed_to: Annotated[str, OneLine(80, 1)]
    identity_check: Check


class NoDetails(Told):
    example: ClassVar[Example] = {}


class CardReported(Shown):
    example: ClassVar[Example] = {"reported_at": "2026-05-01T00:30:00Z"}

    reported_at: Instant


@routes.post("/family-accounts/find", shows=FamilyAccounts, matches="", permission=COUNTER)
def find_family_accounts(request: Any, body: FindFamilyAccounts) -> Answer:
    """The accounts that you may serve; a search is sent in the body, so that no number stands in an address."""
    return _shown(queries.family_accounts(request.actor, body.search))


@routes.get("/family-accounts/{account_id}", shows=FamilyAccountShown, permission=COUNTER)
def read_family_account(request: Any, account_id: Id) -> Answer:
    """One account, with what opens it."""
    return _answer(request, account_id)


@routes.post("/family-accounts", shows=FamilyAccountShown, status=201, matches="", permission=COUNTER)
def open_family_account(request: Any, body: OpenFamilyAccount) -> Answer:
    """Open an account after an identity check. It shows a record only after somebody entrusted it."""
    made = commands.open_family_account(
        by=request.actor, at=now(), organisation=request.actor.organisation, **body.model_dump()
    )
    return _answer(request, made.pk)


@routes.post("/family-accounts/{account_id}/phone", shows=FamilyAccountShown, matches="", permission=COUNTER)
def change_sign_in_phone(request: Any, account_id: Id, body: ChangeSignInPhone) -> Answer:
    """Codes go to this telephone from now on; the former one opens nothing any more, and is told so."""
    return _act(request, account_id, body, commands.change_sign_in_phone)


@routes.post(
    "/family-accounts/{account_id}/phone/end", shows=FamilyAccountShown, matches="", permission=COUNTER
)
def end_sign_in_phone(request: Any, account_id: Id, body: NoDetails) -> Answer:
    """The telephone was lost or given away: it opens nothing any more, and its sessions end."""
    return _act(request, account_id, body, commands.end_sign_in_phone)


@routes.post(
    "/family-accounts/{account_id}/phone/unlock", shows=FamilyAccountShown, matches="", permission=COUNTER
)
def unlock_sign_in_phone(request: Any, account_id: Id, body: UnlockSignInPhone) -> Answer:
    """After twenty wrong codes: codes are sent to it again."""
    return _act(request, account_id, body, commands.unlock_sign_in_phone)


@routes.post(
    "/family-accounts/{account_id}/card", shows=CardIssued, status=201, matches="", permission=COUNTER
)
def issue_card(request: Any, account_id: Id, body: IssueCard) -> Answer:
    """Make a card with a number and a PIN, to be handed over in person."""
    return _issued(request, account_id, body, commands.issue_card)


@routes.post(
    "/family-accounts/{account_id}/card/replace", shows=CardIssued, status=201, matches="", permission=COUNTER
)
def replace_card(request: Any, account_id: Id, body: IssueCard) -> Answer:
    """The former card opens nothing from this moment; a new one is handed over."""
    return _issued(request, account_id, body, commands.replace_card)


@routes.post(
    "/family-accounts/{account_id}/card/lost", shows=FamilyAccountShown, matches="", permission=COUNTER
)
def report_card_lost(request: Any, account_id: Id, body: NoDetails) -> Answer:
    """A lost card opens nothing, at once; sessions that it opened end too."""
    return _act(request, account_id, body, commands.report_card_lost)


@routes.post("/me/report-card-lost", shows=CardReported, matches="")
def report_own_card_lost(request: Any, body: NoDetails) -> Answer:
    """Your own card is lost: it opens nothing from this moment."""
    at = now()
    commands.report_own_card_lost(by=request.actor, at=at)
    return Answer(CardReported(reported_at=at))


def _act(request: Any, account_id: UUID, body: Told, command: Any) -> Answer:
    account = queries.family_account(request.actor, account_id)
    command(by=request.actor, at=now(), account=account, **body.model_dump())
    return _answer(request, account.pk)


def _issued(request: Any, account_id: UUID, body: IssueCard, command: Any) -> Answer:
    account = queries.family_account(request.actor, account_id)
    _card, number = command(by=request.actor, at=now(), account=account, **body.model_dump())
    fresh = queries.family_account(request.actor, account.pk)
    return Answer(CardIssued(account=_account(fresh), number=number), persons=_persons([fresh]))


def _answer(request: Any, account_id: UUID) -> Answer:
    found = queries.family_account(request.actor, account_id)
    return Answer(_account(found), persons=_persons([found]))


def _shown(found: list[Account]) -> Answer:
    return Answer(FamilyAccounts(accounts=[_account(one) for one in found]), persons=_persons(found))


def _persons(found: list[Account]) -> set[UUID]:
    return {one.person_id for one in found if one.person_id}


def _account(one: Any) -> FamilyAccountShown:
    phone, card = next(iter(one.live_phones), None), next(iter(one.live_cards), None)
    return FamilyAccountShown(
        id=one.pk,
        name=one.name,
        kind=one.kind,
        person=one.person_id,
        locked=one.locked_at is not None,
        phone=phone
        and SignInPhoneShown(number=phone.shown, added_at=phone.added_at, locked_at=phone.locked_at),
        card=card
        and CardShown(
            ends_with=card.hint, handed_to=card.handed_to, issued_at=card.issued_at, expires_at=card.expires_at,
            locked=card.tries >= PIN_TRIES,
        ),
    )  # fmt: skip
