from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

app_name = "access"


def _soon(request: HttpRequest, pk: UUID) -> HttpResponse:
    return HttpResponse(status=404)


urlpatterns: list[URLPattern | URLResolver] = [
    path("contracts/<uuid:pk>/", _soon, name="contract"),
]
