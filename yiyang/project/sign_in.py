"""Settings of accounts and sign-in (django-allauth: accounts, TOTP, sessions; no sign-up, no social log-in)."""

from yiyang.ops.config import config

AUTH_USER_MODEL = "access.Account"
AUTHENTICATION_BACKENDS = ["yiyang.access.actors.KnownAccounts"]
SIGN_IN_APPS = ["allauth", "allauth.account", "allauth.mfa", "allauth.usersessions"]
SIGN_IN_MIDDLEWARE = [
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "yiyang.access.middleware.ActorMiddleware",
]

LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"

ACCOUNT_ADAPTER = "yiyang.access.sign_in.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
# Counted in the shared cache, so that two web processes count together.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "30/m/ip,5/10m/key",
    "change_password": "10/m/user",
    "reauthenticate": "10/m/user",
}
ACCOUNT_FORMS = {
    "login": "yiyang.access.sign_in_forms.SignIn",
    "change_password": "yiyang.access.sign_in_forms.ChangePassword",
    "reauthenticate": "yiyang.access.sign_in_forms.SignInAgain",
}
MFA_FORMS = {
    "authenticate": "yiyang.access.sign_in_forms.SecondFactor",
    "reauthenticate": "yiyang.access.sign_in_forms.SecondFactorAgain",
    "activate_totp": "yiyang.access.sign_in_forms.SetUpSecondFactor",
}
MFA_ADAPTER = "yiyang.access.sign_in.SecondFactorAdapter"
# Attempts are counted by the address that the one trusted proxy reports; without a proxy by the peer itself.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if config.tls_proxy else 0
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Yiyang"
USERSESSIONS_TRACK_ACTIVITY = False

# Administrators and the data-protection officer need a second factor, unless this is a demonstration.
REQUIRE_SECOND_FACTOR = config.mode == "production"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "yiyang.access.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("login", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "yiyang.access.passwords.MixedCharacters"},
]

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "access_cache",
        "OPTIONS": {"MAX_ENTRIES": 20000},
    }
}
SESSION_ENGINE = "yiyang.access.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60  # pages warn two minutes before
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
