"""Every write of handover packets."""

from yiyang.packets.commands.building import build_packet

__all__ = ["build_packet"]
