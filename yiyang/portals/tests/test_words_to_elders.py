"""Elders are 您, never 老人 or 患者; before families somebody has passed away (离世), not died (死亡)."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest
from django.utils.translation import override

from yiyang.access.tests.factories import account, actor_for
from yiyang.beds.rules.transfers import NEXT, NEXT_TO_THEM
from yiyang.beds.tests.factories import bed, cast, person, stay
from yiyang.beds.tests.screens import signed_in
from yiyang.kernel.time import now

PACKAGE = Path(__file__).resolve().parents[2]
# What elders and families alone read, or read as well as staff.
TEMPLATES = [
    PACKAGE / "portals/templates/portals/family.html",
    PACKAGE / "people/templates/people/person_family.html",
    PACKAGE / "beds/templates/beds/transfer_own.html",
    PACKAGE / "records/templates/records/own_record.html",
    PACKAGE / "portals/sentences.py",
    PACKAGE / "kernel/spoken.py",
]
MSGID = re.compile(
    r"""(?:translate|_\()\s*"([^"]+)"|blocktranslate[^%]*%\}(.*?)\{%\s*(?:plural|endblocktranslate)""",
    re.DOTALL,
)
TO_BOTH = re.compile("患者|死亡|病人")
TO_ELDERS = re.compile("患者|死亡|病人|老人")


def said_in(template: Path) -> list[str]:
    """The Chinese of every string of the template."""
    found = [a or b for a, b in MSGID.findall(template.read_text(encoding="utf-8"))]
    msgids = {re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", one) for one in found}
    catalogue: dict[str, str] = {}
    for path in PACKAGE.glob("*/locale/zh_Hans/LC_MESSAGES/django.po"):
        for entry in polib.pofile(str(path)):
            catalogue.setdefault(entry.msgid, entry.msgstr or entry.msgstr_plural.get(0, ""))
    return [catalogue[one] for one in msgids if one in catalogue]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_page_of_elders_or_families_says_patient_or_death(template: Path) -> None:
    said = said_in(template)

    assert len(said) > 5
    assert [one for one in said if TO_BOTH.search(one)] == []


@pytest.mark.parametrize("template", TEMPLATES[2:], ids=lambda path: path.name)
def test_what_elders_alone_read_says_you(template: Path) -> None:
    assert [one for one in said_in(template) if TO_ELDERS.search(one)] == []


@pytest.mark.django_db
def test_an_elder_reads_the_day_in_three_sentences_and_has_one_call() -> None:
    who = cast()
    who.care_home.phone = "021-55518205"
    who.care_home.save()
    elder = person("王桂兰", form_of_address="王老师")
    stay(elder, bed(who.care_home))
    own = actor_for(account("王桂兰", kind="ELDER", person_id=elder.pk), now())

    shown = signed_in(own, "zh-hans").get("/").content.decode()
    today = shown[shown.index('id="today"') :]
    today = today[: today.index("</div>")]

    assert today.count("<p>") == 3
    assert "阳光养老院" in today
    assert "021-55518205" in today
    assert "王老师" in shown
    assert not re.search("老人|患者", re.sub(r"<(script|style).*?</\1>", "", shown, flags=re.DOTALL))


def test_each_next_step_is_said_to_the_person_in_their_own_words() -> None:
    with override("zh-hans"):
        said = {state: str(words) for state, words in NEXT_TO_THEM.items()}

    assert set(said) == set(NEXT)
    assert [one for one in said.values() if TO_ELDERS.search(one)] == []
