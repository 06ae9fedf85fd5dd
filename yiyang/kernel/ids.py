"""Identifiers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import uuid_utils.compat
from django.db.models.expressions import RawSQL

MANY = 200


def new_id() -> UUID:
    """A UUIDv7: unique anywhere, and ordered by the time it was made, so indexes grow at one end."""
    return uuid_utils.compat.uuid7()


def among(ids: Iterable[UUID]) -> Any:
    """For `…__in=`: many ids as one value of the statement, for each value of its own costs more than its row."""
    found = list(ids)
    return found if len(found) < MANY else RawSQL("SELECT unnest(%s::uuid[])", [found])
