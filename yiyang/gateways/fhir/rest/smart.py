"""`/.well-known/smart-configuration`: where apps and programs ask, and what this server can do of SMART."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import reverse

from yiyang.access.oauth.keys import ALGORITHMS
from yiyang.access.oauth.server import PROOFS

ADDRESSES = ("/.well-known/smart-configuration", "/fhir/.well-known/smart-configuration")
SCOPES = [
    "system/*.cruds", "system/*.rs", "system/*.read", "user/*.cruds", "user/*.rs", "user/*.read", "patient/*.rs",
    "patient/*.read", "launch/patient", "offline_access",
]  # fmt: skip
CAPABILITIES = [
    "launch-standalone", "client-public", "client-confidential-symmetric", "client-confidential-asymmetric",
    "context-standalone-patient", "permission-offline", "permission-patient", "permission-user", "permission-v1",
    "permission-v2",
]  # fmt: skip
OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"


def addresses(root: str) -> dict[str, str]:
    """By the names that the configuration gives them. `root` is this server's own address."""
    return {
        "authorization_endpoint": root + reverse("access:oauth_authorize"),
        "token_endpoint": root + reverse("access:oauth_token"),
        "introspection_endpoint": root + reverse("access:oauth_introspect"),
        "revocation_endpoint": root + reverse("access:oauth_revoke"),
        "management_endpoint": root + reverse("access:my_apps"),
    }


def configuration(request: HttpRequest) -> JsonResponse:
    told = {
        **addresses(f"{request.scheme}://{request.get_host()}"),
        "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
        "response_types_supported": ["code"],
        "token_endpoint_auth_methods_supported": PROOFS,
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "scopes_supported": SCOPES,
        "code_challenge_methods_supported": ["S256"],
        "capabilities": CAPABILITIES,
    }
    response = JsonResponse(told)
    response["Cache-Control"] = "public, max-age=300"
    response["Access-Control-Allow-Origin"] = "*"  # it says nothing about anybody
    return response


def security(base: str) -> dict[str, Any]:
    """The same addresses, as the CapabilityStatement has them."""
    found = addresses(base.removesuffix("/fhir"))
    named = {
        "authorize": "authorization",
        "token": "token",
        "introspect": "introspection",
        "revoke": "revocation",
    }
    named["manage"] = "management"
    return {
        "extension": [
            {
                "url": OAUTH_URIS,
                "extension": [
                    {"url": name, "valueUri": found[f"{one}_endpoint"]} for name, one in named.items()
                ],
            }
        ],
        "service": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
                        "code": "SMART-on-FHIR",
                    }
                ]
            }
        ],
    }
