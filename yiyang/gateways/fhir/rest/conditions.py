"""If-Match, If-None-Match, If-Modified-Since: what they say, and whether it holds."""

from __future__ import annotations

import re
from datetime import datetime

from django.utils.http import parse_http_date_safe
from django.utils.translation import gettext_lazy as _

from yiyang.gateways.fhir.rest.asked import Asked
from yiyang.kernel.refusals import Refusal
from yiyang.records.stored import Stored

TAG = re.compile(r'(?:W/)?"?([0-9]{1,9})"?')
INSTANT = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?)?)?")


class VersionTagMalformed(Refusal):
    message = _('“If-Match” must be the ETag of the resource as it was answered, such as W/"3".')
    status = 400


class InstantMalformed(Refusal):
    message = _("“{name}” must be an instant such as 2026-05-01T08:30:00+08:00.")
    status = 400


def expected_version(given: str | None) -> int | None:
    """The version on which the sender insists; None when it does not."""
    text = (given or "").strip()
    if text in ("", "*"):
        return None
    found = TAG.fullmatch(text)
    if found is None:
        raise VersionTagMalformed
    return int(found[1])


def unchanged(asked: Asked, stored: Stored) -> bool:
    """Whether the sender has this version already. The tag comes before the date."""
    tags = asked.headers.get("If-None-Match", "")
    if tags:
        held = str(stored.version)
        return any(
            tag.strip() == "*" or ((found := TAG.fullmatch(tag.strip())) is not None and found[1] == held)
            for tag in tags.split(",")
        )
    since = asked.headers.get("If-Modified-Since", "")
    seconds = parse_http_date_safe(since) if since else None
    return seconds is not None and int(stored.updated_at.timestamp()) <= seconds


def instant(name: str, given: str) -> datetime | None:
    """A FHIR instant; a date alone begins its day. A blank stands for the plus of an address."""
    if not given:
        return None
    text = given.replace(" ", "+")
    if not INSTANT.fullmatch(text):
        raise InstantMalformed(name=name)
    padded = text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text
    try:
        found = datetime.fromisoformat(padded)
    except ValueError:
        raise InstantMalformed(name=name) from None
    if found.tzinfo is None:
        from django.utils.timezone import make_aware

        found = make_aware(found)
    if not 1900 <= found.year <= 2200:
        raise InstantMalformed(name=name)
    return found
