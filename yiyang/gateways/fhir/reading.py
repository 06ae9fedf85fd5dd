"""Reading FHIR R4 bundles and resources from files: JSON, gzip, NDJSON; with clear refusals for what is none."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal

UNPACKED_AT_MOST = 200 * 2**20


class NotFhir(Refusal):
    message = _("This is not a FHIR R4 resource or bundle in JSON: {why}.")
    status = 422


def resources(content: bytes) -> Iterator[dict[str, Any]]:
    """The resources of a file, one by one: the entries of a bundle, the lines of an NDJSON, or the resource itself."""
    for document in _documents(unpacked(content)):
        if not isinstance(document, dict) or not isinstance(document.get("resourceType"), str):
            raise NotFhir(why=_("there is no resourceType"))
        if document["resourceType"] != "Bundle":
            yield document
            continue
        for entry in document.get("entry") or []:
            resource = entry.get("resource") if isinstance(entry, dict) else None
            if isinstance(resource, dict) and isinstance(resource.get("resourceType"), str):
                yield resource


def unpacked(content: bytes) -> bytes:
    if content[:2] != b"\x1f\x8b":
        return content
    try:
        with gzip.open(io.BytesIO(content)) as packed:
            plain = packed.read(UNPACKED_AT_MOST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise NotFhir(why=_("the gzip file is broken")) from error
    if len(plain) > UNPACKED_AT_MOST:
        raise NotFhir(why=_("it unpacks to more than 200 MB"))
    return plain


def _documents(content: bytes) -> Iterator[Any]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotFhir(why=_("it is not UTF-8")) from error
    try:
        yield json.loads(text)
        return
    except RecursionError as error:
        raise NotFhir(why=_("it is nested too deeply")) from error
    except ValueError as error:
        first = error
    lines = [line for line in text.splitlines() if line.strip()]
    for line in lines:
        try:
            yield json.loads(line)
        except (ValueError, RecursionError) as error:
            raise NotFhir(why=_place(first)) from error


def _place(fault: ValueError) -> str:
    if isinstance(fault, json.JSONDecodeError):
        return str(_("at line {line}, sign {sign}, it cannot be read")).format(
            line=fault.lineno, sign=fault.colno
        )
    return str(_("it cannot be read"))
