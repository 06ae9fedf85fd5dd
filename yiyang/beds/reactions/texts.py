"""The words of every notice of this context."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yiyang.access.notice_texts import notice_text

notice_text(
    "beds.transfer_requested", _("A transfer was asked for ({urgency}). Evaluate it and find a unit.")
)
notice_text(
    "beds.transfer_offered",
    _("A unit asks whether you can take a person ({urgency}). Answer by {answer_by}."),
)
notice_text("beds.transfer_accepted", _("A unit has accepted the person. Prepare the handover."))
notice_text("beds.bed_to_give", _("Your doctor has accepted a person. Give a bed."))
notice_text("beds.bed_given", _("A bed is reserved. Hand over, then depart."))
notice_text("beds.transfer_departed", _("The person is on the way to you."))
notice_text("beds.transfer_completed", _("The person has arrived."))
notice_text("beds.offer_declined", _("A unit cannot take the person. Ask another one."))
notice_text(
    "beds.documents_owed",
    _("Documents that the receiving unit asks for before entry are still lacking. Please send them."),
)
notice_text(
    "beds.return_declined",
    _("The care home cannot take its resident back as things are. Read what is lacking."),
)
notice_text("beds.offer_answered_otherwise", _("A unit has answered your request. Read what it says."))
notice_text(
    "beds.nobody_answered", _("Nobody has answered in time ({minutes_late} min late). Please step in.")
)
notice_text("beds.transfer_cancelled", _("A transfer to you was cancelled."))
notice_text(
    "beds.hold_ending", _("A bed is held until {until}. Extend it, take the person back, or release it.")
)
notice_text(
    "beds.hold_ending_family",
    _("The bed is kept until {until}. Please tell the unit whether to extend, return or release it."),
)
notice_text(
    "beds.hold_ending_own",
    _("Your bed is kept for you until {until}. Say what you wish: keep it longer, come back, or give it up."),
)
notice_text(
    "beds.hold_extended_at_home", _("Person or family keep a bed for longer, as was agreed: until {until}.")
)
notice_text(
    "beds.release_asked", _("Person or family give a kept bed up. It is free for others from {free_from}.")
)
notice_text("beds.release_withdrawn", _("A kept bed that was given up stays kept after all."))
notice_text(
    "beds.release_asked_family",
    _(
        "The kept bed was given up. From {free_from} it may go to somebody else; until then it can be taken back."
    ),
)
notice_text(
    "beds.release_asked_own",
    _(
        "The bed kept for you was given up. From {free_from} it may go to somebody else; until then it can be taken back."
    ),
)
notice_text("beds.hold_ended_family", _("The bed is not kept any more. Call the unit if you have questions."))
notice_text(
    "beds.hold_ended_own",
    _("The bed is not kept for you any more. If you have questions, call those who look after you."),
)
notice_text(
    "beds.leave_overdue", _("A resident on leave should have been back at {due}. Call the companion.")
)
notice_text("beds.reservation_expired", _("Nobody came for a reserved bed; it is free again."))
notice_text("beds.person_missing", _("A resident is missing. Search, inform the family, call the police."))
notice_text("beds.cycle_ending", _("The cycle of a home medical bed ends on {ends_on}. Renew or close it."))
notice_text("beds.family_wrote", _("A resident or their family has written to you. Read it and answer."))
notice_text("beds.unit_answered", _("The unit has written to you. Read it here."))
notice_text("beds.person_died", _("A person in your care was recorded as having passed away."))
