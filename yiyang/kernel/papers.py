"""Signed papers as a photo or a scan: one size and one list of kinds for all; the content says which it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal

LARGEST = 8 * 1024 * 1024
BEGINNINGS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG": "image/png",
    b"RIFF": "image/webp",
    b"%PDF": "application/pdf",
}
KINDS = frozenset(BEGINNINGS.values())


class PaperTooLarge(Refusal):
    message = _("The file is larger than 8 MB. Take a smaller photo.")
    status = 422


class NotAPaper(Refusal):
    message = _("This is neither a photo (JPEG, PNG, WebP) nor a PDF.")
    status = 422


def kind_of(content: bytes) -> str:
    """The media type that the first bytes say; empty when they say none of ours."""
    return next((kind for start, kind in BEGINNINGS.items() if content.startswith(start)), "")


def checked(content: bytes, field: str = "paper") -> str:
    """The media type of a paper that may be kept."""
    if len(content) > LARGEST:
        raise PaperTooLarge(field=field)
    if not kind_of(content[:8]):
        raise NotAPaper(field=field)
    return kind_of(content[:8])


class PaperField(forms.FileField):
    """A photo or a PDF. The size is looked at before the content is read."""

    def __init__(self, **told: Any) -> None:
        told.setdefault("help_text", _("A photo or a PDF of at most 8 MB."))
        told.setdefault("widget", forms.FileInput(attrs={"accept": "image/*,application/pdf"}))
        super().__init__(**told)

    def clean(self, data: Any, initial: Any = None) -> Any:
        paper = super().clean(data, initial)
        if paper is None:
            return None
        if paper.size > LARGEST:
            raise forms.ValidationError(PaperTooLarge.message)
        if not kind_of(paper.read(8)):
            raise forms.ValidationError(NotAPaper.message)
        paper.seek(0)
        return paper
