"""Two records that are one person, and the way back."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from yiyang.kernel.api import Answer, Example, Id, Shown, Told, named
from yiyang.kernel.time import now
from yiyang.people import commands, queries
from yiyang.people.api.belongings import Reason
from yiyang.people.api.persons import routes
from yiyang.people.api.shown import PERSON, ROW, PersonShown, answer


class MergePersons(Told):
    example: ClassVar[Example] = {"duplicate": ROW, "reason": "同一身份证，重复建档"}

    duplicate: Annotated[Id, Field(description="the record that becomes an alias of this one")]
    reason: Reason


class UnmergePersons(Told):
    example: ClassVar[Example] = {"duplicate": ROW, "reason": "并非同一人"}

    duplicate: Annotated[Id, Field(description="one of `merged`: it becomes a record of its own again")]
    reason: Reason


class Parted(Shown):
    """Two records again. Who saw the one through the other alone may see it no longer, so they are named only."""

    example: ClassVar[Example] = {"person": PERSON, "duplicate": ROW}

    person: Id
    duplicate: Id


@routes.post("/people/{person_id}/merge", shows=PersonShown)
def merge_persons(request: Any, person_id: Id, body: MergePersons) -> Answer:
    """Two records are one person: the duplicate becomes an alias. Nothing is rewritten, so nothing is lost."""
    person = queries.person_in_full(request.actor, person_id)
    duplicate = named("duplicate", lambda: queries.person(request.actor, body.duplicate))
    commands.merge_persons(by=request.actor, at=now(), person=person, duplicate=duplicate, reason=body.reason)
    return answer(request, person.pk)


@routes.post("/people/{person_id}/unmerge", shows=Parted)
def unmerge_persons(request: Any, person_id: Id, body: UnmergePersons) -> Answer:
    """They were two persons after all: the duplicate is a record of its own again, as it was."""
    person = queries.person_in_full(request.actor, person_id)
    duplicate = named("duplicate", lambda: queries.merged_record(person, body.duplicate))
    parted = commands.unmerge_persons(by=request.actor, at=now(), duplicate=duplicate, reason=body.reason)
    return Answer(Parted(person=person.pk, duplicate=parted.pk), persons=[person.pk, parted.pk])
