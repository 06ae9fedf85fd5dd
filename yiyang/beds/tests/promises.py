"""The promises as the tests ask for them: the same SQL that `yiyang check --promises` runs."""

from yiyang.beds.queries.promises import PROMISES, broken_promises

__all__ = ["PROMISES", "broken_promises"]
