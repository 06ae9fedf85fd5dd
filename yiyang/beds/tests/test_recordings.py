"""Photos and voice notes of a transfer: kept encrypted, for those who handle it, removed when wrong."""

from __future__ import annotations

import base64
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from yiyang.access.tests.calling import caller
from yiyang.access.tests.factories import account, actor_for, family
from yiyang.beds import commands
from yiyang.beds.commands.recordings import AT_MOST, SayWhyRemoved, TooManyRecordings, TransferEnded
from yiyang.beds.models import Recording, Transfer
from yiyang.beds.tests.factories import Cast, bed, cast, offered, person, stay, transfer
from yiyang.beds.tests.screens import signed_in
from yiyang.kernel.pictures import NotAPicture, redrawn
from yiyang.kernel.refusals import NotAllowed, NotFound, Refusal
from yiyang.kernel.time import now
from yiyang.kernel.voices import LARGEST, NotAVoice, VoiceTooLarge
from yiyang.people.tests.factories import seen_by

pytestmark = pytest.mark.django_db
VOICE = b"\x1aE\xdf\xa3" + b"\x00" * 60
PLACE = 0x8825  # where a telephone writes where the photo was taken


def photo(width: int = 2400) -> bytes:
    written = io.BytesIO()
    told = Image.Exif()
    told[0x0110] = "Mate 60 of nurse Zhang"
    told.get_ifd(PLACE)[1] = "N"
    Image.new("RGB", (width, 900), "green").save(written, "JPEG", exif=told)
    return written.getvalue()


@pytest.fixture
def who() -> Cast:
    return cast()


@pytest.fixture
def asked(who: Cast) -> Transfer:
    elder = person("王秀英", sex="FEMALE")
    stay(elder, bed(who.care_home))
    bed(who.hospital, "HOSPITAL")
    return transfer(who.care_home_nurse, elder)


def added(who: Cast, asked: Transfer, kind: str = "PHOTO", content: bytes = b"") -> Recording:
    content = content or (photo() if kind == "PHOTO" else VOICE)
    return commands.add_recording(
        by=who.care_home_nurse, at=now(), transfer=asked, kind=kind, content=content, note="sacrum"
    )


def test_a_nurse_adds_both_on_a_page_and_hears_and_sees_them(who: Cast, asked: Transfer) -> None:
    nurse = signed_in(who.care_home_nurse)
    url = reverse("beds:add_recording", args=[asked.pk])

    page = nurse.get(url + "?kind=VOICE")
    assert "microphone=(self)" in page["Permissions-Policy"]
    for kind, field, content in (("PHOTO", "photo", photo()), ("VOICE", "voice", VOICE)):
        sent = SimpleUploadedFile(f"a.{kind}", content)
        assert nurse.post(f"{url}?kind={kind}", {field: sent, "note": "sacrum"}).status_code == 302

    shown = nurse.get(reverse("beds:transfer_around", args=[asked.pk])).content.decode()
    for one in Recording.objects.all():
        assert reverse("beds:recording", args=[one.pk]) in shown
        answer = nurse.get(reverse("beds:recording", args=[one.pk]))
        assert answer["Content-Type"] == one.media_type
        assert answer.content not in bytes(one.content)
    assert b"nurse Zhang" not in redrawn(photo(), side=1600)
    assert Image.open(io.BytesIO(redrawn(photo(), side=1600))).size == (1600, 600)


def test_only_those_who_handle_the_transfer_see_it(who: Cast, asked: Transfer) -> None:
    kept = added(who, asked)
    url = reverse("beds:recording", args=[kept.pk])
    offered(who.care_home_nurse, asked, who.hospital)
    own = actor_for(account("王秀英", kind="ELDER", person_id=asked.person_id), now())
    daughter = family("RELATIVE", name="王芳")
    seen_by(asked.person, account_id=daughter.account_id, basis="DELEGATION")

    assert signed_in(who.ward_doctor).get(url).status_code == 404  # asked, not accepted yet
    assert signed_in(own).get(url).status_code in (403, 404)
    assert signed_in(daughter).get(url).status_code in (403, 404)
    for stranger in (who.ward_doctor, daughter):
        with pytest.raises((NotFound, NotAllowed)):
            commands.remove_recording(by=stranger, at=now(), recording=kept, reason="x")
    commands.accept_offer(by=who.ward_doctor, at=now(), offer=asked.offers.get(), doctor="李医生")
    assert signed_in(who.ward_doctor).get(url).status_code == 200


def test_what_was_wrong_is_erased_and_says_why(who: Cast, asked: Transfer) -> None:
    kept = added(who, asked, "VOICE")
    with pytest.raises(SayWhyRemoved):
        commands.remove_recording(by=who.care_home_nurse, at=now(), recording=kept, reason=" ")
    nurse = signed_in(who.care_home_nurse)
    nurse.post(reverse("beds:remove_recording", args=[kept.pk]), {"reason": "names somebody else"})

    kept.refresh_from_db()
    assert (kept.content, kept.removed_reason) == (None, "names somebody else")
    assert nurse.get(reverse("beds:recording", args=[kept.pk])).status_code == 404
    shown = nurse.get(reverse("beds:transfer_around", args=[asked.pk])).content.decode()
    assert "names somebody else" in shown


@pytest.mark.parametrize(
    ("kind", "content", "refusal"),
    [
        ("PHOTO", b"%PDF-1.7", NotAPicture),
        ("PHOTO", photo()[:300], NotAPicture),
        ("PHOTO", b"<svg onload=alert(1)>", NotAPicture),
        ("VOICE", photo(), NotAVoice),
        ("VOICE", VOICE + b"\x00" * LARGEST, VoiceTooLarge),
    ],
)
def test_odd_files_are_refused(
    who: Cast, asked: Transfer, kind: str, content: bytes, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        added(who, asked, kind, content)


def test_not_too_many_and_not_after_the_end(who: Cast, asked: Transfer) -> None:
    for _number in range(AT_MOST):
        added(who, asked, "VOICE")
    with pytest.raises(TooManyRecordings):
        added(who, asked, "VOICE")
    commands.cancel_transfer(by=who.care_home_nurse, at=now(), transfer=asked, reason="better again")
    with pytest.raises(TransferEnded):
        added(who, asked, "VOICE")


def test_the_same_over_the_api(who: Cast, asked: Transfer) -> None:
    nurse, path = caller(who.care_home_nurse), f"/transfers/{asked.pk}/recordings"
    sent = {"kind": "PHOTO", "content": base64.b64encode(photo(300)).decode(), "note": "sacrum"}

    made = nurse.post(path, sent, Idempotency_Key="p1").body
    assert nurse.post(path, sent, Idempotency_Key="p1").body["id"] == made["id"]
    assert nurse.post(path, {**sent, "content": "not base64!"}).status == 422
    assert nurse.post(path, {**sent, "kind": "VOICE"}).code == "NOT_A_VOICE"
    assert [one["id"] for one in nurse.get(path).body["recordings"]] == [made["id"]]
    kept = nurse.get(f"/recordings/{made['id']}").body
    assert base64.b64decode(kept["content"])[:2] == b"\xff\xd8"
    assert nurse.post(f"/recordings/{made['id']}/remove", {"reason": "shows somebody else"}).body[
        "removed_at"
    ]
    assert nurse.get(f"/recordings/{made['id']}").status == 404
    assert caller(who.ward_doctor).get(path).status == 404
