"""What fits the letters typed into a field for a coded entry."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.kernel.refusals import NotFound
from yiyang.records.queries import terms
from yiyang.records.terms.uses import USES

LONGEST = 100


@require_GET
@needs(Permission.WRITE_RECORD)
def codes(request: Any) -> HttpResponse:
    """`use` says for which entry, `q` what was typed. Codes are nobody's data."""
    use, text = request.GET.get("use", ""), request.GET.get("q", "")[:LONGEST].replace("\0", "")
    if use not in USES:
        raise NotFound
    language = get_language() or "zh-hans"
    found = terms.find(use, text)
    lists = {one.about.url: one.about.shown(language) for one in terms.for_use(use)}
    shown = [
        {"system": one.system, "code": one.code, "display": one.shown(language), "list": lists[one.system]}
        for one in found
    ]
    said = (
        ngettext("{n} fits.", "{n} fit.", len(found)).format(n=len(found))
        if found
        else _("Nothing in the list fits. It can be entered in words alone.")
    )
    return JsonResponse({"found": shown, "said": said})
