"""What a password must be, beyond Django's own checks."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# No letters or digits that are mistaken for one another when read aloud or written down.
LETTERS = "abcdefghjkmnpqrstuvwxyz"
DIGITS = "23456789"


class LongEnough(MinimumLengthValidator):
    """As Django's own, in words of ours: its Chinese has no sentence for this."""

    def get_error_message(self) -> str:
        return _("It has fewer than %(count)s characters.") % {"count": self.min_length}

    def get_help_text(self) -> str:
        return _("At least %(count)s characters.") % {"count": self.min_length}


class MixedCharacters:
    """Letters and at least one digit or sign."""

    def validate(self, password: str, user: Any = None) -> None:
        if password.isalpha() or not any(character.isalpha() for character in password):
            raise ValidationError(self.get_help_text(), code="password_not_mixed")

    def get_help_text(self) -> str:
        return _("Use letters together with at least one digit or sign.")


def new_password() -> str:
    """A password that can be read out over the telephone: three groups of five."""
    groups = [_group() for _number in range(3)]
    return "-".join(groups)


def _group() -> str:
    letters = "".join(secrets.choice(LETTERS) for _number in range(4))
    return letters + secrets.choice(DIGITS)
