"""The words of notices about devices and alarms. Those of alarms name no value and no cause: they stand on the page."""

from django.utils.translation import gettext_lazy as _

from yiyang.access.notice_texts import notice_text

RETURN_ASKED = "devices.return_asked"
LOAN_ENDS = "devices.loan_ends"
ALARM = "devices.alarm"
FAMILY = "devices.alarm_family"
IN_CHARGE = "devices.alarm_in_charge"
VISIT = "devices.alarm_visit"

notice_text(RETURN_ASKED, _("Somebody asks that a device is fetched: {device}. Arrange it and take it back."))
notice_text(
    ALARM, _("A device of a person in your care alarms ({urgency}). Open it and look after the person.")
)
notice_text(
    FAMILY, _("Your relative needed help at {at}. {unit} has looked after them. Telephone {telephone}.")
)
notice_text(
    IN_CHARGE, _("You were put in charge of an alarm ({urgency}). Open it and look after the person.")
)
notice_text(VISIT, _("Somebody is to be visited after an alarm, by {due_at}."))
notice_text(
    LOAN_ENDS,
    _(
        "The loan of a device ends at {until}: {device}. After that nothing it tells is taken. Take it back, or hand it out anew."
    ),
)
