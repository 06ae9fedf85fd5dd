"""Addresses of this context. One verb, one name."""

from __future__ import annotations

from django.urls import path

from yiyang.records.views import codes, entries, explaining, orders, own, record, vital_signs

app_name = "records"

urlpatterns = [
    path(
        "people/<uuid:person_id>/vital-signs/new/", vital_signs.record_vital_signs, name="record_vital_signs"
    ),
    path("record/codes/", codes.codes, name="codes"),
    path("record/recognition/", orders.recognition_figures, name="recognition_figures"),
    path("record/recognition/rows/", orders.recognition_rows, name="recognition_rows"),
    path("people/<uuid:person_id>/my-record/", own.own_record, name="own_record"),
    path("people/<uuid:person_id>/my-record/sheet/", own.own_sheet, name="own_sheet"),
    path("people/<uuid:person_id>/my-record/measured/<str:sign>/", own.own_trend, name="own_trend"),
    path("people/<uuid:person_id>/my-record/<str:part>/", own.own_part, name="own_part"),
    path("people/<uuid:person_id>/record/", record.record, name="record"),
    path("people/<uuid:person_id>/record/trend/", record.trend, name="trend"),
    path("people/<uuid:person_id>/record/diagnosis/", entries.record_diagnosis, name="record_diagnosis"),
    path("people/<uuid:person_id>/record/allergy/", entries.record_allergy, name="record_allergy"),
    path("people/<uuid:person_id>/record/medicine/", entries.record_medicine, name="record_medicine"),
    path("people/<uuid:person_id>/record/order/", orders.order_test, name="order_test"),
    path("people/<uuid:person_id>/record/note/", entries.write_note, name="write_note"),
    path("people/<uuid:person_id>/record/<str:resource_type>/<str:resource_id>/", record.entry, name="entry"),
    path(
        "people/<uuid:person_id>/record/<str:resource_type>/<str:resource_id>/who-sees/",
        explaining.explain,
        name="explain",
    ),
    path(
        "people/<uuid:person_id>/record/<str:resource_type>/<str:resource_id>/in-error/",
        entries.mark_in_error,
        name="mark_in_error",
    ),
]
