from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from yiyang.kernel.facts import seen
from yiyang.kernel.time import now

from .. import commands, queries
from ..forms import InboxFilter

PAGE = 100


def inbox(request: Any) -> HttpResponse:
    form = InboxFilter(request.GET)
    all_of_them = form.is_valid() and form.cleaned_data["all"]
    notices = list(queries.notices(request.actor, only_open=not all_of_them)[:PAGE])
    seen(request.actor, persons=[one.person_id for one in notices if one.person_id], what="access.inbox")
    return render(request, "access/inbox.html", {"notices": notices, "filter": form, "now": now()})


@require_POST
def acknowledge_notice(request: Any, notice_id: UUID) -> HttpResponse:
    notice = queries.notice(request.actor, notice_id)
    commands.acknowledge_notice(by=request.actor, at=now(), notice=notice)
    if request.POST.get("open") and notice.link.startswith("/") and not notice.link.startswith("//"):
        return redirect(notice.link)
    return redirect("access:inbox")
