"""Who is told, and what follows, when something happens to a transfer, a hold or a leave. No logic: one notice each.

What is imported first runs first after the same fact: the notice, then the matter of whoever is on duty.
"""

from yiyang.beds.reactions import texts, transfers

# isort: split
from yiyang.beds.reactions import duty

# isort: split
from yiyang.beds.reactions import following, messages, stays

__all__ = ["duty", "following", "messages", "stays", "texts", "transfers"]
