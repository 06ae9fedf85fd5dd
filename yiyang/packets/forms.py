from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from yiyang.access.sign_in_rules import digits
from yiyang.kernel.forms import Form
from yiyang.packets.commands.links import CODE_DIGITS


class SharePacket(Form):
    outside = forms.CharField(
        label=_("Unit outside the network"),
        max_length=120,
        help_text=_(
            "Hospital or home, and the ward if you know it. The person can see to whom the packet went."
        ),
    )


class EnterCode(Form):
    code = forms.CharField(
        label=_("Code of six digits"),
        max_length=12,
        help_text=_("The sending unit tells it by telephone."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_code(self) -> str:
        """What cannot be a code is no try."""
        code = digits(self.cleaned_data["code"])
        if len(code) != CODE_DIGITS:
            raise forms.ValidationError(_("The code has six digits. Enter them as you were told."))
        return code
