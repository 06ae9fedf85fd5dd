"""Refusals that several commands of this context share."""

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal


class FieldNeeded(Refusal):
    message = _("Fill in: {name}.")
    status = 422


class PeriodEndsBeforeItStarts(Refusal):
    message = _("The period ends before it starts. Check both dates.")
    status = 422


class NotAStepFromHere(Refusal):
    message = _("This is not possible while the state is “{state}”. Look at the history below.")


class SignInFirst(Refusal):
    message = _("Sign in, or send “Authorization: Bearer …” with a token that is valid.")
    status = 401
