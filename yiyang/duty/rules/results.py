"""What can come of a telephone call."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CallResult(models.TextChoices):
    REACHED = "REACHED", _("reached: will act")
    REFUSED = "REFUSED", _("reached: says no")
    NO_ANSWER = "NO_ANSWER", _("nobody answered")
    WRONG_NUMBER = "WRONG_NUMBER", _("wrong number or out of order")
    LEFT_MESSAGE = "LEFT_MESSAGE", _("message left with somebody else")
