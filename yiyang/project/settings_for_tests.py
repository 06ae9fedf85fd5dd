"""The settings under which tests run: an own server in this checkout unless DATABASE_URL names one."""

import os
from pathlib import Path

from yiyang.ops.postgres.server import database_url

CHECKOUT = Path(__file__).resolve().parent.parent.parent
TEST_FOLDER = CHECKOUT / ".cache" / "test-pg"

os.environ.setdefault("DATABASE_URL", database_url(TEST_FOLDER))
os.environ["YIYANG_DATA"] = str(CHECKOUT / ".cache" / "test-data")
os.environ["YIYANG_MODE"] = "demo"

from yiyang.project.settings import *  # noqa: E402, F403

# Speed where no test cares.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"]["OPTIONS"] = {}  # noqa: F405  (no pool: a test database is dropped at the end)
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
