"""Who asks: the session of the pages, or a Bearer token; and which other port of this host may ask."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.db import close_old_connections
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host

from yiyang.access.actors import actor_for
from yiyang.access.middleware import MEMBERSHIP
from yiyang.access.refusals import SignInFirst
from yiyang.access.tokens import TokenUnknown, authenticate_token
from yiyang.kernel.time import now
from yiyang.project.push.readers import Sight

Headers = dict[str, str]


def headers_of(scope: dict[str, Any]) -> Headers:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def known_host(headers: Headers) -> bool:
    return validate_host(_host(headers), settings.ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"])


def same_host_origin(headers: Headers) -> str:
    """The origin that may read the answer: pages of this host, on whatever port they are served."""
    origin = headers.get("origin", "")
    try:
        name = urlsplit(origin).hostname
    except ValueError:
        return ""
    return origin if name and name == _host(headers).strip("[]") else ""


def sight_of(headers: Headers) -> Sight:
    """What the one who asks may know; a Refusal when nobody known asks. Blocking: for a thread."""
    try:
        return Sight.of(actor_of(headers))
    finally:
        close_old_connections()


def actor_of(headers: Headers) -> Any:
    authorization = headers.get("authorization", "")
    if authorization:
        kind, _, raw = authorization.partition(" ")
        if kind.lower() != "bearer":
            raise TokenUnknown
        return authenticate_token(raw.strip(), now())
    user, membership = _session_user(headers.get("cookie", ""))
    if user is None:
        raise SignInFirst
    return actor_for(user, now(), membership)


def _session_user(cookies: str) -> tuple[Any, str | None]:
    """The account behind the session's cookie, as the pages know it, and the capacity it works in."""
    try:
        cookie = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        cookie = None
    if cookie is None:
        return None, None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(cookie.value)
    user = get_user(request)
    if not user.is_authenticated or not user.is_active:
        return None, None
    return user, request.session.get(MEMBERSHIP)


def _host(headers: Headers) -> str:
    return split_domain_port(headers.get("host", ""))[0]
