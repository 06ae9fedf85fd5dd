"""What a person may read about their own care, and what staff must know before they speak."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import get_language

from yiyang.kernel.actors import Actor
from yiyang.kernel.policy import policy
from yiyang.kernel.time import now
from yiyang.people import reach
from yiyang.people.models import Disclosure, PersonAlias, Told
from yiyang.people.rules.disclosure import Audience, Topic, Wish, Words, words

PLAIN = Words()


@dataclass(frozen=True)
class Known:
    """The person's wish, what was told, what is still to be withheld before them."""

    disclosure: Disclosure | None = None
    topics: frozenset[str] = frozenset()

    @property
    def wish(self) -> Wish:
        return Wish(self.disclosure.wish) if self.disclosure else Wish.NOT_ASKED

    @property
    def must_be_kept(self) -> bool:
        """The person said what they do not want to hear, or words were named that are not to be used."""
        if self.disclosure is None:
            return False
        return bool(self.disclosure.avoid) or (self.wish != Wish.ALL and bool(self.untold))

    @property
    def untold(self) -> list[Topic]:
        return [topic for topic in Topic if topic not in self.topics]

    @property
    def untold_labels(self) -> list[str]:
        return [str(one.label) for one in self.untold]


def _of(person_id: UUID) -> Q:
    """Rows of the person and of records merged into theirs."""
    merged = PersonAlias.objects.filter(person_id=person_id).values("alias_id")
    return Q(person=person_id) | Q(person__in=merged)


def known(person_id: UUID) -> Known:
    """For pages of staff who see the person; the caller has checked."""
    everyone = _of(person_id)
    told = Told.objects.filter(everyone, withdrawn_at=None).order_by().values("topic")
    disclosure = (
        Disclosure.objects.filter(everyone).annotate(topics=ArraySubquery(told)).order_by("-asked_at").first()
    )
    # Nothing is told before the wish was asked.
    return Known(disclosure, frozenset(disclosure.topics)) if disclosure else Known()


def told_so_far(person_id: UUID) -> list[Told]:
    """When, by whom and before whom each matter was told; the caller has checked."""
    return list(Told.objects.filter(_of(person_id), withdrawn_at=None).order_by("told_at"))


def told_row(actor: Actor, told_id: UUID) -> Told | None:
    found = Told.objects.filter(pk=told_id, withdrawn_at=None).select_related("person").first()
    return found if found and actor.sees(found.person_id) else None


def audience(actor: Actor, person_id: UUID) -> Audience:
    """As whom the actor reads about this person."""
    if actor.role == "ELDER" and reach.own_person(actor) in (person_id, None):
        return Audience.PERSON
    if actor.role in ("RELATIVE", "ELDER"):
        return Audience.FAMILY
    return Audience.GUARDIAN if actor.role == "GUARDIAN" else Audience.STAFF


def words_for(actor: Any, person_id: UUID) -> Words:
    """The words for this person before this actor; one call for each elder-facing query."""
    who = audience(actor, person_id)
    return _words_to_the_person(person_id) if who == Audience.PERSON else words(who, (), {})


def words_before(actor: Any) -> Words:
    """What may stand on any page before this actor; plain for everybody but the persons themselves."""
    own = reach.own_person(actor) if actor.role == "ELDER" else None
    return _words_to_the_person(own) if own else PLAIN


def words_to(person_id: UUID) -> Words:
    """The words for the person themself, for a paper that somebody else prints for them."""
    return _words_to_the_person(person_id)


def untold_of(person_ids: Iterable[UUID]) -> dict[UUID, set[str]]:
    """The topics not told to each of these, in one statement."""
    found = {one: set(Topic.values) for one in person_ids}
    rows = Told.objects.filter(person__in=list(found), withdrawn_at=None).values_list("person_id", "topic")
    for person_id, topic in rows:
        found[person_id].discard(topic)
    return found


def _words_to_the_person(person_id: UUID) -> Words:
    found = known(person_id)
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    terms = policy("people.withheld_words.PALLIATIVE", on=localdate(now())).value
    neutral = {term: pair[language] for pair in terms for term in pair["terms"]}
    avoid = found.disclosure.avoid if found.disclosure else ()
    return words(Audience.PERSON, found.topics, neutral, avoid)
