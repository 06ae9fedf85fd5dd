"""A photo or a voice note to a transfer, with one hand on a telephone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.beds import commands
from yiyang.beds.forms.transfers import Act, Reason
from yiyang.beds.models import Recording
from yiyang.beds.queries import recordings as queries
from yiyang.beds.queries import transfer_pages
from yiyang.beds.views.acts import act_page, done, posted, to_transfer
from yiyang.kernel.facts import seen
from yiyang.kernel.pictures import PictureField
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.voices import VoiceField

MICROPHONE = "camera=(), geolocation=(), microphone=(self)"


class AddRecording(Act):
    note = forms.CharField(
        label=gettext_lazy("What it shows, in a few words"), max_length=200, required=False
    )

    def __init__(self, *args: Any, kind: str, **given: Any) -> None:
        super().__init__(*args, **given)
        self.kind = kind
        photo = PictureField(label=gettext_lazy("Photo"), camera="environment")
        own = photo if kind == Recording.Kind.PHOTO else VoiceField(label=gettext_lazy("Voice note"))
        name = kind.lower()
        self.fields = {name: own, **self.fields}

    def told(self) -> dict[str, Any]:
        content = self.cleaned_data[self.kind.lower()].read()
        return {"kind": self.kind, "content": content, "note": self.cleaned_data["note"]}


@needs(P.DEPART_TRANSFER)
def add_recording(request: Any, transfer_id: UUID) -> HttpResponse:
    """Photo or voice; the same page takes a file where the browser cannot record."""
    found = transfer_pages.transfer(request.actor, transfer_id)
    if not queries.may_add(request.actor, found):
        raise NotAllowed
    asked = request.GET.get("kind", "")
    kind = Recording.Kind(asked) if asked in Recording.Kind.values else Recording.Kind.PHOTO
    form = AddRecording(posted(request), request.FILES or None, kind=kind)
    if done(form, commands.add_recording, by=request.actor, transfer=found):
        return to_transfer(request, found.pk, _("Added to the transfer."))
    page = act_page(
        request, found, form, "add_recording",
        heading=_("Add a photo") if kind == Recording.Kind.PHOTO else _("Add a voice note"),
        explains=_("Only the sending and the receiving unit and the coordinator can see or hear it."),
        submit=_("Add to the transfer"),
    )  # fmt: skip
    page["Permissions-Policy"] = MICROPHONE
    return page


@require_GET
@needs(P.SEARCH_PERSONS)
def recording(request: Any, recording_id: UUID) -> HttpResponse:
    """The photo or the voice itself."""
    found = queries.recording(request.actor, recording_id)
    seen(request.actor, [found.person_id], "beds.recording")
    answer = HttpResponse(queries.content_of(found), content_type=found.media_type)
    answer["Content-Disposition"] = "inline"
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@needs(P.DEPART_TRANSFER)
def remove_recording(request: Any, recording_id: UUID) -> HttpResponse:
    kept = queries.recording(request.actor, recording_id)
    found = transfer_pages.transfer(request.actor, kept.transfer_id)
    form = Reason(posted(request))
    if done(form, commands.remove_recording, by=request.actor, recording=kept):
        return to_transfer(request, found.pk, _("Removed."))
    return act_page(
        request, found, form, "remove_recording", heading=_("Remove: {what}").format(what=kept.get_kind_display()),
        explains=_("Its content is erased. That it was there, who removed it and why stays."),
        submit=_("Remove"), danger=True,
    )  # fmt: skip
