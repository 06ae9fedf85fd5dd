"""Why something that a device sent was not taken, in words that its owner can act on. Pure."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from yiyang.devices.packs import Why

WORDS: dict[Why, Any] = {
    Why.UNKNOWN_DEVICE: _("No device has this name. Register it first, or correct the name that it sends."),
    Why.DEVICE_RETIRED: _("This device has been retired. Take it into use again before it sends."),
    Why.NOT_YOURS: _("This key may not send for this device. Use the key of the device, or of its unit."),
    Why.LENT_TO_NOBODY: _("At that time the device was lent to nobody. Hand it out first."),
    Why.NO_CONSENT: _("The person has not agreed that this is taken of them."),
    Why.TOO_OLD: _("This reading is older than readings are kept."),
    Why.FROM_THE_FUTURE: _("This reading lies in the future. Set the clock of the device."),
    Why.NOT_A_NUMBER: _("This is not a number."),
    Why.NOT_A_PLACE: _("This is not a place on Earth."),
    Why.UNKNOWN_QUANTITY: _("What was measured is not known here."),
    Why.UNKNOWN_UNIT: _("This unit is not known for what was measured."),
    Why.MALFORMED: _("This message cannot be read."),
    Why.TOO_LARGE: _("This message is too large. Send it in parts."),
    Why.TOO_MANY: _("This device sends too much. Send less often."),
    Why.SET_ASIDE: _("A fault of ours: this message is kept here and taken in later. Do not send it again."),
}
