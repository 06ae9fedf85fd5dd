"""What granian serves beside the pages: readings of devices."""

import gc
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.project.settings")
django.setup()

# Django must be set up first.
from yiyang.devices.rules.ways import Way  # noqa: E402
from yiyang.gateways.ingest.beating import Number  # noqa: E402
from yiyang.gateways.ingest.server import Ingest  # noqa: E402
from yiyang.ops.config import config  # noqa: E402

application = Ingest(Number(Way.HTTP, config.readings_workers, config.data_dir / "run"))
gc.collect()
gc.freeze()
