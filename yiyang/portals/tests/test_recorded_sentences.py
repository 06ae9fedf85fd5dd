"""Fixed sentences are said by people, kept encrypted, and heard by whoever has no Chinese voice."""

from __future__ import annotations

import io
import re
import wave
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from yiyang.access.tests.factories import account, actor_for
from yiyang.beds.tests.factories import Cast, bed, cast, person, stay
from yiyang.beds.tests.screens import signed_in
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.models import PlainFact, RecordedSentence
from yiyang.kernel.ranges import part
from yiyang.kernel.recordings import (
    LARGEST,
    NotRecorded,
    RecordingTooLarge,
    SayWhoseVoice,
    erase_sentence,
    record_sentence,
)
from yiyang.kernel.refusals import NotAllowed, NotFound
from yiyang.kernel.spoken import SENTENCES
from yiyang.kernel.time import now
from yiyang.kernel.voices import NotAVoice
from yiyang.people.commands import delegate_access

PORTALS = Path(__file__).resolve().parent.parent
LIST = "portals:recorded_sentences"


def tone(number: int = 0) -> bytes:
    """A tenth of a second of a note."""
    written = io.BytesIO()
    with wave.open(written, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes((step * (5 + number)) % 251 for step in range(1600)))
    return written.getvalue()


def recorded(sentence: str, tongue: str = "MANDARIN", content: bytes = b"") -> RecordedSentence:
    return record_sentence(
        by=SYSTEM, at=now(), sentence=sentence, tongue=tongue, content=content or tone(), speaker="李敏"
    )


def own_page(who: Cast, voice: str = "", language: str = "zh-hans") -> str:
    elder = person("王桂兰")
    stay(elder, bed(who.care_home))
    client = signed_in(actor_for(account("王桂兰", kind="ELDER", person_id=elder.pk), now()), language)
    client.cookies["voice"] = voice
    return client.get("/").content.decode()


def heard(page: str) -> list[str]:
    return re.findall(r'data-spoken="/spoken/(\w+/\w+)/', page)


@pytest.mark.django_db
def test_a_coordinator_records_replaces_and_deletes_on_pages_and_an_elder_hears_it() -> None:
    who = cast()
    office = signed_in(who.coordinator)
    elder = signed_in(who.other_elder)
    sound, record, erase = (
        reverse(f"portals:{name}", args=["AT_HOME", "SHANGHAINESE"])
        for name in ("recorded_sentence", "record_sentence", "erase_sentence")
    )
    assert office.get(reverse(LIST)).content.decode().count("not recorded yet") == 2 * len(SENTENCES)
    assert elder.get(sound).status_code == 404
    assert office.get(record)["Permissions-Policy"].endswith("microphone=(self)")

    for number in (1, 2):
        sent = {"voice": SimpleUploadedFile("a.wav", tone(number)), "speaker": "周阿姨"}
        assert office.post(record, sent).status_code == 302
        answer = elder.get(sound)
        assert (answer.content, answer["Content-Type"]) == (tone(number), "audio/wav")
    kept = RecordedSentence.objects.get()
    shown = office.get(reverse(LIST)).content.decode()
    assert "周阿姨" in shown and who.coordinator.account.name in shown
    assert tone(2) not in bytes(kept.content)

    assert "周阿姨" in office.get(erase).content.decode()
    assert office.post(erase).status_code == 302
    assert elder.get(sound).status_code == 404
    facts = PlainFact.objects.filter(subject_id=kept.pk).values_list("name", flat=True)
    assert sorted(facts) == ["sentence.erased", "sentence.recorded", "sentence.recorded"]


@pytest.mark.django_db
def test_the_sound_is_kept_by_the_browser_and_given_in_parts_as_iphones_ask() -> None:
    who, kept = cast(), recorded("AT_HOME")
    nurse = signed_in(who.care_home_nurse)
    url = reverse("portals:recorded_sentence", args=["AT_HOME", "MANDARIN"])

    first = nurse.get(url, headers={"range": "bytes=0-1"})
    assert (first.status_code, first.content) == (206, tone()[:2])
    assert first["Content-Range"] == f"bytes 0-1/{len(tone())}"
    beyond = nurse.get(url, headers={"range": f"bytes={len(tone())}-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(tone())}")
    whole = nurse.get(f"{url}?v={kept.sha256[:16]}")
    assert "immutable" in whole["Cache-Control"] and "immutable" not in first["Cache-Control"]
    assert nurse.get(url, headers={"if-none-match": whole["ETag"]}).status_code == 304
    changed = nurse.get(url, headers={"range": "bytes=0-1", "if-range": '"former"'})
    assert (changed.status_code, changed.content) == (200, tone())


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("bytes=0-", (0, 10)), ("bytes=2-4", (2, 5)), ("bytes=8-99", (8, 10)), ("bytes=-3", (7, 10)),
        ("bytes=-99", (0, 10)), ("bytes=10-", (0, 0)), ("bytes=-0", (0, 0)), ("bytes=-", None),
        ("bytes=5-2", None), ("bytes=0-1,4-5", None), ("items=0-1", None), ("bytes=" + "9" * 40 + "-", None),
    ],
)  # fmt: skip
def test_which_bytes_a_range_means(asked: str, meant: tuple[int, int] | None) -> None:
    assert part(asked, 10) == meant


@pytest.mark.django_db
def test_nobody_but_the_coordinator_records_or_deletes() -> None:
    who = cast()
    recorded("AT_HOME")
    for name in ("care_home_manager", "system_administrator", "other_elder"):
        actor: Any = who.by_role[name]
        client = signed_in(actor)
        assert client.get(reverse(LIST)).status_code == 403
        for page in ("record_sentence", "erase_sentence"):
            assert client.get(reverse(f"portals:{page}", args=["AT_HOME", "MANDARIN"])).status_code == 403
        with pytest.raises(NotAllowed):
            record_sentence(
                by=actor, at=now(), sentence="OUT", tongue="MANDARIN", content=tone(), speaker="李敏"
            )
        with pytest.raises(NotAllowed):
            erase_sentence(by=actor, at=now(), sentence="AT_HOME", tongue="MANDARIN")

    assert RecordedSentence.objects.count() == 1


@pytest.mark.django_db
def test_odd_recordings_are_refused_and_what_was_there_stays() -> None:
    who = cast()
    by = who.coordinator
    recorded("AT_HOME")
    good = {"sentence": "AT_HOME", "tongue": "MANDARIN", "content": tone(3), "speaker": "李敏"}
    for wrong, refusal in (
        ({"sentence": "YOU_ARE_ILL"}, NotFound),
        ({"tongue": "KLINGON"}, NotFound),
        ({"speaker": "  "}, SayWhoseVoice),
        ({"content": b"%PDF-1.7"}, NotAVoice),
        ({"content": tone() + bytes(LARGEST)}, RecordingTooLarge),
    ):
        with pytest.raises(refusal):
            record_sentence(by=by, at=now(), **{**good, **wrong})
    with pytest.raises(NotRecorded):
        erase_sentence(by=by, at=now(), sentence="OUT", tongue="MANDARIN")
    office = signed_in(by)
    url = reverse("portals:record_sentence", args=["AT_HOME", "MANDARIN"])
    for sent in ({}, {"voice": SimpleUploadedFile("a.wav", b""), "speaker": "李敏"}):
        assert office.post(url, sent).status_code == 422
    assert office.get(url.replace("AT_HOME", "YOU_ARE_ILL")).status_code == 404

    assert bytes(RecordedSentence.objects.get().content) and heard(own_page(who)) == []


@pytest.mark.django_db
def test_an_elders_page_names_what_is_recorded_in_the_tongue_that_they_chose() -> None:
    who = cast()
    silent = own_page(who)
    assert heard(silent) == [] and "which-voice" not in silent and "data-rest" not in silent
    for tongue in ("MANDARIN", "SHANGHAINESE"):
        recorded("IN_THE_CARE_HOME", tongue)
    recorded("NOTHING_PLANNED")
    recorded("THE_REST")

    usual, chosen = own_page(who), own_page(who, "shanghainese")

    assert heard(usual) == ["IN_THE_CARE_HOME/MANDARIN", "NOTHING_PLANNED/MANDARIN"]
    assert heard(chosen) == ["IN_THE_CARE_HOME/SHANGHAINESE", "NOTHING_PLANNED/MANDARIN"]
    assert "data-recordings-first" in chosen and "data-recordings-first" not in usual
    assert 'data-rest="/spoken/THE_REST/' in usual
    assert "上海话" in usual and "which-voice" in usual
    assert heard(own_page(who, language="en")) == []


@pytest.mark.django_db
def test_a_relative_does_not_hear_that_they_themselves_are_in_the_care_home() -> None:
    who = cast()
    elder = person("王桂兰")
    stay(elder, bed(who.care_home))
    daughter = actor_for(account("女儿", kind="RELATIVE"), now())
    delegate_access(
        by=SYSTEM, at=now(), person=elder, account_id=daughter.account.pk, account_label="女儿", kinship="CHILD",
        scope="FULL", expires_at=now() + timedelta(days=30),
    )  # fmt: skip
    for sentence in SENTENCES:
        recorded(sentence)

    page = signed_in(daughter, "zh-hans").get("/").content.decode()

    assert {one.split("/")[0] for one in heard(page)} <= {
        "CALL_120",
        *(one for one in SENTENCES if "GOOD_" in one),
    }


def test_pages_name_only_sentences_that_can_be_recorded() -> None:
    named = set(re.findall(r'{% spoken "(\w+)"', (PORTALS / "templates/portals/family.html").read_text()))
    for module in ("views.py", "sentences.py"):
        named |= set(re.findall(r'"([A-Z]{3,}_[A-Z_0-9]+)"', (PORTALS / module).read_text()))

    assert len(named) > 15
    assert named - {"HOME_CARE"} <= set(SENTENCES)
