"""What may be refused while an assessment is filled in, signed, amended or questioned."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal, refuses


class NoSuchInstrument(Refusal):
    message = _("There is no instrument “{code}” in use here. Choose one of the list.")
    status = 404


class NotYourInstrument(Refusal):
    message = _("This instrument is filled in by: {who}. Ask one of them.")
    status = 403


class InstrumentDoesNotApply(Refusal):
    message = _("“{title}” is not made for this person: {why}. Choose another instrument.")
    status = 422


class PersonHasDied(Refusal):
    message = _("This person has died. Nothing new is assessed.")


class NotADraft(Refusal):
    message = _("This assessment is no longer being filled in: {state}. Open it to see the result.")


class SignedMeanwhile(Refusal):
    message = _(
        "{who} signed the same assessment of this person on {at}, after you had begun. Nothing of yours is lost: "
        "compare both, then sign yours beside it, or discard it with a reason."
    )


class FormerIsVoid(Refusal):
    message = _(
        "{who} made the version that this one corrects void on {at}: {reason} Nothing of yours is lost: sign it as a "
        "result of its own, or discard it with a reason."
    )


class NoAlert(Refusal):
    message = _("This assessment demands nothing at once. Open it to see the result.")


class AlertAnsweredAlready(Refusal):
    message = _("{who} has acted on it at {at}: {done} Nothing waits any more.")


class SayWhatWasDone(Refusal):
    message = _("Say in one sentence what was done, and whom you told.")
    status = 422


class AnswersChanged(Refusal):
    message = _(
        "{who} gave another answer on {at}, after you had opened this page: {items}. Nothing of yours is lost: "
        "compare both and choose what counts."
    )


class AnswerNotPossible(Refusal):
    message = _("This answer cannot be kept: {problem}. What was there before stays.")
    status = 422


class AnswersMissing(Refusal):
    message = _("Not yet answered ({number}): {items}. Answer them, then sign.")
    status = 422


class AnswersNotPossible(Refusal):
    message = _("Some answers cannot be right: {problem}. Correct them, then sign.")
    status = 422


class NoLevelFollows(Refusal):
    message = _("No result follows from these answers. Look at the steps shown beside them, then correct.")
    status = 422


class AssessedInTheFuture(Refusal):
    message = _("The assessment cannot have taken place in the future ({at}). Enter when it really was.")
    status = 422


class ReadAgainBeforeSigning(Refusal):
    message = _("Answers were changed after you had opened this page. Read the summary again, then sign.")


class SecondSignatureBySame(Refusal):
    message = _("You signed this assessment first. Somebody else signs it second.")


class NotWaitingForSecond(Refusal):
    message = _("This assessment does not wait for a second signature: {state}.")


class NotSigned(Refusal):
    message = _("Only a signed assessment can be amended: {state}. Change a draft directly.")


class VoidAlready(Refusal):
    message = _("This assessment is void already.")


class SayWhyAmended(Refusal):
    message = _("Say in a sentence why it is amended, void or given back, so that others understand it.")
    status = 422


class SameAssessor(Refusal):
    message = _("You did the assessment that is questioned. Other assessors do it again.")


class DisputedTooLate(Refusal):
    message = _("The result could be questioned until {until}. Ask for a new assessment instead.")


class DisputedAlready(Refusal):
    message = _(
        "This result is being looked at again already, or was. Open the page of the result to see it."
    )


class SayWhatIsWrong(Refusal):
    message = _("Say in a few words what does not seem right, so that the assessors can look at it.")
    status = 422


class DisputeEnded(Refusal):
    message = _("This request has ended: {state}.")


class NotASelfReport(Refusal):
    message = _("This instrument is filled in by staff, together with you. Ask your unit for it.")
    status = 422


class HandedInAlready(Refusal):
    message = _("These answers were sent already. Thank you.")


class TooManyPhotos(Refusal):
    message = _("This assessment has {number} photos already. Remove one that is not needed.")


class PhotoGone(Refusal):
    message = _("This photo was removed already.")


class InstrumentFaulty(Refusal):
    message = _("This file is no instrument that can be used: {faults}")
    status = 422


class VersionTaken(Refusal):
    message = _(
        "{code} {version} is in use already with other content. Give the changed file a new version number."
    )


class RetiredAlready(Refusal):
    message = _("This version is out of use already.")


@refuses("assessment_signed_by_two")
def _signed_by_one(given: dict[str, Any]) -> Refusal:
    return SecondSignatureBySame()


@refuses("dispute_once")
def _disputed(given: dict[str, Any]) -> Refusal:
    return DisputedAlready()
