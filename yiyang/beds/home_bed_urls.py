"""Addresses of home medical beds: the name of each is the command's."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from yiyang.beds.views import home_beds

OF_SETUP = {
    "visit": home_beds.record_home_visit,
    "sign": home_beds.sign_home_bed_agreement,
    "file": home_beds.file_with_insurance,
    "set-up": home_beds.set_up_home_bed,
    "cancel": home_beds.cancel_home_bed,
}

home_bed_urls: list[URLPattern | URLResolver] = [
    path("home-beds/", home_beds.home_beds, name="home_beds"),
    path("home-beds/<uuid:home_bed_setup_id>/", home_beds.home_bed, name="home_bed"),
    path(
        "people/<uuid:person_id>/apply-for-home-bed/", home_beds.apply_for_home_bed, name="apply_for_home_bed"
    ),
    path("episodes/<uuid:episode_id>/review/", home_beds.review_home_bed, name="review_home_bed"),
    *[
        path(f"home-beds/<uuid:home_bed_setup_id>/{step}/", view, name=view.__name__)
        for step, view in OF_SETUP.items()
    ],
]
