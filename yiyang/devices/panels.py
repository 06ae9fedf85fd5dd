"""What the page of a person shows of devices: fetched after the page, so that the page itself asks no more."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string

from yiyang.people import panels


@panels.register(place="body", order=19)
def devices_of_person(request: Any, record: Any) -> str:
    """Where to find them; nothing where basics alone are open."""
    if getattr(request, "person_scope", "BASIC") != "FULL":
        return ""
    return render_to_string("devices/parts/devices_later.html", {"person": record.person})
