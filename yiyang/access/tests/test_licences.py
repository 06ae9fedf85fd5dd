from __future__ import annotations

from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from yiyang.access import commands, queries
from yiyang.access.bed_kinds import BedKind
from yiyang.access.commands.licences import LicenceOverlaps, NoBedsApproved
from yiyang.access.models import Licence
from yiyang.access.refusals import FieldNeeded, NotAStepFromHere, PeriodEndsBeforeItStarts
from yiyang.access.tests import factories as f
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import now


def record(cast: f.Cast, **change: object) -> Licence:
    given = {
        "by": cast.supervisor_health, "at": now(), "organisation": cast.chc, "number": "PDY-1",
        "filing_kind": "MEDICAL_LICENCE", "approved_beds": {BedKind.HOME_MEDICAL: 60},
        "valid_from": date(2025, 1, 1),
    }  # fmt: skip
    return commands.record_licence(**{**given, **change})


def test_a_recorded_licence_says_what_the_unit_may_run(cast: f.Cast) -> None:
    centre = f.organisation(kind="CHC", licensed=[])
    licence = record(cast, organisation=centre)

    assert queries.live_licence(centre, BedKind.HOME_MEDICAL, now()) == licence
    assert queries.live_licence(centre, BedKind.HOSPITAL, now()) is None
    assert queries.approved_beds(centre, BedKind.HOME_MEDICAL, now()) == 60


def test_approved_beds_of_live_licences_add_up(db: None) -> None:
    home = f.organisation(licensed=[])
    f.licence(home, [BedKind.INSTITUTION], approved_beds=80)
    f.licence(home, [BedKind.INSTITUTION], approved_beds=20)
    f.licence(
        home, [BedKind.INSTITUTION], approved_beds=9, valid=DateRange(date(2020, 1, 1), date(2021, 1, 1))
    )

    assert queries.approved_beds(home, BedKind.INSTITUTION, now()) == 100


def test_a_suspended_or_revoked_licence_covers_nothing(cast: f.Cast) -> None:
    centre = f.organisation(kind="CHC", licensed=[])
    licence = record(cast, organisation=centre)

    commands.suspend_licence(by=cast.supervisor_health, at=now(), licence=licence, reason="inspection")
    assert queries.live_licence(centre, BedKind.HOME_MEDICAL, now()) is None

    commands.restore_licence(by=cast.supervisor_health, at=now(), licence=licence, reason="remedied")
    assert queries.live_licence(centre, BedKind.HOME_MEDICAL, now())

    commands.revoke_licence(by=cast.supervisor_health, at=now(), licence=licence, reason="closed")
    assert queries.live_licence(centre, BedKind.HOME_MEDICAL, now()) is None
    with pytest.raises(NotAStepFromHere):
        commands.restore_licence(by=cast.supervisor_health, at=now(), licence=licence, reason="back")


def test_the_same_licence_is_not_recorded_twice_for_one_period(cast: f.Cast) -> None:
    record(cast)

    with pytest.raises(LicenceOverlaps):
        record(cast)
    assert record(cast, organisation=cast.hospital)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"number": " "}, FieldNeeded),
        ({"approved_beds": {BedKind.HOSPITAL: 0}}, NoBedsApproved),
        ({"valid_to": date(2024, 12, 31)}, PeriodEndsBeforeItStarts),
    ],
)
def test_an_incomplete_licence_is_refused(cast: f.Cast, change: dict, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        record(cast, **change)


def test_a_unit_does_not_record_its_own_licence(cast: f.Cast) -> None:
    for by in (cast.care_home_manager, cast.stranger, cast.unemployed, cast.security_administrator):
        with pytest.raises(NotAllowed):
            record(cast, by=by, organisation=cast.care_home)
