"""The packet as a PDF file: the same as on its page, with its seal."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from yiyang.assessments import paper as papers
from yiyang.kernel.words import shown
from yiyang.packets.rules import reading


def paper(packet: Any, document: reading.Read) -> bytes:
    made = papers.begun()
    about = reading.about(document)
    title = f"{_('Handover packet')} · {about[0][1]}"
    made.set_title(title)
    made.heading(title, 15)
    made.line_of(_("Version {n} · {at}").format(n=packet.version, at=shown(packet.built_at)))
    made.line_of(f"SHA-256 {packet.digest}")
    if packet.outside:
        made.line_of(_("For %(unit)s and nobody else.") % {"unit": packet.outside})
    made.rows(about, (30, 70))
    for one in reading.shown(document):
        made.heading(one.section.title)
        if one.empty:
            made.line_of(one.section.empty)
        for line in one.lines:
            made.line_of(f"{'▲ ' if line.tone else '· '}{line.text}")
        for part in one.form:
            made.line_of(f"— {part.legend} —")
            for table in part.tables:
                made.line_of(table.label)
                made.rows([table.heads, *table.rows], _even(len(table.heads)), headed=True)
            if part.lines:
                made.rows([(line.label, line.text) for line in part.lines], (30, 70))
        if one.kept_back:
            made.line_of(_("Kept back: {n} entries that are labelled as sensitive.").format(n=one.kept_back))
    made.heading(_("Taken over by"))
    made.line_of(papers.signature(_("Signature of the receiving team"), "", None))
    return bytes(made.output())


def _even(columns: int) -> tuple[int, ...]:
    return tuple([100 // max(columns, 1)] * columns)
