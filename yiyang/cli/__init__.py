"""The console command `yiyang`."""

from yiyang.cli.app import app

__all__ = ["app"]
