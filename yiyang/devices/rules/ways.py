"""The ways by which readings come in, and the worker that calls people: what must be at work. Pure."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Way(models.TextChoices):
    HTTP = "HTTP", _("readings over HTTP")
    MQTT = "MQTT", _("readings over MQTT")
    WORKER = "WORKER", _("the worker, which calls people")
