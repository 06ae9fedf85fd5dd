"""Readings of a person, by time."""

from django.urls import path

from yiyang.devices.views import vitals

urlpatterns = [
    path("people/<uuid:person_id>/readings/", vitals.readings, name="readings"),
    path("people/<uuid:person_id>/readings/<str:quantity>/", vitals.measured, name="measured"),
    path("people/<uuid:person_id>/readings/<str:quantity>/drawn/", vitals.drawn, name="drawn"),
]
