"""Every write of handover packets."""

from yiyang.packets.commands.building import build_packet
from yiyang.packets.commands.links import (
    LinkClosed,
    enter_link_code,
    note_link_shown,
    revoke_link,
    share_packet,
)
from yiyang.packets.commands.reading import PacketReadAlready, confirm_reading

__all__ = [
    "LinkClosed",
    "PacketReadAlready",
    "build_packet",
    "confirm_reading",
    "enter_link_code",
    "note_link_shown",
    "revoke_link",
    "share_packet",
]
