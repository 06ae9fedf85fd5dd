"""The screens of devices, as staff and as the person open them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime

from yiyang.access.models import Notice
from yiyang.access.tests.factories import Cast, family
from yiyang.devices import jobs
from yiyang.devices.commands.refused import count_unread
from yiyang.devices.models.registry import Device, DeviceConsent, DeviceCredential, DeviceGateway, Loan
from yiyang.devices.queries.credentials import sender_of
from yiyang.devices.tests import factories as f
from yiyang.kernel.models import Reading
from yiyang.kernel.time import now
from yiyang.people.tests.factories import person, seen_by

pytestmark = pytest.mark.django_db


def client(actor: Any) -> Client:
    signed_in = Client()
    signed_in.force_login(actor.account)
    return signed_in


def page(of: Client, name: str, *args: Any, **query: Any) -> str:
    answer = of.get(reverse(f"devices:{name}", args=args), query)
    assert answer.status_code == 200, answer.content[:300]
    return str(answer.content.decode())


def test_a_manager_adds_a_device_gives_it_a_key_and_prints_its_label(cast: Cast) -> None:
    manager = client(cast.care_home_manager)
    assert "还没有设备" in page(manager, "devices")

    added = manager.post(
        reverse("devices:add_device"), {"unit": cast.care_home.pk, "kind": "BRACELET", "serial": "B-17"}
    )

    made = Device.objects.get()
    assert added["Location"] == reverse("devices:device", args=[made.pk])
    key = manager.post(
        reverse("devices:issue_device_key", args=[made.pk]), {"overlap_hours": "0", "days": ""}
    )
    assert "yiyang_d_" in key.content.decode()
    assert key["Cache-Control"] == "no-store"
    assert "yiyang_d_" not in page(manager, "device", made.pk)
    assert "data:image/svg+xml" in page(manager, "label", made.pk)
    taken = DeviceCredential.objects.get()
    assert manager.post(reverse("devices:revoke_key", args=[taken.pk])).status_code == 302
    again = manager.post(
        reverse("devices:add_device"), {"unit": cast.care_home.pk, "kind": "BRACELET", "serial": "B-17"}
    )
    assert (again.status_code, "已在清单中" in again.content.decode()) == (409, True)


@pytest.mark.parametrize(
    ("port", "address"), [(8003, "http://testserver:8003/ingest"), (None, "http://testserver/ingest")]
)
def test_a_key_comes_with_the_address_that_takes_it(
    cast: Cast, settings: Any, port: int | None, address: str
) -> None:
    """Clients that follow to another port leave the key behind, and read that it is unknown."""
    settings.INGEST_PORT = port
    made = f.device(cast.care_home)

    key = client(cast.care_home_manager).post(
        reverse("devices:issue_device_key", args=[made.pk]), {"days": ""}
    )

    assert f"<code>{address}</code>" in key.content.decode()


def test_a_care_worker_scans_says_who_and_takes_it_back(cast: Cast) -> None:
    who, worker = person("王秀英"), client(cast.care_worker)
    seen_by(who, cast.care_home.pk)
    made = f.device(cast.care_home, serial="B-17")
    found = worker.get(reverse("devices:find_device"), {"serial": "b-17"})
    there = reverse("devices:hand_out", args=[made.pk])
    assert found["Location"] == there
    assert "王秀英" in page(worker, "hand_out", made.pk, q="wang")

    worker.post(there, {"person": who.pk, "place": "302", "until": ""})

    loan = Loan.objects.get()
    assert (loan.person_id, loan.place) == (who.pk, "302")
    assert "王秀英" in page(worker, "devices")
    assert "王秀英" in page(worker, "hand_out", made.pk)
    assert Reading.objects.filter(persons__contains=[who.pk], subject_kind="devices.devices").exists()
    worker.post(reverse("devices:return_device", args=[loan.pk]), {"note": "strap torn"})
    assert "strap torn" in page(worker, "device", made.pk)


def test_maintenance_says_who_sees_to_it_and_giving_up_says_first_what_stands_against_it(cast: Cast) -> None:
    made, manager = f.lent(person("王秀英"), cast.care_home).device, client(cast.care_home_manager)
    until = localtime(now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")

    manager.post(reverse("devices:set_device_quiet", args=[made.pk]), {"until": until, "reason": "new strap"})

    name = cast.care_home_manager.account.name
    assert f"new strap。由{name}负责" in page(manager, "device", made.pk)
    assert "会通知人员" in page(manager, "end_device_quiet", made.pk)
    assert "请先收回" in page(manager, "retire_device", made.pk)
    manager.post(reverse("devices:end_device_quiet", args=[made.pk]))
    assert "负责" not in page(manager, "device", made.pk)
    manager.post(reverse("devices:return_device", args=[Loan.objects.get().pk]))
    asked = page(manager, "retire_device", made.pk)
    assert "请先收回" not in asked
    assert "不能恢复使用" in asked
    assert "发新密钥" in page(manager, "device", made.pk)
    manager.post(reverse("devices:retire_device", args=[made.pk]), {"reason": "strap torn"})
    assert "发新密钥" not in page(manager, "device", made.pk)


def test_the_elder_reads_what_a_device_tells_and_stops_it(cast: Cast) -> None:
    who = person("王秀英")
    loan = f.lent(who, cast.care_home)
    elder = client(family("ELDER", person_id=who.pk))
    assert "脉搏" in page(elder, "own_devices", who.pk)
    assert "怎样停止" in page(elder, "own_device", loan.pk)

    elder.post(reverse("devices:give_device_consent", args=[who.pk, "LOCATION"]))
    given = DeviceConsent.objects.get()
    elder.post(reverse("devices:withdraw_device_consent", args=[given.pk]))
    elder.post(reverse("devices:ask_for_return", args=[loan.pk]), {"reason": ""})

    given.refresh_from_db()
    loan.refresh_from_db()
    assert given.withdrawn_at
    assert loan.return_asked_at
    assert "要求收回" in page(client(cast.care_home_manager), "devices")


def test_gateways_are_added_given_a_key_and_stopped(cast: Cast) -> None:
    manager = client(cast.care_home_manager)
    told = {"unit": cast.care_home.pk, "name": "Box", "urn": "urn:dev:ops:box", "expected_seconds": "120"}
    there = manager.post(reverse("devices:add_gateway"), told)["Location"]

    assert "Box" in manager.get(there).content.decode()
    assert "yiyang_d_" in manager.post(f"{there}key/", {"overlap_hours": "0", "days": ""}).content.decode()
    sender = sender_of(f.key(DeviceGateway.objects.get()), now())
    assert sender
    count_unread(sender, "MALFORMED", "x", now())
    assert "无法读取这条消息" in manager.get(there).content.decode()
    manager.post(f"{there}stop/", {"reason": "replaced"})
    assert "Box" in page(manager, "gateways")


def test_devices_come_from_a_file_tried_first_and_once(cast: Cast) -> None:
    manager = client(cast.care_home_manager)
    there = reverse("gateways:import_devices", args=[cast.care_home.pk])

    def send(text: str) -> Any:
        return manager.post(there, {"file": SimpleUploadedFile("d.csv", text.encode("gb18030"))})

    wrong = send("设备种类,序列号\n手环,B1\n火箭,B2\n")
    tried = send("设备种类,序列号,厂家和型号\n手环,B1,甲\nOXIMETER,O1,乙\n")
    assert (wrong.status_code, tried.status_code, Device.objects.count()) == (422, 200, 0)

    [write] = re.findall(rf'action="({there}[^"]+)"', tried.content.decode())
    manager.post(write)

    assert set(Device.objects.values_list("kind", "serial", "model")) == {
        ("BRACELET", "B1", "甲"),
        ("OXIMETER", "O1", "乙"),
    }
    assert "设备：新增 0 条，已有 2 条" in send("设备种类,序列号\n手环,B1\n血氧仪,O1\n").content.decode()


def test_a_loan_that_ends_soon_is_told_once_to_the_unit_that_lent_the_device(cast: Cast) -> None:
    at = now()
    who = person("王秀英", organisation_id=cast.care_home.pk)
    soon = f.lent(who, cast.care_home, until=at + timedelta(days=2)).device
    f.lent(who, cast.care_home, until=at + timedelta(days=20))

    assert (jobs.tell_loan_ends(at), jobs.tell_loan_ends(at)) == (1, 0)

    [notice] = Notice.objects.all()
    assert (notice.organisation_id, str(soon) in notice.text) == (cast.care_home.pk, True)
