from __future__ import annotations

import pytest

from yiyang.access.tests.factories import cast
from yiyang.kernel.refusals import NotAllowed, NotFound, Refusal
from yiyang.kernel.time import now
from yiyang.people import commands, merging, queries
from yiyang.people.commands.merge import MergeConflict
from yiyang.people.models import CareRelationship, Identifier, Person, SearchKey
from yiyang.people.tests.factories import VALID_ID, id_number, person, seen_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return cast()


def two(made, one="王秀英", other="无名氏"):
    """A known person of the care home and an unknown one whom the hospital took in."""
    kept = person(one, id_card=VALID_ID, organisation_id=made.care_home.pk, phones=["13912345678"])
    gone = person(other, unknown=True, organisation_id=made.hospital.pk)
    for each in (kept, gone):
        seen_by(each, made.centre.pk)
    return kept, gone


def merge(made, kept, gone):
    return commands.merge_persons(
        by=made.coordinator, at=now(), person=kept, duplicate=gone, reason="家属认出"
    )


def test_the_unknown_person_turns_out_to_be_known(made):
    kept, gone = two(made)

    merge(made, kept, gone)

    assert queries.person(made.ward_doctor, gone.pk) == kept
    assert queries.record(made.ward_doctor, kept.pk).identifiers[0].number == VALID_ID
    assert [one.full_name for one in queries.search_persons(made.ward_doctor, "无名").persons] == ["王秀英"]
    assert set(queries.ids(gone.pk)) == {kept.pk, gone.pk}
    assert made.care_home_nurse.sees(gone.pk)


def test_nothing_is_rewritten_and_parting_brings_all_back(made):
    kept, gone = two(made)
    document = commands.add_identifier(
        by=made.ward_doctor, at=now(), person=gone, kind="PASSPORT", number="E12345678"
    )
    before = {one.pk: (one.full_name, sorted(one.search_keys)) for one in Person.objects.all()}
    merge(made, kept, gone)

    commands.unmerge_persons(by=made.coordinator, at=now(), duplicate=gone, reason="认错了")

    after = {one.pk: (one.full_name, sorted(one.search_keys)) for one in Person.objects.all()}
    assert after == before
    assert Identifier.objects.get(pk=document.pk).person_id == gone.pk
    assert SearchKey.objects.filter(person_id=gone.pk).count() == len(before[gone.pk][1])
    assert not made.ward_doctor.sees(kept.pk)
    assert not made.care_home_nurse.sees(gone.pk)
    assert queries.person(made.ward_doctor, gone.pk) == gone


def test_merged_twice_all_lead_to_the_last(made):
    first, second = two(made)
    third = person("王绣英", organisation_id=made.care_home.pk)
    seen_by(third, made.centre.pk)
    merge(made, first, second)
    merge(made, third, first)

    assert set(queries.ids(second.pk)) == {first.pk, second.pk, third.pk}
    commands.unmerge_persons(by=made.coordinator, at=now(), duplicate=first, reason="认错了")
    assert set(queries.ids(second.pk)) == {first.pk, second.pk}
    assert set(queries.ids(third.pk)) == {third.pk}


def test_a_number_of_the_merged_record_still_finds_the_person(made):
    kept, gone = two(made)
    number = id_number()
    commands.add_identifier(
        by=made.ward_doctor, at=now(), person=gone, kind="RESIDENT_ID", number=number, difference_reason="x y"
    )
    merge(made, kept, gone)

    assert queries.search_persons(made.care_home_nurse, number).persons == [kept]
    with pytest.raises(Refusal):
        person("另一人", id_card=number)


def test_what_the_transfer_opened_before_the_merge_closes_after_it(made):
    kept, gone = two(made)
    episode = seen_by(gone, made.chc.pk, source_id=kept.pk)
    merge(made, kept, gone)

    assert made.family_doctor.sees(kept.pk)
    from yiyang.kernel.actors import SYSTEM

    commands.close_relationship(by=SYSTEM, at=now(), person_id=gone.pk, source_id=episode.source_id)
    assert not made.family_doctor.sees(kept.pk)
    assert (
        CareRelationship.objects.filter(source_id=kept.pk, organisation_id=made.chc.pk, ends_at=None).count()
        == 0
    )


def test_two_stays_at_one_time_are_listed(made, monkeypatch):
    kept, gone = two(made)
    monkeypatch.setattr(merging, "_checks", [lambda one, other: ["两处同时在床"]])

    with pytest.raises(MergeConflict) as refused:
        merge(made, kept, gone)

    assert "两处同时在床" in str(refused.value)


def test_merging_is_for_the_coordinator_who_sees_both(made):
    kept, gone = two(made)
    hidden = person("李国华", organisation_id=made.other_home.pk)

    with pytest.raises(NotAllowed):
        commands.merge_persons(by=made.care_home_nurse, at=now(), person=kept, duplicate=gone, reason="像")
    with pytest.raises(NotFound):
        merge(made, kept, hidden)
    with pytest.raises(Refusal):
        merge(made, kept, kept)


def test_a_merged_record_is_not_edited(made):
    kept, gone = two(made)
    merge(made, kept, gone)

    with pytest.raises(Refusal) as refused:
        commands.add_phone(by=made.ward_doctor, at=now(), person=gone, number="13912345678")

    assert refused.value.code == "PERSON_MERGED"
