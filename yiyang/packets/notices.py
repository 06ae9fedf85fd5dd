"""The words of notices about packets."""

from django.utils.translation import gettext_lazy as _

from yiyang.access.notice_texts import notice_text

CHANGED = "packets.changed"
LOCKED = "packets.link_locked"

notice_text(
    CHANGED, _("A handover packet has changed since you read it: see what is new before the person comes.")
)
notice_text(
    LOCKED,
    _(
        "A link to a handover packet was locked after five wrong codes. Telephone the unit, and give it a new link."
    ),
)
