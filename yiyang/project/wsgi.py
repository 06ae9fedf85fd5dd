"""What granian serves: the pages and the API."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.project.settings")
application = get_wsgi_application()

import yiyang.project.urls  # noqa: E402, F401  (else the first request would wait for it)

# What is loaded at start lives as long as the process. Without this the collector walks all of it again and
# again, and one answer in ten waits some 150 ms for it.
gc.collect()
gc.freeze()
