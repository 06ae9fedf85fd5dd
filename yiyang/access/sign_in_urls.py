"""Routes of sign-in. Of django-allauth only these are served; sign-up, e-mail and password reset are closed."""

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.usersessions import views as sessions
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView


def closed(request: HttpRequest, **_kwargs: Any) -> HttpResponse:
    """allauth asks for these names; the platform has no such page."""
    raise Http404


def sign_out(request: HttpRequest) -> HttpResponse:
    """What pages have kept on the device for going on without a connection goes with the account."""
    response: HttpResponse = account.logout(request)
    if request.method == "POST":
        response["Clear-Site-Data"] = '"storage"'
    return response


urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", account.login, name="account_login"),
    path("sign-in/second-factor/", mfa.authenticate, name="mfa_authenticate"),
    path("sign-in/again/", account.reauthenticate, name="account_reauthenticate"),
    path("sign-in/again/second-factor/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("sign-in/locked/", account.account_inactive, name="account_inactive"),
    path("sign-out/", sign_out, name="account_logout"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/sessions/", sessions.list_usersessions, name="usersessions_list"),
    path("account/security/", RedirectView.as_view(pattern_name="access:my_account"), name="mfa_index"),
    path("account/second-factor/", totp.activate_totp, name="mfa_activate_totp"),
    path("account/second-factor/off/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/recovery-codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/recovery-codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path(
        "account/recovery-codes/download/", codes.download_recovery_codes, name="mfa_download_recovery_codes"
    ),
    path("closed/sign-up/", closed, name="account_signup"),
    path("closed/email/", closed, name="account_email"),
    path("closed/verify/", closed, name="account_email_verification_sent"),
    path("closed/password/set/", closed, name="account_set_password"),
    path("closed/password/reset/", closed, name="account_reset_password"),
]
