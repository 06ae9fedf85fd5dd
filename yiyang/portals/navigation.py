"""The menu of each role, by what it may do. A context processor: the frame of every page shows it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.access.actors import AccountActor
from yiyang.access.permissions import Permission as P  # noqa: N817  (a table of many rows)
from yiyang.kernel.shell import NavigationItem


@dataclass(frozen=True)
class Place:
    """A page in the menu: whoever has one of the permissions sees it. `g` and the key open it."""

    label: Any
    name: str
    permissions: tuple[str, ...] = ()
    key: str = ""
    own_unit: bool = False
    hint: Any = ""
    under: str = ""  # the pages below this address belong to it, unless another place of the menu has them


PLACES = (
    Place(_("Home"), "portals:home", key="h"),
    Place(
        _("Bed board"),
        "beds:board",
        (P.SEE_BOARD,),
        "b",
        hint=_("Free and taken beds of the whole district, now"),
    ),
    Place(
        _("My unit"),
        "beds:unit",
        (P.CHANGE_BED, P.MANAGE_BEDS, P.RECORD_LEAVE),
        "u",
        own_unit=True,
        hint=_("Who is in which bed; change bed, leave, discharge"),
    ),
    Place(
        _("Transfers"),
        "beds:transfers",
        (P.REQUEST_TRANSFER, P.ANSWER_OFFER, P.ALLOCATE_BED, P.COORDINATE),
        "t",
        hint=_("Ask for a bed elsewhere, and follow each step"),
    ),
    Place(
        _("To answer"),
        "beds:offers",
        (P.ANSWER_OFFER,),
        "o",
        hint=_("Whom other units would like to send to you"),
    ),
    Place(
        _("On duty"),
        "duty:duty",
        (P.TAKE_DUTY,),
        "d",
        hint=_("Who answers now, your shifts, the roster, the telephone log"),
    ),
    Place(
        _("Alarms"),
        "devices:alarms",
        (P.TAKE_DUTY,),
        "x",
        hint=_("Falls, call buttons and readings that somebody must look at now"),
        under="/alarms/",
    ),
    Place(
        _("Alarms in figures"),
        "devices:alarm_figures",
        (P.SEE_FIGURES,),
        hint=_("Where and when alarms came, how soon somebody was there, how many were false"),
    ),
    Place(
        pgettext_lazy("of a unit", "Wall"),
        "devices:wall",
        (P.LEND_DEVICE,),
        "v",
        hint=_("What is measured of everybody in the beds of your unit or with a device of it"),
    ),
    Place(
        _("Whereabouts"),
        "devices:located",
        (P.LEND_DEVICE,),
        hint=_("Where those are who wear a locator and have agreed to it"),
    ),
    Place(
        _("Home beds"),
        "beds:home_beds",
        (P.SET_UP_HOME_BED,),
        "m",
        hint=_("Set up, visit and renew home medical beds"),
    ),
    Place(
        _("Waiting list"),
        "beds:waiting_list",
        (P.MANAGE_WAITING_LIST,),
        "w",
        hint=_("Who waits, in which order, and why"),
    ),
    Place(
        _("Assessments"),
        "assessments:worklist",
        (P.ASSESS,),
        "e",
        hint=_("Who is to be assessed, what waits for a signature"),
        under="/assessments/",
    ),
    Place(
        _("Figures of assessments"),
        "assessments:assessment_figures",
        (P.SEE_FIGURES,),
        hint=_("Levels by age, sex, street and year, each with its rows"),
        under="/assessments/",
    ),
    Place(
        _("Instruments"),
        "assessments:instruments",
        (P.MANAGE_INSTRUMENTS,),
        hint=_("Questionnaires as files: which are in use, and putting one into use"),
        under="/assessments/",
    ),
    Place(
        _("Persons"),
        "people:search",
        (P.SEARCH_PERSONS, P.REGISTER_PERSON),
        "p",
        hint=_("Find or register a person"),
    ),
    Place(
        _("Devices"),
        "devices:devices",
        (P.MANAGE_DEVICES, P.LEND_DEVICE),
        hint=_("Bracelets, buttons, sensors: with whom they are, hand out, take back"),
        under="/devices/",
    ),
    Place(
        _("Without a family doctor"),
        "people:coverage_tasks",
        (P.COVER_AREA,),
        "n",
        hint=_("To whom your health centre is to offer a family-doctor contract"),
    ),
    Place(
        _("Contracts"),
        "access:contracts",
        (P.MANAGE_CONTRACTS,),
        "c",
        hint=_("With which units you work together, and how"),
    ),
    Place(
        _("Licences"),
        "access:licences",
        (P.MANAGE_LICENCES,),
        "l",
        hint=_("Which beds each unit may run, and until when"),
    ),
    Place(
        _("Organisations"),
        "access:organisations",
        (P.MANAGE_ORGANISATION, P.MANAGE_ACCOUNTS),
        "g",
        hint=_("Units, their staff and their tree"),
    ),
    Place(
        _("Accounts"),
        "access:accounts",
        (P.MANAGE_ACCOUNTS, P.MANAGE_SECURITY),
        "a",
        hint=_("Who may sign in, and as what"),
    ),
    Place(
        _("Programs and apps"),
        "access:oauth_clients",
        (P.MANAGE_APPS,),
        hint=_("Systems and apps of others that reach the record"),
    ),
    Place(
        _("Sign-in of families"),
        "access:family_accounts",
        (P.MANAGE_FAMILY_SIGN_IN,),
        hint=_("Telephones and cards of elders and families"),
    ),
    Place(
        _("Import"),
        "gateways:import_data",
        (P.IMPORT_DATA,),
        "i",
        hint=_("Take over rosters and hospital records"),
    ),
    Place(
        _("Lists of codes"),
        "gateways:terms",
        (P.MANAGE_TERMS,),
        hint=_("ICD-10, medicines, tests: what is loaded, and loading a file"),
    ),
    Place(
        _("Exports of records"),
        "gateways:exports",
        (P.IMPORT_DATA, P.READ_ACCESS_LOG),
        hint=_("Which whole records left as files, for whom, and ending it"),
    ),
    Place(
        _("Subscriptions"),
        "gateways:subscriptions",
        (P.IMPORT_DATA, P.READ_ACCESS_LOG),
        hint=_("To which programs changes of records are told, and stopping it"),
    ),
    Place(
        _("Trail of facts"),
        "access:facts",
        (P.READ_AUDIT,),
        "f",
        hint=_("What was done, sealed against change"),
    ),
    Place(
        _("Figures by month"),
        "supervision:months",
        (P.SEE_FIGURES,),
        hint=_("What each figure means, the rows behind it, and what was reported"),
    ),
    Place(
        _("Results recognised"),
        "records:recognition_figures",
        (P.SEE_FIGURES,),
        hint=_("How often a result of another unit was accepted in place of a new test"),
    ),
    Place(
        _("How moves were felt"),
        "beds:experience_figures",
        (P.SEE_FIGURES,),
        hint=_("What persons and families say after a move, by unit and month"),
    ),
    Place(
        _("Criteria of the five kinds"),
        "beds:eligibility_criteria",
        (P.SIGN_CRITERIA, P.EVALUATE_TRANSFER),
        hint=_("Who qualifies for which bed, from which source, and whom other criteria would touch"),
    ),
    Place(
        _("Policy pack"),
        "portals:policy_pack",
        (P.MANAGE_ORGANISATION, P.SEE_FIGURES),
        hint=_("Which rules are in force, and where they come from"),
    ),
    Place(
        _("Recorded sentences"),
        "portals:recorded_sentences",
        (P.COORDINATE,),
        hint=_("What elders hear whose telephone has no Chinese voice"),
    ),
    Place(
        _("State of the system"),
        "portals:system_state",
        (P.READ_AUDIT,),
        "s",
        hint=_("What failed, what waits, what is sealed"),
    ),
    Place(
        _("Who looked"),
        "access:readings",
        (P.READ_ACCESS_LOG,),
        "r",
        hint=_("Who looked at whose record, and why"),
    ),
)
RUNS_BEDS = {"HOSPITAL", "CHC", "INSTITUTION", "COMMUNITY_CARE_CENTRE"}


def menu(request: Any) -> dict[str, Any]:
    """`navigation` for the frame: empty for visitors."""
    actor = getattr(request, "actor", None)
    if not isinstance(actor, AccountActor):
        return {}
    places = places_of(actor)
    items = [_item(request, actor, place) for place in places]
    if not any(item.current for item in items):
        above = [
            at for at, place in enumerate(places) if place.under and request.path.startswith(place.under)
        ]
        for at in above[:1]:
            items[at] = replace(items[at], current=True)
    return {"navigation": items}


def places_of(actor: AccountActor) -> list[Place]:
    """The pages in an actor's menu, in their order."""
    return [place for place in PLACES if _shown(actor, place)]


def address(actor: AccountActor, place: Place) -> str:
    return reverse(place.name, args=[actor.organisation_id]) if place.own_unit else reverse(place.name)


def _shown(actor: AccountActor, place: Place) -> bool:
    if place.own_unit and (actor.organisation is None or actor.organisation.kind not in RUNS_BEDS):
        return False
    if actor.membership_id is None and place.permissions:
        return False
    return not place.permissions or any(permission in actor.permissions for permission in place.permissions)


def _item(request: Any, actor: AccountActor, place: Place) -> NavigationItem:
    url = address(actor, place)
    current = request.path == url or (url != "/" and request.path.startswith(url))
    return NavigationItem(place.label, url, current=current, key=place.key)
