"""The identification on a device's label: taken only as its issuing agency would."""

from __future__ import annotations

import pytest
from django.test import Client

from yiyang.access.tests.factories import Cast
from yiyang.devices import commands
from yiyang.devices.commands.registry import UdiDigitWrong, UdiNotReadable
from yiyang.devices.models import Device
from yiyang.devices.rules.udi import NotAnIdentification, checks, read
from yiyang.kernel.time import now

# as typed | device | wrong
LABELS = """
(01)06901234567892                          | 06901234567892 |
(01)06901234567892(17)281130(21)S0417       | 06901234567892 |
 (01) 0690123 4567892 (21)S0417             | 06901234567892 |
0106901234567892                            | 06901234567892 |
(01)09506000134352(11)260131(10)AB-1/2      | 09506000134352 |
(01)06901234567893                          |                | CHECK_DIGIT
(01)60901234567892                          |                | CHECK_DIGIT
(01)6901234567892                           |                | SHAPE
(21)S0417(01)06901234567892                 |                | SHAPE
+H123PARTNO1234567890120                    |                | SHAPE
(01)06901234567892(17)281330                |                | DATE
(01)06901234567892(17)2811                  |                | DATE
(01)06901234567892(21)手环                   |                | SHAPE
(01)06901234567892(21)                      |                | SHAPE
"""


@pytest.mark.parametrize("row", LABELS.strip("\n").splitlines())
def test_labels(row: str) -> None:
    typed, device, wrong = (part.strip() for part in row.split("|"))

    if wrong:
        with pytest.raises(NotAnIdentification, match=wrong):
            read(typed)
    else:
        assert read(typed).device == device


def test_a_check_digit_finds_every_single_wrong_digit() -> None:
    right = "09506000134352"
    assert checks(right)
    for place in range(14):
        for digit in "0123456789":
            if digit != right[place]:
                assert not checks(right[:place] + digit + right[place + 1 :])


@pytest.mark.django_db
def test_it_stands_on_the_page_and_may_be_left_out_but_not_be_wrong(cast: Cast) -> None:
    manager = cast.care_home_manager
    given = {"unit_id": cast.care_home.pk, "kind": "BRACELET"}
    made = commands.register_device(by=manager, at=now(), serial="1", udi="01 06901234567892", **given)
    without = commands.register_device(by=manager, at=now(), serial="2", **given)

    assert (made.udi, without.udi) == ("(01)06901234567892", "")
    with pytest.raises(UdiDigitWrong):
        commands.register_device(by=manager, at=now(), serial="3", udi="(01)06901234567893", **given)
    with pytest.raises(UdiNotReadable):
        commands.register_device(by=manager, at=now(), serial="3", udi="S0417", **given)
    client = Client()
    client.force_login(manager.account)
    change = f"/devices/{without.pk}/change/"
    typed = {"serial": "2", "urn": without.urn, "udi": "(01)06901234567893", "version": without.version}
    refused = client.post(change, typed).content.decode()
    assert "校验位" in refused and "(01)06901234567893" in refused
    assert client.post(change, typed | {"udi": "(01)06901234567892(21)B2"}).status_code == 302
    assert Device.objects.get(pk=without.pk).udi == "(01)06901234567892(21)B2"
    assert "(01)06901234567892(21)B2" in client.get(f"/devices/{without.pk}/").content.decode()
