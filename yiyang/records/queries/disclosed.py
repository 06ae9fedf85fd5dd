"""What of a record may stand before the persons themselves: rows that speak of what they were told, no others.

It acts for an elder's own account and the own record alone. Whoever cares, decides or is entrusted for them reads
everything (`people.queries.disclosure` says as whom somebody reads).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.actors import Actor
from yiyang.kernel.policy import policy
from yiyang.kernel.time import now
from yiyang.ops.config import config
from yiyang.people import queries as people
from yiyang.people import reach
from yiyang.people.rules.disclosure import Audience, Topic
from yiyang.records.rules.says import RULES, Speaking, bits_of, ordered, says, speaking
from yiyang.records.stored import Stored

# The newest version and every one before it: what one of them said is not guessed from the others.
AVOIDED = """NOT EXISTS (
    SELECT 1 FROM records_resource w
    WHERE w.person_id = {alias}.person_id AND w.kind = {alias}.kind AND w.id = {alias}.id
      AND EXISTS (SELECT 1 FROM unnest(%(own_avoided)s::text[]) t (word) WHERE strpos(lower(w.body), t.word) > 0)
    UNION ALL
    SELECT 1 FROM records_history w
    WHERE w.person_id = {alias}.person_id AND w.kind = {alias}.kind AND w.id = {alias}.id
      AND EXISTS (SELECT 1 FROM unnest(%(own_avoided)s::text[]) t (word) WHERE strpos(lower(w.body), t.word) > 0)
)"""


def speaking_today() -> Speaking:
    """What speaks of a matter, by the policy in force."""
    return _speaking(config.policy_pack, localdate(now()))


def told_sql(actor: Actor, alias: str) -> tuple[str, dict[str, Any]]:
    """The further condition on a row of the record, with its AND: "" for everybody but the persons themselves."""
    own = own_untold_to(actor)
    if own is None:
        return "", {}
    known = people.known(own)
    untold = bits_of(known.untold)
    conditions = [f"{alias}.says & %(own_untold)s = 0"] if untold else []
    avoided = avoided_words(known)
    if avoided:
        conditions.append(AVOIDED.format(alias=alias))
    if not conditions:
        return "", {}
    values = {"own_ids": people.ids(own), "own_untold": untold, "own_avoided": avoided}
    told = f" AND ({alias}.person_id <> ALL(%(own_ids)s::uuid[]) OR ({' AND '.join(conditions)}))"
    return told, values


def told_of(actor: Actor, found: Iterable[Stored]) -> list[Stored]:
    """As the condition, for what lies outside of the store: without what the persons themselves were not told."""
    own = own_untold_to(actor)
    if own is None:
        return list(found)
    known, ids = people.known(own), set(people.ids(own))
    return [one for one in found if one.person_id not in ids or not _speaks(one, known)]


def own_untold_to(actor: Actor) -> UUID | None:
    """The person who reads as the person that they are; None for everybody else."""
    own = reach.own_person(actor)
    return own if own is not None and people.audience(actor, own) == Audience.PERSON else None


def not_told(person_id: UUID, held: Stored) -> list[Any]:
    """Why an entry is not shown to the person, in words for who looks after them: empty when it is shown."""
    known = people.known(person_id)
    topics = [topic.label for topic in known.untold if held.says & bits_of([topic])]
    if any(one in held.body.lower() for one in avoided_words(known)):
        topics.append(_("Words that are not to be used before the person"))
    return topics


def _speaks(one: Stored, known: Any) -> bool:
    text = one.body.lower()
    if any(word in text for word in avoided_words(known)):
        return True
    return bool(says(json.loads(one.body), one.body, speaking_today()) & bits_of(known.untold))


def avoided_words(known: Any) -> list[str]:
    """Words that a clinician named, as they stand in a body, their letters escaped or not."""
    if known.disclosure is None or {Topic.DIAGNOSIS, Topic.PROGNOSIS} <= known.topics:
        return []
    words = [one.strip().lower() for one in known.disclosure.avoid if one.strip()]
    return list(dict.fromkeys(form for one in words for form in (one, json.dumps(one)[1:-1].lower())))


def lists_today() -> str:
    """By which it is known that entries were judged by the lists in force, and by the rules of today."""
    return sha256(repr((RULES, ordered(speaking_today()))).encode()).hexdigest()


@lru_cache(maxsize=8)
def _speaking(pack: str, day: date) -> Speaking:
    lists = {topic: list(policy(f"people.withheld_entries.{topic}", on=day).value) for topic in Topic.values}
    replaced = policy("people.withheld_words.PALLIATIVE", on=day).value
    lists[Topic.PALLIATIVE] += [term for pair in replaced for term in pair["terms"]]
    return speaking(lists)
