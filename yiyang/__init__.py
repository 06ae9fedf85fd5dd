"""Integrated medical and elderly care for a city district."""

import gc

__version__ = "0.1.0"

# What is loaded at start stays. Looking through it for garbage at each seven hundredth object was a sixth of the
# time that every process and every command took to begin.
gc.set_threshold(20_000, 20, 20)
