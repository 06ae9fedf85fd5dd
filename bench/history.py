"""Open episodes, three years of closed ones with their transfers, and the facts of it all: made inside the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bench.district import BedMade, City
from bench.loading import bare, copy
from bench.population import Told
from bench.search import person_id

FREE = {"HOSPITAL": 3}  # every third ward bed, every tenth other
EPISODE = ("id", "kind", "lane", "opened_at", "open_reason", "person_id", "unit_id")
TABLES = ("beds_episode", "beds_occupancy", "beds_transfer", "beds_transferstep", "beds_evaluation",
          "beds_agreement", "beds_offer", "beds_handover", "kernel_personfact",
          "people_carerelationship")  # fmt: skip


def build_history(cursor: Any, city: City, beds: list[BedMade], people: int, told: Told) -> None:
    cursor.execute("CREATE TEMP TABLE lies_in (episode uuid, bed uuid, unit uuid, person uuid)")
    with bare(cursor, TABLES):
        told("open episodes", 0, len(beds))
        rows = list(_open(city, beds, people))
        copy(cursor, "beds_episode", EPISODE, (row[0] for row in rows))
        copy(cursor, "lies_in", ("episode", "bed", "unit", "person"), (row[1] for row in rows))
        given = {"since": city.since, "beds": len(beds), "centre": city.centre}
        for number, (what, statement) in enumerate(STATEMENTS):
            told(what, number, len(STATEMENTS))
            cursor.execute(statement, given)
        told("indexes and constraints of the history", len(STATEMENTS), len(STATEMENTS))
    cursor.execute("DROP TABLE lies_in")


def _open(city: City, beds: list[BedMade], people: int) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """Five of six beds are taken in all, by people of the sex of their room; all came on one day."""
    from yiyang.kernel.ids import new_id

    opened = city.since + timedelta(days=365 * 3 - 60)
    next_of = [0, 1]
    for place, bed in enumerate(beds):
        if place % FREE.get(bed.kind, 10) == 2:
            continue
        sex = bed.sex if bed.sex is not None else place % 2
        if next_of[sex] >= people:
            return
        who = person_id(next_of[sex])
        next_of[sex] += 2
        lane = "OVERLAY" if bed.kind == "HOME_MEDICAL" else "RESIDENCE"
        episode = new_id()
        yield (episode, bed.kind, lane, opened, "评估后入住", who, bed.unit), (episode, bed.id, bed.unit, who)


# Closed stays in hospital: each free or taken ward bed had one every 30 days until 100 days before the end, so that
# none of them overlaps. Every second one had come by a transfer from a care home. Persons are taken in turn.
PLANNED = """
CREATE TEMP TABLE past AS
SELECT row_number() OVER () AS n, b.id AS bed, b.unit_id AS unit, uuidv7() AS episode, uuidv7() AS transfer,
       %(since)s + make_interval(days => 30 * g) AS came,
       %(since)s + make_interval(days => 30 * g + 12) AS went,
       NULL::uuid AS person
FROM (SELECT id, unit_id FROM beds_bed WHERE kind = 'HOSPITAL') b, generate_series(0, 31) g
"""
NUMBERED = """
CREATE TEMP TABLE numbered AS SELECT id, row_number() OVER (ORDER BY id) AS n FROM people_person
WHERE id NOT IN (SELECT person FROM lies_in)
"""
PERSONS = """
UPDATE past SET person = p.id FROM numbered p WHERE p.n = 1 + (past.n - 1) %% (SELECT count(*) FROM numbered)
"""
# With few people one may come up twice at once: the later stay is left out.
NOT_TWICE = """
DELETE FROM past a USING past b
WHERE a.person IS NULL OR a.person = b.person AND a.n > b.n
  AND tstzrange(a.came, a.went) && tstzrange(b.came, b.went)
"""
FROM_HOMES = """
CREATE TEMP TABLE moved AS
SELECT p.*, (SELECT array_agg(id) FROM access_organisation WHERE kind = 'INSTITUTION') AS homes, NULL::uuid AS home
FROM past p WHERE n %% 2 = 0
"""
HOME = "UPDATE moved SET home = homes[1 + n %% cardinality(homes)]"

OPEN_STAYS = """
INSERT INTO beds_occupancy (id, bed_id, unit_id, person_id, episode_id, state, claim, period, part, opened_by, recorded_at)
SELECT uuidv7(), l.bed, l.unit, l.person, e.id, 'PRESENT', tstzrange(e.opened_at, NULL),
       tstzrange(e.opened_at, NULL), CASE e.kind WHEN 'HOSPITAL' THEN int4range(0, 2) WHEN 'HOME_MEDICAL'
       THEN int4range(1, 2) WHEN 'PALLIATIVE' THEN int4range(0, 2) ELSE int4range(0, 1) END, '李敏', e.opened_at
FROM lies_in l JOIN beds_episode e ON e.id = l.episode
"""
OPEN_SEEN = """
INSERT INTO people_carerelationship (id, person_id, organisation_id, basis, scope, starts_at, source_kind, source_id)
SELECT uuidv7(), e.person_id, e.unit_id, 'EPISODE', 'FULL', e.opened_at, 'Episode', e.id FROM beds_episode e
"""
PAST_EPISODES = """
INSERT INTO beds_episode (id, kind, lane, opened_at, closed_at, open_reason, close_reason, person_id, unit_id)
SELECT episode, 'HOSPITAL', 'RESIDENCE', came, went, '发热', 'RECOVERED', person, unit FROM past
"""
PAST_STAYS = """
INSERT INTO beds_occupancy (id, bed_id, unit_id, person_id, episode_id, state, claim, period, part, end_reason,
                            opened_by, closed_by, recorded_at)
SELECT uuidv7(), bed, unit, person, episode, 'PRESENT', tstzrange(came, went), tstzrange(came, went),
       int4range(0, 2), 'LEFT', '李敏', '李敏', came FROM past
"""
PAST_SEEN = """
INSERT INTO people_carerelationship (id, person_id, organisation_id, basis, scope, starts_at, ends_at, source_kind, source_id)
SELECT uuidv7(), person, unit, 'EPISODE', 'FULL', came, went, 'Episode', episode FROM past
"""
PAST_TRANSFERS = """
INSERT INTO beds_transfer (id, person_id, trigger, urgency, target_kind, target_lane, from_unit_id, requested_unit_id,
    coordinator_id, to_unit_id, reason, requested_at, requested_by, wanted_from, state, state_since, departed_at,
    arrived_at, ended_at, version, keep_bed)
SELECT transfer, person, 'HEALTH_WORSENED', 'URGENT', 'HOSPITAL', 'RESIDENCE', home, home, %(centre)s, unit, '发热三天',
    came - interval '3 hours', '李敏', came - interval '3 hours', 'COMPLETED', came, came - interval '20 minutes',
    came, came, 10, true FROM moved
"""
PAST_STEPS = """
INSERT INTO beds_transferstep (id, transfer_id, verb, from_state, to_state, at, recorded_at, by_label)
SELECT uuidv7(), transfer, s.verb, s.a, s.b, came, came, '李敏' FROM moved, (VALUES ('request', '', 'REQUESTED'),
    ('evaluate', 'REQUESTED', 'EVALUATED'), ('agree', 'EVALUATED', 'AGREED'), ('offer', 'AGREED', 'OFFERED'),
    ('accept', 'OFFERED', 'ACCEPTED'), ('allocate', 'ACCEPTED', 'ALLOCATED'), ('hand_over', 'ALLOCATED', 'HANDED_OVER'),
    ('depart', 'HANDED_OVER', 'DEPARTED'), ('arrive', 'DEPARTED', 'COMPLETED')) s(verb, a, b)
"""
PAST_OFFERS = """
INSERT INTO beds_offer (id, transfer_id, unit_id, basis, sent_at, answer_by, state, answered_at, answered_by, doctor)
SELECT uuidv7(), transfer, unit, 'CONTRACT', came - interval '2 hours', came - interval '1 hour', 'ACCEPTED',
    came - interval '90 minutes', '李敏', '李敏' FROM moved
"""
PAST_PAPERS = (
    "INSERT INTO beds_evaluation (id, transfer_id, outcome, statement, clinician, at)"
    " SELECT uuidv7(), transfer, 'FIT', '需要住院治疗', '李敏', came FROM moved",
    "INSERT INTO beds_agreement (id, transfer_id, outcome, by_whom, name, how, at, recorded_by)"
    " SELECT uuidv7(), transfer, 'AGREED', 'PERSON', '本人', 'IN_PERSON', came, '李敏' FROM moved",
    "INSERT INTO beds_handover (id, transfer_id, condition, given_at, given_by)"
    " SELECT uuidv7(), transfer, '神志清', came, '李敏' FROM moved",
)
FACTS = (
    "INSERT INTO kernel_personfact (id, person_id, name, at, recorded_at, by_label, by_role)"
    " SELECT uuidv7(), id, 'person.registered', registered_at, registered_at, '李敏', 'SYSTEM' FROM people_person",
    "INSERT INTO kernel_personfact (id, person_id, name, at, recorded_at, by_label, by_role, subject_kind, subject_id)"
    " SELECT uuidv7(), person, s, came, came, '李敏', 'WARD_DOCTOR', 'Episode', episode"
    " FROM past, unnest(ARRAY['episode.opened', 'episode.closed']) s",
    "INSERT INTO kernel_personfact (id, person_id, name, at, recorded_at, by_label, by_role, subject_kind, subject_id)"
    " SELECT uuidv7(), person, s, came, came, '李敏', 'WARD_DOCTOR', 'Transfer', transfer FROM moved,"
    " unnest(ARRAY['transfer.requested', 'transfer.evaluated', 'transfer.agreement_recorded', 'transfer.offered',"
    " 'transfer.accepted', 'transfer.allocated', 'transfer.handed_over', 'transfer.departed', 'transfer.completed']) s",
)
STATEMENTS: tuple[tuple[str, str], ...] = (
    ("open stays", OPEN_STAYS),
    ("open stays", OPEN_SEEN),
    ("closed stays", PLANNED),
    ("closed stays", NUMBERED),
    ("closed stays", PERSONS),
    ("closed stays", "CREATE INDEX ON past (person)"),
    ("closed stays", "ANALYZE past"),
    ("closed stays", NOT_TWICE),
    ("closed stays", PAST_EPISODES),
    ("closed stays", PAST_STAYS),
    ("closed stays", PAST_SEEN),
    ("transfers", FROM_HOMES),
    ("transfers", HOME),
    ("transfers", PAST_TRANSFERS),
    ("transfers", PAST_STEPS),
    ("transfers", PAST_OFFERS),
    *(("transfers", one) for one in PAST_PAPERS),
    *(("facts", one) for one in FACTS),
    ("facts", "DROP TABLE past, moved, numbered"),
)
