"""Tables of organisations, staff, accounts, licences and contracts: in the order asked for, and as files."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from yiyang.access.models import Account
from yiyang.access.tests import factories as f
from yiyang.access.tests.test_screens import signed_in
from yiyang.access.views import listing
from yiyang.kernel.ids import new_id
from yiyang.kernel.models import Reading

LISTS = {
    "organisations": ("care_home_manager", ("name", "kind", "area", "operator", "state")),
    "licences": ("supervisor_health", ("unit", "number", "kind", "valid", "state")),
    "contracts": ("care_home_manager", ("first", "valid", "state")),
    "accounts": ("care_home_manager", ("login", "name", "last_login", "state")),
}


def rows(client: Client, address: str) -> list[list[str]]:
    answer = client.get(address)
    assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"], address
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def names(client: Client, address: str) -> list[str]:
    return [row[1] for row in rows(client, address)[1:]]


@pytest.mark.parametrize(("name", "who", "columns"), [(name, *told) for name, told in LISTS.items()])
def test_every_column_with_a_link_can_be_sorted_both_ways(
    cast: f.Cast, name: str, who: str, columns: tuple[str, ...]
) -> None:
    client, address = signed_in(cast.by_role[who]), reverse(f"access:{name}")

    page = client.get(address).content.decode()
    for column in columns:
        assert f"sort={column}" in page or f"sort=-{column}" in page
        up = rows(client, f"{address}?sort={column}&format=csv")
        down = rows(client, f"{address}?sort=-{column}&format=csv")
        assert sorted(up) == sorted(down)
        assert client.get(f"{address}?sort={column}").content.decode().count("aria-sort") == 1


def test_organisations_come_in_the_order_of_their_names(cast: f.Cast) -> None:
    client, address = signed_in(cast.care_home_manager), reverse("access:organisations")

    up = names(client, address + "?sort=name&format=csv")

    assert up == sorted(up) and len(up) == 6
    assert names(client, address + "?sort=-name&format=csv") == up[::-1]


def test_a_file_holds_what_the_filter_left(cast: f.Cast) -> None:
    client = signed_in(cast.care_home_manager)

    hospitals = names(client, reverse("access:organisations") + "?kind=HOSPITAL&format=csv")

    assert hospitals == ["区中心医院"]


@pytest.mark.parametrize("name", LISTS)
def test_a_file_comes_as_xlsx_too(cast: f.Cast, name: str) -> None:
    client = signed_in(cast.by_role[LISTS[name][0]])

    answer = client.get(reverse(f"access:{name}") + "?format=xlsx")

    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None and sheet.max_row > 1


def test_the_staff_of_a_unit_are_sorted_and_exported_for_those_inside_alone(cast: f.Cast) -> None:
    address = reverse("access:organisation", args=[cast.care_home.pk])

    inside = rows(signed_in(cast.care_home_manager), address + "?sort=role&format=csv")
    outside = signed_in(cast.stranger).get(address + "?format=csv")

    assert [row[3] for row in inside[1:]] == sorted((row[3] for row in inside[1:]), key=_code(cast))
    assert "Content-Disposition" not in outside and "care-home-nurse" not in outside.content.decode()


def _code(cast: f.Cast) -> object:
    codes = {one.role_of.name: one.role for one in (cast.by_role[role.lower()] for role in f.HOME_ROLES)}
    return lambda name: codes.get(name, "")


def test_who_may_not_open_a_table_gets_no_file(cast: f.Cast) -> None:
    assert signed_in(cast.care_home_nurse).get(reverse("access:accounts") + "?format=csv").status_code == 403
    others = rows(signed_in(cast.other_manager), reverse("access:contracts") + "?format=csv")
    assert len(others) == 1  # the heads alone


def test_a_file_of_accounts_is_noted_as_a_look_at_those_who_have_a_record(cast: f.Cast) -> None:
    person_id = new_id()
    Account.objects.filter(login="care-home-nurse").update(person_id=person_id)

    for name, args in (("accounts", []), ("organisation", [cast.care_home.pk])):
        signed_in(cast.care_home_manager).get(reverse(f"access:{name}", args=args) + "?format=csv")

    assert Reading.objects.filter(persons__contains=[person_id]).count() == 2


def test_a_long_table_goes_on_on_the_next_page(cast: f.Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "ROWS", 2)
    client, address = signed_in(cast.care_home_manager), reverse("access:organisations") + "?sort=name"

    first = client.get(address).content.decode()
    second = client.get(address + "&after=2").content.decode()

    assert "after=2" in first and "after=4" in second
    assert len(names(client, address + "&format=csv")) == 6


@pytest.mark.parametrize("asked", ["sort=password", "sort=-", "after=-1", "after=9999999999", "format=exe"])
def test_what_is_not_a_column_page_or_kind_is_left_out(cast: f.Cast, asked: str) -> None:
    for name, (who, _columns) in LISTS.items():
        assert signed_in(cast.by_role[who]).get(reverse(f"access:{name}") + f"?{asked}").status_code == 200
