"""What an app may ask of /fhir: which letters of its scopes each interaction needs, asked in one place.

Every request comes through `check`, each entry of a Bundle too. What a request may show beside what it names
(includes, chains, `$everything`, counts) is narrowed in the queries (`records/queries/narrowing.py`).
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from yiyang.access.tokens import TokenExpired, TokenRevoked, TokenUnknown
from yiyang.kernel.refusals import Refusal
from yiyang.people.rules.kinds_of_data import KindOfData
from yiyang.records.r4.definitions import is_resource, types
from yiyang.records.rules.kinds import KIND

ANY = "*"
# The letters of SMART's scopes: create, read, update, delete, search.
OF_INTERACTION = {
    "read": "r", "vread": "r", "history-instance": "r", "history-type": "s", "search-type": "s",
    "create": "c", "update": "u", "patch": "u", "delete": "d",
}  # fmt: skip
OF_WORK = {"update_where": "us", "patch_where": "us", "delete_where": "ds"}
SEARCHES = {"search", "search_by_form"}
# Each entry, or each type that is named or shown, is asked for itself.
WITHIN = {"process", "search_all", "history_of_type"}
FREE = {"check", "metadata", "status", "cancel", "file"}
"""Nothing of anybody is shown, or it is an export that belongs to whoever began it, by the same app."""
READING = {"everything": "r", "lastn": "s", "document": "r", "expand": "r", "lookup": "r", "validate-code": "r",
           "translate": "r", "subsumes": "r", "match": "s"}  # fmt: skip
WRITES = set("cud")


class ScopeTooNarrow(Refusal):
    message = _(
        "This app may not do that: it has no scope for {needed}. Ask for a token with it, if it is allowed one."
    )
    status = 403
    issue_code = "forbidden"


class ExportNotNamed(Refusal):
    message = _("This app may not export everything. Name in “_type” only types that it may read.")
    status = 403
    issue_code = "forbidden"


def check(asked: Any, route: Any, given: dict[str, str]) -> None:
    """Raises where the app has no scope for it. A write may look at what it writes, whatever else may be read."""
    app = getattr(asked.actor, "app", None)
    if app is None:
        return
    letters = needed(asked, route, given)
    _check_each(app, letters)
    if written := [of for of, these in letters if set(these) & WRITES]:
        asked.actor = beside(asked.actor, written)


def check_written(actor: Any, entries: Iterable[tuple[str, str, bool]]) -> Any:
    """For a transaction: method, type and condition of each entry; and the actor who may look at all that it writes."""
    app = getattr(actor, "app", None)
    if app is None:
        return actor
    letters = {"POST": "c", "PUT": "u", "PATCH": "u", "DELETE": "d"}
    listed = [(method, of, where) for method, of, where in entries if method in letters]
    for method, of, where in listed:
        _check_each(app, [(of, letters[method] + ("s" if where else ""))])
    return beside(actor, [of for _method, of, _where in listed])


def beside(actor: Any, of: Iterable[str]) -> Any:
    """The same actor, who for this write sees these types too."""
    found = copy.copy(actor)
    found.app = replace(actor.app, beside=actor.app.beside | frozenset(of))
    return found


def needed(asked: Any, route: Any, given: dict[str, str]) -> list[tuple[str, str]]:
    """Of which types it needs which letters."""
    name, of = route.name, given.get("inner") or given.get("type", "")
    if name in FREE:
        return []
    operation = route.path.rsplit("$", 1)[1] if "$" in route.path else ""
    if operation == "export":
        return _exported(asked)
    if operation.startswith("export-"):  # of whoever asked for it, by the same app alone
        return []
    if operation:
        letters = READING.get(operation, "cruds")
        return [(of or ANY, letters)]
    if name in (*WITHIN, *SEARCHES) and not of:
        named = [one for key, value in asked.parameters if key == "_type" for one in value.split(",")]
        return [(one, "s") for one in named if is_resource(one)]
    if not of:
        return [(ANY, "rs")]
    if name in SEARCHES or given.get("inner"):
        return [(of, "s")]
    letters = OF_INTERACTION.get(route.interaction) or OF_WORK.get(name, "cruds")
    if letters == "c" and (asked.headers.get("If-None-Exist") or asked.searching):
        letters = "cs"
    if of == "Subscription" and set(letters) & WRITES:
        return [(of, letters), (ANY, "rs")]  # it is told of all types
    return [(of, letters)]


def _exported(asked: Any) -> list[tuple[str, str]]:
    named = [one for key, value in asked.parameters if key == "_type" for one in value.split(",") if one]
    reads = (
        asked.actor.app.opened.reads
    )  # an export goes over many persons: what is of one alone is not enough
    filtered = any(key == "_typeFilter" for key, _value in asked.parameters)  # may lead over any type
    if (not reads(ANY) and (filtered or not named)) or any(not reads(one) for one in named):
        raise ExportNotNamed
    return [(one, "r") for one in named]


def check_exported(actor: Any, named: Iterable[str]) -> None:
    """The types that an export is to hold, wherever they were named: the worker asks no scopes any more."""
    app = getattr(actor, "app", None)
    if app is not None:
        _check_each(app, [(one, "r") for one in named])


def _check_each(app: Any, asked: Iterable[tuple[str, str]]) -> None:
    for of, letters in asked:
        missing = [one for one in letters if one not in app.opened.letters(of)]
        if missing:
            raise ScopeTooNarrow(needed=f"{app.context}/{of}.{''.join(missing)}")


def challenge(error: Exception) -> str:
    """What `WWW-Authenticate` says of a refusal (RFC 6750); empty for those that have nothing to do with tokens."""
    if isinstance(error, ScopeTooNarrow):
        return f'Bearer realm="yiyang", error="insufficient_scope", scope="{error.details["needed"]}"'
    if isinstance(error, TokenUnknown | TokenExpired | TokenRevoked):
        return 'Bearer realm="yiyang", error="invalid_token"'
    return ""


OTHERS = {
    "Patient": _("name, sex, day of birth and address"),
    "QuestionnaireResponse": _("assessments and questionnaires"),
    "Questionnaire": _("the questions of assessments"),
    "Organization": _("names and addresses of units"),
    "Practitioner": _("names of staff"),
    "PractitionerRole": _("names of staff"),
    "Location": _("wards and beds"),
    "Consent": _("who may see what"),
    "AuditEvent": _("who looked at what"),
    "Provenance": _("who wrote what"),
    "Task": _("transfers"),
    "Device": _("devices that were handed out"),
    "DeviceUseStatement": _("who has which device"),
    "DetectedIssue": _("alarms of devices"),
}


def in_words(type: str) -> Any:
    """How a type of resource is called on the page on which people are asked."""
    if type == "ServiceRequest":
        return _("orders and transfers")
    kind = KIND.get(type)
    return OTHERS.get(type) or (KindOfData(kind).label if kind else "") or (type if type in types() else "")
