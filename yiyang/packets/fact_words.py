"""How the facts of this context read in a person's history."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yiyang.people.fact_words import declare

declare(
    {
        "packet.built": _("Handover packet built"),
        "packet.checked": _("Handover packet looked at: nothing had changed"),
        "packet.read": _("Handover packet read by the receiving unit"),
        "packet_link.made": _("Handover packet shared with a unit outside by a link"),
        "packet_link.opened": _("Handover packet opened outside with link and code"),
        "packet_link.shown": _("Handover packet shown outside"),
        "packet_link.code_wrong": _("A wrong code was entered for a link to the handover packet"),
        "packet_link.locked": _("Link to the handover packet locked after wrong codes"),
        "packet_link.revoked": _("Link to the handover packet revoked"),
    }
)
