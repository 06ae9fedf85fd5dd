"""Sign-in of elders and families: the telephone, then the code that it was sent. Nothing of it is in addresses."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.crypto import decrypt, encrypt
from yiyang.kernel.time import now

from .. import commands
from ..code_sending import reaches_telephones
from ..entry import let_in
from ..family_forms import CodeForm, PhoneForm
from .forms_shown import posted

ASKED, SHOWN, NEXT = "asked_phone", "demo_code", "sign_in_next"


def sign_in_by_phone(request: Any) -> HttpResponse:
    remember_next(request)
    form = PhoneForm(posted(request))
    if request.method == "POST":
        with form.refusals():
            if form.is_valid():
                phone = form.cleaned_data["phone"]
                code = commands.ask_for_code(
                    by=SYSTEM, at=now(), phone=phone, address=get_adapter().get_client_ip(request)
                )
                request.session[ASKED] = b64encode(encrypt(phone)).decode()
                request.session[SHOWN] = code if settings.DEMO and not reaches_telephones() else ""
                return redirect("access:enter_code")
    return render(request, "access/sign_in_by_phone.html", {"form": form})


def enter_code(request: Any) -> HttpResponse:
    if ASKED not in request.session:
        return redirect("access:sign_in_by_phone")
    phone = decrypt(b64decode(request.session[ASKED]))
    form = CodeForm(posted(request))
    if request.method == "POST":
        with form.refusals():
            if form.is_valid():
                entered = commands.enter_code(
                    by=SYSTEM, at=now(), phone=phone, code=form.cleaned_data["code"]
                )
                if entered.refusal:
                    raise entered.refusal
                return go_in(request, "phone", entered.phone)
    shown = f"{phone[:3]}****{phone[-4:]}"
    context = {"form": form, "phone": shown, "demo_code": request.session.get(SHOWN, "")}
    return render(request, "access/enter_code.html", context)


def remember_next(request: Any) -> None:
    """Where a forwarded link leads, kept until the person behind it has shown who they are."""
    wanted = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}):
        request.session[NEXT] = wanted


def go_in(request: Any, way: str, by_what: Any) -> HttpResponse:
    target = request.session.pop(NEXT, "")
    for left in (ASKED, SHOWN):
        request.session.pop(left, None)
    let_in(request, way, by_what)
    return redirect(target or reverse("portals:home"))
