"""A Refusal is an anticipated "no" that the user can act on.

One handler each turns it into a form error, a problem document (RFC 9457), a FHIR OperationOutcome or a
device's negative answer. Anything else that goes wrong is a bug.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

REGISTRY: dict[str, type[Refusal]] = {}
WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")  # NotAStep: NOT_A_STEP
_CONSTRAINTS: dict[str, Callable[[dict[str, Any]], Refusal]] = {}


class Refusal(Exception):
    """Says what is not possible and what to do next. `code` is stable and follows from the class name."""

    message: ClassVar[Any] = _("This is not possible.")
    status: ClassVar[int] = 409
    code: ClassVar[str] = "REFUSAL"

    def __init_subclass__(cls) -> None:
        cls.code = WORDS.sub("_", cls.__name__).upper()
        if REGISTRY.setdefault(cls.code, cls) is not cls and REGISTRY[cls.code].__module__ != cls.__module__:
            raise TypeError(f"two refusals share the code {cls.code}")

    def __init__(self, **details: Any) -> None:
        self.details = details
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message).format_map(_Shown(self.details))


class _Shown(dict[str, Any]):
    """Details as people read them: instants in local time, unknown ones as a dash."""

    def __getitem__(self, key: str) -> Any:
        from yiyang.kernel.words import shown

        return shown(self.get(key))


class NotAllowed(Refusal):
    message = _("Your role does not allow this here. Ask the person in charge of your unit.")
    status = 403


class NotFound(Refusal):
    message = _("There is no such record, or it is not open to you.")
    status = 404


class Stale(Refusal):
    message = _("Someone else changed this in the meantime. Look at the new state, then decide again.")
    status = 409


class Busy(Refusal):
    message = _("Many people are changing this right now. Nothing was written; please try again in a moment.")
    status = 503


class InTheFuture(Refusal):
    message = _("The time {at} lies in the future. Enter when it really happened.")
    status = 422


class TooFarBack(Refusal):
    message = _("The time {at} lies too far back. Ask the audit administrator to enter a correction.")
    status = 422


class InvalidInput(Refusal):
    """A value that cannot be; `field` names it."""

    message = _("{problem}")
    status = 422


def refuses(constraint: str) -> Callable[[Callable[[dict[str, Any]], Refusal]], Callable[..., Refusal]]:
    """Say which Refusal stands for a violated database constraint.

    The function gets the command's arguments, after the rollback, so it can look up who holds what.
    """

    def declare(explain: Callable[[dict[str, Any]], Refusal]) -> Callable[..., Refusal]:
        _CONSTRAINTS[constraint] = explain
        return explain

    return declare


def of_constraint(name: str | None, arguments: dict[str, Any]) -> Refusal | None:
    """The Refusal declared for a constraint, or None when its violation would be a bug."""
    explain = _CONSTRAINTS.get(name or "")
    return explain(arguments) if explain else None
