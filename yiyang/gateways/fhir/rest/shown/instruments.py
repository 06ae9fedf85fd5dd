"""Instruments as Questionnaires, each version by itself, with the file that makes it one of ours."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce

from yiyang.assessments.queries import instruments
from yiyang.gateways.fhir.questionnaires import words
from yiyang.gateways.fhir.questionnaires.writing import of_instrument
from yiyang.gateways.fhir.rest.shown.listing import Listing, Resource, Source, nothing
from yiyang.gateways.fhir.rest.shown.since import told


def questionnaire(one: Any) -> Resource:
    made = of_instrument(instruments.content_of(one)) | {"id": str(one.pk)}
    made["extension"] = [words.extension(words.FILE, "String", one.content)]
    return made | ({"status": "retired"} if one.retired_at else {})


SHOWN = Listing(
    Source(
        rows=lambda actor: instruments.open_to(actor).defer(None),
        write=questionnaire,
        narrow={"identifier": nothing},
        changed=Coalesce(told(), F("added_at")),
    )
)
