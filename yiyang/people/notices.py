"""The words of notices about records."""

from django.utils.translation import gettext_lazy as _

from yiyang.access.notice_texts import notice_text, notice_word
from yiyang.people.rules.falls import Injury

GLASS_BROKEN = "people.glass_broken"
ACCESS_ASKED = "people.access_asked"
ACCESS_ANSWERED = "people.access_answered"
ENTRUSTED = "people.entrusted"
CONSENT_NOTED = "people.consent_noted"

ASSISTED = "people.assisted"
COVERAGE_MISSING = "people.coverage_missing"
FELL = "people.fell"

notice_text(
    COVERAGE_MISSING,
    _("Somebody in your area was given a care bed and has no family-doctor contract. Please offer one."),
)
notice_text(GLASS_BROKEN, _("{who} opened a record in an emergency. Reason: {reason}"))
notice_text(ACCESS_ASKED, _("{who} ({organisation}) asks to see a record. Reason: {reason}"))
notice_text(ACCESS_ANSWERED, _("Your request to see a record was answered: {answer}."))
notice_text(ENTRUSTED, _("{name} has entrusted you with their record until {until}."))
notice_text(
    ASSISTED,
    _("{who} of {organisation} acts for you now. If you did not ask for this, call the unit at once."),
)
notice_text(
    CONSENT_NOTED,
    _("{who} noted that you let {organisation} see your record. If this is not so, withdraw it."),
)
notice_text(FELL, _("Somebody in your care fell: {injury}. Look after them, and read what is written."))
for _injury in Injury:
    notice_word(f"fall.{_injury}", _injury.label)
