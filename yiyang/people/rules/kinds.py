"""Lists of codes that files and pages outside this context name too."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class InsuranceKind(models.TextChoices):
    EMPLOYEE = "EMPLOYEE", _("Employee medical insurance")
    RESIDENT = "RESIDENT", _("Resident medical insurance")
    PUBLIC = "PUBLIC", _("Publicly funded care or retired cadre")
    MEDICAL_AID = "MEDICAL_AID", _("Medical aid")
    LONG_TERM_CARE = "LONG_TERM_CARE", _("Long-term-care insurance")
    OTHER_REGION = "OTHER_REGION", _("Insured in another region")
    COMMERCIAL = "COMMERCIAL", _("Commercial insurance")
    NONE = "NONE", _("No insurance")


class Kinship(models.TextChoices):
    SPOUSE = "SPOUSE", _("Spouse")
    CHILD = "CHILD", _("Child")
    CHILD_IN_LAW = "CHILD_IN_LAW", _("Child-in-law")
    GRANDCHILD = "GRANDCHILD", _("Grandchild")
    PARENT = "PARENT", _("Parent")
    SIBLING = "SIBLING", _("Brother or sister")
    OTHER_RELATIVE = "OTHER_RELATIVE", _("Other relative")
    GUARDIAN = "GUARDIAN", _("Guardian")
    FRIEND = "FRIEND", _("Friend or neighbour")
    ORGANISATION = "ORGANISATION", _("Committee or organisation")


class AgreementKind(models.TextChoices):
    FIVE_BEDS = "FIVE_BEDS", _("Five-bed agreement")
    ADMISSION = "ADMISSION", _("Admission agreement of a care home")
    HOME_CARE_BED = "HOME_CARE_BED", _("Home-care bed agreement")
    HOME_MEDICAL_BED = "HOME_MEDICAL_BED", _("Home medical bed agreement")


class Scope(models.TextChoices):
    FULL = "FULL", _("The whole record")
    MOVE = "MOVE", _("What a transfer needs")
    BASIC = "BASIC", _("Name, age and address")


class Basis(models.TextChoices):
    EPISODE = "EPISODE", _("Stays or is cared for here")
    TRANSFER = "TRANSFER", _("Transfer to or from here")
    FAMILY_DOCTOR = "FAMILY_DOCTOR", _("Family-doctor contract")
    AREA = "AREA", _("Lives in the area served")
    VISIT = "VISIT", _("Visit order")
    CONSENT = "CONSENT", _("Consent")
    DELEGATION = "DELEGATION", _("Entrusted by the person or as guardian")
    BREAK_GLASS = "BREAK_GLASS", _("Emergency view (break-glass)")
    REGISTRATION = "REGISTRATION", _("Registered here")
    WAITING = "WAITING", _("Waits for a place in its list")
