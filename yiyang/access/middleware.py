"""Each request has an actor; pages are closed unless they are on the public list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from yiyang.kernel.actors import doer
from yiyang.kernel.middleware import refusal_page
from yiyang.kernel.time import now

from . import acting
from .actors import NOBODY, AccountActor, Nobody, actor_for, at_home
from .entry import came_as_family, still_open
from .public import BEFORE_ALL_IS_SET_UP, is_public

MEMBERSHIP = "membership_id"
Next = Callable[[HttpRequest], HttpResponse]


class ActorMiddleware:
    """Sets `request.actor`, the language of the account, and asks strangers to sign in."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.actor = _actor(request)
        _prefer(request)
        response = self.get_response(request)
        response.setdefault("Cache-Control", "private, no-store")
        return response

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if is_public(match.view_name, match.route):
            return None
        if isinstance(request.actor, Nobody):
            return _to_sign_in(request)
        if refusal := acting.closed_meanwhile(request, match.view_name):
            return refusal_page(request, refusal)
        return _unfinished(request, match.view_name)


def _actor(request: Any) -> AccountActor | Nobody:
    if not request.user.is_authenticated:
        return NOBODY
    if came_as_family(request):
        return at_home(request.user) if still_open(request) else NOBODY
    return acting.in_session(request, actor_for(request.user, now(), request.session.get(MEMBERSHIP)))


def _to_sign_in(request: Any) -> HttpResponse:
    """Signing in leads back to the page. A part that a page fetches by itself never takes the page away:
    what was typed there is still there, and the page says that the session has ended."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=401)
    return redirect_to_login(_page_of(request), settings.LOGIN_URL)


def _page_of(request: Any) -> str:
    """The page that was asked for; for what was sent, the page on which it was written."""
    if request.method in ("GET", "HEAD"):
        return str(request.get_full_path())
    written_on = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(written_on, {request.get_host()}, request.is_secure()):
        return str(request.path)
    parts = urlsplit(written_on)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _unfinished(request: Any, view_name: str) -> HttpResponse | None:
    """A first password must be changed, and a required second factor set up, before anything else."""
    if view_name in BEFORE_ALL_IS_SET_UP:
        return None
    actor: Any = doer(request.actor)
    if actor.account.must_change_password:
        return redirect("account_change_password")
    role = actor.role_of
    if settings.REQUIRE_SECOND_FACTOR and role and role.second_factor and not _has_second_factor(request):
        return redirect("mfa_activate_totp")
    return None


def _has_second_factor(request: Any) -> bool:
    from allauth.mfa.utils import is_mfa_enabled

    return bool(is_mfa_enabled(request.user))


def _prefer(request: Any) -> None:
    """What was chosen in this browser comes first, then the account's own choice; Chinese when neither says."""
    account = request.user if request.user.is_authenticated else None
    known = dict(settings.LANGUAGES)
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    language = chosen if chosen in known else account.language if account else settings.LANGUAGE_CODE
    translation.activate(language if language in known else settings.LANGUAGE_CODE)
    request.LANGUAGE_CODE = translation.get_language()
    if account and "density" not in request.COOKIES:
        request.COOKIES["density"] = account.density
