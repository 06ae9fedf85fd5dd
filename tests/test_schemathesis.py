"""Schemathesis over the OpenAPI document: no 5xx, no answer that the document does not declare.

Every operation is called with values that fit the document (half of them about records of a small living
district, so that they get past "not found") and with values that do not, by several roles. `make test` gives it
a minute or so; `make proof` gives it many times more, each time with other values.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi import checks

from tests.district import District, fill
from tests.test_strangers import value_for
from yiyang.access.models import Account
from yiyang.access.tests.calling import caller
from yiyang.beds.tests.factories import bed, beds, person, room, stay
from yiyang.people.models import Person
from yiyang.project.api import PREFIX, ROUTES
from yiyang.project.wsgi import application

load_all_checks()
pytestmark = pytest.mark.django_db
ROUTED = sorted(f"{route.method} {PREFIX}{route.path}" for routes in ROUTES for route in routes.declared)
OPERATION = pytest.mark.parametrize("operation", ROUTED, indirect=True)
# What fits the document may still be refused by a rule of the field; the document says so.
# That no operation answers without a token is asked of all of them in test_strangers.py.
NOT_ASKED = [checks.positive_data_acceptance, checks.ignored_auth]
ROLES = ("coordinator", "care_home_manager", "care_home_nurse", "ward_doctor", "admission_office",
         "home_bed_doctor", "head_nurse", "stranger", "other_elder", "system_administrator", "security_administrator")  # fmt: skip


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """A served request would close the connection whose transaction the test rolls back."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@cache
def operations() -> dict[str, Any]:
    """Read when the first is tried: the document takes seconds to make, which every process that only collects the
    tests would spend."""
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application)
    every = [result.ok() for result in schema.get_all_operations()]
    return {f"{one.method.upper()} {one.path}": one for one in every}


@pytest.fixture
def operation(request: pytest.FixtureRequest) -> Any:
    return operations()[request.param]


class Filled(NamedTuple):
    district: District
    tokens: list[str]
    known: dict[str, list[str]]


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: Any) -> Iterator[Filled]:
    """One district, and who asks, for all operations; what each of them does to it is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        district = fill()
        who = district.cast
        wing = room(who.care_home, "共用")
        for number in range(3):
            bed(who.care_home, "INSTITUTION", f"共用-{number}", room=wing)
        beds(who.hospital, "HOSPITAL", 3)
        stay(person("赵德海", sex="MALE"), bed(who.care_home))
        yield Filled(district, [caller(getattr(who, role)).token for role in ROLES], _known(district))
        transaction.set_rollback(True)


@pytest.fixture
def ready(filled: Filled) -> Iterator[Filled]:
    with transaction.atomic():
        yield filled
        transaction.set_rollback(True)


def test_every_operation_of_the_document_is_tried() -> None:
    assert sorted(operations()) == ROUTED


@OPERATION
def test_values_that_fit(ready: Filled, operation: Any) -> None:
    _try(ready, operation, GenerationMode.POSITIVE, _examples(4))


@OPERATION
def test_values_that_do_not_fit(ready: Filled, operation: Any) -> None:
    _try(ready, operation, GenerationMode.NEGATIVE, _examples(4))


def _examples(number: int) -> int:
    return int(number * float(os.environ.get("YIYANG_SCHEMATHESIS", "1")))


def _try(ready: Filled, operation: Any, mode: GenerationMode, number: int) -> None:
    district, tokens, known = ready

    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize="YIYANG_SCHEMATHESIS" not in os.environ,
    )
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        # An empty list or object is not written into an address at all, so nothing wrong would be sent.
        assume(not any(value in ([], {}) for value in (case.query or {}).values()))
        if mode is GenerationMode.POSITIVE and data.draw(st.integers(0, 4)):
            _about_the_district(data, district, case, known)
        headers = {
            "Authorization": f"Bearer {data.draw(st.sampled_from(tokens))}",
            "Accept-Language": data.draw(st.sampled_from(["zh", "en"])),
        }
        with transaction.atomic():
            response = case.call(headers=headers)
            connection.check_constraints()
        case.validate_response(response, excluded_checks=NOT_ASKED)

    run()


def _known(district: District) -> dict[str, list[str]]:
    """Records that a body may name, by the name that it gives them."""
    who = district.cast
    units = [str(one.pk) for one in (who.care_home, who.hospital, who.chc, who.centre, who.other_home)]
    from yiyang.beds.models import Bed, Episode, Room, Ward

    named = {"bed": Bed, "to_bed": Bed, "room": Room, "ward": Ward, "other": Episode, "person": Person,
             "relative": Person, "duplicate": Person, "account": Account}  # fmt: skip
    found = {name: [str(one) for one in _ids(model)] for name, model in named.items()}
    for name in (
        "unit",
        "chosen_unit",
        "wanted_unit",
        "list_owner",
        "clinic_operator",
        "parent",
        "organisation",
        "first",
        "second",
        "party",
    ):
        found[name] = units
    return found


def _ids(model: Any) -> list[UUID]:
    return list(model._default_manager.order_by("pk").values_list("pk", flat=True)[:8])


def _about_the_district(
    data: st.DataObject, district: District, case: Any, known: dict[str, list[str]]
) -> None:
    for name in case.path_parameters or {}:
        own = known.get(name.removesuffix("_id"), [])
        example = str(value_for(district, name, case.path))
        case.path_parameters[name] = data.draw(st.sampled_from([example, *own]))
    if isinstance(case.body, dict):
        for name in case.body:
            if name in known and case.body[name] is not None:
                case.body[name] = data.draw(st.sampled_from(known[name]))
        if "units" in case.body:
            case.body["units"] = [data.draw(st.sampled_from(known["unit"]))]
        case.body.pop("at", None)
    if case.query:
        for name in list(case.query):
            if name in known:
                case.query[name] = data.draw(st.sampled_from(known[name]))
