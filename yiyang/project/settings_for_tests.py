"""The settings under which tests run: an own server in this checkout unless DATABASE_URL names one.

Parallel workers have a server each: what may be sealed and read depends on the oldest transaction of the whole
server, so the tests of one would make those of another wait.
"""

import os
from pathlib import Path

from yiyang.ops.postgres.server import database_url

CHECKOUT = Path(__file__).resolve().parent.parent.parent
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
TEST_FOLDER = CHECKOUT / ".cache" / "test-pg" / WORKER

if "DATABASE_URL" not in os.environ or "YIYANG_TEST_SERVER" in os.environ:
    os.environ["YIYANG_TEST_SERVER"] = str(TEST_FOLDER)  # parallel workers inherit this, and choose their own
    os.environ["DATABASE_URL"] = database_url(TEST_FOLDER)
os.environ["YIYANG_DATA"] = str(CHECKOUT / ".cache" / "test-data" / WORKER)
os.environ["YIYANG_MODE"] = "demo"

from yiyang.project.settings import *  # noqa: E402, F403

# Speed where no test cares.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# No pool: a test database is dropped at the end.
DATABASES["default"]["OPTIONS"] = {"prepare_threshold": 5}  # noqa: F405
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
