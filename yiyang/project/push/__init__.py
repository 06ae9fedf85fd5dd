"""Live events: a small ASGI application beside the pages, outside Django's request cycle.

`GET /events` with the session's cookie or a Bearer token streams what happened, as far as the reader may know
it, as server-sent events. Each carries a cursor; who reconnects with it (`Last-Event-ID`, or `?after=`) misses
nothing, not even a fact whose transaction was committed late. Events name what happened and where to look;
they hold no personal data.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.project.settings")
django.setup()

from yiyang.project.push.server import Push  # noqa: E402  (Django must be set up first)

application = Push()
