"""Instruments: which are in use, who fills them in, what their files say."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Q, QuerySet

from yiyang.access.permissions import Permission
from yiyang.assessments.commands.locks import content_of
from yiyang.assessments.models import Instrument
from yiyang.assessments.rules.instruments import Instrument as Content
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound


def all_versions() -> QuerySet[Instrument]:
    """Every version, newest first of each code, with how often it was used."""
    signed = Count("assessments", filter=Q(assessments__state="SIGNED"))
    return Instrument.objects.annotate(signed=signed).order_by("code", "-serial").defer("content")


def in_use() -> list[Instrument]:
    """The newest version of each instrument that is not out of use."""
    rows = Instrument.objects.filter(retired_at=None).order_by("code", "-serial").distinct("code")
    return list(rows)


def titles() -> dict[str, str]:
    """By code, as the newest version is called."""
    return {
        one.code: one.name
        for one in Instrument.objects.order_by("code", "-serial").distinct("code").defer("content")
    }


def for_role(actor: Actor) -> list[tuple[Instrument, Content]]:
    """Those that the actor's role fills in."""
    found = [(one, content_of(one)) for one in in_use()]
    return [(one, content) for one, content in found if not content.who or actor.role in content.who]


def self_reports() -> list[Instrument]:
    return [one for one in in_use() if one.self_report]


def version(instrument_id: UUID) -> Instrument:
    found = Instrument.objects.filter(pk=instrument_id).first()
    if found is None:
        raise NotFound
    return found


READERS = (Permission.ASSESS, Permission.MANAGE_INSTRUMENTS, Permission.SEE_FIGURES)


def open_to(actor: Actor) -> QuerySet[Instrument]:
    """All versions to staff who assess, administer or count; to persons those that they answer themselves."""
    if any(actor.may(one) for one in READERS):
        return all_versions()
    own = actor.may(Permission.ANSWER_SELF_REPORT)
    return all_versions().filter(self_report=True) if own else all_versions().none()


def version_for(actor: Actor, instrument_id: UUID) -> Instrument:
    found = open_to(actor).filter(pk=instrument_id).defer(None).first()
    if found is None:
        raise NotFound
    return found


def in_version(code: str, version: str = "") -> Instrument | None:
    """This version, also when nobody begins with it any more; without one the newest in use."""
    named = Instrument.objects.filter(code=code)
    if version:
        return named.filter(version=version).first()
    return named.filter(retired_at=None).order_by("-serial").first()


def newest(code: str) -> Instrument:
    found = Instrument.objects.filter(code=code, retired_at=None).order_by("-serial").first()
    if found is None:
        raise NotFound
    return found
