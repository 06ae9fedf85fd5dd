"""Addresses of this context. One verb, one name."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from yiyang.assessments.views import (
    bedside,
    begin,
    disputes,
    due,
    filling,
    instruments,
    outcomes,
    photos,
    rescoring,
    result,
    self_reports,
    signing,
    statistics,
)

app_name = "assessments"

OF_ONE = {
    "": result.assessment,
    "answer/": filling.answer,
    "bedside/": bedside.bedside_form,
    "beside/": bedside.keep_beside,
    "sign/": signing.sign_assessment,
    "second/": signing.second_signature,
    "give-back/": signing.give_back,
    "amend/": outcomes.amend_assessment,
    "alert/": outcomes.answer_alert,
    "void/": outcomes.void_assessment,
    "question/": disputes.raise_dispute,
    "print/": result.assessment_sheet,
    "report.pdf": result.assessment_pdf,
    "photos/add/": photos.add_assessment_photo,
    "own/": self_reports.answer_self_report,
    "own/send/": self_reports.hand_in_self_report,
}

urlpatterns: list[URLPattern | URLResolver] = [
    path("people/<uuid:person_id>/assessments/", begin.assessments_of_person, name="assessments_of_person"),
    path("people/<uuid:person_id>/assessments/begin/", begin.begin_assessment, name="begin_assessment"),
    path("people/<uuid:person_id>/assessments/ask/", due.ask_for_assessment, name="ask_for_assessment"),
    path(
        "people/<uuid:person_id>/assessments/own/", self_reports.begin_self_report, name="begin_self_report"
    ),
    path("assessments/bedside/", bedside.bedside, name="bedside"),
    path("assessments/worker.js", bedside.bedside_worker, name="bedside_worker"),
    path("assessments/due/", due.worklist, name="worklist"),
    path("assessments/left-open/", due.left_open, name="left_open"),
    path("assessments/figures/", statistics.assessment_figures, name="assessment_figures"),
    path("assessments/figures/rows/", statistics.assessment_rows, name="assessment_rows"),
    path("assessments/instruments/", instruments.instruments, name="instruments"),
    path("assessments/instruments/add/", instruments.add_instrument, name="add_instrument"),
    path("assessments/instruments/<uuid:instrument_id>/", instruments.instrument, name="instrument"),
    path(
        "assessments/instruments/<uuid:instrument_id>/retire/",
        instruments.retire_instrument,
        name="retire_instrument",
    ),
    path(
        "assessments/instruments/<uuid:instrument_id>/rescore/",
        rescoring.start_rescoring,
        name="start_rescoring",
    ),
    path("assessments/rescored/<uuid:rescoring_id>/", rescoring.rescoring, name="rescoring"),
    path(
        "assessments/disputes/<uuid:dispute_id>/begin/",
        disputes.begin_reassessment,
        name="begin_reassessment",
    ),
    path(
        "assessments/disputes/<uuid:dispute_id>/withdraw/", disputes.withdraw_dispute, name="withdraw_dispute"
    ),
    path("assessments/photos/<uuid:assessment_photo_id>/", photos.assessment_photo, name="assessment_photo"),
    path(
        "assessments/photos/<uuid:assessment_photo_id>/remove/",
        photos.remove_assessment_photo,
        name="remove_assessment_photo",
    ),
]
urlpatterns += [
    path(f"assessments/<uuid:assessment_id>/{end}", view, name=view.__name__) for end, view in OF_ONE.items()
]
