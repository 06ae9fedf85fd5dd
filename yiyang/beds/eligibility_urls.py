"""Addresses of eligibility: one person against the five kinds, and the criteria themselves."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from yiyang.beds.views import eligibility, eligibility_rules

OF_RULES = {
    "": eligibility_rules.criteria_change,
    "count/": eligibility_rules.count_criteria,
    "sign/": eligibility_rules.sign_criteria,
    "withdraw/": eligibility_rules.withdraw_criteria,
}

eligibility_urls: list[URLPattern | URLResolver] = [
    path("people/<uuid:person_id>/eligibility/", eligibility.eligibility, name="eligibility"),
    path(
        "people/<uuid:person_id>/eligibility/<str:kind>/override/",
        eligibility.override_eligibility,
        name="override_eligibility",
    ),
    path(
        "people/<uuid:person_id>/eligibility/<str:kind>/form/",
        eligibility.establishment_form,
        name="establishment_form",
    ),
    path(
        "eligibility/overrides/<uuid:eligibility_override_id>/withdraw/",
        eligibility.withdraw_override,
        name="withdraw_override",
    ),
    path("eligibility/criteria/", eligibility_rules.eligibility_criteria, name="eligibility_criteria"),
    path("eligibility/criteria/propose/", eligibility_rules.propose_criteria, name="propose_criteria"),
    *[
        path(f"eligibility/criteria/<uuid:eligibility_rules_id>/{step}", view, name=view.__name__)
        for step, view in OF_RULES.items()
    ],
]
