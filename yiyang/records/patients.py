"""A Patient that comes in belongs to a person of the register: matched, or registered by whoever sends it.

How a Patient is read lies above this context; whoever knows it registers one function here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import Refusal

Behind = Callable[..., UUID]
_behind: Behind | None = None


class PatientsNotTaken(Refusal):
    message = _(
        "Persons are registered on their own page. Register this one there, and use the id given to it."
    )
    status = 422


def register(behind: Behind) -> None:
    """Say how the person of a Patient is found or registered: `behind(by=…, at=…, resource=…, id=…)`."""
    global _behind
    _behind = behind


def person_behind(*, by: Actor, at: datetime, resource: dict[str, Any], id: str = "") -> UUID:
    if _behind is None:
        raise PatientsNotTaken
    return _behind(by=by, at=at, resource=resource, id=id)
