"""How the facts of messages read in a person's history."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yiyang.people.fact_words import declare

declare(
    {
        "delivery.asked_to_call": _("Emergency contact asked to call"),
        "delivery.contacts_asked": _("Emergency contacts looked up"),
        "delivery.sent": _("Message sent to a telephone"),
        "delivery.delivered": _("Message reached a telephone"),
        "delivery.failed": _("Message did not reach a telephone"),
        "delivery.withheld": _("Message withheld"),
        "delivery.waiting": _("Message to be tried again"),
        "delivery.receipt": _("Receipt of a message asked for"),
    }
)
