"""The photo of a member of staff, for themselves and for who is in charge of the account."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from yiyang.kernel.forms import Form
from yiyang.kernel.pictures import MEDIA_TYPE, PictureField

from .. import commands
from ..forms import Nothing
from ..queries import staff_photos as queries
from .forms_shown import form_page, posted


class PhotoForm(Form):
    photo = PictureField(label=gettext_lazy("Photo of the face"), camera="user")


def set_staff_photo(request: Any, account_id: UUID) -> HttpResponse:
    account = queries.of_staff(request.actor, account_id)
    form = PhotoForm(posted(request), request.FILES or None)
    return form_page(
        request,
        form,
        lambda at: commands.set_staff_photo(
            by=request.actor, at=at, account=account, content=form.cleaned_data["photo"].read()
        ),
        heading=_("Photo of {name}").format(name=account.name),
        lead=_(
            "Shown on the day's page of the people whom they look after while on duty, and to nobody else."
        ),
        submit=_("Keep the photo"),
        back=_back(request, account_id),
    )


def remove_staff_photo(request: Any, account_id: UUID) -> HttpResponse:
    account = queries.of_staff(request.actor, account_id)
    return form_page(
        request,
        Nothing(posted(request)),
        lambda at: commands.remove_staff_photo(by=request.actor, at=at, account=account),
        heading=_("Remove the photo of {name}?").format(name=account.name),
        submit=_("Remove the photo"),
        back=_back(request, account_id),
        danger=True,
    )


@require_GET
def staff_photo(request: Any, account_id: UUID) -> HttpResponse:
    account = queries.of_staff(request.actor, account_id)
    return picture(queries.photo_content(account.pk))


def picture(content: bytes) -> HttpResponse:
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=MEDIA_TYPE, headers=headers)


def _back(request: Any, account_id: UUID) -> str:
    own = request.actor.account_id == account_id
    return reverse("access:my_account") if own else reverse("access:account", args=[account_id])
