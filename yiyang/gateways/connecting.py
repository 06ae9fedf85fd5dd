"""Which adapter carries which channel, how one-time codes leave, which files of others become instruments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yiyang.access.code_sending import register_sender
from yiyang.assessments.commands import register_format
from yiyang.gateways import enterprise_chat, sms, voice, wechat
from yiyang.gateways.fhir.questionnaires import translated
from yiyang.gateways.messages import commands
from yiyang.gateways.messages.channels import carrier, register_carrier
from yiyang.gateways.messages.models import Channel
from yiyang.kernel.actors import SYSTEM


def connect() -> None:
    register_carrier(Channel.SMS, sms.from_configuration)
    register_carrier(Channel.VOICE, voice.from_configuration)
    register_carrier(Channel.WECHAT, wechat.from_configuration)
    register_carrier(Channel.ENTERPRISE_CHAT, enterprise_chat.from_configuration)
    register_format(translated)
    register_sender(send_code, lambda: carrier(Channel.SMS) is not None)


def send_code(phone: Any, code: str, at: datetime, expires_at: datetime) -> None:
    commands.plan_code(
        by=SYSTEM, at=at, account_id=phone.account_id, language=phone.account.language, phone=phone.number,
        code=code, expires_at=expires_at, key=f"{phone.pk}:{at:%Y%m%d%H%M%S%f}",
    )  # fmt: skip
