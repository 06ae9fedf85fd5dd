"""When a notice is put into an inbox, those who want to know outside the pages are told that there is one."""

from __future__ import annotations

from yiyang.gateways.messages import commands
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.facts import Fact
from yiyang.kernel.reactions import on


@on("person.missing")
def ask_the_contact_to_call_about_one_missing(fact: Fact) -> None:
    commands.ask_contacts_to_call(by=SYSTEM, at=fact.at, fact=fact)


@on("transfer.requested")
def ask_the_contact_to_call_in_an_emergency(fact: Fact) -> None:
    if fact.data.get("urgency") == "EMERGENCY":
        commands.ask_contacts_to_call(by=SYSTEM, at=fact.at, fact=fact)


@on("sign_in_phone.changed")
def tell_the_former_telephone(fact: Fact) -> None:
    if fact.data.get("former"):
        commands.tell_former_telephone(by=SYSTEM, at=fact.at, fact=fact)


@on("notice.sent")
def tell_outside(fact: Fact) -> None:
    if fact.subject_id:
        commands.plan_deliveries(by=SYSTEM, at=fact.at, notice_id=fact.subject_id)


@on("alarm.contact_asked")
def ask_the_contact_to_call_about_an_alarm(fact: Fact) -> None:
    commands.ask_contacts_to_call(by=SYSTEM, at=fact.at, fact=fact)
