"""Why codes are not loaded, looked up or listed."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal


class TermsFaulty(Refusal):
    """`found` lists every fault with its place."""

    message = _("The file has {number} faults. Nothing was loaded. Correct it and load it again.")
    status = 422


class TermsTooLarge(Refusal):
    message = _("The file has more than {most} MB. Split it by code system.")
    status = 413


class TermsUnreadable(Refusal):
    message = _(
        "This is neither a CSV file with a header nor a CodeSystem or ValueSet of FHIR R4 (JSON). Look at the example."
    )
    status = 422


class CodeSystemUnknown(Refusal):
    message = _("The code system “{system}” is not known here. An operator can load it.")
    status = 404
    issue_code = "not-found"


class ValueSetUnknown(Refusal):
    message = _("The value set “{url}” is not known here. An operator can load it.")
    status = 404
    issue_code = "not-found"


class CodeNotInSystem(Refusal):
    message = _("The code “{code}” is not in “{system}”.")
    status = 404
    issue_code = "not-found"


class ExpansionTooLarge(Refusal):
    message = _(
        "This list has more than {most} codes. Ask for a part of it: with a filter, or by single codes."
    )
    status = 422
    issue_code = "too-costly"


class FilterNotKnown(Refusal):
    message = _(
        "The value set “{url}” chooses codes by “{filter}”, which is not known here. List its codes instead."
    )
    status = 422
    issue_code = "not-supported"
