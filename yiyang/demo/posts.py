"""Tokens for the posts that the simulator plays: issued by the same command as anybody's."""

from __future__ import annotations

from yiyang.access.commands import issue_token
from yiyang.access.models import Membership
from yiyang.demo.api import Client
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now

ROLES = (
    "CARE_HOME_NURSE", "CARE_HOME_MANAGER", "NIGHT_DUTY_OFFICER", "WARD_DOCTOR", "ADMISSION_OFFICE",
    "HOME_BED_DOCTOR", "HOME_BED_NURSE", "FAMILY_DOCTOR", "COORDINATOR",
)  # fmt: skip
HOURS = 24 * 7


def clients(base_url: str) -> list[Client]:
    """One client for every post of these roles in the district."""
    live = Membership.objects.filter(role__in=ROLES, period__contains=now()).select_related(
        "account", "organisation"
    )
    found = []
    for one in live.order_by("organisation__name_zh", "role", "account__login"):
        _token, raw = issue_token(
            by=SYSTEM, at=now(), account=one.account, membership=one, hours=HOURS, label="simulator"
        )
        found.append(Client(base_url, raw, str(one.organisation_id), one.role, one.account.name))
    return found
