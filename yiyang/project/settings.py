"""Django settings. Everything that an operator may change comes from `yiyang.ops.config`."""

import os
from pathlib import Path

from yiyang.ops.config import config
from yiyang.project.sign_in import *  # noqa: F403
from yiyang.project.sign_in import SIGN_IN_APPS, SIGN_IN_MIDDLEWARE

ROOT = Path(__file__).resolve().parent.parent
DEBUG = config.debug
DEMO = config.mode == "demo"
# Behind a proxy the push process shares the origin of the pages; without one it has its own port.
PUSH_PORT = None if config.tls_proxy else config.push_port
INGEST_PORT = None if config.tls_proxy else config.ingest_port
SECRET_KEY = config.secret_key
ALLOWED_HOSTS = config.allowed_hosts
ROOT_URLCONF = "yiyang.project.urls"
WSGI_APPLICATION = "yiyang.project.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "procrastinate.contrib.django",
    "yiyang.kernel",
    "yiyang.access",
    "yiyang.duty",
    "yiyang.people",
    "yiyang.records",
    "yiyang.assessments",
    "yiyang.devices",
    "yiyang.beds",
    "yiyang.supervision",
    "yiyang.portals",
    "yiyang.gateways",
    "yiyang.packets",
    *SIGN_IN_APPS,  # last, so that the templates of this platform come before theirs
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "yiyang.gateways.fhir.rest.entry.fhir_first",
    "yiyang.kernel.middleware.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    *SIGN_IN_MIDDLEWARE,
    "yiyang.people.neutral.neutral_to_the_person",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "yiyang.kernel.readings.readings_first",
    "yiyang.kernel.middleware.refusals_as_pages",
    "yiyang.project.api.problems_under_api",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "yiyang.kernel.shell.shell",
                "yiyang.access.shell.capacity",
                "yiyang.portals.navigation.menu",
            ],
        },
    }
]

# Long-lived processes share connections; a command on the command line opens one and ends.
POOLED = os.environ.get("YIYANG_POOLED") == "1"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **config.database,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **config.database["OPTIONS"],
            "prepare_threshold": 5,  # for kernel.prepared; Django itself prepares nothing
            **({"pool": {"min_size": 1, "max_size": config.pool_size, "timeout": 10}} if POOLED else {}),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
RECORDS_VALIDATION = config.settings["records.validation"].value
RECORDS_INTEGRITY = config.settings["records.integrity"].value
TIME_ZONE = config.time_zone
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = config.data_dir / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "yiyang.project.static_files.HashedFiles"},
}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
if config.tls_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = config.hsts_seconds
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in config.allowed_hosts]

# Standard error alone, kept by the supervisor or systemd; no bodies, no query strings, no personal data.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "yiyang": {"level": "INFO"},
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        # Refusals of a host name quote what an attacker sent.
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
    },
}
