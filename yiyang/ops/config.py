"""The configuration of this process, read and checked when first asked for."""

import os

from yiyang.ops.configuration import Config, ConfigError, read

__all__ = ["Config", "ConfigError", "config"]

config = read(os.environ)
