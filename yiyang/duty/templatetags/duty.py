"""Times of shifts and numbers to dial: `{% load duty %}`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from yiyang.kernel import time
from yiyang.kernel.components.telephones import dialled
from yiyang.kernel.components.times import absolute

register = template.Library()


@register.simple_tag
def dial(telephone: Any) -> SafeString | str:
    """A number that a phone dials when it is pressed; what has no digits is shown as it is."""
    number = dialled(telephone)
    if not number:
        return str(telephone or "—")
    return format_html('<a class="tel" href="tel:{}">{}</a>', number, telephone)


@register.filter(name="dialled")
def dialled_number(telephone: Any) -> str:
    """The digits for a `tel:` link of one's own."""
    return dialled(telephone)


@register.simple_tag
def span(since: datetime, until: datetime, day: date | None = None) -> str:
    """From when to when: hours alone on the day that stands above, else with the day."""
    begins, ends = timezone.localtime(since), timezone.localtime(until)
    if day is not None and begins.date() == day:
        first = begins.strftime("%H:%M")
    else:
        first = absolute(since, time.now())
    days = (ends.date() - begins.date()).days
    if days == 0 or (days == 1 and (ends - begins).total_seconds() < 24 * 3600):
        return f"{first}–{ends.strftime('%H:%M')}"
    if days == 1 and ends.strftime("%H:%M") == "00:00":
        return f"{first}–24:00"
    return f"{first} – {ends.strftime('%m-%d %H:%M')}"


@register.filter
def instant(at: datetime) -> str:
    """As an address carries it."""
    return timezone.localtime(at).isoformat(timespec="minutes")
