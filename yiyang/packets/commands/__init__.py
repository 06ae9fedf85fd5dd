"""Every write of handover packets."""

from yiyang.packets.commands.building import build_packet
from yiyang.packets.commands.reading import PacketReadAlready, confirm_reading

__all__ = ["PacketReadAlready", "build_packet", "confirm_reading"]
