"""Recorded sentences: the district's coordinator has people say them, elders hear them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.kernel import ranges, recordings
from yiyang.kernel.forms import Form
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.spoken import ALL, SENTENCES, Tongue
from yiyang.kernel.time import now
from yiyang.kernel.voices import VoiceField
from yiyang.portals.spoken import address, chinese, in_chinese

MICROPHONE = "camera=(), geolocation=(), microphone=(self)"
EVERYWHERE = {"audio/wav", "audio/mpeg", "audio/mp4", "audio/aac"}  # what old iPhones play too
RECORDER = {
    "accept": "audio/*",
    "data-recorder": str(recordings.LONGEST_SECONDS),
    "data-recorder-as": "wav",
}


class RecordSentence(Form):
    voice = VoiceField(
        label=gettext_lazy("Recording of the sentence"),
        help_text=gettext_lazy(
            "At most 20 seconds, or a file of at most 1 MB. WAV, MP3 and M4A play on every telephone."
        ),
        widget=forms.FileInput(attrs=RECORDER),
    )
    speaker = forms.CharField(
        label=gettext_lazy("Whose voice"),
        max_length=80,
        help_text=gettext_lazy(
            "Whoever speaks agrees that elders hear it. When they no longer agree, delete the recording."
        ),
    )


class Nothing(Form):
    """A question that needs no more than yes."""


@needs(Permission.COORDINATE)
def recorded_sentences(request: Any) -> HttpResponse:
    """Every sentence, who said it when, and which are not recorded yet."""
    found = recordings.recorded()
    lines = [
        {
            "sentence": one,
            "chinese": in_chinese(one),
            "tongues": [_in(tongue, found.get((one.code, tongue))) for tongue in Tongue],
        }
        for one in ALL
    ]
    done = [(tongue.label, sum(said == tongue for _code, said in found)) for tongue in Tongue]
    return render(
        request,
        "portals/recorded_sentences.html",
        {"lines": lines, "done": done, "all": len(ALL), "translated": not chinese()},
    )


def _in(tongue: Tongue, kept: Any) -> dict[str, Any]:
    if kept is None:
        return {"tongue": tongue}
    return {
        "tongue": tongue,
        "kept": kept,
        "url": address(kept),
        "everywhere": kept.media_type in EVERYWHERE,
    }


@needs(Permission.COORDINATE)
def record_sentence(request: Any, sentence: str, tongue: str) -> HttpResponse:
    """Say it into the microphone, or send a file; it takes the place of the one before."""
    said = _named(sentence, tongue)
    form = RecordSentence(
        _posted(request), request.FILES or None, initial={"speaker": request.actor.account.name}
    )
    if form.is_valid():
        with form.refusals():
            recordings.record_sentence(
                by=request.actor, at=now(), sentence=sentence, tongue=tongue,
                content=form.cleaned_data["voice"].read(), speaker=form.cleaned_data["speaker"],
            )  # fmt: skip
            messages.success(request, _("Recorded: {sentence}").format(sentence=said["chinese"]))
            return redirect(said["back"])
    there_is_one = (sentence, tongue) in recordings.recorded()
    shown = {**said, "form": form, "there_is_one": there_is_one, "translated": not chinese()}
    page = render(request, "portals/record_sentence.html", shown, status=_status(form))
    page["Permissions-Policy"] = MICROPHONE
    return page


@needs(Permission.COORDINATE)
def erase_sentence(request: Any, sentence: str, tongue: str) -> HttpResponse:
    said = _named(sentence, tongue)
    kept = recordings.recording(sentence, tongue)
    form = Nothing(_posted(request))
    if form.is_valid():
        with form.refusals():
            recordings.erase_sentence(by=request.actor, at=now(), sentence=sentence, tongue=tongue)
            messages.success(request, _("Deleted: {sentence}").format(sentence=said["chinese"]))
            return redirect(said["back"])
    shown = {**said, "form": form, "kept": kept}
    return render(request, "portals/erase_sentence.html", shown, status=_status(form))


@require_safe
def recorded_sentence(request: Any, sentence: str, tongue: str) -> HttpResponse:
    """The sound, to whoever is signed in: it is about nobody."""
    kept = recordings.recording(sentence, tongue)
    return ranges.sound(request, recordings.sound_of(kept), kept.media_type, kept.sha256[:16])


def _named(sentence: str, tongue: str) -> dict[str, Any]:
    """What the pages about one recording say of it."""
    if sentence not in SENTENCES or tongue not in Tongue.values:
        raise NotFound
    one = SENTENCES[sentence]
    back = reverse("portals:recorded_sentences") + f"#{sentence}"
    return {"sentence": one, "chinese": in_chinese(one), "tongue": Tongue(tongue).label, "back": back}


def _posted(request: Any) -> Any:
    return request.POST if request.method == "POST" else None


def _status(form: Form) -> int:
    refusal = getattr(form, "refusal", None)
    return refusal.status if refusal else 422 if form.is_bound and form.errors else 200
