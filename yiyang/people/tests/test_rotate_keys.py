"""After a new key is added, everything is written under it, and every number is still found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from yiyang.kernel import crypto
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.people.commands.keys import rotate_keys
from yiyang.people.models import Identifier, IdentifierHash, Phone
from yiyang.people.tests.factories import id_number, person

pytestmark = pytest.mark.django_db


def test_rotation_rewrites_values_and_adds_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    number = id_number()
    person(id_card=number, phones=["13800000000"])
    keys = {**crypto.config.identifier_keys, 9: "a-newer-key-that-is-long-enough-for-this"}
    monkeypatch.setattr(crypto, "config", replace(crypto.config, identifier_keys=keys))

    position = rotate_keys(by=SYSTEM, at=now())
    while position:
        position = rotate_keys(by=SYSTEM, at=now(), after=position)

    identifier = Identifier.objects.get()
    assert bytes(identifier.value)[:2] == (9).to_bytes(2, "big")
    assert identifier.number == number
    assert set(IdentifierHash.objects.values_list("key_version", flat=True)) == set(keys)
    assert bytes(Phone.objects.get().value)[:2] == (9).to_bytes(2, "big")
