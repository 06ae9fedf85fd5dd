"""The trail: facts for the audit administrator, looks at records for the data-protection officer."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from yiyang.kernel.time import now

from .. import commands, queries
from ..forms import FactFilter
from ..guards import needs
from ..permissions import Permission
from ..queries.facts import PAGE

HEADER = (
    "id", "name", "at", "recorded_at", "by", "role", "account", "organisation", "subject_kind", "subject",
    "person",
)  # fmt: skip


@needs(Permission.READ_AUDIT)
def facts(request: Any) -> HttpResponse:
    form = FactFilter(request.GET)
    question = queries.Question(**form.cleaned_data) if form.is_valid() else queries.Question()
    if request.GET.get("format") == "csv":
        commands.record_export(by=request.actor, at=now(), question=question.__dict__)
        return _csv(request.actor, question)
    found = queries.facts(request.actor, question, before=_cursor(request))
    return render(
        request, "access/facts.html", {"facts": found, "filter": form, "after": _next(found), "audit": True}
    )


def _csv(actor: Any, question: queries.Question) -> StreamingHttpResponse:
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow(HEADER)
        for fact in queries.all_facts(actor, question):
            yield writer.writerow([_safe(value) for value in _cells(fact)])

    return StreamingHttpResponse(
        lines(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="facts.csv"'},
    )


def _cells(fact: queries.FactLine) -> list[Any]:
    return [
        fact.id, fact.name, fact.at.isoformat(), fact.recorded_at.isoformat(), fact.by_label, fact.by_role,
        fact.by_account or "", fact.by_organisation or "", fact.subject_kind, fact.subject_id or "",
        fact.person_id or "",
    ]  # fmt: skip


def _safe(value: Any) -> str:
    """A spreadsheet must not take a name for a formula."""
    text = str(value)
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text


class _Echo:
    def write(self, line: str) -> str:
        return line


@needs(Permission.READ_ACCESS_LOG)
def readings(request: Any) -> HttpResponse:
    form = FactFilter(request.GET)
    del form.fields["name"]
    question = queries.Question(**form.cleaned_data) if form.is_valid() else queries.Question()
    found = queries.readings(request.actor, question, before=_cursor(request))
    return render(request, "access/readings.html", {"readings": found, "filter": form, "after": _next(found)})


def _cursor(request: Any) -> UUID | None:
    try:
        return UUID(request.GET.get("after", ""))
    except ValueError:
        return None


def _next(found: list[Any]) -> str:
    return str(found[-1].id) if len(found) == PAGE else ""
