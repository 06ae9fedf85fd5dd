"""What stands in the result report as a file: the same as on its page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yiyang.assessments import paper
from yiyang.assessments.models import State
from yiyang.assessments.rules.texts import shown as plain
from yiyang.kernel.doers import in_words
from yiyang.kernel.words import shown


def report(context: dict[str, Any]) -> bytes:
    """The PDF, from what the page of the result is drawn with."""
    found, result = context["assessment"], context["result"]
    made = paper.begun()
    title = f"{_('Result report')} · {found.instrument.name}"
    made.set_title(title)
    made.heading(title, 15)
    for line in _head(found, result):
        made.line_of(line)
    made.heading(result.level or result.total, 20)
    for line in _beneath(found, result):
        made.line_of(line)
    if result.subscores:
        made.heading(_("Sub-scores"))
        made.rows(_subscores(result), (55, 15, 15, 15), headed=True)
    for heading, lines in _parts(result):
        if lines:
            made.heading(heading)
            for line in lines:
                made.line_of(line)
    made.heading(_("Signatures"))
    content = result.content
    named = {"source": content.source, "attribution": content.attribution}
    for line in _signatures(found, two=context["two"], **named):
        made.line_of(line)
    for part in context["sheet"].parts if context["sheet"] else ():
        if part.shown:
            made.heading(part.section.title)
            made.rows([(one.item.text, one.words) for one in part.asked if one.shown], (50, 50))
    return bytes(made.output())


def _subscores(result: Any) -> list[tuple[str, ...]]:
    heads = (pgettext("assessment", "Part"), _("Points"), _("At most"), _("Last time"))
    return [heads, *((one.title, one.value, one.most, one.before) for one in result.subscores)]


def _head(found: Any, result: Any) -> Iterator[object]:
    person = found.person
    born = f" · {person.born_on:%Y-%m-%d}" if person.born_on else ""
    yield f"{person.full_name} · {person.get_sex_display()}{born}"
    if found.state != State.SIGNED:
        yield found.get_state_display()


def _beneath(found: Any, result: Any) -> Iterator[object]:
    if result.total:
        yield f"{result.content.total.title} {result.total}{' / ' + result.most if result.most else ''}"
    if found.valid_until:
        yield _("counts until %(day)s") % {"day": found.valid_until.isoformat()}
    yield from (one["demand"] for one in result.alerts)
    yield result.demand


def _parts(result: Any) -> list[tuple[str, list[str]]]:
    return [
        (_("How the level came about"), [str(one.words) for one in result.moves]),
        (
            _("Since the last time"),
            [_since(result)] if result.before else [],
        ),
    ]


def _since(result: Any) -> str:
    before = result.before
    total = f"{result.content.total.title} {plain(before.total)}" if before.total is not None else ""
    day = f"{localdate(before.assessed_at):%Y-%m-%d}"
    return " · ".join(part for part in (f"{_('Last time')} {day}", result.before_level, total) if part)


def _signatures(found: Any, *, two: bool, source: str, attribution: str) -> Iterator[str]:
    unit = f" · {found.organisation.name}" if found.organisation else ""
    yield f"{_('Assessed')} {shown(found.assessed_at)} · {found.get_reason_display()}{unit}"
    first = _("First assessor") if two else pgettext("signature", "Assessor")
    yield paper.signature(first, in_words(found.signed_by), found.signed_at)
    if two:
        yield paper.signature(_("Second assessor"), in_words(found.second_signed_by), found.second_signed_at)
    if found.amendment_reason:
        yield f"{_('Why a new version')} · {found.amendment_reason}"
    if found.origin:
        yield f"{_('Came from')} · {found.origin}"
    yield f"{found.instrument.name} · {found.instrument.code} {found.instrument.version} · {source}"
    yield attribution
