"""Whether a what-if can be: what it names must be known, and an answer must be one that the instrument has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiyang.assessments.rules.eligibility import Criteria, Evidence, Supposition, answers_with, suppose
from yiyang.assessments.rules.instruments import Instrument
from yiyang.assessments.rules.scoring import score
from yiyang.kernel.refusals import Refusal
from yiyang.people import queries as people


class CannotSuppose(Refusal):
    message = gettext_lazy("This cannot be supposed: {faults}. Correct it and ask again; nothing was saved.")
    status = 422


def supposed(
    evidence: Evidence,
    given: Supposition,
    instruments: Mapping[str, Instrument],
    criteria: Mapping[str, Criteria],
) -> Evidence:
    """The evidence with what is supposed; everything that cannot be is said at once."""
    faults = list(_faults(evidence, given, instruments, criteria))
    if faults:
        raise CannotSuppose(faults="; ".join(faults[:20]))
    return suppose(evidence, given, instruments)


def _faults(
    evidence: Evidence,
    given: Supposition,
    instruments: Mapping[str, Instrument],
    criteria: Mapping[str, Criteria],
) -> Iterator[str]:
    for code in sorted({*given.answers, *given.levels, *given.totals} - set(instruments)):
        yield _("the criteria ask nothing of an instrument {code}").format(code=code)
    for code, level in given.levels.items():
        if code in instruments and instruments[code].band(level) is None:
            yield _("{code} has no level {strange}").format(code=code, strange=level)
    for code in given.answers:
        if code in instruments:
            yield from _impossible(evidence, given, instruments[code])
    known = {one.code for each in criteria.values() for one in each.criteria}
    for code in sorted(set(given.judged) - known):
        yield _("there is no criterion {code}").format(code=code)
    for group in sorted((given.groups or frozenset()) - set(people.group_names())):
        yield _("there is no group {code}").format(code=group)


def _impossible(evidence: Evidence, given: Supposition, instrument: Instrument) -> Iterator[str]:
    changed = given.answers[instrument.code]
    answers = answers_with(evidence, instrument.code, changed)
    outcome = score(instrument, answers, context={"age": evidence.age, "today": evidence.on})
    for fault in outcome.impossible:
        if fault.item in changed or not fault.item:
            yield f"{instrument.code} {fault.item}: {fault.words}"
