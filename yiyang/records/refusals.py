"""Why a body is not taken, before any rule of FHIR is asked."""

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal


class ResourceTooLarge(Refusal):
    message = _("The body has {size} bytes, more than the {limit} that are taken. Send it in parts.")
    status = 413


class NotUnicode(Refusal):
    message = _("The body is not UTF-8 (byte {position}). Send it as UTF-8.")
    status = 400


class NotJson(Refusal):
    message = _("The body is no JSON: line {line}, column {column}. Correct it and send it again.")
    status = 400


class BodyTooDeep(Refusal):
    message = _("The body is nested more than {limit} levels deep. Send it flatter.")
    status = 400


class KeyTwice(Refusal):
    message = _(
        "The key “{key}” stands twice in one object. Which of them holds is not certain: send it once."
    )
    status = 400


class UnfitCharacter(Refusal):
    message = _("The body holds a character that cannot be kept ({code}). Take it out and send it again.")
    status = 400


class UnfitNumber(Refusal):
    message = _("The number {number} has too many digits or is none. Send it shorter, or as text.")
    status = 400


class NotAResource(Refusal):
    message = _("The body is no FHIR resource: an object with a resourceType is needed.")
    status = 400


class NoSuchType(Refusal):
    message = _("FHIR R4 has no resource type “{kind}”. Check its spelling.")
    status = 404


class NotAPatch(Refusal):
    message = _("This is no patch: in operation {number}, “{part}” is missing or wrong.")
    status = 400


class NothingToPatch(Refusal):
    message = _(
        "Operation {number}: nothing stands at {path}. Look at the current version, then send the patch again."
    )
    status = 422


class PatchTestFailed(Refusal):
    message = _("Operation {number}: what stands at {path} is not what was expected. Nothing was changed.")
    status = 422


class ManyToPatch(Refusal):
    message = _("Operation {number}: {path} finds {count} elements. Name one of them.")
    status = 422


class ElementThereAlready(Refusal):
    message = _("Operation {number}: {path} has a value already. Replace it instead.")
    status = 422


class PatchTooLarge(Refusal):
    message = _("The patch does too much at once. Send it in parts, or the whole resource.")
    status = 413


class TypePatched(Refusal):
    message = _("A patch cannot change what a resource is: leave resourceType as it stands.")
    status = 422
