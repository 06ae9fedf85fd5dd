from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from yiyang.kernel.facts import seen
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now

from .. import answering, commands, queries
from ..forms import InboxFilter

PAGE = 100


def inbox(request: Any) -> HttpResponse:
    form = InboxFilter(request.GET)
    all_of_them = form.is_valid() and form.cleaned_data["all"]
    notices = list(queries.notices(request.actor, only_open=not all_of_them)[:PAGE])
    seen(request.actor, persons=[one.person_id for one in notices if one.person_id], what="access.inbox")
    about = answering.told_of(request.actor, notices)
    context = {
        "notices": [(one, about.get(one.pk, "")) for one in notices],
        "filter": form,
        "now": now(),
        "to_take": set(answering.to_take(notices)),
    }
    return render(request, "access/inbox.html", context)


@require_GET
def pressing_notices(request: Any) -> JsonResponse:
    """How many urgent notices are open and when the newest came: for the sound, so nothing of what they say."""
    count, newest = queries.pressing_notices(request.actor)
    text = ngettext("{n} urgent notice waits for you", "{n} urgent notices wait for you", count).format(
        n=count
    )
    return JsonResponse(
        {
            "count": count,
            "newest": newest and newest.isoformat(),
            "text": text,
            "inbox": reverse("access:inbox"),
        }
    )


@require_POST
def acknowledge_notice(request: Any, notice_id: UUID) -> HttpResponse:
    """What somebody must take is taken in the same step, and opened; what is only to be read is acknowledged."""
    notice = queries.notice(request.actor, notice_id)
    taking = answering.to_take([notice]).get(notice.pk)
    if taking is not None:
        try:
            taking.take(by=request.actor, at=now())
        except Refusal as refusal:
            messages.warning(request, str(refusal))  # the page shows who has it, or what this role may do
        else:
            messages.success(request, _("You have taken it. The reminders end."))
        return redirect(notice.link)
    commands.acknowledge_notice(by=request.actor, at=now(), notice=notice)
    if request.POST.get("open") and notice.link.startswith("/") and not notice.link.startswith("//"):
        return redirect(notice.link)
    return redirect("access:inbox")
