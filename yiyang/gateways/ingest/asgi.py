"""What granian serves beside the pages: readings of devices."""

import gc
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.project.settings")
django.setup()

from yiyang.gateways.ingest.server import Ingest  # noqa: E402  (Django must be set up first)

application = Ingest()
gc.collect()
gc.freeze()
