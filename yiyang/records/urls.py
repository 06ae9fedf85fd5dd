"""Addresses of this context. One verb, one name."""

from __future__ import annotations

from django.urls import path

from yiyang.records.views import vital_signs

app_name = "records"

urlpatterns = [
    path(
        "people/<uuid:person_id>/vital-signs/new/", vital_signs.record_vital_signs, name="record_vital_signs"
    ),
]
