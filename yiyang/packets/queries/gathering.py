"""What one receiver may see of a person, put together for a packet: the record by the one decision, and what the
platform itself knows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from yiyang.gateways.fhir.rest.persons import patient
from yiyang.gateways.fhir.rest.shown import measured
from yiyang.gateways.fhir.rest.shown.organizations import organization
from yiyang.ops.config import config
from yiyang.packets.queries import operational
from yiyang.packets.queries.receivers import Receiver
from yiyang.packets.rules import choosing, reading
from yiyang.packets.rules.documents import Gathered, Piece, made
from yiyang.packets.rules.sections import SECTIONS
from yiyang.people import queries as people
from yiyang.records.queries import gathered as records
from yiyang.records.r4 import body as bodies
from yiyang.records.stored import Stored

LANGUAGE = "zh-hans"  # a sealed document says the same, whoever's page it was built for


def base() -> str:
    """What the references within a document are relative to: the address of this installation's `/fhir`."""
    named = [one for one in config.allowed_hosts if "." in one and one[0].isalpha()]
    if named:
        return f"https://{named[0]}/fhir"
    return f"http://{config.address}:{config.port}/fhir"


def gather(receiver: Receiver, transfer: Any, at: datetime) -> Gathered:
    with override(LANGUAGE):
        stored = records.newest(receiver, transfer.person_id, choosing.LOOKED_AT, unlabelled=receiver.outside)
        pieces = [*_measured(receiver, transfer, at), *(_piece(one) for one in stored)]
        chosen = choosing.sections_of(pieces, at)
        own = operational.sections_of(receiver, transfer)
        sections = {one.name: [*own.get(one.name, []), *chosen.get(one.name, [])] for one in SECTIONS}
        sections["watch"] += _standing_out(sections)
        kept = {one.key for found in sections.values() for one in found}
        used = [one for one in stored if f"{one.type}/{one.id}" in kept]
        patients = [one for one in pieces if one.resource["resourceType"] == "Patient"]
        sender = transfer.from_unit or transfer.requested_unit or transfer.coordinator or transfer.to_unit
        return Gathered(
            made(patient(transfer.person)),
            made(organization(sender)),
            sections,
            [*patients, *(_piece(one) for one in records.beside(receiver, used, base()))],
            records.kept_back(
                receiver, transfer.person_id, list(choosing.LOOKED_AT), unlabelled=receiver.outside
            ),
        )


def _measured(receiver: Receiver, transfer: Any, at: datetime) -> list[Piece]:
    """What devices told last, as it was at the last quarter of an hour: not every reading makes a new version."""
    quarter = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
    ids = people.ids(transfer.person_id)
    return [made(one) for one in measured.newest(receiver, ids, quarter, choosing.VITALS_FOR)]


def _standing_out(sections: dict[str, list[Piece]]) -> list[Piece]:
    """What is told elsewhere and must not be missed; of one result the newest alone."""
    found: dict[str, Piece] = {}
    for name in ("allergies", "vitals", "results"):
        newest: dict[str, Piece] = {}
        for one in sections[name]:
            code = choosing.code_of(one.resource) if name != "allergies" else one.key
            newest.setdefault(code, one)
        found |= {one.key: one for one in newest.values() if choosing.stands_out(one.resource)}
    return list(found.values())


def _piece(one: Stored) -> Piece:
    raw = one.body.encode()
    return Piece(bodies.decode(raw), raw)


def narratives(gathered: Gathered) -> dict[str, list[str]]:
    """The lines of each section, for whoever reads the document elsewhere."""
    with override(LANGUAGE):
        names = reading.names_in(one.resource for one in gathered.pieces())
        return {
            section.name: list(
                _lines(
                    reading.show(section, [one.resource for one in gathered.sections[section.name]], names)
                )
            )
            + (_kept_back(gathered.kept_back) if section.name == "sight" else [])
            for section in SECTIONS
        }


def _lines(shown: reading.Shown) -> Iterable[str]:
    yield from (one.text for one in shown.lines)
    for part in shown.form:
        for table in part.tables:
            yield from (f"{table.label}：{'，'.join(cell for cell in row if cell)}" for row in table.rows)
        yield from (f"{one.label}：{one.text}" for one in part.lines)


def _kept_back(number: int) -> list[str]:
    return [_("Kept back: {n} entries that are labelled as sensitive.").format(n=number)] if number else []
