"""Search, by address and by form."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yiyang.gateways.fhir.rest.answers import Answer
from yiyang.gateways.fhir.rest.asked import Asked, ContentNotFhir, parameters
from yiyang.kernel.refusals import Refusal

FORM = "application/x-www-form-urlencoded"
LARGEST_FORM = 1024 * 1024


class SearchNotHere(Refusal):
    message = _("Search is not here yet.")
    status = 501


def search(asked: Asked, type: str) -> Answer:
    raise SearchNotHere


def search_by_form(asked: Asked, type: str) -> Answer:
    """POST _search: the parameters of the body beside those of the address."""
    kind = asked.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        raise ContentNotFhir
    if hasattr(asked.request, "_post"):  # read by the check against forged forms
        given = [(name, one) for name, values in asked.request.POST.lists() for one in values]
        given = [(name, value) for name, value in given if name != "csrfmiddlewaretoken"]
    else:
        given = parameters(asked.raw(LARGEST_FORM).decode("utf-8", "replace"))
    asked.parameters += given
    asked.__dict__.pop("searching", None)
    return search(asked, type)
