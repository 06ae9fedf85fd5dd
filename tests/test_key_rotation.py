"""After `yiyang keys rotate` an older key can be taken out: nothing that is kept needs it any more."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db.models import BinaryField
from PIL import Image

from tests.district import fill
from yiyang.access import commands as access
from yiyang.beds import commands as beds
from yiyang.beds.models import Transfer
from yiyang.cli.diagnosis import rewrite_everything
from yiyang.gateways.messages import commands as messages
from yiyang.kernel import crypto
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.recordings import record_sentence
from yiyang.kernel.rotation import COLUMNS
from yiyang.kernel.time import now
from yiyang.people.models import ServiceAgreement

NEWEST = 9
KEPT_A_DAY = {"kernel.IdempotencyKey"}


def photo() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (60, 60), "green").save(written, "JPEG")
    return written.getvalue()


def encrypted() -> Iterator[tuple[str, bytes]]:
    """(table, value) of everything in the database that our keys can read."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, BinaryField):
                for value in model._default_manager.exclude(**{field.name: None}).values_list(
                    field.name, flat=True
                ):
                    try:
                        crypto.decrypt_bytes(value)
                    except crypto.WrongKey:
                        continue  # a hash, or a paper that is kept as it is
                    yield model._meta.label, bytes(value)


@pytest.mark.django_db
def test_nothing_that_is_kept_needs_the_older_key_after_a_rotation(monkeypatch: pytest.MonkeyPatch) -> None:
    who = fill().cast
    nurse, adapter = who.care_home_nurse, get_adapter()
    beds.add_recording(by=nurse, at=now(), transfer=Transfer.objects.get(), kind="PHOTO", content=photo())
    access.set_staff_photo(by=nurse, at=now(), account=nurse.account, content=photo())
    record_sentence(
        by=SYSTEM, at=now(), sentence="AT_HOME", tongue="MANDARIN", content=b"OggS", speaker="李敏"
    )
    messages.choose_channel(by=nurse, at=now(), channel="ENTERPRISE_CHAT", threshold="ALL", address="limin")
    ServiceAgreement.objects.update(emergency_phone=crypto.encrypt("13800138000"))
    factor = Authenticator.objects.create(
        user=nurse.account, type="totp", data={"secret": adapter.encrypt("JBSWY3DP")}
    )
    keys = {**crypto.config.identifier_keys, NEWEST: "a-newer-key-that-is-long-enough-for-this"}
    monkeypatch.setattr(crypto, "config", replace(crypto.config, identifier_keys=keys))
    tables = {table for table, _value in encrypted()}

    rewrite_everything()
    monkeypatch.setattr(crypto, "config", replace(crypto.config, identifier_keys={NEWEST: keys[NEWEST]}))

    assert tables >= set(COLUMNS), "the district has no example of some table"
    assert {table for table, _value in encrypted()} == tables - KEPT_A_DAY
    factor.refresh_from_db()
    assert adapter.decrypt(factor.data["secret"]) == "JBSWY3DP"
