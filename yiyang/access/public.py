"""The few routes that answer without an account. Everything else asks for one.

The stranger test walks all routes and fails when one that is not listed here answers a visitor.
"""

PUBLIC_ROUTES = frozenset(
    {
        "account_login",
        "account_logout",
        "account_inactive",
        "mfa_authenticate",
        "access:sign_in_by_phone",
        "access:enter_code",
        "access:sign_in_by_card",
        "access:oauth_token",  # these three ask programs for their own proof
        "access:oauth_revoke",
        "access:oauth_introspect",
        "assessments:bedside",  # an empty page, and a script: nothing about anybody
        "assessments:bedside_worker",
        "fhir:smart_configuration",  # which addresses there are
        "fhir:smart_configuration_of_fhir",
        "packets:open_link",  # a document for a unit outside, to whoever has the code told by telephone
        "packets:link_pdf",
        "kernel:language",
        "kernel:appearance",
        "kernel:health",
        "kernel:gallery",  # the galleries answer in demonstrations only
        "kernel:elder_gallery",
    }
)

# These authenticate each request by its Bearer token, not by a session.
TOKEN_PREFIXES = ("api/", "fhir/", "events", "ingest")

BEFORE_ALL_IS_SET_UP = frozenset(
    {
        "account_change_password",
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_reauthenticate",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "access:switch_membership",
        "access:stay_signed_in",
    }
)


def is_public(view_name: str, route: str) -> bool:
    return view_name in PUBLIC_ROUTES or route.startswith(TOKEN_PREFIXES)
