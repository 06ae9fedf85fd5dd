"""draft, edit, sign, suspend, resume, end: and which contract covers a transfer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from yiyang.access import commands, queries
from yiyang.access.bed_kinds import BedKind
from yiyang.access.commands.contracts import (
    AlreadySigned,
    ContractAlreadySigned,
    ContractOver,
    NotAMemberUnit,
    NothingAgreed,
    TwoUnitsNeeded,
)
from yiyang.access.models import Contract, Notice
from yiyang.access.models.contracts import ContractState, Direction
from yiyang.access.refusals import FieldNeeded, NotAStepFromHere, PeriodEndsBeforeItStarts
from yiyang.access.tests import factories as f
from yiyang.kernel.models import PlainFact
from yiyang.kernel.refusals import NotAllowed, Stale
from yiyang.kernel.time import now

TERMS = commands.ContractTerms(
    bed_kinds=["HOSPITAL", "INSTITUTION"], directions=["OUT", "BACK"], valid_from=date(2025, 1, 1)
)


def draft(cast: f.Cast) -> Contract:
    return commands.draft_contract(
        by=cast.care_home_manager, at=now(), first=cast.care_home, second=cast.hospital, terms=TERMS
    )


def test_a_contract_holds_once_both_parties_have_signed(cast: f.Cast) -> None:
    contract = draft(cast)

    half = commands.sign_contract(
        by=cast.care_home_manager, at=now(), contract=contract, party=cast.care_home
    )
    assert half.state == ContractState.DRAFT
    assert Notice.objects.get(subject="access.contract_to_sign").organisation == cast.hospital

    whole = commands.sign_contract(by=cast.admission_office, at=now(), contract=contract, party=cast.hospital)
    assert whole.state == ContractState.SIGNED
    assert [status.state for status in whole.statuses.all()] == ["DRAFT", "SIGNED"]
    assert PlainFact.objects.filter(name="contract.signed", subject_id=contract.pk).exists()


def test_a_unit_cannot_sign_for_the_other_party(cast: f.Cast) -> None:
    contract = draft(cast)

    with pytest.raises(NotAllowed):
        commands.sign_contract(by=cast.care_home_manager, at=now(), contract=contract, party=cast.hospital)


def test_a_unit_signs_once(cast: f.Cast) -> None:
    contract = draft(cast)
    commands.sign_contract(by=cast.care_home_manager, at=now(), contract=contract, party=cast.care_home)

    with pytest.raises(AlreadySigned):
        commands.sign_contract(by=cast.care_home_manager, at=now(), contract=contract, party=cast.care_home)


def test_a_stranger_cannot_draft_sign_or_end(cast: f.Cast) -> None:
    contract = draft(cast)

    for by in (cast.stranger, cast.other_manager, cast.care_home_nurse, cast.unemployed, cast.other_elder):
        with pytest.raises(NotAllowed):
            commands.draft_contract(by=by, at=now(), first=cast.care_home, second=cast.hospital, terms=TERMS)
        with pytest.raises(NotAllowed):
            commands.sign_contract(by=by, at=now(), contract=contract, party=cast.care_home)
        with pytest.raises(NotAllowed):
            commands.end_contract(by=by, at=now(), contract=contract, reason="x")


def test_signed_terms_never_change(cast: f.Cast) -> None:
    contract = draft(cast)
    contract = commands.edit_contract(
        by=cast.care_home_manager, at=now(), contract=contract, terms=TERMS, version=contract.version
    )
    contract = commands.sign_contract(
        by=cast.care_home_manager, at=now(), contract=contract, party=cast.care_home
    )

    with pytest.raises(ContractAlreadySigned):
        commands.edit_contract(
            by=cast.care_home_manager, at=now(), contract=contract, terms=TERMS, version=contract.version
        )


def test_a_stale_page_changes_nothing(cast: f.Cast) -> None:
    contract = draft(cast)

    with pytest.raises(Stale):
        commands.edit_contract(
            by=cast.care_home_manager, at=now(), contract=contract, terms=TERMS, version=99
        )


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"bed_kinds": []}, NothingAgreed),
        ({"directions": []}, NothingAgreed),
        ({"valid_to": date(2024, 1, 1)}, PeriodEndsBeforeItStarts),
    ],
)
def test_terms_that_say_nothing_or_end_before_they_start_are_refused(
    cast: f.Cast, change: dict, refusal: type[Exception]
) -> None:
    terms = commands.ContractTerms(**{**TERMS.__dict__, **change})

    with pytest.raises(refusal):
        commands.draft_contract(
            by=cast.coordinator, at=now(), first=cast.care_home, second=cast.hospital, terms=terms
        )


def test_a_contract_needs_two_different_member_units(cast: f.Cast) -> None:
    with pytest.raises(TwoUnitsNeeded):
        commands.draft_contract(
            by=cast.coordinator, at=now(), first=cast.hospital, second=cast.hospital, terms=TERMS
        )
    pharmacy = f.organisation(kind="PHARMACY")
    pharmacy.member_unit = False
    with pytest.raises(NotAMemberUnit):
        commands.draft_contract(
            by=cast.coordinator, at=now(), first=cast.hospital, second=pharmacy, terms=TERMS
        )


def test_a_contract_whose_period_is_over_cannot_be_signed(cast: f.Cast) -> None:
    old = f.contract(
        cast.care_home, cast.hospital, state=ContractState.DRAFT,
        valid=DateRange(date(2020, 1, 1), date(2021, 1, 1)),
    )  # fmt: skip

    with pytest.raises(ContractOver):
        commands.sign_contract(by=cast.coordinator, at=now(), contract=old, party=cast.hospital)


def test_suspend_resume_and_end_keep_their_reasons(cast: f.Cast) -> None:
    manager, contract = cast.care_home_manager, cast.contract

    commands.suspend_contract(by=manager, at=now(), contract=contract, reason="outbreak")
    commands.resume_contract(by=manager, at=now(), contract=contract, reason="outbreak over")
    ended = commands.end_contract(by=manager, at=now(), contract=contract, reason="moved")

    assert [(s.state, s.reason) for s in ended.statuses.all()] == [
        ("SUSPENDED", "outbreak"), ("SIGNED", "outbreak over"), ("ENDED", "moved"),
    ]  # fmt: skip
    with pytest.raises(NotAStepFromHere):
        commands.resume_contract(by=manager, at=now(), contract=contract, reason="again")


def test_no_suspension_without_a_reason(cast: f.Cast) -> None:
    with pytest.raises(FieldNeeded):
        commands.suspend_contract(by=cast.coordinator, at=now(), contract=cast.contract, reason="  ")


def test_a_live_contract_covers_its_kinds_and_directions_only(db: None) -> None:
    home, hospital, at = f.organisation(), f.organisation(kind="HOSPITAL"), now()
    contract = f.contract(home, hospital, kinds=[BedKind.HOSPITAL], directions=(Direction.OUT,))

    assert queries.live_contract(home, hospital, BedKind.HOSPITAL, at) == contract
    assert queries.live_contract(home.pk, hospital.pk, "HOSPITAL", at, "OUT") == contract
    assert queries.live_contract(home, hospital, BedKind.PALLIATIVE, at) is None
    assert queries.live_contract(hospital, home, BedKind.HOSPITAL, at) is None
    assert queries.live_contract(home, hospital, BedKind.HOSPITAL, at, "BACK") is None


def test_a_contract_written_down_by_the_other_side_covers_the_way_back(db: None) -> None:
    home, hospital = f.organisation(), f.organisation(kind="HOSPITAL")
    contract = f.contract(home, hospital, directions=(Direction.BACK,))

    assert queries.live_contract(hospital, home, BedKind.INSTITUTION, now()) == contract


@pytest.mark.parametrize("state", [ContractState.DRAFT, ContractState.SUSPENDED, ContractState.ENDED])
def test_only_a_signed_contract_covers(db: None, state: ContractState) -> None:
    home, hospital = f.organisation(), f.organisation(kind="HOSPITAL")
    f.contract(home, hospital, state=state)

    assert queries.live_contract(home, hospital, BedKind.HOSPITAL, now()) is None


def test_a_contract_covers_within_its_period_only(db: None) -> None:
    home, hospital = f.organisation(), f.organisation(kind="HOSPITAL")
    f.contract(home, hospital, valid=DateRange(date(2025, 1, 1), date(2025, 7, 1)))

    assert queries.live_contract(home, hospital, "HOSPITAL", date(2025, 6, 30))
    assert queries.live_contract(home, hospital, "HOSPITAL", date(2025, 7, 1)) is None
    assert queries.live_contract(home, hospital, "HOSPITAL", now() + timedelta(days=1)) is None


def test_the_designated_partner_comes_first(db: None) -> None:
    home = f.organisation()
    second, first = f.organisation(kind="HOSPITAL"), f.organisation(kind="HOSPITAL")
    f.contract(home, second)
    f.contract(home, first, designated_order=1)

    assert list(queries.partners(home, now())) == [first.pk, second.pk]


def test_a_contract_is_seen_by_its_parties_and_the_district_office_alone(cast: f.Cast) -> None:
    for actor in (cast.care_home_nurse, cast.ward_doctor, cast.coordinator):
        assert cast.contract in queries.contracts(actor)
    for actor in (cast.stranger, cast.unemployed, cast.other_elder, cast.family_doctor):
        assert cast.contract not in queries.contracts(actor)
