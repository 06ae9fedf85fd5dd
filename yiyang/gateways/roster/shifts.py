"""One row of a shift plan: which post, who, from when to when; a shift that is planned already is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from yiyang.access import queries as access
from yiyang.duty import commands as duty
from yiyang.duty import queries
from yiyang.duty.rules.posts import PostKind
from yiyang.kernel.actors import SYSTEM, Actor
from yiyang.kernel.refusals import Refusal

DAY = timedelta(days=1)
LANGUAGES = ("zh-hans", "en")


class PostUnknown(Refusal):
    message = _("The unit has no post “{name}”. Its posts: {posts}. Add the post first.")
    status = 422


class StaffUnknown(Refusal):
    message = _("Nobody called “{name}” works for this unit then. Write the name or login of one who does.")
    status = 422


class StaffAmbiguous(Refusal):
    message = _("Several people are called “{name}”. Write the login: {logins}.")
    status = 422


class PlannedOtherwise(Refusal):
    message = _(
        "{name} is planned on this post at this time, and the file says otherwise. Change the shift on the page."
    )


def write_shift(given: dict[str, Any], *, unit: Any, by: Actor, at: datetime) -> bool:
    """Plan the shift; False when just this one is planned already."""
    post = _post(unit, given["post"])
    since, until = _times(given["on"], given["begins"], given["ends"])
    staff = list(access.colleagues(unit.pk, since))
    somebody = _one_of(staff, given["staff"], "staff")
    deputy = _one_of(staff, given["deputy"], "deputy") if given.get("deputy") else None
    told = {
        "telephone": given.get("telephone", ""),
        "deputy_id": deputy.pk if deputy else None,
        "deputy_telephone": given.get("deputy_telephone", ""),
    }
    planned = queries.planned(post, since, until)
    if planned is not None and planned.account_id == somebody.pk:
        if any(value and value != getattr(planned, name) for name, value in told.items()):
            raise PlannedOtherwise(name=somebody.name, field="staff")
        return False
    duty.add_shift(
        by=by, at=at, post=post, account_id=somebody.pk, since=since, until=until,
        also_elsewhere=given.get("also_elsewhere", ""), **told,
    )  # fmt: skip
    return True


def _times(on: date, begins: time, ends: time) -> tuple[datetime, datetime]:
    """A shift that ends at or before the hour of its beginning ends on the next day."""
    zone = timezone.get_current_timezone()
    since = datetime.combine(on, begins, zone)
    until = datetime.combine(on if ends > begins else on + DAY, ends, zone)
    return since, until


def _post(unit: Any, name: str) -> Any:
    """By its own name, the code of its kind, or what the kind is called in either language."""
    posts = list(queries.posts(SYSTEM, unit.pk))
    named = [one for one in posts if one.name == name]
    found = named or [one for one in posts if name.casefold() in words_of(one.kind)]
    if len(found) == 1:
        return found[0]
    unnamed = [one for one in found if not one.name]
    if len(unnamed) == 1:
        return unnamed[0]
    raise PostUnknown(name=name, posts="、".join(one.label for one in posts) or "–", field="post")


def words_of(kind: str) -> set[str]:
    found = {kind.casefold()}
    for language in LANGUAGES:
        with translation.override(language):
            found.add(str(PostKind(kind).label).casefold())
    return found


def _one_of(staff: Iterable[Any], name: str, field: str) -> Any:
    """By login, or by a name that only one of them has."""
    of_login = [one for one in staff if one.login == name.strip().lower()]
    found = of_login or [one for one in staff if one.name == name.strip()]
    if not found:
        raise StaffUnknown(name=name, field=field)
    if len(found) > 1:
        raise StaffAmbiguous(name=name, logins=", ".join(one.login for one in found), field=field)
    return found[0]
