"""The words of notices about devices."""

from django.utils.translation import gettext_lazy as _

from yiyang.access.notice_texts import notice_text

RETURN_ASKED = "devices.return_asked"

notice_text(RETURN_ASKED, _("Somebody asks that a device is fetched: {device}. Arrange it and take it back."))
