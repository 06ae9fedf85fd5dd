"""Reading a patch: a list of JSON Patch operations, a FHIRPath Patch inside Parameters (or a Binary), or a part
of the resource to be merged into it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.patching import fhirpath_patch, merge_patch
from yiyang.records.r4.patching import json_patch as json_patch_of

Patch = Callable[[dict[str, Any]], dict[str, Any]]
JSON_PATCH = "application/json-patch+json"


class PatchUnfit(Refusal):
    message = _(
        "A patch is a list of operations (JSON Patch), or a Parameters resource with parts “operation” (FHIRPath Patch)."
    )
    status = 400


def read_patch(raw: bytes, *, json_patch: bool) -> Patch:
    told = bodies.decode(raw)
    if isinstance(told, list):
        return json_patch_of(told)
    if json_patch or not isinstance(told, dict):
        raise PatchUnfit
    if told.get("resourceType") == "Binary" and str(told.get("contentType", "")).startswith(JSON_PATCH):
        return read_patch(_content(told), json_patch=True)
    if told.get("resourceType") != "Parameters":
        return merge_patch(told)
    return fhirpath_patch(told)


def _content(binary: dict[str, Any]) -> bytes:
    try:
        return base64.b64decode(str(binary.get("data", "")), validate=True)
    except (binascii.Error, ValueError):
        raise PatchUnfit from None
