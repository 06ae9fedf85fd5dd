"""Whoever changes a record over the API may say which version they saw; nobody's change is lost.

All routes are found by walking the registry. Each that takes `If-Match` is tried with a version that never was,
by everybody of the district: somebody must be told that it is out of date, and nobody may get it done.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from tests.district import District, fill
from tests.test_strangers import value_for
from yiyang.access.tests.calling import Caller, caller
from yiyang.beds.models import EntryRequirement, Episode
from yiyang.beds.tests.factories import bed, stay
from yiyang.duty.models import Post
from yiyang.duty.tests.factories import shift
from yiyang.kernel import versions
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.api.document import body_of, example_of
from yiyang.kernel.api.routes import Route
from yiyang.kernel.refusals import Stale
from yiyang.kernel.time import now
from yiyang.people.commands import merge_persons
from yiyang.people.tests.factories import person
from yiyang.project.api import ROUTES

pytestmark = pytest.mark.django_db

# Who may take somebody back, or cannot, is told by the bed that is held, of which the district has none.
NOT_REACHED = ("/transfers/{transfer_id}/take-back", "/transfers/{transfer_id}/decline-return")
VERSIONED = [
    route for routes in ROUTES for route in routes.declared if route.matches and route.path not in NOT_REACHED
]
NEVER = '"v999999"'


class SaidByCompare(Stale):
    """So that a command which looks at the version in a way of its own, and not at that of the API, is found."""


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock(), transaction.atomic():
        district = fill()
        yield district, _others(district), [caller(actor) for actor in _staff(district)]
        transaction.set_rollback(True)


def _others(district: District) -> dict[str, Any]:
    """What bodies name beside the record itself, some of them for one route alone."""
    who = district.cast
    centre = who.centre.pk
    relative, duplicate, merged = (person(name, organisation_id=centre) for name in ("甄一", "甄二", "甄三"))
    merge_persons(by=SYSTEM, at=now(), person=district.person, duplicate=merged, reason="the same")
    lying = person("甄四", organisation_id=who.chc.pk)
    at_home = stay(lying, bed(who.chc, "HOME_MEDICAL"))
    tomorrow = shift(Post.objects.get(), who.care_worker, now() + timedelta(days=1))
    return {
        "relative": relative.pk,
        "duplicate": duplicate.pk,
        "/people/{person_id}/unmerge duplicate": merged.pk,
        "organisation": who.chc.pk,
        "parent": who.care_home.pk,
        "party": who.care_home.pk,
        "unit": who.hospital.pk,
        "units": [who.hospital.pk],
        "to_bed": bed(who.care_home).pk,
        "bed": None,
        "requirement": EntryRequirement.objects.get().pk,
        "/waiting/{waiting_entry_id}/offer-place bed": bed(who.hospital, "PALLIATIVE").pk,
        "other": Episode.objects.filter(unit=who.care_home).exclude(person=district.person).get().pk,
        "ward": None,
        "area": "310106006",
        "/episodes/{episode_id}/review": at_home.pk,
        "/shifts/{shift_id}/swap other": tomorrow.pk,
    }


def _staff(district: District) -> list[Any]:
    """Everybody with a part in the district; whoever decides most often first."""
    who = district.cast
    first = [who.care_home_manager, who.coordinator, who.home_bed_doctor, who.ward_doctor, who.admission_office,
             who.system_administrator]  # fmt: skip
    return first + [one for one in who.by_role.values() if one not in first]


@pytest.mark.parametrize("route", VERSIONED, ids=lambda route: f"{route.method} {route.path}")
def test_a_change_of_a_version_that_never_was_is_refused(
    filled: Any, route: Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "Stale", SaidByCompare)
    district, others, callers = filled
    codes = []
    for one in callers:
        with transaction.atomic():
            reply = _ask(one, district, others, route)
            transaction.set_rollback(True)
        assert 400 <= reply.status < 500, f"{reply.status} {reply.body}"
        codes.append(f"{reply.status} {reply.code} {reply.body.get('errors', '')}")
        if reply.status == 412:
            assert reply.code == SaidByCompare.code
            return

    pytest.fail("nobody was told that it is out of date: " + ", ".join(sorted(set(codes))))


def _ask(who: Caller, district: District, others: dict[str, Any], route: Route) -> Any:
    there = re.sub(
        r"{(\w+)}",
        lambda match: str(others.get(route.path) or value_for(district, match[1], route.path)),
        route.path,
    )
    send = who.patch if route.method == "PATCH" else who.post
    return send(there, _body(others, route), If_Match=NEVER)


def _body(others: dict[str, Any], route: Route) -> Any:
    """The example of the document, about this district, with times that are to come."""
    told = body_of(route)
    body = dict(example_of(told)) if told else {}
    body.pop("at", None)
    for name, value in body.items():
        if name in others:
            body[name] = others.get(f"{route.path} {name}", others[name])
        elif isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT.*", value):
            body[name] = (now() + timedelta(days=2)).isoformat()
    return json.loads(json.dumps(body, default=str))
