"""Devices taken into the list, changed, in maintenance, given up; their keys."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.devices import commands
from yiyang.devices.forms import registry as forms
from yiyang.devices.queries import credentials
from yiyang.devices.queries import devices as queries
from yiyang.devices.views.shared import ingest_address, units_of
from yiyang.kernel.acting import act, asked
from yiyang.kernel.time import now


def _trail(device: Any = None) -> list[tuple[Any, str]]:
    trail = [(_("Devices"), reverse("devices:devices"))]
    return [*trail, (str(device), _of(device))] if device else trail


def _of(device: Any) -> str:
    return reverse("devices:device", args=[device.pk])


@needs(Permission.MANAGE_DEVICES)
def add_device(request: Any) -> HttpResponse:
    form = forms.DeviceForm(asked(request), units=units_of(request.actor))

    def run() -> Any:
        told = dict(form.cleaned_data)
        return commands.register_device(by=request.actor, at=now(), unit_id=UUID(told.pop("unit")), **told)

    return act(
        request, form, run, heading=_("Add a device"), submit=_("Add the device"),
        back=reverse("devices:devices"), trail=_trail(), onward=_of,
    )  # fmt: skip


@needs(Permission.MANAGE_DEVICES)
def change_device(request: Any, device_id: UUID) -> HttpResponse:
    found = queries.device(request.actor, device_id)
    names = ("serial", "model", "urn", "firmware", "udi", "datum", "expected_seconds", "version")
    form = forms.DeviceForm(
        asked(request), known=True, initial={name: getattr(found, name) for name in names}
    )
    return act(
        request, form,
        lambda: commands.change_device(by=request.actor, at=now(), device=found, **form.cleaned_data),
        heading=_("Change {device}").format(device=found), submit=_("Save"), back=_of(found), trail=_trail(found),
    )  # fmt: skip


@needs(Permission.MANAGE_DEVICES)
def retire_device(request: Any, device_id: UUID) -> HttpResponse:
    found = queries.device(request.actor, device_id)
    [row] = queries.rows(request.actor, [found])
    form = forms.Reason(asked(request))
    return act(
        request, form,
        lambda: commands.retire_device(by=request.actor, at=now(), device=found, **form.cleaned_data),
        heading=_("Give up {device}?").format(device=found), submit=_("Give it up"), danger=True,
        # Said before a reason is typed in vain.
        lead=_("The device is still with somebody. Take it back first.") if row.loan else "",
        consequences=[_("Nothing more is taken from it, and its keys end at once."),
                      _("It cannot be taken into use again, nor added again under its number."),
                      _("What it has sent stays in the records.")],
        back=_of(found), trail=_trail(found),
    )  # fmt: skip


@needs(Permission.MANAGE_DEVICES)
def set_device_quiet(request: Any, device_id: UUID) -> HttpResponse:
    found = queries.device(request.actor, device_id)
    form = forms.MaintenanceForm(asked(request))
    return act(
        request, form,
        lambda: commands.set_device_quiet(by=request.actor, at=now(), device=found, **form.cleaned_data),
        heading=_("Maintenance of {device}").format(device=found), submit=_("Begin maintenance"),
        lead=_("Until it ends, the silence of this device calls nobody. Afterwards it counts again by itself."),
        back=_of(found), trail=_trail(found),
    )  # fmt: skip


@needs(Permission.MANAGE_DEVICES)
def end_device_quiet(request: Any, device_id: UUID) -> HttpResponse:
    found = queries.device(request.actor, device_id)
    return act(
        request, forms.Nothing(asked(request)),
        lambda: commands.end_device_quiet(by=request.actor, at=now(), device=found),
        heading=_("End the maintenance of {device}?").format(device=found), submit=_("End maintenance"),
        lead=_("From now on its silence counts again: when nothing comes for too long, somebody is called."),
        back=_of(found), trail=_trail(found),
    )  # fmt: skip


@needs(Permission.MANAGE_DEVICES)
def issue_device_key(request: Any, device_id: UUID) -> HttpResponse:
    found = queries.device(request.actor, device_id)
    return issue_key(request, found, _trail(found), _of(found))


def issue_key(request: Any, owner: Any, trail: list[tuple[Any, str]], back: str) -> HttpResponse:
    """The key stands on this one answer and nowhere else."""
    former = any(one.live(now()) for one in credentials.credentials_of(owner))
    form = forms.KeyForm(asked(request), former=former)
    if request.method == "POST":
        with form.refusals():
            if form.is_valid():
                made, secret = commands.issue_credential(
                    by=request.actor, at=now(), owner=owner, **form.cleaned_data
                )
                context = {"owner": owner, "key": made, "secret": secret, "trail": trail, "back": back}
                context["ingest"] = ingest_address(request)
                answer = render(request, "devices/key.html", context)
                answer["Cache-Control"] = "no-store"
                return answer
    refusal = getattr(form, "refusal", None)
    context = {
        "form": form, "heading": _("New key for {device}").format(device=owner), "submit": _("Issue the key"),
        "lead": _("The device sends with it. It is shown once; nobody can look it up later."), "cancel": back,
        "trail": trail, "consequences": [], "danger": False, "at_home": False, "faults": [],
    }  # fmt: skip
    status = refusal.status if refusal else 422 if form.is_bound and form.errors else 200
    return render(request, "kernel/act.html", context, status=status)


@needs(Permission.MANAGE_DEVICES)
def revoke_key(request: Any, device_credential_id: UUID) -> HttpResponse:
    found = credentials.credential(request.actor, device_credential_id)
    owner = found.owner
    back = reverse("devices:device" if found.device_id else "devices:gateway", args=[owner.pk])
    return act(
        request, forms.Nothing(asked(request)),
        lambda: commands.revoke_credential(by=request.actor, at=now(), credential=found),
        heading=_("Take back the key of {device}?").format(device=owner), submit=_("Take it back"), danger=True,
        lead=_("Nothing more is taken under this key from this moment on. To send again it needs a new one."), back=back,
        trail=[(_("Devices"), reverse("devices:devices")), (str(owner), back)],
    )  # fmt: skip
