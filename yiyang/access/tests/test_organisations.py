"""add, edit, move, close: the tree and who sees what of it."""

from __future__ import annotations

import pytest

from yiyang.access import commands, queries
from yiyang.access.commands.organisations import CodeTaken, StillBound, WouldBeItsOwnParent
from yiyang.access.models import Organisation
from yiyang.access.refusals import FieldNeeded
from yiyang.access.tests import factories as f
from yiyang.kernel.refusals import NotAllowed, Stale
from yiyang.kernel.time import now


def add(cast: f.Cast, **change: object) -> Organisation:
    given = {
        "by": cast.system_administrator, "at": now(), "kind": "HOSPITAL", "name_zh": "住院部",
        "area": cast.hospital.area, "parent": cast.hospital,
    }  # fmt: skip
    return commands.add_organisation(**{**given, **change})


def test_a_new_organisation_hangs_under_its_parent(cast: f.Cast) -> None:
    ward = add(cast)
    room = add(cast, parent=ward, name_zh="三病区")

    assert room.path == [cast.hospital.pk, ward.pk, room.pk]
    assert set(Organisation.objects.under(cast.hospital.pk)) == {cast.hospital, ward, room}


def test_moving_takes_everything_below_along(cast: f.Cast) -> None:
    ward = add(cast)
    room = add(cast, parent=ward, name_zh="三病区")

    commands.move_organisation(by=cast.system_administrator, at=now(), organisation=ward, parent=cast.chc)

    assert set(Organisation.objects.under(cast.chc.pk)) == {cast.chc, ward, room}
    assert set(Organisation.objects.under(cast.hospital.pk)) == {cast.hospital}


def test_an_organisation_cannot_be_moved_under_itself(cast: f.Cast) -> None:
    ward = add(cast)

    with pytest.raises(WouldBeItsOwnParent):
        commands.move_organisation(
            by=cast.system_administrator, at=now(), organisation=cast.hospital, parent=ward
        )


def test_a_code_belongs_to_one_organisation(cast: f.Cast) -> None:
    with pytest.raises(CodeTaken):
        add(cast, code="H1")


def test_a_name_is_needed(cast: f.Cast) -> None:
    with pytest.raises(FieldNeeded):
        add(cast, name_zh="  ")


def test_a_manager_places_units_under_the_own_home_only(cast: f.Cast) -> None:
    assert add(cast, by=cast.care_home_manager, parent=cast.care_home, kind="INSTITUTION")
    for parent in (cast.hospital, cast.other_home, None):
        with pytest.raises(NotAllowed):
            add(cast, by=cast.care_home_manager, parent=parent)


def test_an_administrator_places_nothing_outside_the_own_district(cast: f.Cast) -> None:
    with pytest.raises(NotAllowed):
        add(cast, parent=None, area=f.area("310104"))


def test_editing_says_what_changed_and_refuses_a_stale_page(cast: f.Cast) -> None:
    home = commands.edit_organisation(
        by=cast.care_home_manager, at=now(), organisation=cast.care_home, version=1, phone="000-1234"
    )

    assert (home.phone, home.version) == ("000-1234", 2)
    with pytest.raises(Stale):
        commands.edit_organisation(
            by=cast.care_home_manager, at=now(), organisation=cast.care_home, version=1, phone="1"
        )


def test_a_manager_does_not_make_the_own_home_a_member_unit(cast: f.Cast) -> None:
    with pytest.raises(NotAllowed):
        commands.edit_organisation(
            by=cast.care_home_manager, at=now(), organisation=cast.care_home, version=1, member_unit=False
        )


def test_a_unit_with_contracts_is_not_closed(cast: f.Cast) -> None:
    with pytest.raises(StillBound):
        commands.close_organisation(
            by=cast.system_administrator, at=now(), organisation=cast.hospital, reason="rebuilt"
        )


def test_a_closed_unit_can_be_reopened(cast: f.Cast) -> None:
    admin, home = cast.system_administrator, cast.other_home
    closed = commands.close_organisation(by=admin, at=now(), organisation=home, reason="rebuilt")
    assert home not in queries.units(admin)

    opened = commands.reopen_organisation(by=admin, at=now(), organisation=closed, reason="finished")
    assert opened.active


def test_staff_know_the_names_of_the_districts_units_but_not_their_internals(cast: f.Cast) -> None:
    elsewhere = f.organisation(area=f.area("310104"))
    nurse = cast.stranger

    assert cast.care_home in queries.organisations(nurse)
    assert elsewhere not in queries.organisations(nurse)
    assert cast.care_home not in Organisation.objects.internals_visible_to(nurse)
    assert not queries.staff(nurse, cast.care_home).exists()


def test_families_and_the_unemployed_see_no_organisations(cast: f.Cast) -> None:
    assert not queries.organisations(cast.other_elder).exists()
    assert not queries.organisations(cast.unemployed).exists()


def test_units_can_be_asked_for_by_what_they_run(cast: f.Cast) -> None:
    assert set(queries.units(cast.coordinator, runs="HOME_MEDICAL")) == {cast.chc}
    assert set(queries.units(kind=["INSTITUTION"])) == {cast.care_home, cast.other_home}
