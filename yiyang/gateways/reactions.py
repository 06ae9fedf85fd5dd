"""When a notice is put into an inbox, those who want to know outside the pages are told that there is one."""

from __future__ import annotations

from yiyang.gateways.messages import commands
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.facts import Fact
from yiyang.kernel.reactions import on


@on("notice.sent")
def tell_outside(fact: Fact) -> None:
    if fact.subject_id:
        commands.plan_deliveries(by=SYSTEM, at=fact.at, notice_id=fact.subject_id)
