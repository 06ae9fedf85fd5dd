from django.urls import URLPattern, URLResolver, path

from yiyang.people import views

app_name = "people"

urlpatterns: list[URLPattern | URLResolver] = [
    path("people/", views.search, name="search"),
    path("people/register/", views.register_person, name="register_person"),
    path("people/register/possible-duplicates/", views.possible_duplicates, name="possible_duplicates"),
    path("people/break-glass/", views.break_glass, name="break_glass"),
    path("people/broken-glass/", views.broken_glass, name="broken_glass"),
    path("people/ask-for-access/", views.ask_for_access, name="ask_for_access"),
    path("people/access-requests/<uuid:pk>/", views.answer_access_request, name="answer_access_request"),
    path("people/<uuid:pk>/", views.person, name="person"),
    path("people/<uuid:pk>/edit/", views.edit_person, name="edit_person"),
    path("people/<uuid:pk>/history/", views.history, name="history"),
    path("people/<uuid:pk>/sight/", views.sight, name="sight"),
    path("people/<uuid:pk>/add-identifier/", views.add_identifier, name="add_identifier"),
    path("people/<uuid:pk>/add-phone/", views.add_phone, name="add_phone"),
    path("people/<uuid:pk>/add-insurance/", views.add_insurance, name="add_insurance"),
    path("people/<uuid:pk>/add-group/", views.add_group, name="add_group"),
    path("people/<uuid:pk>/add-contact/", views.add_contact, name="add_contact"),
    path("people/<uuid:pk>/link-family/", views.link_family, name="link_family"),
    path(
        "people/<uuid:pk>/sign-family-doctor-contract/",
        views.sign_family_doctor_contract,
        name="sign_family_doctor_contract",
    ),
    path(
        "people/<uuid:pk>/end-family-doctor-contract/",
        views.end_family_doctor_contract,
        name="end_family_doctor_contract",
    ),
    path("people/<uuid:pk>/end-identifier/<uuid:row>/", views.end_identifier, name="end_identifier"),
    path("people/<uuid:pk>/end-phone/<uuid:row>/", views.end_phone, name="end_phone"),
    path("people/<uuid:pk>/end-insurance/<uuid:row>/", views.end_insurance, name="end_insurance"),
    path("people/<uuid:pk>/end-group/<uuid:row>/", views.end_group, name="end_group"),
    path("people/<uuid:pk>/end-contact/<uuid:row>/", views.end_contact, name="end_contact"),
    path("people/<uuid:pk>/unlink-family/<uuid:row>/", views.unlink_family, name="unlink_family"),
    path("people/<uuid:pk>/record-fall/", views.record_fall, name="record_fall"),
    path("people/<uuid:pk>/withdraw-fall/", views.withdraw_fall, name="withdraw_fall"),
    path("people/<uuid:pk>/sign-in/", views.open_own_sign_in, name="open_own_sign_in"),
    path("people/without-family-doctor/", views.coverage_tasks, name="coverage_tasks"),
    path(
        "people/without-family-doctor/<uuid:coverage_task_id>/settle/",
        views.settle_coverage,
        name="settle_coverage",
    ),
    path("people/<uuid:pk>/agreements/", views.agreements, name="agreements"),
    path("people/<uuid:pk>/sign-agreement/", views.sign_agreement, name="sign_agreement"),
    path(
        "people/agreements/<uuid:service_agreement_id>/renew/", views.renew_agreement, name="renew_agreement"
    ),
    path(
        "people/agreements/<uuid:service_agreement_id>/sheet/", views.agreement_sheet, name="agreement_sheet"
    ),
    path("people/agreements/<uuid:service_agreement_id>/end/", views.end_agreement, name="end_agreement"),
    path(
        "people/agreements/<uuid:service_agreement_id>/attach-paper/",
        views.attach_agreement_paper,
        name="attach_agreement_paper",
    ),
    path("people/agreement-papers/<uuid:agreement_paper_id>/", views.agreement_paper, name="agreement_paper"),
    path("people/<uuid:pk>/record-guardianship/", views.record_guardianship, name="record_guardianship"),
    path("people/guardianships/<uuid:guardianship_id>/end/", views.end_guardianship, name="end_guardianship"),
    path("people/<uuid:pk>/bar-relative/", views.bar_relative, name="bar_relative"),
    path("people/barrings/<uuid:barring_id>/lift/", views.lift_barring, name="lift_barring"),
    path("people/<uuid:pk>/assist/", views.start_assistance, name="start_assistance"),
    path("people/assistances/<uuid:assistance_id>/", views.assistance, name="assistance"),
    path("people/assistances/<uuid:assistance_id>/end/", views.end_assistance, name="end_assistance"),
    path("people/<uuid:pk>/consents/", views.consents, name="consents"),
    path("people/<uuid:pk>/give-consent/", views.give_consent, name="give_consent"),
    path("people/consents/<uuid:pk>/withdraw/", views.withdraw_consent, name="withdraw_consent"),
    path("people/<uuid:pk>/delegations/", views.delegations, name="delegations"),
    path("people/<uuid:pk>/delegate-access/", views.delegate_access, name="delegate_access"),
    path("people/delegations/<uuid:pk>/revoke/", views.revoke_delegation, name="revoke_delegation"),
    path("people/<uuid:pk>/disclosure/", views.set_disclosure, name="set_disclosure"),
    path("people/<uuid:pk>/told/", views.record_told, name="record_told"),
    path("people/<uuid:pk>/told/<uuid:row>/withdraw/", views.withdraw_told, name="withdraw_told"),
    path("people/<uuid:pk>/merge/", views.merge_persons, name="merge_persons"),
    path("people/<uuid:pk>/unmerge/<uuid:row>/", views.unmerge_persons, name="unmerge_persons"),
]
