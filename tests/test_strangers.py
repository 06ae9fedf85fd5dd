"""Every URL, every command and every API operation is tried by those who must see nothing.

All three are found by walking the registries, so a new one is covered on the day it is written. A stranger
may get the sign-in page, 403 or 404; a page without an object in its address may answer, but shows nothing of
the person. What else is open stands in the short lists below, each with its reason.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import json
import re
import types
import typing
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import MagicMock
from uuid import UUID
from zlib import crc32

import pytest
from django.apps import apps
from django.db import models, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.district import RESOURCE, District, fill, observation, strangers
from yiyang.access.actors import AccountActor
from yiyang.access.models import ApiToken, Organisation
from yiyang.access.public import PUBLIC_ROUTES, TOKEN_PREFIXES
from yiyang.devices.models import AlarmRule, RuleTrial, Suppression, WaitingTimes
from yiyang.gateways.models import Export, Hook, ImportRun
from yiyang.kernel.commands import REGISTRY
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now
from yiyang.people.models import AccessRequest, Consent, Delegation, FamilyLink, GroupMembership, Person, Told
from yiyang.records.models import CodeSystem, Resource

pytestmark = pytest.mark.django_db

CONTEXTS = ("access", "duty", "people", "records", "assessments", "devices", "beds", "supervision", "packets")
CLOSED = (403, 404)

# Names in an address that are not simply "<model>_id".
IN_ADDRESSES: dict[str, Any] = {
    "unit_id": Organisation,
    "party_id": Organisation,
    "token_id": ApiToken,
    "terms_id": CodeSystem,
    "export_id": Export,
    "import_run_id": ImportRun,
    "pause_id": Suppression,
    "watch_id": AlarmRule,
    "trial_id": RuleTrial,
    "waiting_id": WaitingTimes,
    "hook_id": Hook,
}
# What plain "pk" and "row" are: of most routes of a context, and of one route.
PK: dict[str, Any] = {
    "people": Person,
    "people:answer_access_request": AccessRequest,
    "people:revoke_delegation": Delegation,
    "people:consent_sheet": Consent,
    "people:narrow_consent": Consent,
    "people:withdraw_consent": Consent,
}
ROW: dict[str, Any] = {
    "people:unlink_family": FamilyLink,
    "people:unmerge_persons": Person,
    "people:end_group": GroupMembership,
    "people:withdraw_told": Told,
}
# Addresses with words instead of ids.
WORDS: dict[str, str] = {
    "kind": "HOSPITAL",
    "month": "2026-10",
    "code": "TRANSFERS_ASKED",
    "ticket": "nobodys-ticket",
    "sentence": "AT_HOME",
    "tongue": "MANDARIN",
    "resource_type": "Observation",
    "part": "medicines",
    "sensed": "LOCATION",
    "sign": "pulse",
    "quantity": "HEART_RATE",
    "micros": "1793000000000000",
    "cause": "OXYGEN_LOW",
    "resource_id": RESOURCE,
}

# Pages about an organisation or an instrument that all staff may open: they hold no persons.
OPEN_TO_STAFF = {
    "access:organisation",
    "duty:note_call",
    "assessments:instrument",
    "assessments:rescoring",
    "gateways:instrument_as_fhir",
}

# The end of the name of a stranger who administers or supervises the person's own district.
OFFICE = "of the district"

# What offices of the district put in force, about nobody.
ADMINISTERS = (
    "gateways.stop_subscription",
    "gateways.send_again",
    "gateways.delete_export",
    "beds.count_criteria",
    "beds.sign_criteria",
    "beds.withdraw_criteria",
)

# Commands that do something to oneself, or within one's own organisation, without naming anybody else's.
OF_ONES_OWN = {
    "devices.sign_alarm_rule": "a rule of alarms for the own district; no person named",
    "devices.try_alarm_rule": "as above",
    "devices.sign_waiting_times": "times of waiting for the own district; no person named",
    "devices.try_waiting_times": "as above",
    "beds.propose_criteria": "criteria of beds for the own district; no person named",
    "access.change_own_password": "the own password",
    "access.record_sign_in": "the own sign-in",
    "access.record_sign_out": "the own sign-out",
    "access.report_own_card_lost": "the own card",
    "access.record_export": "audit administrators of any district export their own trail",
    "access.release_notices": "an operator's act; no object named",
    "kernel.begin_generation": "an operator's act; no object named",
    "kernel.record_sentence": "coordinators of any district, for the one installation; about nobody",
    "kernel.erase_sentence": "as it was recorded",
    "people.register_person": "registers somebody new for the own unit",
    "people.break_glass": "this is what it is for; it is shown to all concerned",
    "people.ask_for_access": "asking shows nothing",
    "assessments.add_instrument": "a file of questions and points, for whoever administers any district",
    "assessments.retire_instrument": "as above",
    "assessments.start_rescoring": "as above; signed results stay, and names stand only where a record is open",
    "assessments.rescore_chunk": "the work of a run that somebody was allowed to begin",
    "records.load_terms": "a list of codes, for whoever administers any district; about nobody",
    "records.unload_terms": "as above",
    "records.judge_topics": "an operator's act over all entries; no object named, nothing shown",
    "records.create_resource": "one about a person is refused by whose it is (PERSON_NOT_OPEN); nothing is shown",
    "records.process_bundle": "each entry goes through the checks of its own; without entries nothing is done",
    "gateways.choose_channel": "how one is told oneself",
    "gateways.subscribe": "to what is open to oneself; a body that asks for nothing is refused",
    "gateways.request_export": "of what is open to oneself; of the person nothing is in it",
    "gateways.note_roster_import": "each row went through its own command and permission before",
    "gateways.begin_import": "a file of one's own, for the own unit; it comes in as whoever sent it may",
    "gateways.note_bundle_import": "each row went through its own command and permission before",
}


@dataclass
class Tried(District):
    """The district of all strangers: nothing they do stays, so what each tries is looked up once and copied."""

    looked_up: dict[type[models.Model], models.Model] = field(default_factory=dict)

    def example(self, model: type[models.Model]) -> models.Model:
        if model not in self.looked_up:
            self.looked_up[model] = super().example(model)
        return copy(self.looked_up[model])


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: Any) -> Iterator[Tried]:
    """One district for all strangers; what any of them does to it is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Tried(**vars(fill()))
        transaction.set_rollback(True)


@pytest.fixture
def district(filled: Tried, db: None) -> Iterator[Tried]:
    with transaction.atomic():
        yield filled
        transaction.set_rollback(True)


# URLs


def routes() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Name, route and converters of every URL."""
    yield from _walk(get_resolver(), "", "", {})


def _walk(
    resolver: URLResolver, prefix: str, space: str, outer: dict[str, Any]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        converters = {**outer, **entry.pattern.converters}
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry, route, inner, converters)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", route, converters


def address(district: District, name: str, converters: dict[str, Any]) -> str:
    return reverse(name, kwargs={word: value_for(district, word, name) for word in converters})


def value_for(district: District, word: str, where: str) -> Any:
    if word in WORDS:
        return WORDS[word]
    model = IN_ADDRESSES.get(word) or _plainly(word, where) or model_named(word.removesuffix("_id"))
    if model is None:
        pytest.fail(
            f"{where}: the test does not know what “{word}” is. Name it after a model (transfer_id), or add an "
            f"example to IN_ADDRESSES, PK, ROW or WORDS in tests/test_strangers.py."
        )
    return district.example(model).pk


def _plainly(word: str, where: str) -> Any:
    """`pk` and `row` say nothing by themselves: the route does, by name or by what its verb is done to."""
    if word == "pk":
        return PK.get(where) or PK.get(where.split(":")[0])
    if word == "row":
        return ROW.get(where) or model_named(where.split(":")[1].split("_", 1)[1])
    return None


def model_named(word: str) -> type[models.Model] | None:
    wanted = word.replace("_", "").lower()
    for context in CONTEXTS:
        for model in apps.get_app_config(context).get_models():
            if model.__name__.lower() == wanted:
                return model
    return None


def own_routes() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (name, route, converters)
        for name, route, converters in routes()
        if name not in PUBLIC_ROUTES and not route.startswith(TOKEN_PREFIXES)
    ]


def client_of(actor: Any) -> Client:
    client = Client()
    if isinstance(actor, AccountActor):
        client.force_login(actor.account)
    return client


def shown(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return str(body.decode("utf-8", "replace"))


def test_every_url_has_a_name() -> None:
    nameless = [route for name, route, _converters in own_routes() if name.endswith("None")]

    assert not nameless


def test_a_visitor_is_asked_to_sign_in_everywhere(district: District) -> None:
    client, open_ones = Client(), []
    for name, _route, converters in own_routes():
        for ask in (client.get, client.post):
            response = ask(address(district, name, converters))
            if response.status_code != 302 or not response["Location"].startswith("/sign-in/"):
                open_ones.append(f"{name} {response.status_code}")

    assert not open_ones, "Answered a visitor: " + ", ".join(open_ones)


def test_the_public_list_names_only_routes_that_exist() -> None:
    known = {name for name, _route, _converters in routes()}

    assert known >= PUBLIC_ROUTES


def test_no_page_shows_a_stranger_anything_of_the_person(district: District) -> None:
    leaks = []
    for who, actor in strangers(district).items():
        if who not in OPENING and not who.endswith(OFFICE):
            continue
        client = client_of(actor)
        for number, (name, _route, converters) in enumerate(own_routes()):
            if not tries(who, number):
                continue
            there = address(district, name, converters)
            for verb in ("get", "post") if converters and posts(who, number) else ("get",):
                response = getattr(client, verb)(there)
                leaks += _leak(district, who, f"{verb} {name}", response, named=there)
                if is_about_the_person(converters) and not _closed(response):
                    leaks.append(f"{who}: {verb} {name} answered {response.status_code}")

    assert not leaks, "\n".join(leaks)


ADMINISTRATION = {
    "organisation_id",
    "account_id",
    "membership_id",
    "licence_id",
    "contract_id",
    "token_id",
    "oauth_client_id",
    "instrument_id",
    "eligibility_rules_id",
    "rescoring_id",
}


def is_about_the_person(converters: dict[str, Any]) -> bool:
    """The address names something of the person's record, so that even its being there is not to be told."""
    return bool(set(converters) - ADMINISTRATION - set(WORDS) - set(IN_ADDRESSES))


def _closed(response: Any) -> bool:
    return response.status_code in (*CLOSED, 405)


# Every stranger tries every command. The pages are tried by one of each reach, and by the district's offices.
OPENING = (
    "an account without a role",
    "another elder",
    "a relative of nobody",
    "CARE_HOME_MANAGER elsewhere",
    "FAMILY_DOCTOR elsewhere",
    "WARD_DOCTOR elsewhere",
    "ADMISSION_OFFICE elsewhere",
    "ADVISER elsewhere",
    "COORDINATOR elsewhere",
    "DATA_PROTECTION_OFFICER elsewhere",
    "AUDIT_ADMINISTRATOR elsewhere",
)
POSTING = (
    "an account without a role",
    "another elder",
    "CARE_HOME_MANAGER elsewhere",
    "COORDINATOR elsewhere",
)


def tries(who: str, number: int) -> bool:
    """Some open every route. Of the others each opens every fourth one, so that every route meets several of them."""
    return who in POSTING or crc32(who.encode()) % 4 == number % 4


def posts(who: str, number: int) -> bool:
    """Every route that changes something is sent a form by two of those who open it."""
    return who in POSTING and POSTING.index(who) % 2 == number % 2


# The trails name persons by number to those who audit their district; that is all they say of them.
BY_NUMBER = {
    ("AUDIT_ADMINISTRATOR of the district", "get access:facts"),
    ("DATA_PROTECTION_OFFICER of the district", "get access:readings"),
    ("DATA_PROTECTION_OFFICER of the district", "get people:broken_glass"),
}


def _leak(district: District, who: str, what: str, response: Any, named: str = "") -> list[str]:
    if response.status_code >= 500:
        return [f"{who}: {what} failed with {response.status_code}"]
    text = shown(response).replace(named, "") if named else shown(response)
    if (who, what) in BY_NUMBER:
        text = text.replace(str(district.person.pk), "")
    return [f"{who}: {what} shows {marker}" for marker in district.markers if marker in text]


def test_another_operators_staff_cannot_open_what_belongs_to_the_home(district: District) -> None:
    """Organisations, staff, contracts and licences of one operator are closed to the other's nurses and managers."""
    found = []
    for place, who in enumerate(("stranger", "unemployed", "other_manager", "other_elder")):
        client = client_of(district.cast.by_role[who])
        for number, (name, _route, converters) in enumerate(own_routes()):
            if not converters or set(converters) <= set(WORDS) or place // 2 != number % 2:
                continue  # each is tried by two of them: one of staff, one without a unit
            if name in OPEN_TO_STAFF and who in ("stranger", "other_manager"):
                continue
            response = client.get(address(district, name, converters))
            if not _closed(response):
                found.append(f"{who}: {name} answered {response.status_code}")

    assert not found, "\n".join(found)


# Commands


def load_commands() -> None:
    for context in CONTEXTS:
        importlib.import_module(f"yiyang.{context}.commands")
    importlib.import_module("yiyang.kernel.installation")
    importlib.import_module("yiyang.kernel.recordings")


def test_every_command_refuses_strangers(district: District) -> None:
    load_commands()
    holes = []
    for who, actor in strangers(district).items():
        for name, command in sorted(REGISTRY.items()):
            if ".tests." in command.run.__module__:
                continue  # other tests of this process declare commands of their own
            office = (*ADMINISTERS, "access.", "supervision.")
            if name in OF_ONES_OWN or (who.endswith(OFFICE) and name.startswith(office)):
                continue  # offices administer the district's organisations and report its figures, no persons
            answer = _try(district, command.run, actor)
            if answer:
                holes.append(f"{who}: {name} {answer}")

    assert not holes, "\n".join(holes)


def test_the_list_of_ones_own_commands_names_only_commands_that_exist() -> None:
    load_commands()

    assert set(OF_ONES_OWN) <= set(REGISTRY)


def _try(district: District, run: Any, actor: Any) -> str:
    """Empty when it was refused as not allowed or not there; else what happened instead."""
    given = arguments(district, run, actor)
    try:
        with transaction.atomic():
            run(**given)
            transaction.set_rollback(True)
            return "was carried out"
    except Refusal as refusal:
        return "" if refusal.status in CLOSED else f"got past the check: {refusal.code}"
    except Exception as error:
        return f"got past the check: {type(error).__name__} {error}"[:200]


def arguments(district: District, run: Any, actor: Any) -> dict[str, Any]:
    """An example of each argument, by its type; for objects those of the district."""
    return {name: _argument(district, name, hint, actor) for name, hint in _asked_for(run)}


@functools.cache
def _asked_for(run: Any) -> list[tuple[str, Any]]:
    """The arguments that a command cannot do without, each with its type."""
    original = inspect.unwrap(run)
    # Models of other contexts are imported for signatures alone.
    hints = typing.get_type_hints(original, localns={model.__name__: model for model in apps.get_models()})
    return [
        (name, hints.get(name))
        for name, parameter in inspect.signature(original).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        and (parameter.default is inspect.Parameter.empty or name in ALWAYS)
    ]


# Given even though they could be left out: they say where the command would take effect, and who asks.
ALWAYS = ("by", "organisation", "organisation_id", "parent")
# How commands of the clinical record name a resource.
OF_RECORDS: dict[str, Any] = {
    "type": lambda district: "Observation",
    "id": lambda district: RESOURCE,
    "body": lambda district: observation(district.person),
}
PLAIN: dict[Any, Any] = {str: "x", int: 1, bool: True, date: date(2026, 1, 1), float: 1.0, bytes: b"x"}
IDS: dict[str, Any] = {"unit_id": Organisation, "list_owner": Organisation, "organisation_id": Organisation}


def _argument(district: District, name: str, hint: Any, actor: Any) -> Any:
    if name == "by":
        return actor
    if name in OF_RECORDS:
        return OF_RECORDS[name](district)
    choices = [one for one in _options(hint) if one is not types.NoneType]
    for option in choices:
        if inspect.isclass(option) and issubclass(option, models.Model):
            return district.example(option)
    for option in choices:
        if option is datetime:
            return now() if name == "at" else now() + timedelta(days=1)
        if option is UUID:
            return _id_named(district, name)
        if option in PLAIN:
            return PLAIN[option]
    return MagicMock()


def _options(hint: Any) -> tuple[Any, ...]:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return typing.get_args(hint)
    return (hint,)


def _id_named(district: District, name: str) -> UUID:
    model = IDS.get(name) or model_named(re.sub(r"_id$", "", name)) or Organisation
    return UUID(str(district.example(model).pk))


# FHIR


def test_no_route_of_fhir_shows_or_changes_anything_for_strangers(district: District) -> None:
    from yiyang.gateways.fhir.rest.routes import ROUTES
    from yiyang.gateways.fhir.rest.tests.client import Fhir

    found = []
    before = Resource.objects.get(id=RESOURCE).version
    told = json.dumps(observation(district.person).resource)
    for number, (who, actor) in enumerate(strangers(district).items()):
        fhir = Fhir(actor if isinstance(actor, AccountActor) else None)
        for place, route in enumerate(ROUTES):
            if not (tries(who, place) or number < 2):
                continue
            path = route.path.format(type=route.of or "Observation", id=RESOURCE, version="1")
            path = path.replace(f"Patient/{RESOURCE}/Patient", f"Patient/{district.person.pk}/Observation")
            path = path.replace(f"Patient/{RESOURCE}", f"Patient/{district.person.pk}")
            body = {"POST": told, "PUT": told, "PATCH": "[]"}.get(route.method, "")
            response = fhir.ask(route.method, path, body)
            what = f"{route.method} {path}"
            found += _leak(district, who, what, response, named=str(district.person.pk))
            if "{id}" in route.path and "$" not in path and response.status_code not in (401, *CLOSED):
                found.append(f"{who}: {what} answered {response.status_code}")
            if not fhir.headers and path != "metadata" and response.status_code != 401:
                found.append(f"{who}: {what} answered {response.status_code} without a token")

    assert not found, "\n".join(found)
    assert Resource.objects.get(id=RESOURCE).version == before


# The API


def operations() -> list[tuple[str, str]]:
    try:
        api = importlib.import_module("yiyang.project.api").api
    except ModuleNotFoundError:
        return []
    paths = api.get_openapi_schema()["paths"]
    return [(path, verb) for path, verbs in paths.items() for verb in verbs if verb != "parameters"]


def test_every_api_operation_refuses_strangers(district: District) -> None:
    from yiyang.access import commands

    if not operations():
        pytest.skip("there is no API yet")
    found = []
    for who, actor in strangers(district).items():
        headers = {}
        if isinstance(actor, AccountActor):
            _token, raw = commands.issue_token(
                by=actor, at=now(), account=actor.account, membership=actor.membership, hours=1
            )
            headers = {"Authorization": f"Bearer {raw}"}
        for number, (path, verb) in enumerate(operations()):
            if tries(who, number):
                found += _ask(district, who, path, verb, headers)

    assert not found, "\n".join(found)


OPEN_API = ("/api/openapi.json", "/api/docs")
# As the pages: what an organisation is called and what it is licensed for is open to its district's staff, its
# papers and accounts to the district's offices.
ON_THE_WALL = (
    "/api/organisations/{organisation_id}",
    "/api/organisations/{organisation_id}/answerer",  # whom to telephone there
    "/api/licences/{licence_id}",
    "/api/instruments/{instrument_id}",  # questions and points, nobody's answers
    "/api/instruments/{instrument_id}/fhir",
    "/api/instruments/{instrument_id}/retire",
    "/api/instruments/{instrument_id}/rescore",
    "/api/rescorings/{rescoring_id}",  # how many levels change, nobody's name
    "/api/rescorings/{rescoring_id}/moved",  # of persons whose record is open to the reader
)
# The district's own supervisors follow a figure to its beds, which name nobody to them.
OF_BEDS = "/api/beds/{bed_id}"


def _open(who: str, path: str) -> bool:
    if path in ON_THE_WALL:
        return who.endswith((OFFICE, "elsewhere"))
    named = set(re.findall(r"{(\w+)}", path))
    if named <= set(WORDS):
        return who.endswith((OFFICE, "elsewhere"))  # figures of the reader's own district or units
    return who.endswith(OFFICE) and (path == OF_BEDS or named <= ADMINISTRATION | {"contract_paper_id"})


def _ask(district: District, who: str, path: str, verb: str, headers: dict[str, str]) -> list[str]:
    if path in OPEN_API:
        return []
    there = re.sub(r"{(\w+)}", lambda match: str(value_for(district, match[1], path)), path)
    send = getattr(Client(headers=headers), verb)
    response = send(there) if verb == "get" else send(there, data="{}", content_type="application/json")
    problems = _leak(district, who, f"{verb} {path}", response, named=there)
    if not headers and response.status_code != 401:
        problems.append(f"{who}: {verb} {path} answered {response.status_code} without a token")
    if "{" in path and response.status_code < 400 and not _open(who, path):
        problems.append(f"{who}: {verb} {path} answered {response.status_code}")
    return problems
