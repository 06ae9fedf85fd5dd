"""Who comes today, with a photo that only those may see to whom they come."""

from __future__ import annotations

import base64
import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from yiyang.access import commands as access
from yiyang.access.commands.staff_photos import PhotosOfStaffAlone
from yiyang.access.models import StaffPhoto
from yiyang.access.tests.calling import caller
from yiyang.access.tests.factories import Cast, account, actor_for, family
from yiyang.beds.tests.factories import bed, cast, person, stay
from yiyang.beds.tests.screens import signed_in
from yiyang.duty import commands as duty
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.refusals import NotAllowed, NotFound
from yiyang.kernel.time import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> Cast:
    return cast()


def face() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (900, 900), "beige").save(written, "JPEG")
    return written.getvalue()


def on_duty(who: Cast, kind: str = "CARE_HOME_NURSE", by: Any = None) -> Any:
    post = duty.add_post(by=SYSTEM, at=now(), unit_id=who.care_home.pk, kind=kind, telephone="021-55501001")
    return duty.add_shift(
        by=SYSTEM, at=now(), post=post, account_id=(by or who.care_home_nurse).account_id, since=now(),
        until=now() + timedelta(hours=8),
    )  # fmt: skip


def own_of(elder: Any) -> Any:
    return actor_for(account(elder.full_name, kind="ELDER", person_id=elder.pk), now())


def test_a_photo_is_kept_shown_and_erased_over_the_api(who: Cast) -> None:
    nurse, path = caller(who.care_home_nurse), f"/accounts/{who.care_home_nurse.account_id}/photo"

    assert nurse.get(path).status == 404
    assert nurse.post(path, {"content": base64.b64encode(face()).decode()}).body["there"]
    assert caller(who.care_home_manager).get(path).body["media_type"] == "image/jpeg"
    assert caller(who.ward_doctor).get(path).status == 404
    assert nurse.post(f"{path}/remove").body["there"] is False
    assert nurse.get(path).status == 404


def test_an_elder_sees_who_is_on_duty_with_a_photo_that_the_nurse_put_there(who: Cast) -> None:
    elder, other = person("王桂兰"), person("李国华")
    stay(elder, bed(who.care_home))
    on_duty(who)
    on_duty(who, "ADMISSION", who.care_home_manager)
    nurse = who.care_home_nurse
    sent = SimpleUploadedFile("me.jpg", face())
    kept = signed_in(nurse).post(reverse("access:set_staff_photo", args=[nurse.account_id]), {"photo": sent})
    assert kept.status_code == 302
    photo = reverse("portals:photo_of_comer", args=[elder.pk, nurse.account_id])

    own = signed_in(own_of(elder))
    page = own.get("/").content.decode()

    assert nurse.account.name in page
    assert who.care_home_manager.account.name not in page
    assert photo in page
    answer = own.get(photo)
    assert Image.open(io.BytesIO(answer.content)).size == (480, 480)
    assert answer.content not in bytes(StaffPhoto.objects.get().content)
    assert signed_in(own_of(other)).get(photo).status_code == 404
    assert signed_in(family("RELATIVE")).get(photo).status_code == 404
    assert signed_in(who.ward_doctor).get(photo).status_code == 404


def test_the_photo_is_seen_only_on_the_day(who: Cast) -> None:
    elder = person("王桂兰")
    stay(elder, bed(who.care_home))
    nurse = who.care_home_nurse
    access.set_staff_photo(by=nurse, at=now(), account=nurse.account, content=face())

    url = reverse("portals:photo_of_comer", args=[elder.pk, nurse.account_id])
    assert signed_in(own_of(elder)).get(url).status_code == 404


def test_photos_are_set_by_oneself_or_the_manager_and_of_staff_alone(who: Cast) -> None:
    nurse, relative = who.care_home_nurse, family("RELATIVE")
    access.set_staff_photo(by=who.care_home_manager, at=now(), account=nurse.account, content=face())
    with pytest.raises((NotAllowed, NotFound)):
        access.set_staff_photo(by=who.ward_doctor, at=now(), account=nurse.account, content=face())
    with pytest.raises(PhotosOfStaffAlone):
        access.set_staff_photo(by=relative, at=now(), account=relative.account, content=face())
    access.remove_staff_photo(by=nurse, at=now(), account=nurse.account)
    with pytest.raises(NotFound):
        access.remove_staff_photo(by=nurse, at=now(), account=nurse.account)
