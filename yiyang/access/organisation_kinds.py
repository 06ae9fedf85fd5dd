"""What kinds of organisations there are, and who may run one."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    HOSPITAL = "HOSPITAL", _("hospital")
    CHC = "CHC", _("community health centre")
    STATION = "STATION", _("health station or clinic")
    INSTITUTION = "INSTITUTION", _("care home")
    COMMUNITY_CARE_CENTRE = "COMMUNITY_CARE_CENTRE", _("community care centre")
    PHARMACY = "PHARMACY", _("pharmacy")
    LABORATORY = "LABORATORY", _("laboratory")
    IMAGING_CENTRE = "IMAGING_CENTRE", _("imaging centre")
    SERVICE_COMPANY = "SERVICE_COMPANY", _("service company")
    INSURER = "INSURER", _("insurer")
    GOVERNMENT = "GOVERNMENT", _("government department")
    COORDINATION_CENTRE = "COORDINATION_CENTRE", _("coordination centre")
    COMMITTEE = "COMMITTEE", _("residents' committee")


class OperatorKind(models.TextChoices):
    GOVERNMENT = "GOVERNMENT", _("run by government")
    INSTITUTION = "INSTITUTION", _("run by the institution itself")
    ENTRUSTED = "ENTRUSTED", _("run by an entrusted third party")
