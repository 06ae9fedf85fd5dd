"""How django-allauth is bent to this platform: no sign-up, no e-mail, words of our own, facts of our own."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.actors import doer
from yiyang.kernel.crypto import decrypt, encrypt
from yiyang.kernel.time import now

from . import commands
from .actors import actor_for

SAID = {
    "account/messages/password_changed.txt": _("Your password is changed."),
    "mfa/messages/totp_activated.txt": _(
        "The second factor is set up. From now on you are asked for a code."
    ),
    "mfa/messages/totp_deactivated.txt": _("The second factor is switched off."),
    "mfa/messages/recovery_codes_generated.txt": _(
        "New recovery codes are made. The earlier ones no longer work."
    ),
    "usersessions/messages/sessions_logged_out.txt": _("All other sessions are signed out."),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The login name or the password is not right."),
        "too_many_login_attempts": _("Too many attempts. Wait ten minutes, or ask your administrator."),
        "incorrect_password": _("The password is not right."),
        "enter_current_password": _("The current password is not right."),
        "same_password": _("The new password must differ from the current one."),
        "rate_limited": _("Too many attempts. Wait ten minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """The platform has no e-mail of its own; nothing may leave the installation."""

    def post_login(self, request: Any, user: Any, **kwargs: Any) -> HttpResponse:
        at = now()
        commands.record_sign_in(by=actor_for(user, at), at=at)
        return super().post_login(request, user, **kwargs)

    def logout(self, request: Any) -> None:
        if request.user.is_authenticated:
            who: Any = doer(request.actor)
            commands.record_sign_out(by=who, at=now())
        super().logout(request)

    def authentication_failed(self, request: Any, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        commands.record_failed_sign_in(at=now(), login=str(credentials.get("username") or ""))

    def set_password(self, user: Any, password: str) -> None:
        at = now()
        commands.change_own_password(by=actor_for(user, at), at=at, password=password)

    def add_message(
        self, request: Any, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Only what the reader does not see anyway."""
        text = SAID.get(message_template or "")
        if text:
            messages.add_message(request, level, text)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right. Codes change every 30 seconds; enter the newest."),
    }

    def encrypt(self, text: str) -> str:
        """The shared secret of the second factor lies in the database as identifiers do."""
        return b64encode(encrypt(text)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(b64decode(encrypted_text))
