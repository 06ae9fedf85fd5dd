"""Whether what a resource refers to is here, where the installation is strict (`records.integrity`)."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import Refusal
from yiyang.records.queries import outside
from yiyang.records.queries.addresses import there
from yiyang.records.queries.referring import referring
from yiyang.records.r4.definitions import is_resource

Key = tuple[str, str]
SHOWN = 10
CLOSED = ("Bundle", "Parameters")
"""Each holds what it refers to."""


class ReferencesMissing(Refusal):
    message = _(
        "It refers to {references}, which is not here. Send that first, or both in one transaction; what lies "
        "elsewhere is named by its whole address or its number."
    )
    status = 422


class ReferredTo(Refusal):
    message = _("Others refer to it: {references}. Change or delete these first, or all in one transaction.")
    status = 409


class ReferredToUnseen(Refusal):
    message = _("Others refer to it that are not open to you. Ask whoever keeps them to change them first.")
    status = 409


def strict() -> bool:
    return bool(settings.RECORDS_INTEGRITY == "strict")


def refuse_missing(of: str, keys: Iterable[Key], sent: Iterable[Key] = ()) -> None:
    """Every relative reference leads to what is stored, shown or sent beside it."""
    if not strict() or of in CLOSED:
        return
    asked = {key for key in keys if is_resource(key[0])} - set(sent)
    lost = outside.missing(sorted(asked - there(asked)))
    if lost:
        raise ReferencesMissing(references=", ".join("/".join(key) for key in sorted(lost)[:SHOWN]))


def refuse_referred(by: Actor, keys: Iterable[Key]) -> None:
    """What others refer to stays."""
    asked = list(keys)
    if not strict() or not asked:
        return
    seen, hidden = referring(by, asked, SHOWN)
    if seen:
        raise ReferredTo(references=", ".join(seen))
    if hidden:
        raise ReferredToUnseen
