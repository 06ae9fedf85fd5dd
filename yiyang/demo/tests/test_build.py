"""The demo district is built by the product's own commands, and every promise holds in it."""

from __future__ import annotations

import pytest
from django.db import connection

from yiyang.access.areas import folder
from yiyang.access.models import Account
from yiyang.beds.models import Bed, Episode, Transfer
from yiyang.demo.build import build
from yiyang.devices.models.registry import Loan
from yiyang.people.models import Person
from yiyang.records.models import Resource
from yiyang.records.r4.definitions import type_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not (folder() / "areas.csv").exists(), reason="the list of areas is not installed"),
]


def test_a_small_district_has_every_kind_of_bed_and_transfers_in_every_state(tmp_path, settings) -> None:
    build(area="310106", people=120, progress=lambda text: None, seed=7)

    assert Person.objects.count() == 120
    assert set(Bed.objects.values_list("kind", flat=True)) == {
        "HOME_CARE",
        "INSTITUTION",
        "HOME_MEDICAL",
        "HOSPITAL",
        "PALLIATIVE",
    }
    assert Episode.objects.filter(closed_at=None).count() > 15
    assert {"REQUESTED", "OFFERED", "ACCEPTED"} <= set(Transfer.objects.values_list("state", flat=True))
    elder = Account.objects.get(login="elder").person_id
    assert {"Condition", "Observation", "AllergyIntolerance"} <= {
        type_of(kind) for kind in Resource.objects.filter(person_id=elder).values_list("kind", flat=True)
    }
    assert {"BRACELET", "MATTRESS"} <= set(
        Loan.objects.filter(person=elder, returned_at=None).values_list("device__kind", flat=True)
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE args->>'reaction' LIKE 'beds.tell%'")
        assert cursor.fetchone()[0] < 60, "nobody is told today of what happened years ago"
