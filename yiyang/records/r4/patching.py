"""Changes to a resource instead of a whole one: JSON Patch (RFC 6902), JSON Merge Patch (RFC 7396), FHIRPath Patch.

Each is read once and gives a function from a resource to a changed copy. Numbers keep their text.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from yiyang.records.r4 import json_pointer as pointer
from yiyang.records.r4.fhirpath.nodes import identical
from yiyang.records.r4.fhirpath_patch import Operation
from yiyang.records.r4.json_pointer import Pointer
from yiyang.records.refusals import NotAPatch, PatchTestFailed, PatchTooLarge, TypePatched

Resource = dict[str, Any]
Patch = Callable[[Resource], Resource]
MOST_OPERATIONS = 1_000
MOST_COPIED = 200_000
NEEDS = {
    "add": ("value",),
    "replace": ("value",),
    "test": ("value",),
    "remove": (),
    "move": ("from",),
    "copy": ("from",),
}


def merge_patch(changes: Resource) -> Patch:
    """RFC 7396: what is named takes the place of what was there, null takes it away."""

    def patch(resource: Resource) -> Resource:
        return _whole(resource, _merged(resource, changes))

    return patch


def _merged(there: Any, changes: Any) -> Any:
    if not isinstance(changes, dict):
        return changes
    found = dict(there) if isinstance(there, dict) else {}
    for key, value in changes.items():
        if value is None:
            found.pop(key, None)
        else:
            found[key] = _merged(found.get(key), value)
    return found


def json_patch(operations: Any) -> Patch:
    """RFC 6902: all operations or none."""
    if not isinstance(operations, list):
        raise NotAPatch(number=1, part="[]")
    if len(operations) > MOST_OPERATIONS:
        raise PatchTooLarge
    read = [_read(one, number) for number, one in enumerate(operations, start=1)]

    def patch(resource: Resource) -> Resource:
        found: Any = copy.deepcopy(resource)
        copied = 0
        for number, (op, path, given) in enumerate(read, start=1):
            if op == "test":
                if not identical(pointer.get(found, path, number), given):
                    raise PatchTestFailed(number=number, path=path.text)
                continue
            if op in ("move", "copy"):
                given = pointer.get(found, given, number)
                if op == "move":
                    found = pointer.remove(found, read[number - 1][2], number)
            elif op == "remove":
                found = pointer.remove(found, path, number)
                continue
            copied += size(given)
            if copied > MOST_COPIED:
                raise PatchTooLarge
            change = pointer.replace if op == "replace" else pointer.add
            found = change(found, path, copy.deepcopy(given), number)
        return _whole(resource, found)

    return patch


def _read(one: Any, number: int) -> tuple[str, Pointer, Any]:
    if not isinstance(one, dict):
        raise NotAPatch(number=number, part="{}")
    op = one.get("op")
    if not isinstance(op, str) or op not in NEEDS:
        raise NotAPatch(number=number, part="op")
    path = pointer.read(one.get("path"), "path", number)
    for part in NEEDS[op]:
        if part not in one:
            raise NotAPatch(number=number, part=part)
    if op not in ("move", "copy"):
        return op, path, one.get("value")
    source = pointer.read(one["from"], "from", number)
    if (
        op == "move"
        and len(path.steps) > len(source.steps)
        and path.steps[: len(source.steps)] == source.steps
    ):
        raise NotAPatch(number=number, part="from")
    return op, path, source


def fhirpath_patch(parameters: Resource) -> Patch:
    """FHIRPath Patch: a Parameters resource with one parameter for each operation; all or none."""
    listed = parameters.get("parameter", [])
    if parameters.get("resourceType") != "Parameters" or not isinstance(listed, list):
        raise NotAPatch(number=1, part="Parameters")
    if len(listed) > MOST_OPERATIONS:
        raise PatchTooLarge
    operations = [Operation.read(one, number) for number, one in enumerate(listed, start=1)]

    def patch(resource: Resource) -> Resource:
        found = copy.deepcopy(resource)
        for operation in operations:
            operation.apply(found)
        return _whole(resource, found)

    return patch


def _whole(before: Resource, after: Any) -> Resource:
    if not isinstance(after, dict) or after.get("resourceType") != before.get("resourceType"):
        raise TypePatched
    return without_empty(after)  # type: ignore[no-any-return]


def without_empty(found: Any) -> Any:
    """What became empty is left out, as FHIR asks; null stays only where a list has a gap."""
    if isinstance(found, dict):
        kept = {key: without_empty(value) for key, value in found.items()}
        return {key: value for key, value in kept.items() if value not in ({}, [])}
    if isinstance(found, list):
        listed = [without_empty(one) for one in found]
        return (
            [one for one in listed if one not in ({}, [])] if any(one is not None for one in listed) else []
        )
    return found


def size(found: Any) -> int:
    """How many values there are in it; a long text counts as many."""
    count, stack = 0, [found]
    while stack:
        one = stack.pop()
        count += 1
        if isinstance(one, dict):
            stack += one.values()
        elif isinstance(one, list):
            stack += one
        elif isinstance(one, str):
            count += len(one) // 64
    return count
