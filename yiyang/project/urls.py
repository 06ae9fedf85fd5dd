from django.urls import URLPattern, URLResolver, include, path

from yiyang.project.api import api, nothing_here, problem_of_code, problems
from yiyang.project.api_page import reference
from yiyang.project.events import events, ingest

urlpatterns: list[URLPattern | URLResolver] = [
    # Before the pages, whose addresses are tried one by one: programs ask most often.
    path("api/", reference, name="api_reference"),
    path("api/problems", problems, name="api_problems"),
    path("api/problems/<str:code>", problem_of_code, name="api_problem"),
    path("api/", api.urls),
    path("api/<path:rest>", nothing_here, name="api_nothing"),
    path("", include("yiyang.portals.urls")),
    path("", include("yiyang.kernel.urls")),
    path("", include("yiyang.access.sign_in_urls")),
    path("", include("yiyang.access.urls")),
    path("", include("yiyang.duty.urls")),
    path("", include("yiyang.devices.urls")),
    path("", include("yiyang.people.urls")),
    path("", include("yiyang.records.urls")),
    path("", include("yiyang.assessments.urls")),
    path("", include("yiyang.beds.urls")),
    path("", include("yiyang.supervision.urls")),
    path("", include("yiyang.gateways.urls")),
    path("", include("yiyang.packets.urls")),
    path("", include("yiyang.gateways.fhir.rest.urls")),
    path("events", events, name="events"),
    path("ingest", ingest, name="ingest"),
]
