"""Loading code systems and value sets. Loading again replaces the whole list at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import connection

from yiyang.access.permissions import Permission
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.ids import new_id
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import now
from yiyang.records.models import CodeSystem, Concept, ValueSet
from yiyang.records.terms import files
from yiyang.records.terms.concepts import CodeTable, System
from yiyang.records.terms.concepts import Concept as Content
from yiyang.records.terms.concepts import ValueSet as Composed


@dataclass(frozen=True)
class Report:
    """What a file would change, or has changed."""

    url: str
    title: str
    version: str
    number: int
    is_set: bool
    before: str | None
    """The version that it replaces; None when the list is new."""
    added: int = 0
    removed: int = 0
    changed: int = 0


COPY = (
    "COPY records_concept (system_id, code, position, display, display_zh, definition, parents, above, active,"
    " abstract, properties, words) FROM STDIN"
)
# A lock by address: two who load the same list at once do so one after the other.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('records.terms ' || %s, 0))"


def read_terms(content: bytes, name: str, told: Mapping[str, Any] | None = None) -> CodeTable | Composed:
    """The list that a file holds; TermsFaulty with all its faults."""
    return files.read(content, name, told)


def compared(found: CodeTable | Composed) -> Report:
    """What loading it would change."""
    about = found.system if isinstance(found, CodeTable) else found.about
    title = about.title_zh or about.title or about.name
    if isinstance(found, Composed):
        before = ValueSet.objects.filter(url=about.url).values_list("version", flat=True).first()
        return Report(about.url, title, about.version, _number(found), True, before)
    row = CodeSystem.objects.filter(url=about.url).first()
    kept = _kept(row.pk) if row else {}
    fresh = {one.code: _meaning(one) for one in found.concepts}
    return Report(
        about.url, title, about.version, len(fresh), False, row.version if row else None,
        added=len(fresh.keys() - kept.keys()),
        removed=len(kept.keys() - fresh.keys()),
        changed=sum(1 for code, meaning in fresh.items() if code in kept and kept[code] != meaning),
    )  # fmt: skip


@command(Permission.MANAGE_TERMS, within=lambda by, **_: by.organisation_id)
def load_terms(
    *, by: Actor, at: datetime, content: bytes, name: str, told: Mapping[str, Any] | None = None
) -> Report:
    """Put a list into use, in place of what was loaded at its address."""
    found = read_terms(content, name, told)
    about = found.system if isinstance(found, CodeTable) else found.about
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [about.url])
    report = compared(found)
    if isinstance(found, CodeTable):
        _replace_system(found, _row(about, content, by, number=len(found.concepts)))
    else:
        row = _row(about, content, by, number=_number(found))
        ValueSet.objects.filter(url=about.url).delete()
        ValueSet.objects.create(**row, compose=found.compose)
    record(
        "terms.loaded",
        by=by,
        at=at,
        url=about.url,
        version=about.version,
        number=report.number,
        replaced=report.before,
        digest=sha256(content).hexdigest(),
    )
    return report


@command(Permission.MANAGE_TERMS, within=lambda by, **_: by.organisation_id)
def unload_terms(*, by: Actor, at: datetime, terms_id: UUID) -> None:
    """Take a list out of use. What was written with its codes stays as it was written."""
    one: CodeSystem | ValueSet | None = (
        CodeSystem.objects.filter(pk=terms_id).first() or ValueSet.objects.filter(pk=terms_id).first()
    )
    if one is None:
        raise NotFound
    _empty(one.pk)
    one.delete()
    record("terms.unloaded", by=by, at=at, url=one.url, version=one.version)


def _replace_system(found: CodeTable, row: dict[str, Any]) -> None:
    about = found.system
    for earlier in CodeSystem.objects.filter(url=about.url):
        _empty(earlier.pk)
        earlier.delete()
    made = CodeSystem.objects.create(
        **row, value_set=about.value_set, complete=about.complete, case_sensitive=about.case_sensitive
    )
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for position, one in enumerate(found.concepts):
            copy.write_row(
                (
                    made.pk, one.code, position, one.display, one.display_zh, one.definition, list(one.parents),
                    list(one.above), one.active, one.abstract, json.dumps(dict(one.properties), ensure_ascii=False, default=str),
                    one.words,
                )
            )  # fmt: skip


def _empty(system_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM records_concept WHERE system_id = %s", [system_id])


def _row(about: System, content: bytes, by: Actor, *, number: int) -> dict[str, Any]:
    return {
        "id": new_id(), "url": about.url, "version": about.version, "name": about.name, "title": about.title,
        "title_zh": about.title_zh, "licence": about.licence, "source": about.source, "uses": list(about.uses),
        "number": number, "digest": sha256(content).hexdigest(), "loaded_at": now(), "loaded_by": by.label[:120],
    }  # fmt: skip


def _number(found: Composed) -> int:
    return sum(len(one.get("concept", [])) for one in found.compose.get("include", []))


Meaning = tuple[str, str, bool, tuple[str, ...]]


def _meaning(one: Content) -> Meaning:
    return one.display, one.display_zh, one.active, tuple(one.parents)


def _kept(system_id: UUID) -> dict[str, Meaning]:
    rows = Concept.objects.filter(system_id=system_id).values_list(
        "code", "display", "display_zh", "active", "parents"
    )
    return {
        code: (display, chinese, active, tuple(parents)) for code, display, chinese, active, parents in rows
    }
