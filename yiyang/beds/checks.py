"""Whether the policy pack's criteria can be used: said in words when the product starts, not on somebody's page."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.utils.timezone import localdate

from yiyang.assessments.rules.eligibility import CriteriaFault
from yiyang.beds.queries.eligibility import of_pack
from yiyang.kernel.policy import NoPolicy
from yiyang.kernel.time import now
from yiyang.ops.config import config


@register()
def criteria_can_be_used(app_configs: Any, **_given: Any) -> list[CheckMessage]:
    try:
        of_pack(config.policy_pack, localdate(now()))
    except CriteriaFault as fault:
        return [Error(f"{config.policy_pack}: {one}", id="beds.E001") for one in fault.faults]
    except NoPolicy as lacking:
        return [Error(str(lacking), id="beds.E002")]
    return []
