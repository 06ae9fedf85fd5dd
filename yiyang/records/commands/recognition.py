"""Ordering a test, or accepting the result of another unit in its place. What is recognised is judged once more here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import NotAllowed, Refusal
from yiyang.kernel.words import listed
from yiyang.people.reach import in_full
from yiyang.records.commands.entries import NoWords, coded
from yiyang.records.commands.resources import create_resource
from yiyang.records.models import TestChoice
from yiyang.records.queries import recognition as queries
from yiyang.records.queries import terms
from yiyang.records.r4 import body as bodies
from yiyang.records.rules import writing
from yiyang.records.rules.recognition import EXCLUSIONS, OTHER, Outcome
from yiyang.records.stored import Stored

if TYPE_CHECKING:
    from yiyang.people.models import Person


class TestNotCoded(Refusal):
    message = _("Choose the test from a list: without its code no results of others can be compared with it.")
    status = 422
    __test__ = False


class RecognisedResultThere(Refusal):
    message = _(
        "A result of {unit} of {day} is recognised. Accept it, or say why a new test is needed all the same."
    )
    status = 409


class ResultNotRecognised(Refusal):
    message = _(
        "This result is not recognised for this test: {why}. Order the test, or choose another result."
    )
    status = 409


class ReasonNotCoded(Refusal):
    message = _("“{reason}” is no reason here. Choose one of the list.")
    status = 422


class ReasonWithoutWords(Refusal):
    message = _(
        "Write in a few words why the result does not do, then press “another reason, in words” again."
    )
    status = 422


class NobodyOrders(Refusal):
    message = _("{name} has died. Nothing is ordered any more.")
    status = 409


@command(
    Permission.WRITE_RECORD,
    within=lambda by, **_: by.organisation_id,
    about=in_full(lambda person, **_: person.pk),
)
def order_test(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    text: str,
    system: str,
    code: str,
    reason: str,
    circumstances: Sequence[str] = (),
    declined_because: str = "",
    declined_words: str = "",
) -> Stored:
    """Order a test. Where a result of another unit is recognised, only with the coded reason why it does not do."""
    asked = _asked(by, at, person, text, system, code, reason, circumstances)
    found = _recognised(asked["matches"])
    if found is not None and not declined_because:
        raise RecognisedResultThere(unit=found.unit, day=found.item.when)
    if found is None and circumstances:
        # What the circumstances alone rule out was declined for their sake.
        found = _recognised(_matches(by, at, person, asked["coded"], ()))
        declined_because = circumstances[0]
    if found is None:
        declined_because = ""
    if declined_because:
        _check_reason(declined_because, declined_words)
    made = writing.test_order(
        patient=f"Patient/{person.pk}",
        at=at,
        by=by.label,
        text=asked["text"],
        **asked["coded"],
        reason=asked["reason"],
        circumstances=_words_of(circumstances),
        declined=(found.key, found.kept) if found else None,
        declined_because=_words_of([declined_because]) if declined_because else (),
        declined_words=declined_words.strip(),
    )
    stored = create_resource(by=by, at=at, body=bodies.written(made))
    outcome = Outcome.DECLINED if found else Outcome.ORDERED
    _note(by, at, person, asked, outcome, stored, found, declined_because, declined_words.strip())
    return stored


@command(
    Permission.WRITE_RECORD,
    within=lambda by, **_: by.organisation_id,
    about=in_full(lambda person, **_: person.pk),
)
def accept_result(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    text: str,
    system: str,
    code: str,
    reason: str,
    result: str,
    circumstances: Sequence[str] = (),
) -> Stored:
    """Take the result of another unit ("Observation/id") in place of a test: it is noted, and no order is made."""
    asked = _asked(by, at, person, text, system, code, reason, circumstances)
    found = next((one for one in asked["matches"] if one.key == result), None)
    if found is None or not found.judgement.recognised:
        raise ResultNotRecognised(
            why=listed(found.judgement.reasons)
            if found
            else _("it is no result of this test from another unit")
        )
    made = writing.test_not_needed(
        patient=f"Patient/{person.pk}",
        at=at,
        by=by.label,
        text=asked["text"],
        **asked["coded"],
        reason=asked["reason"],
        result=found.key,
        words=found.kept,
    )
    stored = create_resource(by=by, at=at, body=bodies.written(made))
    _note(by, at, person, asked, Outcome.ACCEPTED, stored, found, "", "")
    return stored


def check_order(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    text: str,
    system: str,
    code: str,
    reason: str,
    circumstances: Sequence[str] = (),
) -> None:
    """Refuse what could not be ordered, before results of others are looked for."""
    _asked(by, at, person, text, system, code, reason, circumstances, look=False)


def _asked(
    by: Actor,
    at: datetime,
    person: Person,
    text: str,
    system: str,
    code: str,
    reason: str,
    circumstances: Sequence[str],
    look: bool = True,
) -> dict[str, Any]:
    """What is wanted, checked, with the results of others."""
    if by.organisation_id is None:
        raise NotAllowed
    if person.died_at:
        raise NobodyOrders(name=person.full_name)
    told = coded(system, code)
    if not told:
        raise TestNotCoded(field="code")
    if not reason.strip():
        raise NoWords(field="reason")
    for one in circumstances:
        if one not in EXCLUSIONS or one == OTHER:
            raise ReasonNotCoded(field="circumstances", reason=one[:60])
    return {
        "text": _kept(text.strip(), told),
        "coded": told,
        "reason": reason.strip(),
        "matches": _matches(by, at, person, told, circumstances) if look else [],
    }


def _kept(text: str, told: dict[str, str]) -> str:
    """What was chosen from a list is kept in the language of the papers; other words stay as they were typed."""
    chosen, read = (
        terms.display(told["system"], told["code"], one) for one in (queries.PAPERS, get_language() or "")
    )
    return chosen if chosen and text in ("", read) else text or told.get("display") or told["code"]


def _matches(
    by: Actor, at: datetime, person: Person, told: dict[str, str], circumstances: Sequence[str]
) -> list[queries.Match]:
    return queries.matches(
        by,
        person.pk,
        unit_id=by.organisation_id,
        system=told["system"],
        code=told["code"],
        at=at,
        circumstances=circumstances,
    )


def _recognised(matches: Sequence[queries.Match]) -> queries.Match | None:
    return next((one for one in matches if one.judgement.recognised), None)


def _check_reason(reason: str, words: str) -> None:
    if reason not in EXCLUSIONS:
        raise ReasonNotCoded(field="declined_because", reason=reason[:60])
    if reason == OTHER and not words.strip():
        raise ReasonWithoutWords(field="declined_words")


def _words_of(reasons: Sequence[str]) -> tuple[tuple[str, str], ...]:
    with override(queries.PAPERS):
        return tuple((one, str(EXCLUSIONS[one])) for one in reasons)


def _note(
    by: Actor, at: datetime, person: Person, asked: dict[str, Any], outcome: Outcome, stored: Stored,
    found: queries.Match | None, reason: str, words: str,
) -> None:  # fmt: skip
    made = TestChoice.objects.create(
        person_id=person.pk,
        unit_id=by.organisation_id,
        at=at,
        by_label=by.label[:120],
        system=asked["coded"]["system"],
        code=asked["coded"]["code"],
        item=asked["text"][:200],
        outcome=outcome,
        reason=reason,
        words=words[:500],
        result=found.key if found else "",
        result_unit=found.kept_unit[:200] if found else "",
        request=stored.id,
    )
    name = "result.accepted" if outcome == Outcome.ACCEPTED else "test.ordered"
    record(
        name, by=by, at=at, subject=made, person=person, code=made.code, outcome=outcome, reason=reason,
        result=made.result, request=stored.id,
    )  # fmt: skip
