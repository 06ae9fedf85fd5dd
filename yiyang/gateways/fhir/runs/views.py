"""How far an import is, what it would do or did, and its report."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, override, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.gateways.fhir.runs import commands, queries
from yiyang.gateways.fhir.runs.models import UNDER_WAY, ImportRun
from yiyang.kernel.forms import Form
from yiyang.kernel.time import now

SHOWN = 50
COLUMNS = ("added", "updated", "there", "left_out")


@require_GET
@needs(P.IMPORT_DATA)
def import_run(request: Any, import_run_id: UUID) -> HttpResponse:
    return _page(request, queries.import_run(request.actor, import_run_id))


@needs(P.IMPORT_DATA)
def write_import_run(request: Any, import_run_id: UUID) -> HttpResponse:
    run = queries.import_run(request.actor, import_run_id)
    return _asked(request, run, commands.write_import_run)


@needs(P.IMPORT_DATA)
def cancel_import(request: Any, import_run_id: UUID) -> HttpResponse:
    run = queries.import_run(request.actor, import_run_id)
    return _asked(request, run, commands.cancel_import)


@require_GET
@needs(P.IMPORT_DATA)
def import_report(request: Any, import_run_id: UUID) -> StreamingHttpResponse:
    """Every number, and each resource that was refused or is to be looked at, and why."""
    run = queries.import_run(request.actor, import_run_id)
    return StreamingHttpResponse(
        _in_language(_lines(run), get_language()),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="import-{run.pk}.csv"', "Cache-Control": "private, no-store",
        },
    )  # fmt: skip


def _asked(request: Any, run: ImportRun, work: Any) -> HttpResponse:
    form = Form(request.POST or None)
    if request.method == "POST":
        form.cleaned_data = {}
        with form.refusals():
            work(by=request.actor, at=now(), run=run)
            return redirect("gateways:import_run", run.pk)
        return _page(request, run, form)
    return redirect("gateways:import_run", run.pk)


def _page(request: Any, run: ImportRun, form: Form | None = None) -> HttpResponse:
    kinds = sorted({kind for name in COLUMNS for kind in run.counts.get(name, {})})
    context = {
        "run": run, "form": form, "under_way": run.state in UNDER_WAY, "lines": run.lines.order_by("pk")[:SHOWN],
        "told": sum(run.counts.get(what, 0) for what in ("REFUSED", "NOTED")), "shown": SHOWN,
        "rows": [(kind, [run.counts.get(name, {}).get(kind, 0) for name in COLUMNS]) for kind in kinds],
    }  # fmt: skip
    return render(request, "gateways/import_run.html", context, status=409 if form else 200)


def _lines(run: ImportRun) -> Iterator[str]:
    writer = csv.writer(_Echo())
    words = {
        "added": _("added"),
        "updated": _("brought up to date"),
        "there": _("there already"),
        "left_out": pgettext("import", "left out"),
    }
    yield "\ufeff" + writer.writerow([_("Resource"), _("Result"), _("Number or reason")])
    for name in COLUMNS:
        for kind, number in sorted(run.counts.get(name, {}).items()):
            yield writer.writerow([kind, words[name], number])
    for line in run.lines.order_by("pk").iterator():
        yield writer.writerow([_safe(line.resource), line.get_what_display(), _safe(line.said)])


def _in_language(lines: Iterator[str], language: str | None) -> Iterator[str]:
    """They are asked for when the request, and its language, are over."""
    while True:
        with override(language):
            line = next(lines, None)
        if line is None:
            return
        yield line


def _safe(text: str) -> str:
    """A spreadsheet must not take what a file said for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text


class _Echo:
    def write(self, line: str) -> str:
        return line
