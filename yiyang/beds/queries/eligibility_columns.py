"""Which of the five beds fit many persons at once, as their assessments were signed and as they would be scored.

Columns answer for nearly all. Whose answers columns do not say whole, or whose record was merged, is decided
one by one, so that a column never says anything else than the page of one person does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.utils.timezone import localdate

from yiyang.access.bed_kinds import BedKind
from yiyang.assessments.commands.rescoring import Fits
from yiyang.assessments.queries import standing
from yiyang.assessments.queries.evidence import evidence_of_many
from yiyang.assessments.queries.names import contents
from yiyang.assessments.rules import eligibility as rules
from yiyang.assessments.rules.columns import Bools, Columns
from yiyang.assessments.rules.columns_known import Answers
from yiyang.assessments.rules.eligibility import Assessed, Criteria
from yiyang.assessments.rules.eligibility.columns import ANSWERS, Held, Population, decide_columns
from yiyang.assessments.rules.instruments import Instrument, ItemKind
from yiyang.assessments.rules.rescoring import Laid, as_signed, days, not_plain
from yiyang.assessments.rules.standing import Standing
from yiyang.beds.queries import eligibility as queries
from yiyang.people import queries as people

KINDS = tuple(BedKind.values)
LETTER = {answer: answer[0] for answer in ANSWERS}  # E, N, J
LETTERS = np.array([LETTER[answer] for answer in ANSWERS])


def fits_of(laid: Laid, at: datetime) -> Fits:
    """A letter for each kind in order; nothing where the assessment is not the person's latest."""
    criteria, day, code = queries.criteria_on(localdate(at)), localdate(at), laid.content.code
    persons = laid.standing.persons
    asked = {one for each in criteria.values() for one in each.instruments}
    versions = {**contents(asked - {code}), code: laid.content}
    others, odd = _others(persons, versions, code, at)
    odd |= not_plain(laid.content, laid.columns, laid.standing.levels) | _by_words(criteria, versions)
    if odd.all():
        before, after = [""] * len(persons), [""] * len(persons)
    else:
        known = _population(laid.standing, day, {**others, code: laid.held()})
        before = _letters(criteria, replace(known, assessed={**others, code: laid.held_before()}))
        after = _letters(criteria, known)
    for row, latest in enumerate(laid.standing.latest):
        if not latest:
            before[row] = after[row] = ""
    for row, pair in _one_by_one(laid, odd, criteria, at):
        before[row], after[row] = pair
    return Fits(before, after)


def _letters(criteria: Mapping[str, Criteria], population: Population) -> list[str]:
    columns = [LETTERS[decide_columns(criteria[kind], population)].tolist() for kind in KINDS]
    return list(map("".join, zip(*columns, strict=True)))


def _by_words(criteria: Mapping[str, Criteria], versions: Mapping[str, Instrument]) -> bool:
    """Whether a criterion asks what a text or a date says: columns keep only that there is one."""
    leaves = [leaf for one in criteria.values() for leaf in one.asks if leaf.about == "item"]
    items = [
        versions[leaf.instrument].by_code.get(leaf.item) for leaf in leaves if leaf.instrument in versions
    ]
    return any(item is not None and item.kind in (ItemKind.TEXT, ItemKind.DATE) for item in items)


def _others(
    persons: Sequence[UUID], versions: Mapping[str, Instrument], but: str, at: datetime
) -> tuple[dict[str, Held], Bools]:
    """What they were assessed with beside, in columns; and whose answers columns do not say whole."""
    found = evidence_of_many(persons, versions.keys() - {but}, at)
    odd = np.zeros(len(persons), dtype=np.bool_)
    held = {}
    for code, content in versions.items():
        rows = [found.get(person, {}).get(code) for person in persons]
        if any(rows):
            held[code], strange = _held(content, rows)
            odd |= strange
    return held, odd


def _held(content: Instrument, rows: Sequence[Assessed | None]) -> tuple[Held, Bools]:
    nobody = Assessed(content.code, date.max)
    given = [one or nobody for one in rows]
    columns = Columns(content, [one.answers for one in given])
    levels = [one.level for one in given]
    signed = as_signed(content, levels, [one.total for one in given], [one.subscores for one in given])
    held = Held(
        columns, signed, days([one and one.on for one in rows]), days([one.valid_until for one in given])
    )
    return held, not_plain(content, columns, levels)


def _population(rows: Standing, day: date, assessed: Mapping[str, Held]) -> Population:
    persons = rows.persons
    groups, insured = people.enrolled(persons, day)
    beds, ages = queries.beds_of(persons), [standing.age_on(born_on, day) for born_on in rows.born]
    return Population(
        on=day,
        size=len(rows),
        assessed=assessed,
        age=np.array([np.nan if age is None else age for age in ages], dtype=np.float64),
        sets={
            "insurance": _sets([insured.get(person, ()) for person in persons]),
            "group": _sets([groups.get(person, ()) for person in persons]),
            "bed": _sets([beds.get(person, ()) for person in persons]),
        },
        insurance_known=np.array([person in insured for person in persons], dtype=np.bool_),
        consents=_consents(persons),
    )


def _sets(rows: Sequence[Iterable[str]]) -> dict[str, Bools]:
    found: dict[str, Bools] = {}
    for at, codes in enumerate(rows):
        for code in codes:
            found.setdefault(code, np.zeros(len(rows), dtype=np.bool_))[at] = True
    return found


def _consents(persons: Sequence[UUID]) -> dict[str, Answers]:
    said, size = queries.consents_of(persons), len(persons)
    found: dict[str, Answers] = {}
    for at, person in enumerate(persons):
        for kind, agreed in said.get(person, {}).items():
            both = found.setdefault(kind, Answers(np.zeros(size, np.bool_), np.zeros(size, np.bool_)))
            (both.yes if agreed else both.no)[at] = True
    return found


def _one_by_one(
    laid: Laid, odd: Bools, criteria: Mapping[str, Criteria], at: datetime
) -> list[tuple[int, tuple[str, str]]]:
    """Rows that columns do not say whole, and all of persons with a merged record."""
    rows, code = laid.standing, laid.content.code
    kept = people.kept_records(rows.persons)
    merged = {*kept, *people.aliases_of(rows.persons).values()}
    places = [place for place, person in enumerate(rows.persons) if odd[place] or person in merged]
    of = {place: kept.get(rows.persons[place], rows.persons[place]) for place in places}
    evidence = queries.evidence_of(of.values(), at, criteria, also=[code]) if of else {}
    found = []
    for place, person in of.items():
        known = evidence[person]
        mine = known.assessed.get(code)
        if mine is None or mine.id != str(rows.ids[place]):
            found.append((place, ("", "")))
            continue
        then = replace(
            mine, level=laid.levels[place], total=laid.totals[place], subscores=laid.subscores(place)
        )
        after = replace(known, assessed={**known.assessed, code: then})
        found.append((place, (_decided(criteria, known), _decided(criteria, after))))
    return found


def _decided(criteria: Mapping[str, Criteria], known: Any) -> str:
    return "".join(LETTER[rules.decide(criteria[kind], known).answer] for kind in KINDS)
