"""Photos: decoded and written anew as JPEG, so that nothing but the picture is kept. Not where it was taken."""

from __future__ import annotations

import io
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from yiyang.kernel.refusals import Refusal

LARGEST = 12 * 1024 * 1024
PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
MEDIA_TYPE = "image/jpeg"


class PictureTooLarge(Refusal):
    message = _("The photo is larger than 12 MB or 50 million pixels. Take a smaller one.")
    status = 422


class NotAPicture(Refusal):
    message = _("This is not a photo that can be shown here. Send a JPEG, PNG or WebP picture.")
    status = 422


def redrawn(content: bytes, *, side: int, field: str = "photo") -> bytes:
    """The picture alone, upright, at most `side` pixels long."""
    if len(content) > LARGEST:
        raise PictureTooLarge(field=field)
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as sent:
            if sent.width * sent.height > PIXELS:
                raise PictureTooLarge(field=field)
            upright: Any = ImageOps.exif_transpose(sent)
            picture = upright.convert("RGB")
    except Refusal:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotAPicture(field=field) from error
    picture.thumbnail((side, side))
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=82, optimize=True)
    return written.getvalue()


class PictureField(forms.FileField):
    """A photo, on a telephone straight from the camera; the command looks at its content."""

    def __init__(self, *, camera: str = "", **told: Any) -> None:
        told.setdefault("help_text", _("A photo of at most 12 MB."))
        attrs = {"accept": "image/*", **({"capture": camera} if camera else {})}
        told.setdefault("widget", forms.FileInput(attrs=attrs))
        super().__init__(**told)

    def clean(self, data: Any, initial: Any = None) -> Any:
        photo = super().clean(data, initial)
        if photo is not None and photo.size > LARGEST:
            raise forms.ValidationError(PictureTooLarge.message)
        return photo
