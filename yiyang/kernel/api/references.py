"""A record that a body names: when it is not there, or not open to the caller, the answer says which name it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.http import Http404

from yiyang.kernel.api.problems import ValuesRefused
from yiyang.kernel.refusals import NotFound

T = TypeVar("T")


def named(name: str, find: Callable[[], T | None]) -> T:
    """What the body names under `name`; 422 when there is no such record for this caller."""
    try:
        found = find()
    except (NotFound, Http404):
        found = None
    if found is None:
        raise ValuesRefused(("body", name.split("/"), "unknown_reference"))
    return found
