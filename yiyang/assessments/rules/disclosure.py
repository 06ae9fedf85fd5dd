"""What of an assessment the person may read themself before a clinician has spoken with them."""

from __future__ import annotations

from collections.abc import Callable

# Instruments that are done because somebody is expected to die: their name alone tells it.
TELLS = {"PALLIATIVE": frozenset({"PPS", "KPS"}), "PROGNOSIS": frozenset({"PPS", "KPS"})}


def hidden_codes(withholds: Callable[[str], bool]) -> frozenset[str]:
    """The instruments of which the person's own pages say nothing; `withholds` says whether a topic is untold."""
    return frozenset().union(*(codes for topic, codes in TELLS.items() if withholds(topic)))


def shows_answers(withholds: Callable[[str], bool]) -> bool:
    """Answers, steps and demands name diagnoses: the person reads them once the diagnosis was told."""
    return not withholds("DIAGNOSIS")
