"""The addresses of the table as Django's: for requests with a session, and so that every route has a name."""

from __future__ import annotations

from django.urls import path

from yiyang.gateways.fhir.rest.entry import respond
from yiyang.gateways.fhir.rest.smart import configuration

app_name = "fhir"
urlpatterns = [
    path(".well-known/smart-configuration", configuration, name="smart_configuration"),
    path("fhir/.well-known/smart-configuration", configuration, name="smart_configuration_of_fhir"),
    path("fhir", respond, name="root"),
    path("fhir/", respond, name="root_with_slash"),
    path("fhir/<path:rest>", respond, name="anything"),
]
