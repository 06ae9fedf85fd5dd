"""`$export` as HL7's Bulk Data guide has it: asked for, looked after, fetched, ended."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec
from django.utils.http import http_date
from django.utils.translation import gettext_lazy as _

from yiyang.gateways.fhir.bulk import commands, files, queries
from yiyang.gateways.fhir.bulk.commands import ExportNotReady, SightEnded, Wish
from yiyang.gateways.fhir.bulk.filtering import Filters
from yiyang.gateways.fhir.bulk.models import Export, Level, State
from yiyang.gateways.fhir.rest import answers, conditions, operations, outcomes, scopes
from yiyang.gateways.fhir.rest.answers import Answer
from yiyang.gateways.fhir.rest.asked import Asked
from yiyang.kernel.refusals import NotAllowed, NotFound, Refusal
from yiyang.kernel.time import now
from yiyang.records import queries as records
from yiyang.records.queries.visible import may_read
from yiyang.records.r4.definitions import compartment, is_resource, types
from yiyang.records.r4.search.refusals import SearchTypeUnknown

STATUS, FILE = "$export-status", "$export-file"
NDJSON = "application/fhir+ndjson"
NDJSON_NAMES = {NDJSON, "application/ndjson", "ndjson"}
KNOWN = ("_outputFormat", "_since", "_type", "_typeFilter")
IGNORED_BY_NAME = ("_format", "_pretty")
RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
SOON, LATER = 1, 10


class AskAsync(Refusal):
    message = _("An export takes a while: ask for it with “Prefer: respond-async”.")
    status = 400


class OutputFormatUnknown(Refusal):
    message = _("Exports are written as NDJSON alone. Ask for “_outputFormat=application/fhir+ndjson”.")
    status = 400


class RangeUnfit(Refusal):
    message = _("This file has {bytes} bytes; what was asked for lies outside of it.")
    status = 416


def export_all(asked: Asked) -> Answer:
    return _kick_off(asked, Level.SYSTEM)


def export_patients(asked: Asked, type: str) -> Answer:
    return _kick_off(asked, Level.PATIENT)


def export_group(asked: Asked, type: str, id: str) -> Answer:
    may_read(asked.actor)
    records.resource(asked.actor, "Group", id)
    return _kick_off(asked, Level.GROUP, id)


def _kick_off(asked: Asked, level: Level, group: str = "") -> Answer:
    if "respond-async" not in asked.prefer:
        raise AskAsync
    may_read(asked.actor)
    if asked.actor.membership_id is None:  # elders and families have `$everything`, in words made for them
        raise NotAllowed
    given = [(name, value) for name, value in operations.given(asked) if name not in IGNORED_BY_NAME]
    if asked.prefer.get("handling") == "lenient":
        given = [(name, value) for name, value in given if name in KNOWN]
    operations.refuse_unknown(given, KNOWN)
    told = dict(given)
    if told.get("_outputFormat", NDJSON).replace(" ", "+") not in NDJSON_NAMES:
        raise OutputFormatUnknown
    since = conditions.instant("_since", told.get("_since", ""))
    filters = _filters(given)
    wish = Wish(level, _types(given, level), _address(asked), since, group, filters)  # type: ignore[arg-type]
    scopes.check_exported(asked.actor, wish.types)
    made = commands.request_export(by=asked.actor, at=now(), wish=wish)
    text = _("The export was asked for. Its state is told at the address in Content-Location.")
    answer = answers.of_resource(outcomes.said(str(text)), 202)
    answer.headers["Content-Location"] = f"{asked.base}/{STATUS}/{made.pk}"
    return answer


def _address(asked: Asked) -> str:
    query = asked.request.META.get("QUERY_STRING", "")
    return f"{asked.base}/{'/'.join(asked.path)}" + (f"?{query}" if query else "")


def _types(given: list[tuple[str, str]], level: Level) -> list[str]:
    """Without `_type` all; of persons alone where persons were asked for."""
    possible = [one for one in types() if level == Level.SYSTEM or one == "Patient" or compartment().get(one)]
    named = [
        one.strip() for name, value in given if name == "_type" for one in value.split(",") if one.strip()
    ]
    for one in named:
        if not is_resource(one):
            raise SearchTypeUnknown(parameter="_type", value=one[:60])
    return [one for one in possible if one in named] if named else possible


def _filters(given: list[tuple[str, str]]) -> list[str]:
    """Searches in one value are parted by commas before a type."""
    listed = [value for name, value in given if name == "_typeFilter"]
    found = [one for value in listed for one in re.split(r",(?=[A-Z][A-Za-z]+\?)", value) if one]
    Filters(found)
    return found


# How far it is


def status(asked: Asked, id: str) -> Answer:
    export = queries.own(asked.actor, _id(id))
    if export.live:
        return _under_way(export)
    if export.state == State.FAILED:
        raise queries.problem_of(export)
    if export.state != State.DONE:
        raise ExportNotReady
    assert export.transaction_at and export.expires_at
    manifest: dict[str, Any] = {
        "transactionTime": _instant(export.transaction_at),
        "request": export.request,
        "requiresAccessToken": True,
        "output": _listed(asked, export, deleted=False),
        "deleted": _listed(asked, export, deleted=True),
        "error": [],
    }
    answer = Answer(200, msgspec.json.encode(manifest), kind="application/json")
    answer.headers["Expires"] = http_date(export.expires_at.timestamp())
    return answer


def _under_way(export: Export) -> Answer:
    soon = now() - export.asked_at
    answer = Answer(202)
    answer.headers["X-Progress"] = f"{export.percent}%, {export.resources} resources"
    answer.headers["Retry-After"] = str(max(SOON, min(LATER, int(soon.total_seconds() / 10))))
    return answer


def _listed(asked: Asked, export: Export, deleted: bool) -> list[dict[str, Any]]:
    """In the order of types and parts, each with the number of its lines."""
    found = []
    for name, one in sorted(export.files.items(), key=lambda item: (item[1]["type"], len(item[0]), item[0])):
        type, _point, gone = one["type"].partition(".")
        if bool(gone) is deleted:
            found.append(
                {"type": type, "url": f"{asked.base}/{FILE}/{export.pk}/{name}", "count": one["lines"]}
            )
    return found


def _instant(at: Any) -> str:
    return str(at.isoformat(timespec="milliseconds")).replace("+00:00", "Z")


def cancel(asked: Asked, id: str) -> Answer:
    """Ended, or taken away when it is ready."""
    export = queries.own(asked.actor, _id(id))
    commands.delete_export(by=asked.actor, at=now(), export=export)
    return answers.of_resource(outcomes.said(str(_("The export was ended, and its files are gone."))), 202)


# The files


def file(asked: Asked, id: str, version: str) -> Answer:
    """To whoever asked, as long as all of whom it tells are open to them. `version`: which of the files."""
    part = version
    export = queries.own(asked.actor, _id(id))
    if export.state != State.DONE or part not in export.files:
        raise ExportNotReady
    actor = queries.asker(export, now())
    path, size = files.folder_of(export.pk) / part, export.files[part]["bytes"]
    if not path.is_file():
        raise ExportNotReady
    if not queries.whole(export, actor):
        raise SightEnded
    tag = f'"{export.pk.hex[-12:]}-{part}-{size}"'
    headers = {
        "ETag": tag, "Accept-Ranges": "bytes", "Last-Modified": http_date(path.stat().st_mtime),
        "Content-Disposition": f'attachment; filename="{part}"',
    }  # fmt: skip
    if tag in asked.headers.get("If-None-Match", ""):
        return Answer(304, headers=headers)
    start, end, partial = _range(asked, size, tag)
    if asked.method != "HEAD":
        commands.note_download(by=asked.actor, at=now(), export=export, file=part, start=start, end=end)
    if partial:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        return Answer(
            206, headers=headers, kind=NDJSON, stream=files.blocks(path, start, end), length=end - start
        )
    if answers.takes_gzip(asked):
        headers |= {"Content-Encoding": "gzip", "ETag": f"W/{tag}"}
        return Answer(200, headers=headers, kind=NDJSON, stream=_packed(files.blocks(path, 0, size)))
    return Answer(200, headers=headers, kind=NDJSON, stream=files.blocks(path, 0, size), length=size)


def _range(asked: Asked, size: int, tag: str) -> tuple[int, int, bool]:
    """From which byte up to which; several ranges at once are not taken, which is allowed."""
    found = RANGE.fullmatch(asked.headers.get("Range", "").replace(" ", ""))
    insisted = asked.headers.get("If-Range", "")
    if found is None or found[0] == "bytes=-" or (insisted and insisted != tag):
        return 0, size, False
    first, last = found[1], found[2]
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1 if last else size)
    if start >= size or end <= start:
        refused = RangeUnfit(bytes=size)
        refused.headers = {"Content-Range": f"bytes */{size}"}  # type: ignore[attr-defined]
        raise refused
    return start, end, True


def _packed(blocks: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    for block in blocks:
        if made := packer.compress(block):
            yield made
    yield packer.flush()


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
