"""What a person wants to know of their own care, and what a clinician has told them: the wish comes first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import NotFound, Refusal, refuses
from yiyang.people.commands import writing
from yiyang.people.models import Disclosure, Person, Told, ids_of
from yiyang.people.reach import in_full
from yiyang.people.rules import texts
from yiyang.people.rules.disclosure import Topic, Wish

WORDS_AT_MOST = 20


class WishNotAsked(Refusal):
    message = _("First ask the person what they want to know, and enter it. Then note what was told.")


class WishesNotToKnow(Refusal):
    message = _(
        "This person does not want to know. Tell nothing; if they have changed their mind, enter the new wish first."
    )


class ToldAlready(Refusal):
    message = _("This was noted as told already.")


class WishMissing(Refusal):
    message = _("Choose what the person wants to know.")
    status = 422


class TooManyWords(Refusal):
    message = _("At most {most} words can be kept from a person. Leave some out.")
    status = 422


@refuses("told_once")
def _told(given: dict[str, Any]) -> Refusal:
    return ToldAlready()


@command(Permission.SET_DISCLOSURE, within=ANYWHERE, about=in_full(lambda person, **_: person.pk))
def set_disclosure(
    *, by: Actor, at: datetime, person: Person, wish: str, own_words: str = "", avoid: Sequence[str] = ()
) -> Disclosure:
    """A clinician asked the person what they want to know about their illness and their stay."""
    found = writing.lock_living_record(person)
    if wish not in Wish.values or wish == Wish.NOT_ASKED:
        raise WishMissing(field="wish")
    kept = list(
        dict.fromkeys(one for one in (texts.line(word, "avoid", 40) for word in avoid) if len(one) > 1)
    )
    if len(kept) > WORDS_AT_MOST:
        raise TooManyWords(most=WORDS_AT_MOST, field="avoid")
    set_to = {
        "wish": wish,
        "own_words": texts.line(own_words, "own_words"),
        "avoid": kept,
        "asked_by": by.label[:120],
        "asked_at": at,
    }
    disclosure, made = Disclosure.objects.get_or_create(person=found, defaults=set_to)
    if not made:
        for name, value in set_to.items():
            setattr(disclosure, name, value)
        disclosure.version += 1
        disclosure.save()
    record("disclosure.set", by=by, at=at, subject=disclosure, person=found, wish=wish)
    return disclosure


@command(Permission.SET_DISCLOSURE, within=ANYWHERE, about=in_full(lambda person, **_: person.pk))
def record_told(*, by: Actor, at: datetime, person: Person, topic: str, present: str = "") -> Told:
    """The person was told: from now on their pages use plain words for it."""
    found = writing.lock_living_record(person)
    if topic not in Topic.values:
        raise NotFound
    wish = Disclosure.objects.filter(person=found).values_list("wish", flat=True).first()
    if wish is None or wish == Wish.NOT_ASKED:
        raise WishNotAsked
    if wish == Wish.NOTHING:
        raise WishesNotToKnow
    if Told.objects.filter(person__in=ids_of(found.pk), topic=topic, withdrawn_at=None).exists():
        raise ToldAlready
    told = Told.objects.create(
        person=found,
        topic=topic,
        told_at=at,
        told_by=by.label[:120],
        present=texts.line(present, "present", 120),
    )
    record("disclosure.told", by=by, at=at, subject=told, person=found, topic=topic)
    return told


@command(Permission.SET_DISCLOSURE, within=ANYWHERE, about=in_full(lambda told, **_: told.person_id))
def withdraw_told(*, by: Actor, at: datetime, told: Told, reason: str) -> Told:
    """Noted by mistake: the pages of the person go back to neutral words."""
    reason = texts.reason(reason)
    found = Told.objects.select_for_update().filter(pk=told.pk, withdrawn_at=None).first()
    if found is None:
        raise NotFound
    found.withdrawn_at, found.withdraw_reason = at, reason
    found.save(update_fields=["withdrawn_at", "withdraw_reason"])
    record("disclosure.withdrawn", by=by, at=at, subject=found, person=found.person_id, topic=found.topic)
    return found
