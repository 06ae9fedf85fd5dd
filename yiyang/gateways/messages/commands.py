"""Every write of deliveries: planned with the notice, attempted, answered, confirmed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_time
from django.utils.translation import gettext_lazy as _

from yiyang.access import delivering
from yiyang.access.commands import SYSTEM_ONLY
from yiyang.access.permissions import Permission
from yiyang.gateways.messages import rules
from yiyang.gateways.messages.channels import Answer
from yiyang.gateways.messages.models import Channel, ChannelChoice, Delivery, State, Threshold
from yiyang.gateways.messages.wording import Wording, checked, wording_of
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.crypto import decrypt, encrypt, look_up_hashes
from yiyang.kernel.facts import Fact, record
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import Refusal
from yiyang.people import queries as people
from yiyang.people.queries.emergency import emergency_numbers


class ChannelNeedsAddress(Refusal):
    message = _("This channel needs to know where to reach you. Fill in the field beside it.")
    status = 422


@command(SYSTEM_ONLY, within=ANYWHERE)
def plan_deliveries(*, by: Actor, at: datetime, notice_id: UUID, reminder: int = 0) -> list[Delivery]:
    """For each account that a notice is addressed to, one delivery by each channel that it chose."""
    notice = delivering.notice_to_deliver(notice_id)
    planned: list[Delivery] = []
    if notice is not None:
        urgent = notice.priority != "ROUTINE"
        wording, params = wording_of(notice.subject, notice.priority, notice.due_at)
        for account in delivering.accounts_addressed(notice, at):
            for channel, address in _ways(account, urgent):
                made = _plan(
                    at, key=f"{notice.pk}:{account.pk}:{channel}:{reminder}", channel=channel, address=address,
                    wording=wording, params=params, urgent=urgent, notice_id=notice.pk, account_id=account.pk,
                    person_id=notice.person_id, language=account.language,
                )  # fmt: skip
                planned += [made] if made else []
    record("delivery.planned", by=by, at=at, notice=notice_id, count=len(planned), reminder=reminder)
    return planned


@command(SYSTEM_ONLY, within=ANYWHERE)
def plan_code(
    *,
    by: Actor,
    at: datetime,
    account_id: UUID,
    language: str,
    phone: str,
    code: str,
    expires_at: datetime,
    key: str,
) -> Delivery:
    """A one-time code goes to its telephone at once, and is not repeated after it has expired."""
    made = _plan(
        at, key=f"code:{key}", channel=Channel.SMS, address=phone, wording=Wording.CODE, params={"code": code},
        urgent=True, account_id=account_id, expires_at=expires_at, language=language,
    )  # fmt: skip
    assert made
    record("delivery.planned", by=by, at=at, subject=made, wording=Wording.CODE)
    return made


@command(SYSTEM_ONLY, within=ANYWHERE)
def ask_to_call(
    *, by: Actor, at: datetime, person_id: UUID, address: str, phone: str, key: str
) -> Delivery | None:
    """The emergency contact of the person's agreement is asked to call; nothing else is said."""
    made = _plan(
        at, key=f"call:{key}", channel=Channel.SMS, address=address, wording=Wording.PLEASE_CALL,
        params={"phone": phone}, urgent=True, person_id=person_id,
    )  # fmt: skip
    record("delivery.asked_to_call", by=by, at=at, subject=made, person=person_id)
    return made


@command(SYSTEM_ONLY, within=ANYWHERE)
def ask_contacts_to_call(*, by: Actor, at: datetime, fact: Fact) -> None:
    """A life is in danger: the emergency contacts of the person's live agreements are asked to call the unit.

    This alone goes to a family without a delegation. It says whom to call, and not about whom or why.
    """
    unit = fact.data.get("unit") or fact.data.get("from_unit") or fact.by_organisation
    phone = delivering.telephone_of_unit(UUID(str(unit))) if unit else ""
    numbers = emergency_numbers(fact.person_id, timezone.localdate(at)) if fact.person_id and phone else []
    for place, number in enumerate(numbers):
        ask_to_call(
            by=by, at=at, person_id=fact.person_id, address=number, phone=phone, key=f"{fact.id}:{place}"
        )
    record("delivery.contacts_asked", by=by, at=at, person=fact.person_id, count=len(numbers))


@command(SYSTEM_ONLY, within=ANYWHERE)
def tell_former_telephone(*, by: Actor, at: datetime, fact: Fact) -> Delivery | None:
    """Another telephone opens the account now: the former one is told, and whom to call if that was wrong."""
    former = delivering.former_telephone(UUID(str(fact.data["former"])))
    phone = delivering.telephone_to_ask(former[0], fact.by_organisation) if former else ""
    made = None
    if former is not None and phone:
        account, number = former
        made = _plan(
            at, key=f"former:{fact.id}", channel=Channel.SMS, address=number, wording=Wording.NUMBER_CHANGED,
            params={"phone": phone}, urgent=True, account_id=account.pk, language=account.language,
        )  # fmt: skip
    record("delivery.former_told", by=by, at=at, subject=made, told=made is not None)
    return made


@command(SYSTEM_ONLY, within=ANYWHERE)
def begin_attempt(*, by: Actor, at: datetime, delivery_id: UUID) -> Delivery | None:
    """Take a delivery that is due, unless it may no longer go out. The next attempt is set before this one."""
    delivery = (
        Delivery.objects.select_for_update(skip_locked=True)
        .filter(pk=delivery_id, state=State.WAITING, next_attempt_at__lte=at)
        .first()
    )
    if delivery is None:
        record("delivery.passed_over", by=by, at=at, delivery=delivery_id)
        return None
    why = _why_not(delivery, at)
    if why:
        _end(delivery, at, State.WITHHELD, why)
        record("delivery.withheld", by=by, at=at, subject=delivery, person=delivery.person_id, why=why)
        return None
    delivery.attempts += 1
    delivery.next_attempt_at = at + rules.pause_after(delivery.attempts)
    delivery.save(update_fields=["attempts", "next_attempt_at"])
    record("delivery.attempted", by=by, at=at, subject=delivery, attempt=delivery.attempts)
    return delivery


@command(SYSTEM_ONLY, within=ANYWHERE)
def note_answer(*, by: Actor, at: datetime, delivery: Delivery, answer: Answer) -> Delivery:
    """What the service said: sent, to be tried again, or given up."""
    current = Delivery.objects.select_for_update().get(pk=delivery.pk)
    current.last_answer = answer.said[:120]
    if answer.accepted:
        current.sent_at, current.reference = at, answer.reference[:80]
        current.params = None
        if answer.has_receipt:
            current.state, current.receipt_after = State.SENT, at + rules.RECEIPT_AFTER
            current.save()
        else:
            _end(current, at, State.DELIVERED, answer.said)
    elif answer.final or current.attempts >= rules.ATTEMPTS:
        _end(current, at, State.FAILED, answer.said)
    else:
        current.save(update_fields=["last_answer"])
    record(
        f"delivery.{current.state.lower()}", by=by, at=at, subject=current, person=current.person_id,
        channel=current.channel, wording=current.wording, said=current.last_answer,
    )  # fmt: skip
    return current


@command(SYSTEM_ONLY, within=ANYWHERE)
def note_receipt(*, by: Actor, at: datetime, delivery: Delivery, arrived: bool | None) -> Delivery:
    """The service says whether it arrived, or nobody knows yet; after a day it is asked no more."""
    current = Delivery.objects.select_for_update().get(pk=delivery.pk)
    assert current.sent_at
    waited = at - current.sent_at
    if current.state != State.SENT:
        pass
    elif arrived is None and waited < rules.RECEIPT_WITHIN:
        current.receipt_after = at + rules.receipt_pause(waited)
        current.save(update_fields=["receipt_after"])
    else:
        said = {True: "RECEIVED", False: "NOT RECEIVED", None: "NO RECEIPT"}[arrived]
        _end(current, at, State.DELIVERED if arrived else State.FAILED, said)
    record("delivery.receipt", by=by, at=at, subject=current, person=current.person_id, arrived=arrived)
    return current


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def choose_channel(
    *, by: Any, at: datetime, channel: str, threshold: str, address: str = ""
) -> ChannelChoice | None:
    """How I am told: by this channel everything, only what is urgent, or nothing."""
    address = address.strip()[:80]
    live = ChannelChoice.objects.select_for_update().filter(
        account_id=by.account_id, channel=channel, ended_at=None
    )
    former = live.first()
    if threshold != Threshold.NOTHING and channel == Channel.ENTERPRISE_CHAT and not address:
        raise ChannelNeedsAddress(field=f"{channel}_address")
    address = address or (former.address_of if former else "")
    live.update(ended_at=at)
    made = ChannelChoice.objects.create(
        account_id=by.account_id, channel=channel, threshold=threshold, chosen_at=at,
        address=encrypt(address) if address else None,
    )  # fmt: skip
    record("channel.chosen", by=by, at=at, subject=made, channel=channel, threshold=threshold)
    return made


def params_of(delivery: Delivery) -> dict[str, str]:
    params: dict[str, str] = json.loads(decrypt(bytes(delivery.params))) if delivery.params else {}
    return params


def _ways(account: Any, urgent: bool) -> list[tuple[str, str]]:
    """(channel, address): what the account chose; a family that chose nothing gets text messages."""
    chosen = {one.channel: one for one in ChannelChoice.objects.filter(account_id=account.pk, ended_at=None)}
    phone = delivering.telephone_of(account)
    ways = []
    if Channel.SMS not in chosen and account.kind != "STAFF" and phone:
        ways.append((str(Channel.SMS), phone))
    for channel, choice in sorted(chosen.items()):
        wanted = choice.threshold == Threshold.ALL or (choice.threshold == Threshold.URGENT and urgent)
        address = choice.address_of or (phone if channel in (Channel.SMS, Channel.VOICE) else "")
        if wanted and address:
            ways.append((channel, address))
    return ways


def _plan(at: datetime, *, key: str, address: str, params: dict[str, str], **given: Any) -> Delivery | None:
    """A delivery that is due now, or after the quiet hours when it can wait; None when it is planned already."""
    wait_until = at if given["urgent"] else _after_quiet_hours(at)
    delivery = Delivery(
        key=key, address=encrypt(address), address_hash=look_up_hashes("ADDRESS", address)[0][1], created_at=at,
        params=encrypt(json.dumps(checked(given["wording"], params))), next_attempt_at=wait_until, **given,
    )  # fmt: skip
    if Delivery.objects.filter(key=key).exists():
        return None
    delivery.save(force_insert=True)
    from yiyang.gateways.jobs import queue_delivery

    if wait_until <= at:
        queue_delivery(delivery.pk)
    return delivery


def _after_quiet_hours(at: datetime) -> datetime:
    day = at.date()
    start = parse_time(policy("messages.quiet_from", on=day).value)
    end = parse_time(policy("messages.quiet_until", on=day).value)
    assert start and end
    return rules.not_before(timezone.localtime(at), start, end)


def _why_not(delivery: Delivery, at: datetime) -> str:
    """Why this may not go out now, asked again at every attempt."""
    if delivery.expires_at and delivery.expires_at <= at:
        return "EXPIRED"
    if delivery.notice_id and delivering.notice_to_deliver(delivery.notice_id) is None:
        return "OVER"
    account = delivering.account(delivery.account_id) if delivery.account_id else None
    if delivery.account_id and account is None:
        return "ACCOUNT_LOCKED"
    if account and account.person_id and people.died_at(account.person_id):
        return "DIED"
    if account and account.kind != "STAFF" and delivery.person_id:
        if people.died_at(delivery.person_id):
            return "DIED"
        if not delivering.still_sees(account, delivery.person_id):
            return "NOT_ENTRUSTED"
    if account is None and delivery.person_id and people.died_at(delivery.person_id):
        return "DIED"
    return ""


def _end(delivery: Delivery, at: datetime, state: str, said: str) -> None:
    delivery.state, delivery.over_at, delivery.last_answer = state, at, said[:120]
    delivery.address = delivery.params = delivery.next_attempt_at = delivery.receipt_after = None
    delivery.save()
