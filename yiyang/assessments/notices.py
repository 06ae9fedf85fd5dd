"""The words of notices about assessments."""

from django.utils.translation import gettext_lazy as _

from yiyang.access.notice_texts import notice_text, notice_word
from yiyang.assessments.models import LeftOpen

DUE = "assessments.due"
ALERT = "assessments.alert"
DISPUTED = "assessments.disputed"
DECIDED = "assessments.decided"
HANDED_IN = "assessments.handed_in"
SECOND = "assessments.second"
LEFT_OPEN = "assessments.left_open"

notice_text(DUE, _("An assessment is due by {due_on}: {title}."))
notice_text(ALERT, _("An assessment demands a step ({urgency}): {title}. Open it and act."))
notice_text(DISPUTED, _("A result is questioned: {title}. Others are to assess again by {decide_by}."))
notice_text(DECIDED, _("The result that you questioned was assessed again: {title}. Read it here."))
notice_text(HANDED_IN, _("Somebody has answered the questions themselves: {title}. Read and sign."))
notice_text(SECOND, _("An assessment waits for a second signature: {title}."))
notice_text(
    LEFT_OPEN, _("An assessment was to be done by {day} ({unit}): {title}, {what}. Please see to it.")
)
for _kind in LeftOpen.Kind:
    notice_word(f"left_open.{_kind}", _kind.label)
