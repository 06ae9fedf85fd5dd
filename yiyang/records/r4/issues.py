"""What is wrong with a resource: one issue each, with its place as a FHIRPath expression and its words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Issue:
    """`code` is one of FHIR's IssueType; `message` is said in the reader's language when it is asked for."""

    severity: str
    code: str
    expression: str
    message: str | Promise
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return str(self.message).format_map(self.details)


NOT_AN_OBJECT = _("An object is expected here.")
NOT_A_LIST = _("A list is expected here.")
NOT_ONE = _("One value is expected here, not a list.")
EMPTY_OBJECT = _("An object may not be empty: leave it out.")
EMPTY_LIST = _("A list may not be empty: leave it out.")
NULL = _("null is no value: leave the element out.")
UNKNOWN = _("FHIR R4 (4.0.1) has no element “{name}” here.")
MISSING = _("“{name}” is required here.")
TOO_MANY = _("At most {most} are allowed here; there are {count}.")
TWO_CHOICES = _("Only one of these may be given: {keys}.")
WRONG_VALUE = _("“{value}” is no {type}.")
WRONG_CODE = _("“{value}” is not allowed here. Allowed: {allowed}.")
NO_CODE_OF_SET = _("A code of the set {values} is required here.")
LISTS_DIFFER = _("“{name}” and “_{name}” must have the same length.")
NOTHING_AT = _("There is neither a value nor an extension here.")
NO_VALUE = _("There is neither a value nor an extension in this element.")
NO_SUCH_TYPE = _("FHIR R4 (4.0.1) has no resource type “{type}”.")
NO_TYPE = _("A resourceType is required here.")
WRONG_TARGET = _("A reference to {found} is not allowed here. Allowed: {allowed}.")
TYPE_DIFFERS = _("The reference names the type {found}, but leads to {leads}.")
NOT_A_REFERENCE = _("“{value}” is no reference: write Type/id, a full address or #id.")
NOT_CONTAINED = _("Nothing contained has the id “{id}”.")
CONTAINED_WITHOUT_ID = _("A contained resource needs an id.")
CONTAINED_TWICE = _("Two contained resources have the id “{id}”.")
CONTAINED_IN_CONTAINED = _("A contained resource contains no other.")
CONTAINED_UNUSED = _("Nothing refers to the contained resource “{id}”.")
CONTAINED_META = _("A contained resource has no “{name}” of its own.")
VALUE_OR_EXTENSION = _("An extension has either a value or extensions, not both and not neither.")
NOT_XHTML = _("The text is no well-formed XHTML.")
NOT_DIV = _('The text must be one <div xmlns="http://www.w3.org/1999/xhtml">.')
EMPTY_TEXT = _("The text says nothing.")
NOT_IN_TEXT = _("“{name}” is not allowed in a text.")
BROKEN_RULE = _("HL7's rule {key}: {rule}")
TOO_MANY_ISSUES = _("There are more faults; these are the first {count}.")
TOO_COSTLY = _("There are too many elements to check. Send this in parts.")
