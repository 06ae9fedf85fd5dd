"""Why a search is not understood. Each names the parameter, and the value where it is the value that is wrong."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal


class SearchParameterUnknown(Refusal):
    message = _(
        "{type} cannot be searched by “{parameter}”. Leave it out, or look up the parameters in /fhir/metadata."
    )
    status = 400


class SearchModifierUnfit(Refusal):
    message = _("“{parameter}” cannot be searched with “:{modifier}”. It takes: {fitting}.")
    status = 400


class SearchValueMalformed(Refusal):
    message = _("“{value}” does not fit the parameter “{parameter}”. Write it like this: {example}.")
    status = 400


class SearchChainUnfit(Refusal):
    message = _(
        "“{parameter}” does not lead on from {type}. Chain by a reference and a parameter of its target."
    )
    status = 400


class SearchTypeUnknown(Refusal):
    message = _("“{value}” in “{parameter}” is no type of resource in R4.")
    status = 400


class SearchSortUnfit(Refusal):
    message = _("The result cannot be sorted by “{value}”. It can be by: {fitting}.")
    status = 400


class SearchTooLarge(Refusal):
    message = _("“{parameter}” asks for too much at once: at most {most}. Ask in several searches.")
    status = 400


class CodesNotLoaded(Refusal):
    message = _(
        "The value set “{value}” in “{parameter}” is not known here. Load it, or name the codes themselves."
    )
    status = 400


class SystemNotLoaded(Refusal):
    message = _(
        "“{parameter}”: the codes above and below “{value}” are not known here. Load its code system."
    )
    status = 400
