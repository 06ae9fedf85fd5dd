"""How the facts of this context read in a person's history."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from yiyang.assessments.models import Reason
from yiyang.people.fact_words import declare, declare_details

declare(
    {
        "assessment.begun": _("An assessment was begun"),
        "assessment.resumed": _("An assessment was gone on with"),
        "assessment.answered": _("Questions of an assessment were answered"),
        "assessment.unchanged": _("An assessment was saved without changes"),
        "assessment.first_signed": _("An assessment was signed first"),
        "assessment.alert_answered": _("Somebody acted on what an assessment demands at once"),
        "assessment.given_back": _("An assessment was given back without the second signature"),
        "assessment.signed": _("An assessment was signed"),
        "assessment.amended": _("A new version of an assessment was begun"),
        "assessment.superseded": _("An assessment was replaced by a newer version"),
        "assessment.reinstated": _("The former version of an assessment counts again"),
        "assessment.voided": _("An assessment was made void"),
        "assessment.handed_in": _("Questions were answered by the person"),
        "assessment.imported": _("An assessment of another system was taken over"),
        "assessment.import_repeated": _("An assessment of another system had been taken over already"),
        "assessment.photo_added": _("A photo was added to an assessment"),
        "assessment.photo_removed": _("A photo was removed from an assessment"),
        "assessment.due_raised": _("An assessment is due"),
        "assessment.due_kept": _("An assessment was due already"),
        "assessment.due_met": _("A due assessment was done"),
        "assessment.due_closed": _("A due assessment is no longer needed"),
        "assessment.due_reminded": _("Reminded of a due assessment"),
        "assessment.left_open": _("Told that an assessment was left open"),
        "dispute.raised": _("The result of an assessment was questioned"),
        "dispute.decided": _("A questioned result was assessed again"),
        "dispute.withdrawn": _("A question about a result was withdrawn"),
    }
)


def _reason(data: dict[str, Any]) -> Any:
    return Reason(data["reason"]).label if data.get("reason") in Reason.values else data.get("reason", "")


declare_details(dict.fromkeys(("assessment.begun", "assessment.due_raised", "assessment.due_kept"), _reason))
declare_details({"assessment.alert_answered": lambda data: data.get("done", "")})
