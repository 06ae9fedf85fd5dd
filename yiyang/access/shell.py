"""What the frame of every page shows of the account: capacities, inbox, own account, the way out."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.kernel.shell import Choice, NavigationItem, Switcher

from . import queries
from .actors import AccountActor


def capacity(request: Any) -> dict[str, Any]:
    """A context processor. Parts of a page are rendered by themselves, so it is asked for several times."""
    actor = getattr(request, "actor", None)
    if not isinstance(actor, AccountActor):
        return {}
    if not hasattr(request, "capacity_shown"):
        request.capacity_shown = _capacity(request, actor)
    shown: dict[str, Any] = request.capacity_shown
    return shown


def _capacity(request: Any, actor: AccountActor) -> dict[str, Any]:
    return {
        "sign_out_url": reverse("account_logout"),
        "pressing_url": reverse("access:pressing_notices"),
        "session": {
            "seconds": getattr(request.session, "seconds_left", 0),
            "url": reverse("access:stay_signed_in"),
            "sign_in_url": reverse("account_login"),
        },
        "switcher": _switcher(actor),
        "header_links": [
            _link(request, _("Inbox"), "access:inbox", _open_notices(request, actor)),
            _link(request, _("My account"), "access:my_account"),
        ],
    }


def _open_notices(request: Any, actor: AccountActor) -> int:
    """Counted once a page, however many of its parts are drawn with the request."""
    if not hasattr(request, "open_notices"):
        request.open_notices = queries.open_notice_count(actor)
    return int(request.open_notices)


def _link(request: Any, label: str, name: str, count: int = 0) -> NavigationItem:
    url = reverse(name)
    return NavigationItem(label, url, current=request.path == url, count=count)


def _switcher(actor: AccountActor) -> Switcher:
    choices = tuple(
        Choice(str(one.pk), str(one), current=one.pk == actor.membership_id)
        for one in getattr(actor, "memberships", [])
    )
    return Switcher(reverse("access:switch_membership"), "membership", choices)
