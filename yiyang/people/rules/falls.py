"""What is said of a fall at once: where it was, and whether somebody is hurt. Pure."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Place(models.TextChoices):
    ROOM = "ROOM", pgettext_lazy("a fall", "in the room, at the bed")
    BATHROOM = "BATHROOM", pgettext_lazy("a fall", "in the bathroom or toilet")
    CORRIDOR = "CORRIDOR", pgettext_lazy("a fall", "in a corridor, hall or dining room")
    STAIRS = "STAIRS", pgettext_lazy("a fall", "on stairs or a threshold")
    OUTSIDE = "OUTSIDE", pgettext_lazy("a fall", "outside")
    OTHER = "OTHER", pgettext_lazy("a fall", "elsewhere, or not known")


class Injury(models.TextChoices):
    YES = "YES", pgettext_lazy("a fall", "hurt")
    NO = "NO", pgettext_lazy("a fall", "not hurt")
    UNKNOWN = "UNKNOWN", pgettext_lazy("a fall", "not known yet")
