"""How a contract is kept: every figure is the number of the rows that it leads to."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from yiyang.beds import commands
from yiyang.beds.models import Offer
from yiyang.beds.queries import contract_figures as figures
from yiyang.beds.tests import factories as f
from yiyang.beds.tests.screens import page, statements
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(db: None) -> f.Cast:
    return f.cast()


def asked(who: f.Cast, name: str) -> Offer:
    """The hospital is asked for somebody of the home, under their contract."""
    someone = f.person(name)
    f.stay(someone, f.bed(who.care_home))
    [offer] = f.offered(who.care_home_nurse, f.transfer(who.care_home_nurse, someone), who.hospital)
    assert offer.contract_id == who.contract.pk
    return offer


@pytest.fixture
def answered(who: f.Cast) -> f.Cast:
    """One of each: accepted, no bed, beyond ability, asks back, silent in time, silent too long, withdrawn."""
    doctor: dict[str, Any] = {"by": who.ward_doctor, "at": now()}
    f.bed(who.hospital, "HOSPITAL")
    commands.accept_offer(**doctor, offer=asked(who, "王一"), doctor="Dr Chen")
    commands.decline_offer(**doctor, offer=asked(who, "王二"), code="NO_BED")
    commands.decline_offer(**doctor, offer=asked(who, "王三"), code="BEYOND_ABILITY")
    commands.answer_offer_otherwise(
        **doctor, offer=asked(who, "王四"), answer="NEED_INFORMATION", text="which medicines?"
    )
    asked(who, "王五")
    silent = asked(who, "王六")
    Offer.objects.filter(pk=silent.pk).update(
        sent_at=now() - timedelta(days=100), answer_by=now() - timedelta(days=99)
    )
    commands.lapse_offer(by=SYSTEM, at=now(), offer=Offer.objects.get(pk=silent.pk))
    gone = asked(who, "王七")
    commands.cancel_transfer(by=who.care_home_nurse, at=now(), transfer=gone.transfer, reason="is better")
    return who


def test_each_offer_counts_once_among_answered_unanswered_waiting_and_withdrawn(answered: f.Cast) -> None:
    [kept] = figures.how_it_is_kept(answered.contract.pk, now())

    year = {name: counts["365"] for name, counts in kept.figures.items()}
    assert kept.unit_id == answered.hospital.pk
    assert year == {
        "sent": 7, "answered": 4, "median": year["median"], "unanswered": 1, "no_bed": 1, "declined": 1,
        "waiting": 1, "withdrawn": 1,
    }  # fmt: skip
    assert kept.figures["sent"]["90"] == 6 and kept.figures["unanswered"]["90"] == 0


def test_each_figure_is_the_number_of_the_rows_behind_it(answered: f.Cast) -> None:
    at = now()
    [kept] = figures.how_it_is_kept(answered.contract.pk, at)

    for name in set(figures.FIGURES) - {figures.MEDIAN}:
        for days in figures.PERIODS:
            rows = figures.offers_behind(SYSTEM, answered.contract.pk, name, days, kept.unit_id, at)
            assert rows.count() == kept.figures[name][days], (name, days)


def test_the_median_is_of_the_minutes_to_the_units_own_answer(answered: f.Cast) -> None:
    for number, offer in enumerate(Offer.objects.exclude(answered_by="").order_by("pk"), start=1):
        Offer.objects.filter(pk=offer.pk).update(sent_at=offer.answered_at - timedelta(minutes=10 * number))

    [kept] = figures.how_it_is_kept(answered.contract.pk, now())

    assert kept.figures["median"]["90"] == 25  # of 10, 20, 30, 40


def test_the_time_of_an_answer_stays_when_the_offer_is_withdrawn_afterwards(who: f.Cast) -> None:
    offer = asked(who, "王一")
    then = now() - timedelta(minutes=5)
    commands.answer_offer_otherwise(
        by=who.ward_doctor, at=now(), offer=offer, answer="NEED_INFORMATION", text="which medicines?"
    )
    Offer.objects.filter(pk=offer.pk).update(answered_at=then)

    commands.cancel_transfer(by=who.care_home_nurse, at=now(), transfer=offer.transfer, reason="is better")

    assert Offer.objects.get(pk=offer.pk).answered_at == then


def test_the_page_of_the_contract_leads_from_each_figure_to_its_rows(answered: f.Cast) -> None:
    contract = page(answered.care_home_manager, reverse("access:contract", args=[answered.contract.pk]))

    links = re.findall(r'href="([^"]*/offers/\?figure=no_bed[^"]*)"[^>]*>(\d+)<', contract)
    assert [number for _link, number in links] == ["1", "1"]
    rows = page(answered.care_home_manager, links[0][0].replace("&amp;", "&"))
    assert "no bed free" in rows and "王二" in rows and "王三" not in rows


def test_a_party_that_does_not_see_the_person_sees_the_offer_without_the_name(answered: f.Cast) -> None:
    address = reverse("beds:contract_offers", args=[answered.contract.pk]) + "?figure=no_bed&days=365"

    rows = page(answered.supervisor_health, address)

    assert "no bed free" in rows
    assert "王二" not in rows and "not open to you" in rows


def test_others_find_nothing(answered: f.Cast) -> None:
    for who in ("stranger", "other_manager", "family_doctor", "other_elder"):
        page(answered.by_role[who], reverse("beds:contract_offers", args=[answered.contract.pk]), status=404)


def test_the_figures_cost_one_statement_whatever_the_rows(who: f.Cast) -> None:
    address = reverse("access:contract", args=[who.contract.pk])
    asked(who, "王一")
    few = statements(who.care_home_manager, address)
    for number in range(4):
        asked(who, f"张{number}")

    assert statements(who.care_home_manager, address) == few <= 15
