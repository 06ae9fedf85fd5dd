"""What a consent can open of a record beside name, age and address: kinds of clinical data, and sensitive data by label.

Codes and words alone; which FHIR types and which labels of HL7 belong to each is said in `records.rules`.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class KindOfData(models.TextChoices):
    PROBLEMS = "PROBLEMS", pgettext_lazy("kind of data", "Diagnoses and problems")
    ALLERGIES = "ALLERGIES", pgettext_lazy("kind of data", "Allergies and intolerances")
    MEDICINES = "MEDICINES", pgettext_lazy("kind of data", "Medicines")
    RESULTS = "RESULTS", pgettext_lazy("kind of data", "Test results and vital signs")
    ASSESSMENTS = "ASSESSMENTS", pgettext_lazy("kind of data", "Assessments of abilities and needs")
    DOCUMENTS = "DOCUMENTS", pgettext_lazy("kind of data", "Notes and documents")
    IMAGING = "IMAGING", pgettext_lazy("kind of data", "Imaging examinations")
    PROCEDURES = "PROCEDURES", pgettext_lazy("kind of data", "Operations and procedures")
    VACCINATIONS = "VACCINATIONS", pgettext_lazy("kind of data", "Vaccinations")
    VISITS = "VISITS", pgettext_lazy("kind of data", "Visits and stays")
    PLANS = "PLANS", pgettext_lazy("kind of data", "Care plans and orders")


class Sensitive(models.TextChoices):
    """Labels of what is open only where somebody says so: the codes of HL7, and R and V of its confidentiality."""

    PSY = "PSY", _("Mental health")
    HIV = "HIV", _("HIV and AIDS")
    STD = "STD", _("Sexually transmitted diseases")
    SEX = "SEX", _("Sexuality and reproduction")
    SUD = "SUD", _("Alcohol, drugs and dependence")
    SDV = "SDV", _("Abuse and violence")
    GDIS = "GDIS", _("Genetic diseases")
    R = "R", _("Marked as restricted by the sender")
    V = "V", _("Marked as very restricted by the sender")
